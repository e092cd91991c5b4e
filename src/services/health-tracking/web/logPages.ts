import { AddOnePage } from './AddOnePage.tsx'
import { AddPage } from './AddPage.tsx'

/** The pages to log; they open without the server: opened one after the other, they come as one file. */
export const logPages = { AddPage, AddOnePage }
