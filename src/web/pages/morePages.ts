import { DisplayPage } from './DisplayPage.tsx'
import { MorePage } from './MorePage.tsx'
import { NowherePage } from './NowherePage.tsx'
import { WaitingPage } from './WaitingPage.tsx'

/** The pages that open without the server: opened one after the other, they come as one file. */
export const morePages = { DisplayPage, MorePage, NowherePage, WaitingPage }
