import { LabPage } from './LabPage.tsx'
import { LabsPage } from './LabsPage.tsx'
import { OtherLabPage } from './OtherLabPage.tsx'

/** The pages of results: opened one after the other, they come as one file. */
export const labPages = { LabsPage, LabPage, OtherLabPage }
