import { CardPage } from '../../../web/handing/CardPage.tsx'
import { ConsentsPage } from './ConsentsPage.tsx'
import { MyDataPage } from './MyDataPage.tsx'
import { PrivacyPage } from './PrivacyPage.tsx'
import { SharingPage } from './SharingPage.tsx'
import { WhoSawPage } from './WhoSawPage.tsx'

/** The pages of privacy and sharing: opened one after the other, they come as one file. */
export const privacyPages = { PrivacyPage, SharingPage, ConsentsPage, WhoSawPage, MyDataPage, CardPage }
