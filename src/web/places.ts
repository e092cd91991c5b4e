import type { ComponentType } from 'preact'
import { match } from './router.tsx'
import { loadDeskWords, loadLateWords, loadMeasureNames } from './texts/languages.ts'

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

/** Pages that are opened together come together: each group is one file. */
const operationsPages = async () => {
  const [{ operationsPages: pages }] = await Promise.all([import('./operations/deskPages.ts'), loadDeskWords()])
  return pages
}
const privacyPages = async () => (await import('../services/consent-audit/web/pages.ts')).privacyPages
const cardPages = async () => {
  const [pages] = await Promise.all([privacyPages(), loadLateWords()])
  return pages
}
const logPages = async () => {
  const [{ logPages: pages }] = await Promise.all([import('./pages/logPages.ts'), loadLateWords()])
  return pages
}
const recordsPages = async () => (await import('../services/medical-records/web/pages.ts')).recordsPages
const labPages = async () => {
  const [{ labPages: pages }] = await Promise.all([
    import('../services/medical-records/web/labPages.ts'),
    loadLateWords(),
  ])
  return pages
}
const devicePages = async () => {
  const [{ devicePages: pages }] = await Promise.all([
    import('../services/device-data/web/pages.ts'),
    loadLateWords(),
    loadMeasureNames(),
  ])
  return pages
}
const dayPages = async () => {
  const [{ dayPages: pages }] = await Promise.all([import('../services/device-data/web/dayPages.ts'), loadLateWords()])
  return pages
}
const doorPages = async () => (await import('./pages/doorPages.ts')).doorPages
const carePages = async () => (await import('./care/pages.ts')).carePages
const waitingPage = async () => {
  const [{ WaitingPage }] = await Promise.all([morePages(), loadLateWords()])
  return WaitingPage
}
const morePages = async () => (await import('./pages/morePages.ts')).morePages

export const PLACES: readonly Place[] = [
  { path: '/app/sign-in', isOpen: true, load: async () => (await doorPages()).SignInPage },
  { path: '/app/register', isOpen: true, load: async () => (await doorPages()).RegisterPage },
  { path: '/app/sos', isForAll: true, load: async () => (await import('./sos/SosPage.tsx')).SosPage },
  { path: '/app/waiting', under: 'more', load: waitingPage },
  { path: '/app/welcome', under: 'today', load: async () => (await import('./pages/WelcomePage.tsx')).WelcomePage },
  {
    path: '/app/welcome/:step',
    under: 'today',
    load: async () => (await import('./pages/WelcomePage.tsx')).WelcomePage,
  },
  { path: '/app/today', under: 'today', load: async () => (await import('./pages/TodayPage.tsx')).TodayPage },
  { path: '/app/trends', under: 'trends', load: async () => (await logPages()).TrendsPage },
  { path: '/app/trends/:metric', under: 'trends', load: async () => (await logPages()).MetricPage },
  { path: '/app/add', under: 'add', load: async () => (await logPages()).AddPage },
  { path: '/app/add/:what', under: 'add', load: async () => (await logPages()).AddOnePage },
  { path: '/app/wellness', under: 'more', load: async () => (await logPages()).WellnessPage },
  { path: '/app/records', under: 'records', load: async () => (await recordsPages()).RecordsPage },
  { path: '/app/records/add', under: 'records', load: async () => (await recordsPages()).AddRecordPage },
  { path: '/app/records/add/:what', under: 'records', load: async () => (await recordsPages()).AddEntryPage },
  { path: '/app/records/hospitals', under: 'records', load: async () => (await labPages()).HospitalsPage },
  { path: '/app/records/:id', under: 'records', load: async () => (await recordsPages()).DocumentPage },
  { path: '/app/records/:id/review', under: 'records', load: async () => (await labPages()).ReviewPage },
  { path: '/app/records/imports/:id', under: 'records', load: async () => (await labPages()).ImportPage },
  { path: '/app/records/imaging/:id', under: 'records', load: async () => (await recordsPages()).StudyPage },
  { path: '/app/records/report/:id', under: 'records', load: async () => (await recordsPages()).ReportPage },
  { path: '/app/records/:kind/:id', under: 'records', load: async () => (await recordsPages()).EntryPage },
  { path: '/app/labs', under: 'records', load: async () => (await labPages()).LabsPage },
  { path: '/app/labs/:analyte', under: 'records', load: async () => (await labPages()).LabPage },
  { path: '/app/labs/other/:id', under: 'records', load: async () => (await labPages()).OtherLabPage },
  { path: '/app/more', under: 'more', load: async () => (await morePages()).MorePage },
  { path: '/app/search', load: async () => (await carePages()).SearchPage },
  { path: '/app/board', under: 'more', load: async () => (await carePages()).BoardPage },
  { path: '/app/overview', under: 'more', load: async () => (await carePages()).OverviewPage },
  { path: '/app/symptoms', under: 'more', load: async () => (await logPages()).SymptomsPage },
  { path: '/app/goals', under: 'more', load: async () => (await logPages()).GoalsPage },
  { path: '/app/alerts', under: 'more', load: async () => (await logPages()).AlertsPage },
  { path: '/app/facts', under: 'more', load: async () => (await morePages()).FactsPage },
  { path: '/app/people', under: 'more', load: async () => (await morePages()).PeoplePage },
  { path: '/app/devices', under: 'more', load: async () => (await devicePages()).DevicesPage },
  { path: '/app/devices/glucose', under: 'more', load: async () => (await dayPages()).GlucosePage },
  { path: '/app/devices/vitals', under: 'more', load: async () => (await dayPages()).VitalsPage },
  { path: '/app/devices/recordings', under: 'more', load: async () => (await dayPages()).RecordingsPage },
  { path: '/app/devices/recordings/:id', under: 'more', load: async () => (await dayPages()).RecordingPage },
  { path: '/app/imports', under: 'more', load: async () => (await devicePages()).ImportsPage },
  { path: '/app/imports/:id', under: 'more', load: async () => (await devicePages()).ImportPage },
  { path: '/app/privacy', under: 'more', load: async () => (await privacyPages()).PrivacyPage },
  { path: '/app/sharing', under: 'more', load: async () => (await privacyPages()).SharingPage },
  { path: '/app/emergency-card', under: 'more', load: async () => (await cardPages()).CardPage },
  { path: '/app/consents', under: 'more', load: async () => (await privacyPages()).ConsentsPage },
  { path: '/app/who-saw', under: 'more', load: async () => (await privacyPages()).WhoSawPage },
  { path: '/app/my-data', under: 'more', load: async () => (await privacyPages()).MyDataPage },
  { path: '/app/display', under: 'more', load: async () => (await morePages()).DisplayPage },
  { path: '/app/account', under: 'more', load: async () => (await morePages()).AccountPage },
  { path: '/app/operations', under: 'more', load: async () => (await operationsPages()).OverviewPage },
  { path: '/app/operations/work', under: 'more', load: async () => (await operationsPages()).WorkPage },
  { path: '/app/operations/setup', under: 'more', load: async () => (await operationsPages()).SetupPage },
  { path: '/app/operations/logs', under: 'more', load: async () => (await operationsPages()).LogsPage },
  { path: '/app/operations/requests', under: 'more', load: async () => (await operationsPages()).DeskRequestsPage },
  { path: '/app/operations/trust', under: 'more', load: async () => (await operationsPages()).DeskTrustPage },
  { path: '/app/operations/accounts', under: 'more', load: async () => (await operationsPages()).AccountsPage },
]

/** What of a record the pages below an address show. Those that are not named show several parts, or none. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  trends: ['vitals'],
  alerts: ['vitals'],
  wellness: ['wellness'],
  symptoms: ['symptoms'],
  goals: ['goals'],
  records: ['health_records'],
  labs: ['diagnostics', 'health_records'],
  devices: ['devices'],
  imports: ['devices'],
  // Who else may see a record is decided by nobody it is shared with.
  sharing: ['rights'],
  consents: ['rights'],
  'who-saw': ['rights'],
  'my-data': ['rights'],
  facts: ['rights'],
}

/** The parts of a record any of which opens a page; none when it shows several, or none. */
export function partsOf(path: string): readonly string[] {
  return PARTS[path.split('/')[2] ?? ''] ?? []
}

const NOWHERE: Place = { path: '', load: async () => (await morePages()).NowherePage }

/** The page at an address, which is Today where none is named; one that says so when there is none. */
export function placeOf(path: string): { readonly place: Place; readonly params: Params } {
  const named = path === '/' || path === '/app' ? '/app/today' : path
  for (const place of PLACES) {
    const params = match(place.path, named)
    if (params !== undefined) return { place, params }
  }
  return { place: NOWHERE, params: {} }
}
