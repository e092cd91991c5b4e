import { GlucosePage } from './GlucosePage.tsx'
import { RecordingPage, RecordingsPage } from './RecordingPages.tsx'
import { VitalsPage } from './VitalsPage.tsx'

/** The pages of what devices measured, by days and nights and as traces: opened one after the other, they come as one file. */
export const dayPages = { GlucosePage, RecordingPage, RecordingsPage, VitalsPage }
