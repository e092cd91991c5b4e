import { BoardPage } from './BoardPage.tsx'
import { OverviewPage } from './OverviewPage.tsx'
import { SearchPage } from './SearchPage.tsx'

/** The people somebody looks after, a record on one page, and the search. */
export const carePages = { BoardPage, OverviewPage, SearchPage }
