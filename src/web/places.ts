import type { ComponentType } from 'preact'
import { match } from './router.tsx'

export type Params = Readonly<Record<string, string>>
export type PageComponent = ComponentType<{ readonly params: Params }>

/** A page: its address, and the chunk it loads from. */
export interface Place {
  readonly path: string
  /** Which entry of the navigation is lit. */
  readonly under?: 'today' | 'trends' | 'add' | 'records' | 'more'
  /** For people who are not signed in. */
  readonly isOpen?: boolean
  /** For everybody, whether they are signed in or not, and while it isn't known. */
  readonly isForAll?: boolean
  readonly load: () => Promise<PageComponent>
}

export const PLACES: readonly Place[] = [
  { path: '/app/sign-in', isOpen: true, load: async () => (await import('./pages/SignInPage.tsx')).SignInPage },
  { path: '/app/register', isOpen: true, load: async () => (await import('./pages/RegisterPage.tsx')).RegisterPage },
  { path: '/app/sos', isForAll: true, load: async () => (await import('./sos/SosPage.tsx')).SosPage },
  { path: '/app/waiting', under: 'more', load: async () => (await import('./pages/WaitingPage.tsx')).WaitingPage },
  { path: '/app/welcome', under: 'today', load: async () => (await import('./pages/WelcomePage.tsx')).WelcomePage },
  {
    path: '/app/welcome/:step',
    under: 'today',
    load: async () => (await import('./pages/WelcomePage.tsx')).WelcomePage,
  },
  { path: '/app/today', under: 'today', load: async () => (await import('./pages/TodayPage.tsx')).TodayPage },
  {
    path: '/app/trends',
    under: 'trends',
    load: async () => (await import('../services/health-tracking/web/TrendsPage.tsx')).TrendsPage,
  },
  {
    path: '/app/trends/:metric',
    under: 'trends',
    load: async () => (await import('../services/health-tracking/web/MetricPage.tsx')).MetricPage,
  },
  {
    path: '/app/add',
    under: 'add',
    load: async () => (await import('../services/health-tracking/web/AddPage.tsx')).AddPage,
  },
  {
    path: '/app/add/:what',
    under: 'add',
    load: async () => (await import('../services/health-tracking/web/AddOnePage.tsx')).AddOnePage,
  },
  {
    path: '/app/wellness',
    under: 'more',
    load: async () => (await import('../services/wellness/web/WellnessPage.tsx')).WellnessPage,
  },
  {
    path: '/app/records',
    under: 'records',
    load: async () => (await import('../services/medical-records/web/RecordsPage.tsx')).RecordsPage,
  },
  {
    path: '/app/records/add',
    under: 'records',
    load: async () => (await import('../services/medical-records/web/AddRecordPage.tsx')).AddRecordPage,
  },
  {
    path: '/app/records/add/:what',
    under: 'records',
    load: async () => (await import('../services/medical-records/web/AddEntryPage.tsx')).AddEntryPage,
  },
  {
    path: '/app/records/:id',
    under: 'records',
    load: async () => (await import('../services/medical-records/web/DocumentPage.tsx')).DocumentPage,
  },
  {
    path: '/app/records/:id/review',
    under: 'records',
    load: async () => (await import('../services/medical-records/web/ReviewPage.tsx')).ReviewPage,
  },
  {
    path: '/app/records/imports/:id',
    under: 'records',
    load: async () => (await import('../services/medical-records/web/ImportPage.tsx')).ImportPage,
  },
  {
    path: '/app/records/:kind/:id',
    under: 'records',
    load: async () => (await import('../services/medical-records/web/EntryPage.tsx')).EntryPage,
  },
  {
    path: '/app/labs',
    under: 'records',
    load: async () => (await import('../services/medical-records/web/LabsPage.tsx')).LabsPage,
  },
  {
    path: '/app/labs/:analyte',
    under: 'records',
    load: async () => (await import('../services/medical-records/web/LabPage.tsx')).LabPage,
  },
  {
    path: '/app/labs/other/:id',
    under: 'records',
    load: async () => (await import('../services/medical-records/web/OtherLabPage.tsx')).OtherLabPage,
  },
  { path: '/app/more', under: 'more', load: async () => (await import('./pages/MorePage.tsx')).MorePage },
  {
    path: '/app/symptoms',
    under: 'more',
    load: async () => (await import('../services/health-tracking/web/SymptomsPage.tsx')).SymptomsPage,
  },
  {
    path: '/app/goals',
    under: 'more',
    load: async () => (await import('../services/health-tracking/web/GoalsPage.tsx')).GoalsPage,
  },
  {
    path: '/app/alerts',
    under: 'more',
    load: async () => (await import('../services/health-tracking/web/AlertsPage.tsx')).AlertsPage,
  },
  {
    path: '/app/people',
    under: 'more',
    load: async () => (await import('../services/user-profile/web/PeoplePage.tsx')).PeoplePage,
  },
  {
    path: '/app/devices',
    under: 'more',
    load: async () => (await import('../services/device-data/web/DevicesPage.tsx')).DevicesPage,
  },
  {
    path: '/app/devices/glucose',
    under: 'more',
    load: async () => (await import('../services/device-data/web/GlucosePage.tsx')).GlucosePage,
  },
  {
    path: '/app/devices/vitals',
    under: 'more',
    load: async () => (await import('../services/device-data/web/VitalsPage.tsx')).VitalsPage,
  },
  {
    path: '/app/imports',
    under: 'more',
    load: async () => (await import('../services/device-data/web/ImportsPage.tsx')).ImportsPage,
  },
  {
    path: '/app/imports/:id',
    under: 'more',
    load: async () => (await import('../services/device-data/web/ImportPage.tsx')).ImportPage,
  },
  {
    path: '/app/privacy',
    under: 'more',
    load: async () => (await import('../services/consent-audit/web/PrivacyPage.tsx')).PrivacyPage,
  },
  {
    path: '/app/sharing',
    under: 'more',
    load: async () => (await import('../services/consent-audit/web/SharingPage.tsx')).SharingPage,
  },
  {
    path: '/app/consents',
    under: 'more',
    load: async () => (await import('../services/consent-audit/web/ConsentsPage.tsx')).ConsentsPage,
  },
  {
    path: '/app/who-saw',
    under: 'more',
    load: async () => (await import('../services/consent-audit/web/WhoSawPage.tsx')).WhoSawPage,
  },
  {
    path: '/app/my-data',
    under: 'more',
    load: async () => (await import('../services/consent-audit/web/MyDataPage.tsx')).MyDataPage,
  },
  {
    path: '/app/account',
    under: 'more',
    load: async () => (await import('../services/auth/web/AccountPage.tsx')).AccountPage,
  },
  {
    path: '/app/operations',
    under: 'more',
    load: async () => (await import('./operations/OverviewPage.tsx')).OverviewPage,
  },
  {
    path: '/app/operations/work',
    under: 'more',
    load: async () => (await import('./operations/WorkPage.tsx')).WorkPage,
  },
  {
    path: '/app/operations/setup',
    under: 'more',
    load: async () => (await import('./operations/SetupPage.tsx')).SetupPage,
  },
  {
    path: '/app/operations/logs',
    under: 'more',
    load: async () => (await import('./operations/LogsPage.tsx')).LogsPage,
  },
  {
    path: '/app/operations/requests',
    under: 'more',
    load: async () => (await import('../services/consent-audit/web/DeskRequestsPage.tsx')).DeskRequestsPage,
  },
  {
    path: '/app/operations/trust',
    under: 'more',
    load: async () => (await import('../services/consent-audit/web/DeskTrustPage.tsx')).DeskTrustPage,
  },
  {
    path: '/app/operations/accounts',
    under: 'more',
    load: async () => (await import('../services/auth/web/AccountsPage.tsx')).AccountsPage,
  },
]

const NOWHERE: Place = { path: '', load: async () => (await import('./pages/NowherePage.tsx')).NowherePage }

/** The page at an address; one that says so when there is none. */
export function placeOf(path: string): { readonly place: Place; readonly params: Params } {
  for (const place of PLACES) {
    const params = match(place.path, path)
    if (params !== undefined) return { place, params }
  }
  return { place: NOWHERE, params: {} }
}
