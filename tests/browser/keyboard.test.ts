import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { REPORT_TEXT } from '../../src/services/medical-records/fixtures/documents.ts'
import { openStage, type Stage, skip, type Visit } from './browser.ts'
import { PASSWORD, register } from './household.ts'
import { bringCalm, calm, countAsked } from './looks.ts'

/** More than any page has places to stop at. */
const STOPS = 120

interface Stop {
  readonly name: string
  /** Whether something is drawn around it that is not there without the focus. */
  readonly isSeen: boolean
  readonly isCovered: boolean
  /** At the page as a whole, or outside it. */
  readonly isNowhere: boolean
}

/** What has the focus now, as somebody sees it who has no mouse. */
function stopOf(page: Page): Promise<Stop> {
  return page.evaluate(() => {
    const one = document.activeElement ?? document.body
    const words =
      one.getAttribute('aria-label') ?? (one as HTMLInputElement).labels?.[0]?.textContent ?? one.textContent
    const marks = [one, one.closest('label'), one.closest('.field')].filter((each) => each !== null)
    // The parts of a date are drawn by the browser.
    const isSeen =
      one.matches('[type^=date]') ||
      marks.some((each) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each)
        return (
          (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2) || (each !== one && boxShadow !== 'none')
        )
      })
    const { left, top, right, bottom } = one.getBoundingClientRect()
    const hit = document.elementFromPoint(
      (left + right) / 2,
      Math.min(Math.max((top + bottom) / 2, 0), innerHeight - 1),
    )
    const isCovered = hit === null || !(one.contains(hit) || hit.contains(one) || one.closest('label')?.contains(hit))
    return {
      name: (words ?? '').trim().replaceAll(/\s+/g, ' ').slice(0, 60),
      isSeen,
      isCovered,
      isNowhere: one === document.body,
    }
  })
}

/** Tab by Tab to what has this name. Each stop on the way must be seen, and none may hold the focus. */
async function tabTo(page: Page, name: RegExp, key = 'Tab'): Promise<void> {
  let before = ''
  for (let count = 0; count < STOPS; count += 1) {
    const isThere = count > 0 || (await page.evaluate(() => document.activeElement?.matches('input, textarea')))
    if (count > 0) await page.keyboard.press(key)
    const stop = await stopOf(page)
    // Past the last one the focus is at the browser's own buttons, and comes back.
    if (!isThere || stop.isNowhere) continue
    assert.ok(stop.isSeen, `nothing shows that "${stop.name}" has the focus at ${page.url()}`)
    assert.ok(!stop.isCovered, `"${stop.name}" has the focus and is covered at ${page.url()}`)
    if (name.test(stop.name)) return
    before = `${before} | ${stop.name}`
  }
  assert.fail(`${name} is not reached: ${before}`)
}

// One person, and never a mouse.
describe('the web client by keys alone', { skip }, () => {
  let stage: Stage
  let visit: Visit
  let page: Page
  const keyboard = { press: (key: string) => page.keyboard.press(key) }
  before(async () => {
    stage = await openStage()
    visit = await stage.visit({ width: 1280 })
    page = visit.page
    await page.addInitScript(countAsked)
    await page.addInitScript(bringCalm)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    const api = await register(visit, stage.origin, 'Kay')
    await api.put('/profile', { country: 'IN' })
    const timestamp = new Date(Date.now() - 20 * 86_400_000).toISOString()
    await api.post('/metrics', { metric_type: 'weight', value: 70.5, unit: 'kg', timestamp })
    const buffer = Buffer.from(REPORT_TEXT)
    await api.upload('/documents/upload', { name: 'report.txt', mimeType: 'text/plain', buffer })
    await visit.context.clearCookies()
  })
  after(() => stage?.close())

  const heading = async (name: string | RegExp) => {
    await page.getByRole('heading', { level: 1, name }).waitFor()
    await calm(page)
  }
  const noFaults = () => assert.deepEqual(visit.faults.splice(0), [])

  test('signing in, and past the navigation by the link that is first', async () => {
    await visit.open('/app/sign-in')
    await tabTo(page, /E-mail/)
    await page.keyboard.type('kay@example.test')
    await tabTo(page, /Password/)
    await page.keyboard.type(PASSWORD)
    await keyboard.press('Enter')
    await heading(/Kay/)
    await page.goto('/app/trends')
    await heading('Trends')
    await keyboard.press('Tab')
    assert.match((await stopOf(page)).name, /^Skip|^To the content/)
    await keyboard.press('Enter')
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'content')
    noFaults()
  })

  test('by the rail to a value, and from there to its course and the table of it', async () => {
    for (const value of ['71.5', '71.2']) {
      await visit.open('/app/today')
      await tabTo(page, /^Add$/)
      await keyboard.press('Enter')
      await heading('Add')
      await tabTo(page, /^Weight$/)
      await keyboard.press('Enter')
      await heading('Weight')
      await page.locator('input:focus').waitFor()
      await page.keyboard.type(value)
      await keyboard.press('Enter')
      await heading(/Kay/)
    }
    await tabTo(page, /^Trends$/, 'Shift+Tab')
    await keyboard.press('Enter')
    await heading('Trends')
    await tabTo(page, /^Weight/)
    await keyboard.press('Enter')
    await heading('Weight')
    await tabTo(page, /^Show as a table/)
    await keyboard.press('Enter')
    await page.getByRole('cell', { name: '71.2' }).waitFor()
    await page.getByRole('cell', { name: '70.5' }).waitFor()
    await tabTo(page, /^Keys: /, 'Shift+Tab')
    await keyboard.press('+')
    await page
      .getByRole('status')
      .getByText(/: 0 values$/)
      .waitFor()
    for (let count = 0; count < 3; count += 1) await keyboard.press('ArrowRight')
    await page
      .getByRole('status')
      .getByText(/: [12] values?$/)
      .waitFor()
    await page.getByRole('cell', { name: '71.2' }).waitFor()
    assert.equal(await page.getByRole('cell', { name: '70.5' }).count(), 0)
    await keyboard.press('-')
    await page.getByRole('cell', { name: '70.5' }).waitFor()
    await keyboard.press('+')
    await page.getByRole('cell', { name: '70.5' }).waitFor({ state: 'detached' })
    await keyboard.press('Escape')
    await page.getByRole('cell', { name: '70.5' }).waitFor()
    noFaults()
  })

  test('every stop of a long page is seen, and the way ends outside the page', async () => {
    await visit.open('/app/more')
    await calm(page)
    await tabTo(page, /^Sign out/)
    noFaults()
  })

  test('a paper is chosen by a key, and each value of one accepted by keys', async () => {
    await visit.open('/app/records/add')
    await calm(page)
    const chosen = page.waitForEvent('filechooser')
    await tabTo(page, /Choose a file/)
    await keyboard.press('Enter')
    await (await chosen).setFiles({
      name: 'other.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('Ferritin 80 ug/L'),
    })
    await visit.open('/app/records')
    await calm(page)
    await tabTo(page, /report\.txt/)
    await keyboard.press('Enter')
    await heading('report.txt')
    await tabTo(page, /^Check the values/)
    await keyboard.press('Enter')
    await heading('Check what was read')
    const waiting = page.locator('.decisions > li:not(:has(.row .tag))')
    const before = await waiting.count()
    await keyboard.press('Enter')
    await page.locator('.decisions .tag', { hasText: 'Accepted' }).first().waitFor()
    assert.equal(await waiting.count(), before - 1)
    noFaults()
  })

  test('a dialog begins at its first field, keeps the focus, and gives it back when Escape closes it', async () => {
    await visit.open('/app/sharing')
    await calm(page)
    await tabTo(page, /^Make a link$/)
    await keyboard.press('Enter')
    // By its element: a window that was closed a moment ago has no role any more.
    const dialog = page.locator('dialog')
    await dialog.locator('input:focus').waitFor()
    assert.match((await stopOf(page)).name, /What is it for/)
    for (let count = 0; count < 40; count += 1) {
      await keyboard.press('Tab')
      const isOutside = await page.evaluate(
        () => document.activeElement !== document.body && document.activeElement?.closest('dialog') === null,
      )
      assert.equal(isOutside, false, 'the focus leaves the dialog for the page under it')
    }
    await keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await page.locator('button:focus', { hasText: 'Make a link' }).waitFor()
    await keyboard.press('Enter')
    await dialog.locator('input:focus').waitFor()
    await tabTo(page, /Measurements/)
    await keyboard.press('Space')
    await tabTo(page, /^Make the link$/)
    await keyboard.press('Enter')
    await page.getByRole('img', { name: /QR code of the link/ }).waitFor()
    await tabTo(page, /^Done$/)
    await keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    noFaults()
  })

  test('on a phone the bar below is reached, and help is asked for by a key and can be called off', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await visit.open('/app/today')
    await calm(page)
    await tabTo(page, /^SOS/)
    await keyboard.press('Enter')
    await heading('Emergency')
    await tabTo(page, /^SOS/)
    await keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await tabTo(page, /^Start now$/)
    await keyboard.press('Enter')
    // The focus is on what calls it off.
    await page.locator('.sos-start button:focus').waitFor()
    await page.locator('.sos-count').waitFor()
    await keyboard.press('Enter')
    await page.locator('.sos-count').waitFor({ state: 'detached' })
    await visit.open('/app/today')
    await calm(page)
    await tabTo(page, /^Records$/)
    await keyboard.press('Enter')
    await heading('Records')
    noFaults()
  })
})
