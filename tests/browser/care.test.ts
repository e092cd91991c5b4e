import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { REPORT_TEXT, reportPdf } from '../../src/services/medical-records/fixtures/documents.ts'
import { openStage, overflowOf, type Stage, settled, signUp, skip, type Visit, violationsOf } from './browser.ts'

/** On a machine that is busy with something else. */
const READING_MS = 120_000

describe('the web client: handing out, looking after others, and searching', { skip }, () => {
  let stage: Stage
  let visit: Visit
  let page: Page
  before(async () => {
    stage = await openStage()
    visit = await stage.visit()
    page = visit.page
    await fill(await signUp(visit, stage.origin, 'Carla'))
  })
  after(() => stage?.close())

  async function fill(post: Awaited<ReturnType<typeof signUp>>): Promise<void> {
    await post('/symptoms', { symptom_name: 'Headache', symptom_category: 'pain', severity_level: 6 })
    await post('/medical-records/clinical/allergies', { display: 'Penicillin', started_on: '2009' })
    const study_date = '2026-02-03T10:00:00Z'
    await post('/imaging/studies', {
      modality: 'MRI',
      study_date,
      description: 'MRI of the head',
      impression: 'No cause of headache.',
    })
    await post('/clinical-reports', {
      report_type: 'CLINICAL_NOTE',
      title: 'Visit for headache',
      content: 'First line\nsecond line',
    })
    const mother = await post('/profiles', {
      display_name: 'Mina',
      relationship: 'parent',
      date_of_birth: '1951-04-02',
    })
    const { origin } = stage
    const headers = { origin, 'x-profile-id': String(mother.id) }
    const data = { systolic: 195, diastolic: 130 }
    assert.equal(
      (await visit.context.request.post(`${origin}/api/v1/vitals/blood-pressure`, { data, headers })).status(),
      201,
    )
  }
  const noFaults = () => assert.deepEqual(visit.faults.splice(0), [])
  const noBarrier = async () => {
    assert.equal(await overflowOf(page), 0)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      assert.deepEqual(await violationsOf(page), [], colorScheme)
    }
  }

  test('questions for the visit are written where the record stands on one page, which can be taken along as a file', async () => {
    await visit.open('/app/overview')
    await page.getByRole('button', { name: 'Write questions' }).click()
    await page.getByLabel('Questions for the visit').fill('May I swim?\nHow long?')
    assert.deepEqual(await violationsOf(page), [])
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('listitem').filter({ hasText: 'May I swim?' }).waitFor()
    const address = await page.getByRole('link', { name: 'FHIR file' }).getAttribute('href')
    const file = await visit.context.request.get(`${stage.origin}${address}`)
    assert.equal((await file.json()).type, 'document')
    noFaults()
  })

  test('a health link shows chosen parts with a passcode and takes a note; who opened it is seen; ended, it shows nothing', async () => {
    await visit.open('/app/sharing')
    await page.getByRole('button', { name: 'Make a health link' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Health record').check()
    await dialog.getByLabel('What is it for?').fill('Clinic')
    await dialog.getByLabel('First day shown').fill('2000-01-01')
    await dialog.getByLabel('They may write a note').check()
    await dialog.getByLabel('Passcode').fill('rosemary')
    await dialog.getByRole('button', { name: 'Make the link' }).click()
    await dialog.getByText(/^shlink:\//).waitFor()
    const address = await dialog.getByRole('link', { name: 'The same as a page' }).getAttribute('href')
    assert.deepEqual(await violationsOf(page), [])
    await dialog.getByRole('button', { name: 'Done' }).click()
    await page.getByText('passcode, 10 tries left').waitFor()
    const clinic = await stage.visit({ hasScripts: false })
    await clinic.page.goto(address ?? '')
    await clinic.page.locator('input[name="passcode"]').fill('rosemary')
    await clinic.page.locator('button[type="submit"]').click()
    await clinic.page.getByText('Penicillin').first().waitFor()
    await clinic.page.getByText('May I swim?').waitFor()
    await clinic.page.getByText('dated 1 January 2000 or later').waitFor()
    await clinic.page.locator('#author').fill('Dr Rao')
    await clinic.page.locator('#note').fill('Swimming is fine')
    await clinic.page.locator('button[type="submit"]').click()
    await clinic.page.getByRole('heading', { name: 'Handed over' }).waitFor()
    await visit.open('/app/sharing')
    await page.getByText('opened once').waitFor()
    await page.getByText('Swimming is fine').waitFor()
    await noBarrier()
    await page.getByRole('button', { name: 'Keep it' }).click()
    await page.getByText('It is in your record now.').waitFor()
    await page.getByText('Somebody with your link', { exact: false }).waitFor()
    await page.getByRole('button', { name: 'End link' }).click()
    await page.getByText('No health link is open.').waitFor()
    assert.equal((await clinic.page.goto(address ?? ''))?.status(), 404)
    await clinic.context.close()
    noFaults()
  })

  test('the emergency card takes a note, draws its code, and says what online needs', async () => {
    await visit.open('/app/sos')
    await page.getByRole('link', { name: 'Print the card' }).click()
    await page.getByRole('heading', { name: 'Emergency card' }).waitFor()
    await page.getByLabel('What helpers have to know').fill('Insulin is in the blue bag')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.locator('dd', { hasText: 'blue bag' }).waitFor()
    await page.getByRole('img', { name: /QR code/ }).waitFor()
    await page.getByRole('link', { name: 'To the consents' }).waitFor()
    assert.equal(await page.getByRole('link', { name: 'Print the card' }).getAttribute('href'), '/card')
    noFaults()
  })

  test('the slash searches everything; arrows walk the list, Enter opens', async () => {
    await visit.open('/app/today')
    await page.keyboard.press('/')
    const field = page.getByRole('combobox', { name: 'Search everything' })
    await page.locator('[role=combobox]:focus').waitFor()
    await page.keyboard.type('headache')
    await page.getByRole('option', { name: /Visit for headache/ }).waitFor()
    assert.equal(await page.locator('#found [role="option"]').count(), 3)
    await noBarrier()
    await page.keyboard.press('ArrowUp')
    assert.match((await page.locator('#found-at').textContent()) ?? '', /Symptom/)
    await field.fill('visit for')
    await page.locator('[role="option"]:only-child', { hasText: 'Visit for headache' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Visit for headache' }).waitFor()
    noFaults()
  })

  test('a report shows its text, versions and status, and is moved on; a study its conclusion', async () => {
    await page.getByRole('button', { name: 'Waits for review' }).click()
    await page.locator('dd', { hasText: 'Waits for review' }).waitFor()
    await page.getByText('Version 1').click()
    await noBarrier()
    await visit.open('/app/records')
    await page.getByRole('link', { name: /MRI of the head/ }).click()
    await page.getByText('No cause of headache.').waitFor()
    await noBarrier()
    noFaults()
  })

  test('a paper is found by the words inside it, which are shown as they stand, and opens at their page', async () => {
    const pages = [REPORT_TEXT, `${REPORT_TEXT}\nFerritin <b>low</b>, see the second page.`]
    const sent = await visit.context.request.post(`${stage.origin}/api/v1/documents/upload?title=Letter`, {
      data: reportPdf(pages),
      headers: { origin: stage.origin, 'content-type': 'application/octet-stream' },
    })
    const { id } = await sent.json()
    await visit.open(`/app/records/${id}`)
    await page.getByText('The text in it').waitFor({ timeout: READING_MS })
    await visit.open('/app/search')
    await page.getByRole('combobox', { name: 'Search everything' }).fill('ferri low')
    const paper = page.getByRole('option', { name: /Letter/ })
    await paper.getByText('Ferritin <b>low</b>, see the second page.').waitFor()
    assert.deepEqual(await paper.locator('mark').allTextContents(), ['Ferritin', 'low'])
    assert.match((await paper.textContent()) ?? '', /Page 2/)
    await noBarrier()
    await paper.click()
    await page.getByRole('heading', { name: 'Letter' }).waitFor()
    await page.locator('details[open] pre', { hasText: 'Ferritin' }).waitFor()
    noFaults()
  })

  test('the board puts first who needs a look, and opens the record with the bar that says whose it is', async () => {
    await visit.open('/app/board')
    await page.getByText('Needs a look now').waitFor()
    await page.getByText('2 open alerts').waitFor()
    await page.getByText(/systolic: 195 mmHg/).waitFor()
    await noBarrier()
    await page.getByRole('button', { name: /^I’m on duty/ }).click()
    await page.getByText('You are on duty until').waitFor()
    await page.getByRole('button', { name: 'Hand over Mina' }).click()
    await page.getByLabel('What the next one has to know').fill('Slept badly')
    await page.getByRole('button', { name: 'Off duty' }).click()
    await page.getByText('Slept badly').waitFor()
    await page.getByText('Nobody is on duty.').waitFor()
    await page.getByRole('button', { name: 'On one page Mina' }).click()
    await page.getByRole('heading', { name: 'Mina' }).waitFor()
    await page.locator('.guest-bar', { hasText: 'Mina' }).waitFor()
    await page.getByText('195/130').waitFor()
    await page.getByRole('button', { name: 'Back to mine' }).click()
    noFaults()
  })

  test('of a record that is shared in part, the board and its page ask for nothing that is closed', async () => {
    const owner = await stage.visit()
    const post = await signUp(owner, stage.origin, 'Rosa')
    await post('/metrics', { metric_type: 'weight', value: 64, unit: 'kg' })
    const ends_at = new Date(Date.now() + 86_400_000).toISOString()
    const grant = await post('/sharing/grants', {
      email: 'carla@example.test',
      categories: ['vitals'],
      label: 'Carla',
      ends_at,
    })
    const accepted = { data: { code: grant.invitation_code }, headers: { origin: stage.origin } }
    const answer = await visit.context.request.post(`${stage.origin}/api/v1/sharing/invitations/accept`, accepted)
    assert.ok(answer.ok(), await answer.text())
    await visit.open('/app/board')
    const card = page.locator('li.card', { hasText: 'shared with you' })
    await card.getByText('64 kg').waitFor()
    await card.getByRole('button', { name: 'On one page' }).click()
    await page.getByText('This part is not shared with you.').first().waitFor()
    await page.locator('.tile', { hasText: '64' }).waitFor()
    assert.equal(await page.getByText('This part is not shared with you.').count(), 5)
    await page.getByRole('link', { name: 'Search' }).click()
    await page.locator('[role=combobox]:focus').waitFor()
    await page.keyboard.type('penicillin')
    await page.getByText('Nothing has these words.').waitFor()
    await page.getByRole('button', { name: 'Back to mine' }).click()
    await owner.context.close()
    noFaults()
  })

  test('while the server wakes up, records are shown as it said last', async () => {
    await visit.open('/app/records')
    await page.getByRole('link', { name: /Penicillin/ }).waitFor()
    await page.route('**/api/v1/**', (route) => route.fulfill({ status: 503, body: '{}' }))
    await page.reload()
    await page.getByText('The server is waking up').waitFor()
    await page.getByRole('link', { name: /Penicillin/ }).waitFor()
    await page.unroute('**/api/v1/**')
    visit.faults.length = 0
    await page.reload()
    await settled(page)
    await page.locator('.strip').waitFor({ state: 'detached' })
    noFaults()
  })
})
