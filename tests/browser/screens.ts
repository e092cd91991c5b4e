import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Household } from './household.ts'

const SOURCES = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..', 'src')

/** An address of the client as `places.ts` says it. */
export interface KnownPlace {
  readonly path: string
  /** For people who are not signed in, and only for them. */
  readonly isOpen: boolean
}

/** The client's addresses, as `places.ts` lists them: nobody writes a list of their own that could be short of one. */
export function knownPlaces(): KnownPlace[] {
  const text = readFileSync(path.join(SOURCES, 'web', 'places.ts'), 'utf8')
  const list = text.slice(text.indexOf('PLACES'), text.indexOf('\n]'))
  return [...list.matchAll(/path: '(\/app\/[^']+)',(\s*isOpen: true)?/g)].map(([, found = '', isOpen]) => ({
    path: found,
    isOpen: isOpen !== undefined,
  }))
}

type Samples = Readonly<Record<string, (household: Household) => readonly string[]>>

const ENTRY_FORMS = ['labs', 'conditions', 'allergies', 'immunizations', 'procedures', 'medications', 'family-history']

/** What stands for the changing parts of an address: each combination shows a page of its own kind. */
const SAMPLES: Samples = {
  '/app/welcome/:step': () =>
    ['about', 'import', 'health', 'emergency', 'caregiver', 'done'].map((one) => `/app/welcome/${one}`),
  '/app/trends/:metric': () => ['weight', 'blood_pressure_systolic', 'nothing'].map((one) => `/app/trends/${one}`),
  '/app/add/:what': () => ['weight', 'blood-pressure', 'symptom', 'nothing'].map((one) => `/app/add/${one}`),
  '/app/records/add/:what': () => [...ENTRY_FORMS, 'nothing'].map((one) => `/app/records/add/${one}`),
  '/app/records/:id': ({ paper, broken }) => [paper, broken].map((one) => `/app/records/${one}`),
  '/app/records/:id/review': ({ paper }) => [`/app/records/${paper}/review`],
  '/app/records/imports/:id': ({ imported }) => [`/app/records/imports/${imported}`],
  '/app/records/imaging/:id': ({ study }) => [`/app/records/imaging/${study}`],
  '/app/records/report/:id': ({ published, report }) => [published, report].map((one) => `/app/records/report/${one}`),
  '/app/records/:kind/:id': ({ entries }) => Object.entries(entries).map(([kind, id]) => `/app/records/${kind}/${id}`),
  '/app/labs/:analyte': () => ['/app/labs/creatinine'],
  '/app/labs/other/:id': ({ otherLab }) => [`/app/labs/other/${otherLab}`],
  '/app/devices/recordings/:id': ({ trace }) => [`/app/devices/recordings/${trace}`],
  '/app/imports/:id': ({ files }) => Object.values(files).map((one) => `/app/imports/${one}`),
}

/** Every address of the client that somebody who is signed in can open, with rows of `household` for the changing parts. */
export function addressesOf(household: Household, places: readonly KnownPlace[] = knownPlaces()): string[] {
  const some = places
    .filter(({ isOpen }) => !isOpen)
    .flatMap(({ path: pattern }) => {
      const samples = SAMPLES[pattern]
      if (samples === undefined && pattern.includes(':')) {
        throw new Error(`${pattern} has no row here: add it to SAMPLES of tests/browser/screens.ts`)
      }
      return samples?.(household) ?? [pattern]
    })
  return [...some, '/app/nowhere']
}

/** A dialog: the file that draws it, the address of the page it stands on, and the English name of what opens it. */
export interface KnownDialog {
  readonly file: string
  readonly on: string
  readonly opener: RegExp
  /** Who has a page with it: whoever has everything, unless said otherwise. */
  readonly who?: 'newcomer' | 'away' | 'patient of a hospital'
}

const of = (file: string, on: string, opener: RegExp, who?: KnownDialog['who']): KnownDialog => ({
  ...{ file, on, opener },
  ...(who === undefined ? {} : { who }),
})

/** Every dialog of the client. A `<Dialog` in the sources without a line here fails the matrix. */
export const DIALOGS: readonly KnownDialog[] = [
  of('web/handing/HealthLinks.tsx', '/app/sharing', /^Make a health link$/),
  of('web/care/Duty.tsx', '/app/board', /^Hand over/),
  of('web/care/Questions.tsx', '/app/overview', /^Write questions$/),
  // Needs a hospital that answers: nobody opens it here.
  of('services/medical-records/web/HospitalsPage.tsx', '/app/records/hospitals', /./, 'patient of a hospital'),
  of('web/sos/SosButton.tsx', '/app/sos', /^SOS/),
  of('web/parts/SignOut.tsx', '/app/more', /^Sign out$/, 'away'),
  of('web/pages/WaitingPage.tsx', '/app/waiting', /^Mend/, 'away'),
  of('web/pages/WaitingPage.tsx', '/app/waiting', /^Discard/, 'away'),
  of('services/auth/web/Passkeys.tsx', '/app/account', /^Add a passkey$/),
  of('services/auth/web/Passkeys.tsx', '/app/account', /^Rename/),
  of('services/auth/web/Keys.tsx', '/app/account', /^New key$/),
  of('services/auth/web/SecondStep.tsx', '/app/account', /^Turn on$/),
  of('services/auth/web/SecondStep.tsx', '/app/account', /^Turn off/, 'newcomer'),
  of('services/auth/web/AccountsPage.tsx', '/app/operations/accounts', /^Change$/),
  of('services/consent-audit/web/DeskRequestsPage.tsx', '/app/operations/requests', /^Answer$/),
  of('services/consent-audit/web/DeskBreaches.tsx', '/app/operations/requests', /^Record a breach$/),
  of('services/consent-audit/web/DeskBreaches.tsx', '/app/operations/requests', /authority/i),
  of('services/consent-audit/web/NewGrant.tsx', '/app/sharing', /^Let somebody in$/),
  of('services/consent-audit/web/Erase.tsx', '/app/my-data', /^Erase everything$/),
  of('services/consent-audit/web/ConsentsPage.tsx', '/app/consents', /^A model reads my documents/),
  of('services/consent-audit/web/Received.tsx', '/app/sharing', /^I have an invitation code$/),
  of('services/consent-audit/web/NewLink.tsx', '/app/sharing', /^Make a link$/),
  of('services/device-data/web/DeviceRow.tsx', '/app/devices', /^Remove Ein /),
  of('services/device-data/web/NewDevice.tsx', '/app/devices', /^Add a device$/),
  of('services/device-data/web/Uploaders.tsx', '/app/devices', /^Make a secret$/),
  of('services/device-data/web/Sources.tsx', '/app/devices', /^Remove the values of/),
  of('services/health-tracking/web/Measurements.tsx', '/app/trends/weight', /^Remove/),
  of('services/health-tracking/web/NewGoal.tsx', '/app/goals', /^Set a goal$/),
  of('services/medical-records/web/LabRows.tsx', '/app/labs/creatinine', /^Delete Creatinine/),
  of('services/medical-records/web/ClinicPage.tsx', '/app/records/report/:id', /^(Replaced|Superseded)/),
  of('services/medical-records/web/Delete.tsx', '/app/records/:id', /^Delete$/),
  of('services/user-profile/web/PeoplePage.tsx', '/app/people', /^Add a person$/),
  of('services/user-profile/web/PeoplePage.tsx', '/app/people', /^Remove/),
]

/** Files of the client that draw more dialogs than `DIALOGS` opens of them. */
export function forgottenDialogs(): string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((one) => one.endsWith('.tsx'))
  return files
    .map((one) => one.replaceAll('\\', '/'))
    .filter((file) => file !== 'web/parts/Form.tsx')
    .map((file) => ({ file, text: readFileSync(path.join(SOURCES, file), 'utf8') }))
    .map(({ file, text }) => ({ file, drawn: [...text.matchAll(/<(Form)?Dialog\b/g)].length }))
    .map(({ file, drawn }) => ({ file, drawn, opened: DIALOGS.filter((one) => one.file === file).length }))
    .filter(({ drawn, opened }) => drawn > opened)
    .map(
      ({ file, drawn, opened }) =>
        `${file} draws ${drawn}, ${opened} are opened: add them to DIALOGS of tests/browser/screens.ts`,
    )
}

/** The address of the page that a dialog stands on. */
export function pageOf({ on }: KnownDialog, household: Household): string {
  return SAMPLES[on]?.(household)[0] ?? on
}

/** The dialogs of one page. */
export function dialogsOn(address: string, household: Household, who?: KnownDialog['who']): readonly KnownDialog[] {
  return DIALOGS.filter((one) => one.who === who && pageOf(one, household) === address)
}

/** Pages that the server writes itself, for whoever has no scripts, no account, or only a link. */
export function plainAddresses({ handed }: Household): {
  readonly own: readonly string[]
  readonly open: readonly string[]
} {
  const open = ['/sign-in', '/register', '/status', '/auth/setup', '/shl/view', '/no-such-page']
  return { own: ['/card', '/plain', '/welcome/mine'], open: [...open, handed.share, handed.link, handed.locked] }
}
