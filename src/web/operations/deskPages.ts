import { AccountsPage } from '../../services/auth/web/AccountsPage.tsx'
import { DeskRequestsPage } from '../../services/consent-audit/web/DeskRequestsPage.tsx'
import { DeskTrustPage } from '../../services/consent-audit/web/DeskTrustPage.tsx'
import { LogsPage } from './LogsPage.tsx'
import { OverviewPage } from './OverviewPage.tsx'
import { SetupPage } from './SetupPage.tsx'
import { WorkPage } from './WorkPage.tsx'

/** The pages of operations: opened one after the other, they come as one file. */
export const operationsPages = {
  OverviewPage,
  WorkPage,
  SetupPage,
  LogsPage,
  DeskRequestsPage,
  DeskTrustPage,
  AccountsPage,
}
