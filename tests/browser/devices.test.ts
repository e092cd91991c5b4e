import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { ecgFile } from '../../src/services/device-data/fixtures/appleEcg.ts'
import { APPLE_EXPORT, largeAppleExport } from '../../src/services/device-data/fixtures/appleExport.ts'
import { zipOf } from '../../src/services/device-data/fixtures/archives.ts'
import { openStage, overflowOf, type Stage, signUp, skip, type Visit, violationsOf } from './browser.ts'

const TABLE = [
  'Measured at;Mass (kg);Mood',
  '2026-03-04 07:10;71.4;fine',
  '2026-03-05 07:12;71.2;tired',
  '2026-03-06 07:09;heavy;fine',
].join('\n')
const TWO_WAYS = ['When,Body weight (kg)', '03/04/2026,71.4', '05/04/2026,71.2'].join('\n')

describe('the web client: devices and imports', { skip }, () => {
  let stage: Stage
  let visit: Visit
  let page: Page
  let post: Awaited<ReturnType<typeof signUp>>
  before(async () => {
    stage = await openStage()
    visit = await stage.visit()
    page = visit.page
    post = await signUp(visit, stage.origin, 'Devi')
  })
  after(() => stage?.close())

  const noFaults = () => assert.deepEqual(visit.faults.splice(0), [])
  const noBarrier = async () => {
    for (const width of [320, 1280, 390]) {
      await page.setViewportSize({ width, height: 844 })
      assert.equal(await overflowOf(page), 0, `wider than ${width}`)
    }
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme })
      assert.deepEqual(await violationsOf(page), [], colorScheme)
    }
  }
  const give = (name: string, content: string | Buffer) =>
    page.locator('input[type=file]').setInputFiles({
      name,
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(content as string),
    })

  test('an Apple Health export is given, read while progress is told, and reported by measurement and reason', async () => {
    await visit.open('/app/more')
    await page.getByRole('link', { name: /Devices and imports/ }).click()
    await page.getByRole('link', { name: /Import a file/ }).click()
    const told = page.waitForResponse((answer) => answer.url().endsWith('/events'))
    await give(
      'export.zip',
      zipOf([{ name: 'apple_health_export/export.xml', content: APPLE_EXPORT, sizes: 'behind' }]),
    )
    assert.equal((await told).headers()['content-type'], 'text/event-stream')
    await page.locator('.result .tag', { hasText: 'Taken' }).waitFor()
    const ofHeart = page.getByRole('rowheader', { name: 'Heart rate', exact: true })
    await page.getByRole('row').filter({ has: ofHeart, hasText: 'Apple Watch' }).first().waitFor()
    await page.getByText('A kind that is not known here').waitFor()
    await page.getByText('SomethingNew').waitFor()
    await noBarrier()
    noFaults()
  })

  test('an ECG of a watch is drawn on paper with the words of the watch, and removed for good', async () => {
    await visit.open('/app/imports')
    await give('ecg.csv', ecgFile({ symptoms: 'Rapid, pounding heartbeat' }))
    await page.getByRole('rowheader', { name: 'ECG recordings' }).waitFor()
    await page.getByRole('link', { name: 'See your devices and sources' }).click()
    await page.getByRole('link', { name: /ECG recordings/ }).click()
    await page.getByRole('link', { name: /Sinus Rhythm/ }).click()
    await page.getByRole('heading', { name: 'Sinus Rhythm' }).waitFor()
    await page.getByText('Said by the device, not by Salus. It is no diagnosis.').waitFor()
    await page.getByText('Rapid, pounding heartbeat').waitFor()
    const paper = page.getByRole('region', { name: /^Trace of 30 seconds, from -[\d.,]+ to [\d.,]+ µV/ })
    const drawn = await paper.evaluate((box) => ({ inside: box.scrollWidth, seen: box.clientWidth }))
    // 30 seconds of 25 mm, at 96 points an inch.
    assert.ok(Math.abs(drawn.inside - (750 * 96) / 25.4) < 5 && drawn.seen < 400, JSON.stringify(drawn))
    await paper.focus()
    await page.keyboard.press('ArrowRight')
    await page.waitForFunction(() => (document.querySelector('.ecg')?.scrollLeft ?? 0) > 0)
    await noBarrier()
    await page.getByText('Remove', { exact: true }).click()
    await page.getByRole('button', { name: 'Remove this ECG' }).click()
    await page.getByText('No ECG was taken yet. The export of Apple Health brings them.').waitFor()
    noFaults()
  })

  test('a reload in the middle finds the import again, and follows it to its end', async () => {
    await visit.open('/app/imports')
    await give('long.xml', Buffer.concat([...largeAppleExport(10_000)]))
    await page.waitForURL(/imports\/[0-9a-f-]{36}/)
    await page.reload()
    await page.getByRole('heading', { name: 'long.xml' }).waitFor()
    await page.locator('.result .tag', { hasText: 'Taken' }).waitFor()
    await page.locator('.result').getByText('10,000').waitFor()
    noFaults()
  })

  test('an import that asks is found in the list, stopped, and its report removed', async () => {
    await visit.open('/app/imports')
    await give('unsure.csv', TABLE)
    await page.getByRole('heading', { name: 'Which column is what?' }).waitFor()
    await visit.open('/app/imports')
    await page.getByRole('link', { name: /unsure\.csv.*Has a question/ }).click()
    await page.getByRole('button', { name: 'Stop the import' }).click()
    await page.getByRole('link', { name: /unsure\.csv.*Stopped/ }).click()
    await page.getByRole('button', { name: 'Remove the report' }).click()
    await page.getByRole('link', { name: /long\.xml/ }).waitFor()
    await page.getByRole('link', { name: /unsure\.csv/ }).waitFor({ state: 'detached' })
    noFaults()
  })

  test('a table asks which column is what; what is no number is left out and says where', async () => {
    await visit.open('/app/imports')
    await give('kitchen.csv', TABLE)
    await page.getByRole('heading', { name: 'Which column is what?' }).waitFor()
    await noBarrier()
    assert.equal(await page.getByLabel('Use as: Measured at').inputValue(), 'time')
    await page.getByLabel('Use as: Mass (kg)').selectOption('body_weight')
    await page.getByLabel('Unit').fill('stone-ish')
    await page.getByRole('button', { name: 'Take the values' }).click()
    await page.locator('[name^="unit:"][aria-invalid=true]').waitFor()
    visit.faults.length = 0
    await page.getByLabel('Unit').fill('kg')
    await page.getByLabel('What measured it').fill('Kitchen scale')
    await page.getByRole('button', { name: 'Take the values' }).click()
    await page.getByRole('cell', { name: 'Kitchen scale' }).waitFor()
    await page.getByText('No number').waitFor()
    noFaults()
  })

  test('dates that can be read both ways are asked about before anything is taken', async () => {
    await visit.open('/app/imports')
    await give('dates.csv', TWO_WAYS)
    await page.getByLabel('Use as: Body weight (kg)').waitFor()
    await page.getByRole('button', { name: 'Take the values' }).click()
    await page.getByRole('heading', { name: 'Day or month first?' }).waitFor()
    await noBarrier()
    await page.getByText('03/04/2026').waitFor()
    await page.getByRole('button', { name: 'Take the values' }).click()
    await page.getByRole('alert').getByText('Day or month first?').waitFor()
    await page.getByLabel(/Month first/).check()
    await page.getByRole('button', { name: 'Take the values' }).click()
    await page.locator('.result .tag', { hasText: 'Taken' }).waitFor()
    noFaults()
  })

  test('a file of another kind is refused, and the page says which and why', async () => {
    await visit.open('/app/imports')
    await give('holiday.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70, 73, 70, 0, 1, 2, 3]))
    await page.getByText('holiday.jpg was not taken').waitFor()
    await page.getByText('This is no file of health data that is known here').waitFor()
    assert.deepEqual(await violationsOf(page), [])
    // The refusal itself is the fault that the browser writes down.
    assert.ok(visit.faults.splice(0).every((one) => /415/.test(one)))
  })

  test('a device is added and removed; a maker without keys says so and offers the file', async () => {
    await visit.open('/app/devices')
    await page.getByRole('button', { name: 'Add a device' }).click()
    const dialog = page.getByRole('dialog')
    assert.deepEqual(await violationsOf(page), [])
    await dialog.getByLabel('Name', { exact: true }).fill('Cuff')
    await dialog.getByLabel('What it is').selectOption('blood_pressure_monitor')
    await dialog.getByRole('button', { name: 'Add a device' }).click()
    await page.getByText('Blood pressure monitor').waitFor()
    await page.getByText('No values yet').waitFor()
    await page.getByRole('button', { name: 'Remove Cuff' }).click()
    await page.getByRole('button', { name: 'Remove the device' }).click()
    await page.getByText('No device is listed').waitFor()
    await page.getByRole('link', { name: 'Use a file: Oura' }).click()
    await page.getByRole('heading', { name: 'Import a file' }).waitFor()
    noFaults()
  })

  test('which source counts first is moved by keyboard, for all values or one kind, and goes back to the standard order', async () => {
    const give = (source_name: string) => ({
      data_type: 'steps_count',
      value: 5000,
      source_name,
      timestamp: '2026-01-02',
    })
    await post('/data/points/batch', { data_points: [give('oura'), give('polar')] })
    await visit.open('/app/devices')
    const order = async () => (await page.locator('.ranked strong').allInnerTexts()).map((one) => one.trim())
    await page.getByLabel(/^For/).selectOption('Steps')
    await page.getByRole('button', { name: 'Move Polar up' }).focus()
    assert.deepEqual((await order()).slice(0, 2), ['Oura', 'Polar'])
    assert.deepEqual(await violationsOf(page), [])
    await page.keyboard.press('Enter')
    await page.getByText('Polar: place 1.').waitFor()
    await page.getByRole('button', { name: 'Back to the standard order' }).waitFor()
    assert.deepEqual((await order()).slice(0, 2), ['Polar', 'Oura'])
    const focused = await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
    assert.equal(focused, 'Move Polar up')
    await page.getByRole('button', { name: 'Back to the standard order' }).click()
    await page.getByRole('button', { name: 'Back to the standard order' }).waitFor({ state: 'detached' })
    assert.deepEqual((await order()).slice(0, 2), ['Oura', 'Polar'])
    noFaults()
  })

  test('a source is taken out again with all its values', async () => {
    await visit.open('/app/devices')
    await page.getByRole('button', { name: 'Remove the values of Kitchen scale' }).click()
    await page.getByText('2 values go').waitFor()
    await page.getByRole('button', { name: 'Remove these values' }).click()
    await page.getByText('The values of Kitchen scale are gone.').waitFor()
    await page.getByText('Kitchen scale', { exact: true }).first().waitFor({ state: 'detached' })
    noFaults()
  })

  test('an uploader gets an address and a secret that is shown once, and is ended', async () => {
    await visit.open('/app/devices')
    await page.getByRole('button', { name: 'Make a secret' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(/Which app/).fill('xDrip+')
    await dialog.getByRole('button', { name: 'Make a secret' }).click()
    await dialog.getByText(/^salus-/).waitFor()
    assert.deepEqual(await violationsOf(page), [])
    await dialog.getByRole('button', { name: 'I have put them in' }).click()
    await page.getByRole('button', { name: 'End: xDrip+' }).click()
    await page.getByText('No app may send readings').waitFor()
    noFaults()
  })

  test('glucose: too little is said so; two weeks give the bar, its list, and how each figure is known', async () => {
    const reading = (minutes: number) => ({
      dateString: new Date(Date.now() - minutes * 60_000).toISOString(),
      date: Date.now() - minutes * 60_000,
      sgv: 110 + Math.round(60 * Math.sin(minutes / 90)),
      type: 'sgv',
    })
    const send = async (from: number, to: number) => {
      const readings = Array.from({ length: (to - from) / 15 }, (_none, index) => reading(from + 5 + index * 15))
      const rows = readings.map(({ date, sgv }) => ({
        ...{ data_type: 'continuous_glucose', value: sgv, unit: 'mg/dL', source_name: 'dexcom' },
        timestamp: new Date(date).toISOString(),
      }))
      for (let first = 0; first < rows.length; first += 1000)
        await post('/data/points/batch', { data_points: rows.slice(first, first + 1000) })
    }
    await send(0, 2 * 1440)
    await visit.open('/app/devices')
    await page.getByRole('link', { name: /^Glucose/ }).click()
    await page.getByText(/14 days are needed/).waitFor()
    await page.getByText('Not enough data', { exact: true }).waitFor()
    await send(2 * 1440, 14 * 1440)
    await visit.open('/app/devices/glucose')
    await page.getByRole('img', { name: /Time in each range/ }).waitFor()
    const shares = await page.locator('[aria-label^="Time in each range"] + ul strong').allInnerTexts()
    const total = shares.reduce((sum, text) => sum + Number.parseFloat(text), 0)
    assert.equal(shares.length, 5)
    assert.ok(Math.abs(total - 100) < 0.6, shares.join(' '))
    await page.getByRole('img', { name: /Glucose by hour/ }).waitFor()
    await page.getByText(/How do we know\? Glucose management/).click()
    await page.getByText('Bergenstal').first().waitFor()
    await page.getByRole('radio', { name: 'Pregnancy' }).check()
    await page.getByText('63 to 140').first().waitFor()
    await noBarrier()
    noFaults()
  })

  test('units, days and clock are chosen in two taps and hold at once on every page, also for whoever is looked at', async () => {
    const at = new Date(Date.now() - 3_600_000)
    const told = { timestamp: at.toISOString() }
    await post('/metrics', { metric_type: 'blood_glucose', value: 126, unit: 'mg/dL', ...told })
    await post('/lab-results', { test_name: 'LDL Cholesterol', value: 120, unit: 'mg/dL', test_date: at.toISOString() })
    const day = (date: Date) => {
      const two = (value: number) => String(value).padStart(2, '0')
      return `${two(date.getDate())}-${two(date.getMonth() + 1)}-${date.getFullYear()}`
    }
    await visit.open('/app/labs/cholesterol_ldl')
    await page.getByText('120 mg/dL').first().waitFor()
    await visit.open('/app/more')
    await page.getByRole('link', { name: /Units and dates/ }).click()
    await page.getByRole('radio', { name: 'mmol/L' }).first().check()
    await page.getByRole('radio', { name: 'mmol/mol' }).check()
    await page.getByRole('radio', { name: 'mmol/L' }).last().check()
    await page.getByRole('radio', { name: 'lb · in · °F' }).check()
    await page.getByRole('radio', { name: '2:05 pm' }).check()
    const heard = page.waitForResponse((answer) => answer.request().postData()?.includes('DD-MM-YYYY') === true)
    await page.getByLabel('Days').selectOption('DD-MM-YYYY')
    assert.equal((await heard).status(), 200)
    await noBarrier()
    // In the page itself, before anything is loaded anew.
    await page.getByRole('link', { name: 'Today', exact: true }).first().click()
    await page.locator('a.tile[href$="/blood_glucose"]', { hasText: 'mmol/L' }).waitFor()
    await page.getByText(`, ${day(new Date())}`).waitFor()
    await visit.open('/app/trends/blood_glucose')
    await page.getByText('7 mmol/L', { exact: true }).waitFor()
    const clock = at.toLocaleTimeString('en-GB', { hour: 'numeric', minute: '2-digit', hour12: true })
    await page
      .getByText(`${day(at)}, ${clock}`)
      .first()
      .waitFor()
    await visit.open('/app/devices/glucose')
    await page.getByText('3.9 to 10 mmol/L').first().waitFor()
    await page.getByText('mmol/mol').first().waitFor()
    await page.getByText('12 am').first().waitFor()
    assert.equal(await page.getByText('mg/dL').count(), 0)
    await visit.open('/app/labs/cholesterol_ldl')
    await page.getByText('3.1 mmol/L').first().waitFor()
    await page
      .getByText(/reported as 120 mg\/dL/)
      .first()
      .waitFor()
    const { id } = await post('/profiles', { display_name: 'Kit', relationship: 'parent', country: 'Japan' })
    await post(`/metrics?profile_id=${id}`, { metric_type: 'blood_glucose', value: 90, unit: 'mg/dL', ...told })
    await page.goto('/app/today')
    await page.getByLabel('Whose record is shown').selectOption(String(id))
    await page.locator('a.tile[href$="/blood_glucose"]', { hasText: '5 mmol/L' }).waitFor()
    noFaults()
  })
})
