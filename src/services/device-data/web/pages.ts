import { DevicesPage } from './DevicesPage.tsx'
import { ImportPage } from './ImportPage.tsx'
import { ImportsPage } from './ImportsPage.tsx'

/** The pages of devices and imports: opened one after the other, they come as one file. */
export const devicePages = { DevicesPage, ImportsPage, ImportPage }
