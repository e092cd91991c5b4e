import assert from 'node:assert/strict'
import { TOTP } from 'otpauth'
import { ecgFile } from '../../src/services/device-data/fixtures/appleEcg.ts'
import { APPLE_EXPORT } from '../../src/services/device-data/fixtures/appleExport.ts'
import { REPORT_TEXT, reportPdf } from '../../src/services/medical-records/fixtures/documents.ts'
import { until } from '../platformProcess.ts'
import type { Stage, Visit } from './browser.ts'

export const PASSWORD = 'a Phrase 4 you'
/** Without a place to break, and in a script that runs the other way: what people write. */
export const LONG = 'Ein außergewöhnlich-langer-Name-ohne-Leerzeichen-Donaudampfschifffahrtsgesellschaft'
export const ARABIC = 'صداع شديد 12 مرة'

const CLINIC = [
  'MSH|^~\\&|LAB|CITY|SALUS|ME|20260601080000||ORU^R01^ORU_R01|42|P|2.5.1',
  'PID|1||9||Example^Rita||19880412|F',
  'OBR|1||A77|CBC^Blood count^L|||20260601073000+0530|||||||||99^Iyer^Meena',
  'OBX|1|NM|2951-2^Sodium^LN||139|mmol/L|135-145|N|||F',
  'OBX|2|NM|2823-3^Potassium^LN||4.4|mmol/L|3.5-5.1|N|||F',
].join('\r')
const TABLE = ['Measured at;Mass (kg);Mood', '2026-03-04 07:10;71.4;fine', '2026-03-05 07:12;71.2;tired'].join('\n')
const TWO_WAYS = ['When,Body weight (kg)', '03/04/2026,71.4', '05/04/2026,71.2'].join('\n')

const at = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()

/** The API as a browser with its cookie calls it; a refusal ends the test. */
export interface Api {
  readonly get: (path: string) => Promise<Answered>
  readonly post: (path: string, data?: object, person?: string) => Promise<Answered>
  readonly put: (path: string, data: object) => Promise<Answered>
  /** Sends bytes as they are. */
  readonly send: (path: string, body: Buffer | string) => Promise<Answered>
  readonly upload: (path: string, file: { name: string; mimeType: string; buffer: Buffer }) => Promise<Answered>
}

interface Answered extends Record<string, unknown> {
  readonly id: string
}

export function apiOf({ context }: Visit, origin: string): Api {
  const ask = async (method: string, path: string, options: object, headers: Record<string, string> = {}) => {
    const answer = await context.request.fetch(`${origin}/api/v1${path}`, {
      method,
      headers: { origin, ...headers },
      ...options,
    })
    assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`)
    const text = await answer.text()
    return (text === '' ? {} : JSON.parse(text)) as Answered
  }
  return {
    get: (path) => ask('GET', path, {}),
    post: (path, data = {}, person) =>
      ask('POST', path, { data }, person === undefined ? {} : { 'x-profile-id': person }),
    put: (path, data) => ask('PUT', path, { data }),
    send: (path, body) => ask('POST', path, { data: body }, { 'content-type': 'application/octet-stream' }),
    upload: (path, file) => ask('POST', path, { multipart: { storage_policy: 'permanent', file } }),
  }
}

/** Signs up on the page's own door; the visitor then has the cookie. */
export async function register(visit: Visit, origin: string, name: string): Promise<Api> {
  const api = apiOf(visit, origin)
  const email = `${name.toLowerCase()}@example.test`
  await api.post('/auth/web/register', { email, password: PASSWORD, full_name: `${name} Example` })
  return api
}

/** The first administrator, made by the link that the platform printed. */
export async function administrator(stage: Stage, visit: Visit, origin = stage.origin): Promise<Api> {
  const token = /token=([\w-]+)/.exec(stage.printed())?.[1] as string
  const form = { token, email: 'operator@example.test', password: PASSWORD, repeated: PASSWORD }
  assert.equal((await visit.context.request.post('/auth/setup', { form })).status(), 201)
  return signIn(visit, origin, 'operator')
}

/** Lets the visitor in to an account that is there. */
export async function signIn(visit: Visit, origin: string, name: string): Promise<Api> {
  const api = apiOf(visit, origin)
  await api.post('/auth/web/sign-in', { email: `${name}@example.test`, password: PASSWORD })
  return api
}

/** Ids of the rows that stand for the changing parts of addresses. */
export interface Household {
  readonly paper: string
  readonly broken: string
  readonly imported: string
  readonly study: string
  readonly report: string
  readonly published: string
  readonly otherLab: string
  readonly entries: Readonly<Record<string, string>>
  /** Imports of device files: taken, and waiting for an answer. */
  readonly files: { readonly taken: string; readonly columns: string; readonly dates: string }
  /** An ECG of a watch. */
  readonly trace: string
  /** People beside the keeper: kept by them, a child, and one who shares a part. */
  readonly people: { readonly parent: string; readonly child: string; readonly sharing: string }
  /** Addresses of what was handed out, without their host. */
  readonly handed: { readonly share: string; readonly link: string; readonly locked: string }
}

/** An account in whose record every page has something to show: long, right-to-left, out of range, grave, unread. */
export async function fillHousehold(stage: Stage, api: Api, name: string): Promise<Household> {
  await fillMeasured(api)
  const [papers, people, handed, { trace, ...files }] = await Promise.all([
    fillPapers(api),
    fillPeople(stage, api, name),
    fillHanded(api),
    fillDevices(api),
  ])
  await api.post('/auth/api-keys', { name: LONG })
  await api.post('/my-data/grievances', { subject: 'A number is wrong', detail: ARABIC })
  await api.post('/my-data/exports')
  await api.post('/compliance/breaches', {
    ...{ title: LONG, nature: ARABIC, categories: ['vitals'], consequences: ARABIC, measures: LONG, advice: ARABIC },
    ...{ detected_at: at(1), affects_everyone: true },
  })
  return { ...papers, people, handed, files, trace }
}

async function fillMeasured(api: Api): Promise<void> {
  const items = Array.from({ length: 40 }, (_none, day) => ({
    metric_type: 'weight',
    value: 70 + (day % 5) / 10,
    unit: 'kg',
    timestamp: at(day + 0.5),
    ...(day === 0 ? { notes: ARABIC } : {}),
  }))
  await api.post('/metrics/batch', { items })
  await api.post('/vitals/blood-pressure', { systolic: 190, diastolic: 124, timestamp: at(0.2) })
  await api.post('/symptoms', { symptom_name: ARABIC, symptom_category: 'pain', severity_level: 8 })
  await api.post('/symptoms', { symptom_name: LONG, symptom_category: 'general', severity_level: 3 })
  await api.post('/goals', { title: LONG, metric_type: 'weight', goal_type: 'reduction', target_value: 65, unit: 'kg' })
  const { userid } = await api.post('/wellness/users')
  await api.put('/profile', { country: 'IN' })
  for (const score of [3, 7, 8]) await api.post('/wellness/wellness-metrics', { userid, wellness_score: score })
}

const ENTRIES = {
  conditions: { display: LONG, started_on: '2019-05', status: 'active' },
  allergies: { display: ARABIC, started_on: '2009', reaction: LONG, criticality: 'high' },
  immunizations: { display: 'Tetanus', started_on: '2024-02-01', dose_number: 2, lot_number: 'A7-1' },
  procedures: { display: 'Appendectomy', started_on: '1999', performer: ARABIC },
  medications: { display: LONG, started_on: '2026-01', dosage: 'One in the morning' },
  'family-history': { display: 'Type 2 diabetes', relationship: 'mother', onset_age_years: 51 },
} as const

async function fillPapers(api: Api) {
  for (const value of [1.1, 1.3, 1.6]) {
    const range = { reference_range_low: 0.6, reference_range_high: 1.2 }
    const test_date = at(value * 100)
    await api.post('/lab-results', {
      test_name: 'Creatinine',
      value,
      unit: 'mg/dL',
      test_date,
      notes: ARABIC,
      ...range,
    })
  }
  const other = await api.post('/lab-results', { test_name: LONG, value: 3, unit: 'AU', test_date: at(3) })
  const entries: Record<string, string> = {}
  for (const [kind, entry] of Object.entries(ENTRIES)) {
    entries[kind] = (await api.post(`/medical-records/clinical/${kind}`, entry)).id
  }
  await api.post('/documents', { title: LONG, document_type: 'referral', hospital_name: ARABIC })
  const impression = `${ARABIC}. No cause of headache.`
  const [study, report, imported] = await Promise.all([
    api.post('/imaging/studies', { modality: 'MRI', study_date: at(30), description: LONG, impression }),
    api.post('/clinical-reports', { report_type: 'CLINICAL_NOTE', title: LONG, content: `First line\n${ARABIC}` }),
    api.send('/lab-results/upload', CLINIC),
  ])
  const published = await api.post('/clinical-reports', {
    report_type: 'CLINICAL_NOTE',
    title: 'Visit',
    content: 'Well.',
  })
  for (const status of ['PENDING_REVIEW', 'REVIEWED', 'APPROVED', 'PUBLISHED']) {
    await api.post(`/clinical-reports/${published.id}/status`, { status })
  }
  const [pdf, broken] = [reportPdf([REPORT_TEXT]), Buffer.from('%PDF-1.4\nnothing of a file')]
  const paper = await api.upload('/documents/upload', { name: 'report.pdf', mimeType: 'application/pdf', buffer: pdf })
  const unread = await api.upload('/documents/upload', { name: 'x.pdf', mimeType: 'application/pdf', buffer: broken })
  await Promise.all([
    until(
      () => api.get(`/documents/${paper.id}`),
      (one) => Number(one.values_to_review) > 0,
      'the reading',
    ),
    until(
      () => api.get(`/documents/${unread.id}`),
      (one) => one.status === 'error',
      'the fault',
    ),
  ])
  return {
    ...{
      paper: paper.id,
      broken: unread.id,
      imported: imported.id,
      study: study.id,
      report: report.id,
      published: published.id,
    },
    ...{ otherLab: other.id, entries },
  }
}

async function fillPeople(stage: Stage, api: Api, name: string) {
  const parent = await api.post('/profiles', {
    ...{ display_name: LONG.slice(0, 90), relationship: 'parent', date_of_birth: '1951-06-30' },
  })
  const child = await api.post('/profiles', {
    ...{ display_name: 'Kit', relationship: 'child', date_of_birth: '2018-02-03' },
  })
  await api.post('/vitals/blood-pressure', { systolic: 195, diastolic: 130 }, parent.id)
  await api.put(`/sharing/duty/${parent.id}`, { until: at(-0.2) })
  const visit = await stage.visit()
  const owner = await register(visit, stage.origin, 'Rosa')
  await owner.post('/metrics', { metric_type: 'weight', value: 64, unit: 'kg' })
  const grant = (email: string) => ({ email, categories: ['vitals'], label: ARABIC, ends_at: at(-5) })
  const [accepted] = [await owner.post('/sharing/grants', grant(`${name}@example.test`))]
  await api.post('/sharing/invitations/accept', { code: accepted.invitation_code })
  const { profiles } = { profiles: await owner.get('/profile') }
  await visit.context.close()
  return { parent: parent.id, child: child.id, sharing: profiles.id }
}

async function fillHanded(api: Api) {
  await api.post('/sharing/grants', {
    email: 'aunt@example.test',
    categories: ['vitals'],
    label: ARABIC,
    ends_at: at(-5),
  })
  const shared = await api.post('/share', { categories: ['vitals', 'emergency'], label: LONG, expires_days: 7 })
  const link = await api.post('/shl', {
    label: LONG.slice(0, 80),
    categories: ['vitals', 'health_records'],
    expires_days: 7,
  })
  const locked = await api.post('/shl', { passcode: 'rosemary', categories: ['health_records'], expires_days: 7 })
  const without = (url: unknown) => String(url).replace(/^https?:\/\/[^/]+/, '')
  return { share: without(shared.url), link: without(link.viewer_url), locked: without(locked.viewer_url) }
}

async function fillDevices(api: Api) {
  await api.post('/devices', { name: LONG.slice(0, 90), device_type: 'blood_pressure_monitor', manufacturer: ARABIC })
  await api.post('/device-data/uploaders', { label: LONG.slice(0, 90) })
  const send = (name: string, body: string) => api.send(`/device-data/imports?file_name=${name}`, body)
  const [taken, columns, dates, ecg] = [
    await send('export.xml', APPLE_EXPORT),
    await send('kitchen.csv', TABLE),
    await send('dates.csv', TWO_WAYS),
    await send('ecg.csv', ecgFile({ classification: LONG.slice(0, 80), symptoms: ARABIC })),
  ]
  const points = Array.from({ length: 14 * 96 }, (_none, index) => ({
    ...{ data_type: 'continuous_glucose', unit: 'mg/dL', source_name: 'dexcom' },
    ...{ value: 110 + Math.round(60 * Math.sin(index / 6)), timestamp: at((5 + index * 15) / 1440) },
  }))
  for (const first of [0, 1000])
    await api.post('/data/points/batch', { data_points: points.slice(first, first + 1000) })
  const ends = (id: string) =>
    until(
      () => api.get(`/device-data/imports/${id}`),
      (one) => /^(asking|done|taken|failed)/.test((one as unknown as { import: { state: string } }).import.state),
      'the import',
    )
  const made = [taken, columns, dates, ecg].map((one) => (one.import as { id: string } | undefined)?.id ?? one.id)
  await Promise.all(made.map((id) => ends(id as string)))
  const { items } = (await api.get('/device-data/recordings')) as unknown as { items: readonly { id: string }[] }
  const trace = items[0]?.id as string
  return { taken: made[0] as string, columns: made[1] as string, dates: made[2] as string, trace }
}

/** The account asks for a code of an app beside the password from now on. */
export async function turnOnSecondStep(api: Api): Promise<void> {
  const { secret } = await api.post('/auth/mfa/setup', { password: PASSWORD })
  await api.post('/auth/mfa/verify', { code: new TOTP({ secret: String(secret) }).generate() })
}

/** A passkey of an authenticator that is none, made on the account's page. The visitor must have come by the host's name. */
export async function addPasskey({ context, page, open }: Visit): Promise<void> {
  const devtools = await context.newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const kind = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true } as const
  const options = { ...kind, isUserVerified: true, automaticPresenceSimulation: true }
  await devtools.send('WebAuthn.addVirtualAuthenticator', { options })
  await open('/app/account')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await page.getByRole('dialog').getByLabel('Your password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('button', { name: 'Rename' }).waitFor()
}

/** Writes a weight down on the device of somebody who is signed in, without a line, and stays without one. */
export async function writeAway({ context, page, open }: Visit, value: string): Promise<void> {
  await open('/app/add/weight')
  await page.evaluate(async () => void (await navigator.serviceWorker.ready))
  await context.setOffline(true)
  await page.locator('[name=value]').fill(value)
  await page.locator('form [type=submit]').click()
  // Once it is written down on the device, the client goes there by itself.
  await page.waitForURL('**/app/today')
  await page.locator('.strip').waitFor()
}
