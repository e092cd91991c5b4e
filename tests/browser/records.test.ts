import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { REPORT_TEXT, reportPdf } from '../../src/services/medical-records/fixtures/documents.ts'
import {
  type FakeHospital,
  HOSPITAL_CLIENT,
  openFakeHospital,
} from '../../src/services/medical-records/fixtures/hospital.ts'
import { furtherKinds } from '../../src/services/medical-records/fixtures/hospitalRecords.ts'
import { renderReport } from '../../src/services/medical-records/fixtures/pictures.ts'
import {
  named,
  openStage,
  overflowOf,
  type Stage,
  settled,
  signUp,
  skip,
  smallTargetsOf,
  type Visit,
  violationsOf,
} from './browser.ts'

/** The engine that reads pictures may be the slow one. */
const READING_MS = 120_000
/** A picture of one point. */
const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
const HL7 = [
  'MSH|^~\\&|LAB|CITY|SALUS|ME|20260601080000||ORU^R01^ORU_R01|42|P|2.5.1',
  'PID|1||9||Example^Rita||19880412|F',
  'OBR|1||A77|CBC^Blood count^L|||20260601073000+0530|||||||||99^Iyer^Meena',
  'OBX|1|NM|2951-2^Sodium^LN||139|mmol/L|135-145|N|||F',
  'OBX|2|NM|2823-3^Potassium^LN||4.4|mmol/L|3.5-5.1|N|||F',
].join('\r')

describe('the web client: papers, their review, and results', { skip }, () => {
  let stage: Stage
  let visit: Visit
  let page: Page
  let post: Awaited<ReturnType<typeof signUp>>
  let hospital: FakeHospital
  before(async () => {
    hospital = await openFakeHospital(furtherKinds())
    stage = await openStage({
      EPIC_FHIR_URL: hospital.baseUrl,
      EPIC_FHIR_CLIENT_ID: HOSPITAL_CLIENT.id,
      EPIC_FHIR_CLIENT_SECRET: HOSPITAL_CLIENT.secret,
    })
    visit = await stage.visit({ width: 1280 })
    page = visit.page
    post = await signUp(visit, stage.origin, 'Rita')
  })
  after(async () => {
    await stage?.close()
    await hospital?.close()
  })

  const noFaults = () => assert.deepEqual(visit.faults.splice(0), [])
  const add = async (name: string, mimeType: string, buffer: Buffer) => {
    await visit.open('/app/records/add')
    await page.locator('input[type=file]').first().setInputFiles({ name, mimeType, buffer })
  }
  const line = (name: string) => page.locator('.decisions > li', { hasText: name })
  const hasNoBarrier = async () => {
    for (const width of [320, 390, 1280]) {
      await page.setViewportSize({ width, height: 844 })
      assert.equal(await overflowOf(page), 0, `wider than ${width}`)
    }
    assert.deepEqual(await smallTargetsOf(page), [])
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      for (const width of [390, 1280]) {
        await page.setViewportSize({ width, height: 844 })
        assert.deepEqual(await violationsOf(page), [], `${colorScheme} ${width}`)
      }
    }
  }

  test('an empty record says so, and leads to the first paper', async () => {
    await visit.open('/app/records')
    await page.getByText('Nothing is kept here yet').waitFor()
    await page.getByRole('link', { name: 'Add the first paper' }).click()
    await page.getByRole('heading', { level: 1, name: 'Add to the record' }).waitFor()
    noFaults()
  })

  test('a photo of a report is read, and its values wait beside the picture with their boxes', async () => {
    await add('report.jpg', 'image/jpeg', await renderReport('columns', { width: 1240 }))
    const check = page.getByRole('link', { name: 'Check the values' })
    await check.waitFor({ timeout: READING_MS })
    await check.click()
    await page.getByText(/^\d+ values left$/).waitFor()
    const lines = await page.locator('.decisions > li').count()
    assert.ok(lines > 8, `${lines} values`)
    await page.locator('.box.at-hand').waitFor()
    assert.equal(await page.locator('.box').count(), lines)
    const [box, picture] = await Promise.all([
      page.locator('.box.at-hand').boundingBox(),
      page.locator('.sheet img').boundingBox(),
    ])
    assert.ok(box !== null && picture !== null && box.y > picture.y && box.width < picture.width)
    noFaults()
    await hasNoBarrier()
    noFaults()
  })

  test('by keys alone: Enter accepts, a doubted value is asked about again, E mends, X rejects', async () => {
    const current = page.locator('.decisions > [aria-current=true]')
    await page.locator('.decisions [data-first]').first().focus()
    const waiting = page.locator('.decisions > li:not(:has(.row .tag))')
    const before = await waiting.count()
    // The first without doubts.
    while ((await current.locator('.doubts').count()) > 0) await page.keyboard.press('j')
    const certain = await current.getAttribute('data-id')
    await page.keyboard.press('Enter')
    await page.locator(`[data-id="${certain}"] .tag`, { hasText: 'Accepted' }).waitFor()
    // The first with doubts: one Enter is not enough.
    while ((await current.locator('.doubts').count()) === 0) await page.keyboard.press('ArrowDown')
    const doubted = await current.getAttribute('data-id')
    await page.keyboard.press('Enter')
    await page.getByText('Compared with the paper?').waitFor()
    assert.equal(await waiting.count(), before - 1)
    await page.keyboard.press('Escape')
    await page.getByText('Compared with the paper?').waitFor({ state: 'detached' })
    await page.keyboard.press('x')
    await page.locator(`[data-id="${doubted}"] .tag`, { hasText: 'Rejected' }).waitFor()
    const mended = await current.getAttribute('data-id')
    await page.keyboard.press('e')
    await page.getByLabel('Test', { exact: true }).fill('HbA1c')
    await page.getByLabel('Value', { exact: true }).fill('6.4')
    await page.getByLabel('Unit', { exact: true }).fill('%')
    await page.getByLabel('Range from').fill('4.0')
    await page.getByLabel('Range to').fill('5.6')
    await page.keyboard.press('Enter')
    await page.locator(`[data-id="${mended}"] .tag`, { hasText: 'Corrected' }).waitFor()
    assert.equal(await waiting.count(), before - 3)
    noFaults()
  })

  test('a value nobody alive has is refused at its field, and nothing is taken', async () => {
    const current = page.locator('.decisions > [aria-current=true]')
    const id = await current.getAttribute('data-id')
    await current.getByRole('button', { name: /^Edit/ }).click()
    await page.getByLabel('Test', { exact: true }).fill('Sodium')
    await page.getByLabel('Unit', { exact: true }).fill('mmol/L')
    await page.getByLabel('Value', { exact: true }).fill('1400')
    await page.keyboard.press('Enter')
    await page.locator('[name=value][aria-invalid=true]').waitFor()
    visit.faults.length = 0
    await page.keyboard.press('Escape')
    assert.equal(await page.locator(`[data-id="${id}"] .row .tag`).count(), 0)
  })

  test('what was accepted stands in the results: out of range first, with its own chart and reasons', async () => {
    await visit.open('/app/labs')
    const first = page.locator('section', { hasText: 'Out of range' }).first()
    await first.getByText('HbA1c').waitFor()
    await first.getByText('6.4 %').waitFor()
    await first.getByText('range 4–5.6').waitFor()
    await first.getByRole('link', { name: /HbA1c/ }).click()
    await page.getByRole('heading', { level: 1, name: 'HbA1c' }).waitFor()
    await page.locator('.plot canvas').waitFor()
    await page.getByRole('radio', { name: 'mmol/mol' }).check()
    await page.getByText('Show as a table').click()
    await page.getByRole('cell', { name: '46.4' }).waitFor()
    await page.getByText('What is the newest result judged by?').click()
    await page.getByText('The range printed on the report (printed on the report)').waitFor()
    noFaults()
    await hasNoBarrier()
  })

  test('of a PDF the page is shown as it looks, with the value at hand in its box; what has no doubts goes at once', async () => {
    await add('report.pdf', 'application/pdf', reportPdf([REPORT_TEXT]))
    await page.getByRole('link', { name: 'Check the values' }).click({ timeout: READING_MS })
    const atHand = page.locator('.sheet .box.at-hand')
    const before = await atHand.getAttribute('style')
    await line('Triglycerides')
      .getByRole('button', { name: /^Accept/ })
      .focus()
    await page.waitForFunction((was) => document.querySelector('.box.at-hand')?.getAttribute('style') !== was, before)
    await page.getByRole('button', { name: /^Accept the \d+ without doubts/ }).click()
    await page.getByText(/values were accepted/).waitFor()
    await line('Sodium').locator('.tag', { hasText: 'Accepted' }).waitFor()
    noFaults()
    await hasNoBarrier()
  })

  test('a file that can not be read is kept, and says why', async () => {
    await add('broken.pdf', 'application/pdf', Buffer.from('%PDF-1.4\nnothing of a file'))
    await page.getByText('The file is damaged').waitFor({ timeout: READING_MS })
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('It was deleted').waitFor()
    await page.getByText('broken.pdf').waitFor({ state: 'detached' })
    noFaults()
  })

  test('what is not to be kept is read once: it is shown, and stands nowhere after', async () => {
    await visit.open('/app/records/add')
    await page.getByRole('radio', { name: 'Not at all' }).check()
    const buffer = Buffer.from(REPORT_TEXT.replace('City Diagnostics', 'Passing Clinic'))
    await page.locator('input[type=file]').first().setInputFiles({ name: 'once.txt', mimeType: 'text/plain', buffer })
    await page.getByRole('heading', { name: 'Read, and not kept' }).waitFor({ timeout: READING_MS })
    await page.getByText('140 mmol/L').waitFor()
    await visit.open('/app/records')
    await page.getByText('report.pdf').waitFor()
    assert.equal(await page.getByText('once.txt').count(), 0)
    noFaults()
  })

  test('a file of a clinic waits value by value; what is taken stands in the results', async () => {
    await add('results.hl7', 'application/octet-stream', Buffer.from(HL7))
    await page.getByText('2 values left').waitFor()
    await line('Potassium').getByRole('button', { name: 'Reject Potassium' }).click()
    await page.getByText('1 value left').waitFor()
    await hasNoBarrier()
    await page.getByRole('button', { name: 'Accept all without doubts' }).click()
    await page.getByText('Everything is decided').waitFor()
    await visit.open('/app/labs/sodium')
    await page.getByText('139 mmol/L').first().waitFor()
    noFaults()
  })

  test('a result and an allergy are written by hand; what is impossible is refused at its field', async () => {
    await visit.open('/app/records/add/labs')
    await page.getByLabel('Test').fill('Potassium')
    await page.getByLabel('Value').fill('400')
    await page.getByLabel('Unit').fill('mmol/L')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.locator('[name=value][aria-invalid=true]').waitFor()
    visit.faults.length = 0
    await page.getByLabel('Value').fill('4,4')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { level: 1, name: 'Potassium' }).waitFor()
    await page.getByText('4.4 mmol/L').first().waitFor()
    await visit.open('/app/records/add/allergies')
    await page.getByLabel('What against?').fill('Penicillin')
    await page.getByLabel('Since').fill('2009')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('radio', { name: 'Allergies' }).check()
    await page.getByRole('link', { name: /Penicillin/ }).click()
    await page.getByRole('heading', { level: 1, name: 'Penicillin' }).waitFor()
    await hasNoBarrier()
    noFaults()
  })

  test('a step back stands where it was left: the same kind, at the same height', async () => {
    await page.setViewportSize({ width: 390, height: 500 })
    await visit.open('/app/records')
    await page.getByRole('radio', { name: 'Allergies' }).check()
    const entry = page.locator('main a[href*="/allergies/"]')
    await entry.waitFor()
    await page.evaluate(() => scrollTo(0, 150))
    assert.equal(await page.evaluate(() => scrollY), 150)
    await entry.evaluate((one: HTMLAnchorElement) => one.click())
    await page.getByText('Who has seen my record').waitFor()
    await page.goBack()
    await entry.waitFor()
    assert.equal(await page.getByRole('radio', { name: 'Allergies' }).isChecked(), true)
    await page.waitForFunction(() => scrollY === 150)
    await page.setViewportSize({ width: 1280, height: 844 })
    noFaults()
  })

  test('a study with its picture and a report are written, changed, moved on and replaced; each version stays', async () => {
    const save = () => page.getByRole('button', { name: 'Save' }).click()
    await visit.open('/app/records/add/imaging')
    await page.getByLabel('Title').fill('Left knee')
    await page.getByLabel('Kind').selectOption('MRI')
    await save()
    await page.getByRole('heading', { level: 1, name: 'Left knee' }).waitFor()
    await page.locator('input[type=file]').setInputFiles({ name: 'knee.png', mimeType: 'image/png', buffer: DOT })
    await page.getByRole('img', { name: 'Picture 1' }).waitFor()
    await page.getByRole('button', { name: 'Change' }).click()
    await page.getByLabel('Conclusion').fill('Nothing torn')
    await save()
    await page.getByText('Nothing torn').waitFor()
    await post('/clinical-reports', { report_type: 'OTHER', title: 'The newer letter', content: 'All is well.' })
    await visit.open('/app/records/add/reports')
    await page.getByLabel('Title').fill('Letter')
    await page.getByLabel('Report', { exact: true }).fill('No operation.')
    await hasNoBarrier()
    await save()
    await page.getByRole('button', { name: 'Change' }).click()
    await page.getByLabel('Report', { exact: true }).fill('No operation. Come again in May.')
    await page.getByLabel('Why is it changed?').fill('A date was missing')
    await save()
    await page.getByText('Version 2').waitFor()
    for (const [step, status] of [
      ['Waits for review', 'Reviewed'],
      ['Reviewed', 'Approved'],
      ['Approved', 'Published'],
      ['Published', 'Withdrawn'],
    ] as const) {
      await page.getByRole('button', { name: step, exact: true }).click()
      await page.getByRole('button', { name: status, exact: true }).waitFor()
    }
    assert.equal(await page.getByRole('button', { name: 'Change' }).count(), 0)
    await page.getByRole('button', { name: 'Replaced' }).click()
    await page.getByLabel('Which report takes its place?').selectOption({ label: 'The newer letter' })
    await save()
    await page.getByRole('definition').filter({ hasText: 'Replaced' }).waitFor()
    noFaults()
  })

  test('the paper of another is looked at as theirs: nothing of the own record is shown', async () => {
    const { id } = await post('/profiles', { display_name: 'Kit', relationship: 'child', date_of_birth: '2018-02-03' })
    await visit.open('/app/records')
    await page.getByText('report.pdf').waitFor()
    await page.getByLabel('Whose record is shown').selectOption(String(id))
    await page.getByText('Nothing is kept here yet').waitFor()
    await settled(page)
    assert.equal(await page.getByText('report.pdf').count(), 0)
    noFaults()
  })

  test('a hospital is connected at its own sign-in, says kind by kind what came and what failed, is read again and ended', async () => {
    // By the name that the hospital sends the browser back to.
    const origin = named(stage.origin)
    const guest = await stage.visit({ isNamed: true })
    const at = guest.page
    await signUp(guest, origin, 'Ana')
    const found = (kind: string, text: string) => at.locator('dl > div', { hasText: kind }).getByText(text).waitFor()
    const isOpenTo = async (scheme: 'light' | 'dark', width: number) => {
      await at.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      await at.setViewportSize({ width, height: 844 })
      assert.deepEqual(await violationsOf(at), [], `${scheme} ${width}`)
    }
    hospital.scopes = 'patient/Observation.rs patient/Procedure.rs patient/Encounter.rs offline_access'
    hospital.failing.set('Encounter', 500)
    await guest.open('/app/records/hospitals')
    await at.getByRole('button', { name: 'Connect Epic' }).click()
    await at.getByRole('link', { name: 'Allow' }).click()
    await at.getByText('Not all was read').waitFor()
    await at.getByText('The hospital’s server answered 500').waitFor()
    await at.getByText('What the last reading found').click()
    await found('Vital signs', '2 found')
    await found('Visits', 'not read')
    await found('Goals', 'not open')
    await isOpenTo('light', 390)
    await isOpenTo('dark', 1280)
    await at.setViewportSize({ width: 320, height: 844 })
    assert.equal(await overflowOf(at), 0)
    await at.evaluate(() => localStorage.setItem('salus.language', 'ar'))
    await guest.open('/app/records/hospitals')
    await at.getByText('تعذّرت قراءة إجابة خادم المستشفى.').waitFor()
    assert.equal(await overflowOf(at), 0)
    await at.evaluate(() => localStorage.removeItem('salus.language'))
    await guest.open('/app/records/hospitals')
    await at.getByText('3 values to check').waitFor()
    await at.getByRole('link', { name: 'Check the values' }).click()
    await at.getByRole('button', { name: 'Accept Heart rate' }).click()
    await at.getByText('2 values left').waitFor()
    hospital.failing.clear()
    await guest.open('/app/records/hospitals')
    await at.getByRole('button', { name: 'Read everything again' }).click()
    await at.getByText('Connected', { exact: true }).waitFor()
    await at.getByText('What the last reading found').click()
    await found('Visits', '1 found')
    await found('Vital signs', '2 found')
    const [pulse] = (hospital.records.Observation ?? []) as { valueQuantity: { value: number } }[]
    if (pulse !== undefined) pulse.valueQuantity.value = 75
    await at.getByRole('button', { name: 'Read everything again' }).click()
    await at.getByText('4 values to check').waitFor()
    await at.getByRole('link', { name: 'Check the values' }).click()
    await at.getByText('Its sender changed it since you accepted it.').waitFor()
    await found('You accepted', '72 /min')
    await found('Now', '75 /min')
    await isOpenTo('light', 390)
    await isOpenTo('dark', 1280)
    await at.getByRole('button', { name: 'Accept the change: Heart rate' }).click()
    await at.getByText('Everything is decided.').waitFor()
    await guest.open('/app/records/hospitals')
    await at.getByRole('button', { name: 'Disconnect' }).click()
    const dialog = at.getByRole('dialog')
    await dialog.waitFor()
    await isOpenTo('light', 390)
    await isOpenTo('dark', 1280)
    await dialog.getByRole('button', { name: 'Disconnect' }).click()
    await at.getByText('It is disconnected.').waitFor()
    assert.equal(hospital.goodTokens(), 0)
    await guest.open('/app/records/hospitals')
    await at.getByRole('button', { name: 'Connect Epic' }).waitFor()
    const there = `asks another origin: ${new URL(hospital.baseUrl).origin}/oauth2/authorize?`
    assert.deepEqual(
      guest.faults.filter((one) => !one.startsWith(there)),
      [],
    )
    await guest.context.close()
  })
})
