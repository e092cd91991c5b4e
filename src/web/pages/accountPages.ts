import { AccountPage } from '../../services/auth/web/AccountPage.tsx'
import { PeoplePage } from '../../services/user-profile/web/PeoplePage.tsx'

/** The pages of who one is and whom one keeps a record for: they come as one file. */
export const accountPages = { AccountPage, PeoplePage }
