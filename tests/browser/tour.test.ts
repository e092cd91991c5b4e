import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { REPORT_TEXT, reportPdf } from '../../src/services/medical-records/fixtures/documents.ts'
import { openStage, type Stage, settled, skip, type Visit } from './browser.ts'

const PASSWORD = 'a Phrase 4 you'
/** A paper is read by a process of its own, beside everything else this machine does. */
const READING_MS = 120_000

const noFaults = ({ faults }: Visit) => assert.deepEqual(faults.splice(0), [])
const heading = ({ page }: Visit, name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor()

/** Makes an account on the page for it, and goes past the first questions. */
async function register(visit: Visit, name: string): Promise<void> {
  const { page } = visit
  await page.goto('/app')
  await page.getByRole('link', { name: 'Create your record' }).click()
  await page.getByLabel('Your name').fill(`${name} Example`)
  await page.getByLabel('E-mail').fill(`${name.toLowerCase()}@example.test`)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Create your record' }).click()
  await page.locator('nav.places').waitFor()
}

// One platform from its first minute on: each part begins where the one before it ended.
describe('the first five minutes', { skip }, () => {
  let stage: Stage
  let operator: Visit
  let patient: Visit
  let caregiver: Visit
  before(async () => {
    stage = await openStage()
    operator = await stage.visit({ width: 1280 })
    patient = await stage.visit()
    caregiver = await stage.visit({ scheme: 'dark' })
  })
  after(() => stage?.close())

  test('a newcomer looks round: a day of somebody made up, a number, and how it is known; then leaves', async () => {
    const { page } = patient
    await page.goto('/')
    await page.getByRole('button', { name: 'Look around' }).click({ timeout: 60_000 })
    await page.getByText('Demo data, all synthetic').waitFor({ timeout: 60_000 })
    await page.locator('.tile', { hasText: 'Blood pressure' }).first().click()
    await heading(patient, 'Blood pressure')
    await page.locator('.plot canvas').first().waitFor()
    await page.getByText('How do we know?').first().click()
    await page.getByRole('link', { name: 'Start with my data' }).click()
    await page.getByRole('button', { name: 'Leave the demo' }).click()
    await heading(patient, 'Welcome to Salus')
    noFaults(patient)
  })

  test('the operator is made by the printed link, sees what runs, and finds the lines of one request', async () => {
    const { page } = operator
    await page.goto(/Set up +http:\/\/localhost:\d+(\S+)/.exec(stage.printed())?.[1] as string)
    await page.getByLabel('E-mail').fill('operator@example.test')
    await page.getByLabel('New password').fill(PASSWORD)
    await page.getByLabel('The same again').fill(PASSWORD)
    await page.getByRole('button', { name: 'Make administrator' }).click()
    await page.getByRole('link', { name: 'Go on', exact: true }).click()
    await page.getByText('Step 1 of 5').waitFor()
    await operator.open('/app/more')
    await page.getByRole('link', { name: /Operations/ }).click()
    await page.getByRole('row', { name: /medical-records.*Running/ }).waitFor()
    await page.getByRole('link', { name: 'Set-up' }).click()
    await page.getByRole('heading', { name: 'Backups' }).waitFor()
    await page.getByRole('link', { name: 'Trust' }).click()
    await page.getByRole('button', { name: 'Check the audit now' }).click()
    await page.getByText(/^Whole: /).waitFor()
    const refused = await operator.context.request.post('/api/v1/metrics', {
      data: {},
      headers: { origin: stage.origin },
    })
    await page.getByRole('link', { name: 'Log', exact: true }).click()
    await page.getByLabel('Request id').fill(refused.headers()['x-request-id'] as string)
    await page.getByRole('button', { name: 'Show' }).click()
    await page.locator('.rows.log li').first().waitFor()
    noFaults(operator)
  })

  test('the patient begins with their own: a number in two taps, and a report of which they check each value', async () => {
    const { page } = patient
    await register(patient, 'Noor')
    await page.locator('nav.places').getByRole('link', { name: 'Add', exact: true }).click()
    await page.getByRole('link', { name: 'Weight' }).click()
    await page.getByLabel('Value').fill('71.5')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.locator('.tile', { hasText: 'Weight' }).getByText('71.5').waitFor()
    await patient.open('/app/records/add')
    await page.getByRole('button', { name: 'Try with a sample report' }).click()
    await page.getByRole('heading', { name: 'Read, and not kept' }).waitFor({ timeout: READING_MS })
    await page.getByText('140 mmol/L').waitFor()
    const file = { name: 'report.pdf', mimeType: 'application/pdf', buffer: reportPdf([REPORT_TEXT]) }
    await page.locator('input[type=file]').first().setInputFiles(file)
    await page.getByRole('link', { name: 'Check the values' }).click({ timeout: READING_MS })
    await page.getByRole('button', { name: /^Accept the \d+ without doubts/ }).click()
    await page.getByText(/values were accepted/).waitFor()
    await patient.open('/app/labs')
    await page
      .getByRole('link', { name: /Sodium/ })
      .first()
      .click()
    await heading(patient, 'Sodium')
    noFaults(patient)
  })

  test('a link shows a part to whoever has no account, without scripts, until it is ended; each look is written', async () => {
    const { page } = patient
    await patient.open('/app/sharing')
    await page.getByRole('button', { name: 'Make a link' }).click()
    await page.getByRole('dialog').getByLabel('Measurements').check()
    await page.getByRole('button', { name: 'Make the link' }).click()
    await page.getByRole('img', { name: /QR code of the link/ }).waitFor()
    const address = await page.locator('.secret code').innerText()
    await page.getByRole('button', { name: 'Done' }).click()
    const clinician = await stage.visit({ width: 1280, hasScripts: false })
    const { pathname } = new URL(address)
    await clinician.page.goto(pathname)
    await clinician.page.getByText('71.5').first().waitFor()
    assert.equal(await clinician.page.getByText('Sodium').count(), 0)
    noFaults(clinician)
    await page.reload()
    await page.getByText('opened once').waitFor()
    await page.getByRole('button', { name: 'End link' }).click()
    await page.getByText('The link shows nothing any more').waitFor()
    assert.notEqual((await clinician.page.goto(pathname))?.status(), 200)
    await clinician.context.close()
    noFaults(patient)
  })

  test('a caregiver is let in by a code, works under a bar with the name, and is out when access ends', async () => {
    await register(caregiver, 'Omar')
    const { page } = patient
    await page.getByRole('button', { name: 'Let somebody in' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Their e-mail').fill('omar@example.test')
    await dialog.getByLabel('What you call them').fill('Omar')
    await dialog.getByLabel('They are').selectOption('caregiver')
    await dialog.getByLabel('Measurements').check()
    await dialog.getByLabel('They may').selectOption('write')
    await dialog.getByRole('button', { name: 'Invite' }).click()
    const code = await dialog.locator('.secret code').innerText()
    await dialog.getByRole('button', { name: 'Done' }).click()

    await caregiver.open('/app/sharing')
    await caregiver.page.getByRole('button', { name: 'I have an invitation code' }).click()
    await caregiver.page.getByLabel('Code', { exact: true }).fill(code)
    await caregiver.page.getByRole('dialog').getByRole('button', { name: 'Accept' }).click()
    await caregiver.page.getByText('You see it now').waitFor()
    await caregiver.open('/app/board')
    await caregiver.page.getByRole('button', { name: 'Open record Noor Example' }).click()
    await caregiver.page.getByText('You are looking at Noor Example’s record').waitFor()
    await caregiver.open('/app/add/weight')
    await caregiver.page.getByLabel('Value').fill('71.2')
    await caregiver.page.getByRole('button', { name: 'Save' }).click()
    await caregiver.page.locator('.tile', { hasText: 'Weight' }).getByText('71.2').waitFor()
    noFaults(caregiver)

    await patient.open('/app/who-saw')
    await page.getByText(/Omar/).first().waitFor()
    await patient.open('/app/sharing')
    await page.getByRole('button', { name: 'End access' }).click()
    await page.getByText('They see nothing any more').waitFor()
    await caregiver.page.reload()
    await settled(caregiver.page)
    assert.equal(await caregiver.page.getByText('71.2').count(), 0)
    assert.equal(await caregiver.page.getByRole('option', { name: 'Noor Example' }).count(), 0)
    noFaults(patient)
  })
})
