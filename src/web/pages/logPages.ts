import { AddOnePage } from '../../services/health-tracking/web/AddOnePage.tsx'
import { AddPage } from '../../services/health-tracking/web/AddPage.tsx'
import { WellnessPage } from '../../services/wellness/web/WellnessPage.tsx'

/** The pages to log; they open without the server: opened one after the other, they come as one file. */
export const logPages = { AddPage, AddOnePage, WellnessPage }
