import { HospitalsPage } from './HospitalsPage.tsx'
import { ImportPage } from './ImportPage.tsx'
import { LabPage } from './LabPage.tsx'
import { LabsPage } from './LabsPage.tsx'
import { OtherLabPage } from './OtherLabPage.tsx'
import { ReviewPage } from './ReviewPage.tsx'

/** The pages of results, and of what was read from papers and files: opened one after the other, they come as one file. */
export const labPages = { LabsPage, LabPage, OtherLabPage, ReviewPage, ImportPage, HospitalsPage }
