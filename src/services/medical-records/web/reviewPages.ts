import { ImportPage } from './ImportPage.tsx'
import { ReviewPage } from './ReviewPage.tsx'

/** The pages of what was read from papers and files: opened one after the other, they come as one file. */
export const reviewPages = { ReviewPage, ImportPage }
