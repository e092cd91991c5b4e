import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import {
  openStage,
  overflowOf,
  type Stage,
  signUp,
  skip,
  smallTargetsOf,
  sosFaultOf,
  type Visit,
  violationsOf,
} from './browser.ts'
import { faultAt } from './faultAt.ts'

const DIRECTIONS = { hi: 'ltr', ar: 'rtl', ms: 'ltr' } as const
/** What stands for a part of an address. */
const SAMPLES: Readonly<Record<string, string>> = { metric: 'weight', what: 'weight', analyte: 'creatinine' }

/** The addresses of the client that need no id of a row, as `places.ts` lists them. */
function paths(): string[] {
  const places = readFileSync(new URL('../../src/web/places.ts', import.meta.url), 'utf8')
  const all = [...places.matchAll(/path: '(\/app\/[^']+)',(\s*isOpen: true)?/g)]
  return all
    .filter(([, path = '', isOpen]) => isOpen === undefined && !path.startsWith('/app/operations'))
    .map(([, path = '']) => path.replace(/:(\w+)/g, (whole, name: string) => SAMPLES[name] ?? whole))
    .filter((path) => !path.includes(':'))
}

async function fill(post: Awaited<ReturnType<typeof signUp>>): Promise<void> {
  const at = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
  const items = Array.from({ length: 20 }, (_none, day) => ({
    metric_type: 'weight',
    value: 70 + (day % 5) / 10,
    unit: 'kg',
    timestamp: at(day + 0.5),
  }))
  await post('/metrics/batch', { items })
  await post('/vitals/blood-pressure', { systolic: 190, diastolic: 124, timestamp: at(0.2) })
  await post('/symptoms', { symptom_name: 'Headache', symptom_category: 'pain', severity_level: 8 })
  await post('/goals', {
    title: 'Lighter',
    metric_type: 'weight',
    goal_type: 'reduction',
    target_value: 65,
    unit: 'kg',
  })
  await post('/profiles', { display_name: 'Noor', relationship: 'parent', date_of_birth: '1951-06-30' })
  await post('/share', { categories: ['vitals', 'emergency'], expires_days: 7 })
}

describe('the web client in the languages of its people', { skip }, () => {
  let stage: Stage
  let visit: Visit
  before(async () => {
    stage = await openStage()
    visit = await stage.visit()
    await fill(await signUp(visit, stage.origin, 'Languages'))
  })
  after(() => stage?.close())

  for (const [language, direction] of Object.entries(DIRECTIONS)) {
    test(`every page speaks ${language}, fits 320, 390 and 1280, and has no barrier in light and dark`, async () => {
      const { page, faults, open } = visit
      await open('/app/more')
      await page.evaluate((one) => localStorage.setItem('salus.language', one), language)
      for (const path of paths()) {
        await page.setViewportSize({ width: 390, height: 844 })
        await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
        await open(path)
        // It redraws with the card and the country once these have come.
        if (path === '/app/sos') await page.waitForLoadState('networkidle')
        await page.locator('h1').first().waitFor()
        const spoken = await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir])
        assert.deepEqual(spoken, [language, direction], path)
        assert.deepEqual(await violationsOf(page), [], `${path} in light`)
        assert.deepEqual(await smallTargetsOf(page), [], path)
        for (const width of [390, 320, 1280]) {
          await page.setViewportSize({ width, height: 844 })
          assert.equal(await overflowOf(page), 0, `${path} is wider than ${width}`)
          if (path !== '/app/sos') assert.equal(await sosFaultOf(page), undefined, `${path} at ${width}`)
        }
        await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
        assert.deepEqual(await violationsOf(page), [], `${path} in dark`)
        const charts = await page.evaluate(() =>
          [...document.querySelectorAll('.plot')].map((one) => getComputedStyle(one).direction),
        )
        assert.ok(
          charts.every((one) => one === 'ltr'),
          `${path}: a chart runs from right to left`,
        )
      }
      assert.deepEqual(faults.splice(0), [])
    })
  }

  test('what is wrong is said at its field in Arabic: before it is sent, and by the server', async () => {
    const { page, faults, open } = visit
    await page.evaluate(() => localStorage.setItem('salus.language', 'ar'))
    await open('/app/add/weight')
    await page.locator('[name=value]').fill('سبعون')
    await page.keyboard.press('Enter')
    assert.deepEqual(await faultAt(page, 'value'), { said: 'اكتب رقمًا، مثل 71.5', isFocused: true })
    assert.deepEqual(faults, [])
    await page.locator('[name=value]').fill('٩٠٠٠')
    await page.keyboard.press('Enter')
    // What only the server knows is said in Arabic too, with its limits.
    await page.locator('.fault', { hasText: '0.3–650 kg' }).waitFor()
    assert.equal(await page.locator('.fault [lang=en]').count(), 0)
    const { said, isFocused } = await faultAt(page, 'value')
    assert.match(said, /[\u0600-\u06ff]/)
    assert.equal(isFocused, true)
    assert.match(faults.splice(0).join('\n'), /422/)
  })

  test('the arrow back points to where one comes from in Arabic', async () => {
    const { page, open } = visit
    await page.evaluate(() => localStorage.setItem('salus.language', 'ar'))
    await open('/app/goals')
    assert.equal(await page.locator('.back .icon').evaluate((one) => getComputedStyle(one).scale), '-1 1')
  })
})
