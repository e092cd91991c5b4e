import { AccountPage } from '../../services/auth/web/AccountPage.tsx'
import { FactsPage } from '../../services/user-profile/web/FactsPage.tsx'
import { PeoplePage } from '../../services/user-profile/web/PeoplePage.tsx'
import { DisplayPage } from './DisplayPage.tsx'
import { MorePage } from './MorePage.tsx'
import { NowherePage } from './NowherePage.tsx'
import { WaitingPage } from './WaitingPage.tsx'

/** More, and who one is and whom one keeps a record for; they open without the server, and come as one file. */
export const morePages = { DisplayPage, MorePage, NowherePage, WaitingPage, AccountPage, FactsPage, PeoplePage }
