import assert from 'node:assert/strict'
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

const OPEN = ['/app/sign-in', '/app/register']
const PAGES = [
  '/app/today',
  '/app/trends',
  '/app/trends/weight',
  '/app/trends/blood_pressure_systolic',
  '/app/add',
  '/app/add/weight',
  '/app/add/blood-pressure',
  '/app/add/symptom',
  '/app/wellness',
  '/app/records',
  '/app/records/hospitals',
  '/app/records/add',
  '/app/records/add/labs',
  '/app/records/add/family-history',
  '/app/labs',
  '/app/labs/creatinine',
  '/app/symptoms',
  '/app/goals',
  '/app/alerts',
  '/app/people',
  '/app/account',
  '/app/more',
  '/app/devices',
  '/app/devices/glucose',
  '/app/devices/vitals',
  '/app/imports',
  '/app/sos',
  '/app/waiting',
  '/app/privacy',
  '/app/sharing',
  '/app/emergency-card',
  '/app/overview',
  '/app/consents',
  '/app/who-saw',
  '/app/my-data',
  '/app/nowhere',
]
const LONG = 'Ein außergewöhnlich-langer-Name-ohne-Leerzeichen-Donaudampfschifffahrtsgesellschaft'
const ARABIC = 'صداع شديد 12 مرة'

type Post = Awaited<ReturnType<typeof signUp>>

/** A record in which every page has something to show, long and right-to-left texts among it. */
async function fill(post: Post): Promise<void> {
  const at = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
  const items = Array.from({ length: 40 }, (_none, day) => ({
    metric_type: 'weight',
    value: 70 + (day % 5) / 10,
    unit: 'kg',
    timestamp: at(day + 0.5),
    ...(day === 0 ? { notes: ARABIC } : {}),
  }))
  await post('/metrics/batch', { items })
  await post('/vitals/blood-pressure', { systolic: 190, diastolic: 124, timestamp: at(0.2) })
  await post('/symptoms', { symptom_name: ARABIC, symptom_category: 'pain', severity_level: 8 })
  await post('/symptoms', { symptom_name: LONG, symptom_category: 'general', severity_level: 3 })
  await post('/goals', { title: LONG, metric_type: 'weight', goal_type: 'reduction', target_value: 65, unit: 'kg' })
  await post('/profiles', { display_name: LONG.slice(0, 90), relationship: 'parent', date_of_birth: '1951-06-30' })
  await post('/share', { categories: ['vitals', 'emergency'], label: LONG, expires_days: 7 })
  const ends_at = new Date(Date.now() + 5 * 86_400_000).toISOString()
  await post('/sharing/grants', { email: 'aunt@example.test', categories: ['vitals'], label: ARABIC, ends_at })
  for (const value of [1.1, 1.3, 1.6]) {
    const test_date = at(value * 100)
    const range = { reference_range_low: 0.6, reference_range_high: 1.2 }
    await post('/lab-results', { test_name: 'Creatinine', value, unit: 'mg/dL', test_date, notes: ARABIC, ...range })
  }
  await post('/lab-results', { test_name: LONG, value: 3, unit: 'AU', test_date: at(3) })
  await post('/medical-records/clinical/allergies', { display: ARABIC, started_on: '2009' })
  await post('/medical-records/clinical/medications', { display: LONG, started_on: '2026-01' })
  await post('/documents', { title: LONG, document_type: 'referral', hospital_name: ARABIC })
  const { userid } = await post('/wellness/users', {})
  for (const score of [3, 7, 8]) await post('/wellness/wellness-metrics', { userid, wellness_score: score })
}

describe('the web client: every page', { skip }, () => {
  let stage: Stage
  let light: Visit
  before(async () => {
    stage = await openStage()
    light = await stage.visit()
    await fill(await signUp(light, stage.origin, 'Pages'))
  })
  after(() => stage?.close())

  const inLight = async (work: (visit: Visit) => Promise<void>) => {
    const visit = await stage.visit()
    await work(visit)
    assert.deepEqual(visit.faults, [])
    await visit.context.close()
  }

  for (const path of OPEN) {
    test(`${path} has no barrier, and fits`, () =>
      inLight(async ({ page, open }) => {
        await open(path)
        for (const width of [320, 1280]) {
          await page.setViewportSize({ width, height: 800 })
          assert.equal(await overflowOf(page), 0)
        }
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme })
          assert.deepEqual(await violationsOf(page), [])
        }
      }))
  }

  for (const path of PAGES) {
    test(`${path} has no barrier in light and dark, and fits 320, 390 and 1280`, async () => {
      const { page, faults, open } = light
      await page.setViewportSize({ width: 390, height: 844 })
      await open(path)
      // A page for all is there before it is known who looks: the shell comes with that.
      await page.locator('.shell').waitFor()
      for (const width of [320, 1280, 390]) {
        await page.setViewportSize({ width, height: 844 })
        assert.equal(await overflowOf(page), 0, `wider than ${width}`)
        assert.equal(await sosFaultOf(page), undefined, `SOS at ${width}`)
      }
      assert.deepEqual(await smallTargetsOf(page), [])
      // What is folded away is a part of the page too.
      await page.evaluate(() => {
        for (const one of document.querySelectorAll('details')) one.open = true
      })
      assert.equal(await overflowOf(page), 0, 'wider than the window when unfolded')
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        assert.deepEqual(await violationsOf(page), [], colorScheme)
      }
      await page.setViewportSize({ width: 1280, height: 844 })
      assert.deepEqual(await violationsOf(page), [], 'on a desktop')
      assert.deepEqual(faults.splice(0), [])
    })
  }

  test('the dialogs have no barrier', async () => {
    const { page, faults, open } = light
    await page.setViewportSize({ width: 320, height: 844 })
    const dialogs = [
      ['/app/goals', 'Set a goal'],
      ['/app/devices', 'Add a device'],
      ['/app/devices', 'Make a secret'],
      ['/app/people', 'Add a person'],
      ['/app/account', 'New key'],
      ['/app/account', 'Turn on'],
      ['/app/sharing', 'Let somebody in'],
      ['/app/sharing', 'Make a link'],
      ['/app/sharing', 'Make a health link'],
      ['/app/consents', 'A model reads my documents'],
      ['/app/my-data', 'Erase everything'],
    ] as const
    for (const [path, name] of dialogs) {
      await open(path)
      await page.getByRole('button', { name }).or(page.getByRole('switch', { name })).click()
      await page.getByRole('dialog').locator('form').waitFor()
      assert.equal(await overflowOf(page), 0)
      assert.deepEqual(await violationsOf(page), [], name)
    }
    assert.deepEqual(faults.splice(0), [])
  })

  test('what a person wrote keeps its own direction', async () => {
    const { page, open } = light
    await open('/app/symptoms')
    const name = page.getByText(ARABIC)
    assert.equal(await name.evaluate((one) => getComputedStyle(one).direction), 'rtl')
  })
})
