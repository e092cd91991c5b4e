import { GlucosePage } from './GlucosePage.tsx'
import { VitalsPage } from './VitalsPage.tsx'

/** The pages of days and nights that devices measured: opened one after the other, they come as one file. */
export const dayPages = { GlucosePage, VitalsPage }
