import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { LANGUAGES } from '../src/shared/languages.ts'
import { openStage, type Stage, signUp, type Visit } from '../tests/browser/browser.ts'

/**
 * Takes a picture of every screen in every language, light and dark, at each width, for people to look at:
 * `node tools/screens.ts --out <folder> [--languages hi,ar] [--widths 390] [--schemes dark] [--only records]`.
 * Needs a browser (CHROMIUM_PATH) and fonts for Devanagari and Arabic (Debian: fonts-noto-core).
 */
const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    languages: { type: 'string', default: LANGUAGES.join(',') },
    widths: { type: 'string', default: '320,390,1280' },
    schemes: { type: 'string', default: 'light,dark' },
    only: { type: 'string', default: '' },
  },
})

/** Screens of the client that need no id of a row, and pages that the server writes. */
const SCREENS = [
  ...['today', 'trends', 'trends/weight', 'add', 'add/weight', 'add/blood-pressure', 'add/symptom', 'wellness'],
  ...['records', 'records/add', 'records/add/labs', 'labs', 'labs/creatinine', 'symptoms', 'goals', 'alerts'],
  ...['people', 'account', 'more', 'devices', 'devices/glucose', 'imports', 'sos', 'waiting', 'privacy', 'sharing'],
  ...['consents', 'who-saw', 'my-data', 'welcome', 'operations'],
].map((one) => `/app/${one}`)
const PLAIN = ['/sign-in', '/register', '/status', '/card', '/plain', '/shl/view', '/welcome/mine', '/no-such-page']

/** A record in which most screens have something to show. */
async function fill(post: Awaited<ReturnType<typeof signUp>>): Promise<void> {
  const at = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
  const items = Array.from({ length: 30 }, (_none, day) => ({
    metric_type: 'weight',
    value: 70 + (day % 5) / 10,
    unit: 'kg',
    timestamp: at(day + 0.5),
  }))
  await post('/metrics/batch', { items })
  await post('/vitals/blood-pressure', { systolic: 190, diastolic: 124, timestamp: at(0.2) })
  await post('/symptoms', { symptom_name: 'Headache', symptom_category: 'pain', severity_level: 8 })
  const goal = { title: 'Lighter', metric_type: 'weight', goal_type: 'reduction', target_value: 65, unit: 'kg' }
  await post('/goals', goal)
  await post('/profiles', { display_name: 'Noor', relationship: 'parent', date_of_birth: '1951-06-30' })
  await post('/share', { categories: ['vitals', 'emergency'], expires_days: 7 })
  for (const value of [1.1, 1.6]) {
    const test_date = at(value * 100)
    await post('/lab-results', { test_name: 'Creatinine', value, unit: 'mg/dL', test_date, reference_range_high: 1.2 })
  }
}

async function take({ page, open, context }: Visit, folder: string, language: string): Promise<void> {
  await context.addCookies([{ name: 'salus_language', value: language, url: new URL(page.url()).origin }])
  await page.evaluate((one) => localStorage.setItem('salus.language', one), language)
  for (const screen of [...SCREENS, ...PLAIN].filter((one) => one.includes(values.only))) {
    if (screen.startsWith('/app')) await open(screen)
    else await page.goto(screen)
    for (const width of values.widths.split(',')) {
      await page.setViewportSize({ width: Number(width), height: 844 })
      for (const scheme of values.schemes.split(',')) {
        await page.emulateMedia({ colorScheme: scheme as 'light' | 'dark', reducedMotion: 'reduce' })
        const name = `${screen.slice(1).replaceAll('/', '_')}.${language}.${width}.${scheme}.png`
        await page.screenshot({ path: path.join(folder, name) })
      }
    }
  }
}

async function main(stage: Stage, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const visit = await stage.visit()
  await fill(await signUp(visit, stage.origin, 'Screens'))
  await visit.open('/app/more')
  for (const language of values.languages.split(',')) await take(visit, folder, language)
}

if (values.out === undefined) throw new Error('Say where to put the pictures: --out <folder>')
const stage = await openStage()
try {
  await main(stage, values.out)
} finally {
  await stage.close()
}
