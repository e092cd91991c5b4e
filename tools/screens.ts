import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import { LANGUAGES } from '../src/shared/languages.ts'
import { named, openStage, type Stage, type Visit } from '../tests/browser/browser.ts'
import { addPasskey, administrator, fillHousehold, type Household } from '../tests/browser/household.ts'
import { bringCalm, calm, countAsked, goIn } from '../tests/browser/looks.ts'
import { addressesOf, DIALOGS, pageOf, plainAddresses } from '../tests/browser/screens.ts'

/**
 * Takes a picture of every screen and every dialog in every language, light and dark, at each width, for people to look
 * at, and lays them out on sheets of a dozen or two:
 * `node tools/screens.ts --out <folder> [--languages hi,ar] [--widths 390] [--schemes dark] [--only records] [--whole]`.
 * `--whole` takes the page to its end. Needs a browser (CHROMIUM_PATH) and fonts for Devanagari and Arabic (Debian:
 * fonts-noto-core).
 */
const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    languages: { type: 'string', default: LANGUAGES.join(',') },
    widths: { type: 'string', default: '320,390,1280' },
    schemes: { type: 'string', default: 'light,dark' },
    only: { type: 'string', default: '' },
    whole: { type: 'boolean', default: false },
  },
})
/** Pictures on a sheet, by how wide they are. */
const ON_SHEET = { narrow: 12, wide: 6 }

/** One thing to look at: its name, and the way there from any other page. */
interface Screen {
  readonly name: string
  readonly show: (page: Page) => Promise<void>
}

const ID = /[0-9a-f]{8}-[0-9a-f-]{27}/
const nameOf = (address: string) =>
  address
    .slice(1)
    .replace(ID, 'one')
    .replaceAll(/[^\w-]+/g, '_')
    .slice(0, 60)

async function screensOf({ page }: Visit, household: Household): Promise<Screen[]> {
  const pages = addressesOf(household).map((address) => ({
    name: nameOf(address),
    show: (one: Page) => goIn(one, address),
  }))
  const dialogs: Screen[] = []
  for (const dialog of DIALOGS.filter((one) => one.who === undefined)) {
    const address = pageOf(dialog, household)
    await goIn(page, address)
    await calm(page)
    const at = await page.evaluate(
      ([source, flags]) =>
        [...document.querySelectorAll('#content button, #content [role=switch]')].findIndex((one) =>
          new RegExp(source, flags).test((one.getAttribute('aria-label') ?? one.textContent ?? '').trim()),
        ),
      [dialog.opener.source, dialog.opener.flags] as const,
    )
    dialogs.push({
      name: `${nameOf(address)}_${nameOf(` ${dialog.opener.source}`)}`,
      show: async (one) => {
        await goIn(one, address)
        await calm(one)
        await one.evaluate(
          (index) => document.querySelectorAll<HTMLElement>('#content button, #content [role=switch]')[index]?.click(),
          at,
        )
        await one.locator('dialog[open]').waitFor()
        await calm(one)
      },
    })
  }
  const { own, open } = plainAddresses(household)
  const plain = [...open, ...own].map((address) => ({
    name: nameOf(address),
    show: async (one: Page) => void (await one.goto(address)),
  }))
  return [...pages, ...dialogs, ...plain].filter(({ name }) => name.includes(values.only))
}

type Picture = readonly [name: string, png: Buffer]

/** Every screen in one language, by the width and theme of its picture. */
async function take(visit: Visit, screens: readonly Screen[], language: string): Promise<Map<string, Picture[]>> {
  const { page, context } = visit
  await page.goto('/status')
  await context.addCookies([{ name: 'salus_language', value: language, url: new URL(page.url()).origin }])
  await page.evaluate((one) => localStorage.setItem('salus.language', one), language)
  await visit.open('/app/more')
  const taken = new Map<string, Picture[]>()
  for (const { name, show } of screens) {
    if (!name.startsWith('app_')) await show(page)
    else if (!page.url().includes('/app/')) await visit.open('/app/more')
    if (name.startsWith('app_')) await show(page)
    for (const width of values.widths.split(',')) {
      await page.setViewportSize({ width: Number(width), height: 844 })
      for (const scheme of values.schemes.split(',')) {
        await page.emulateMedia({ colorScheme: scheme as 'light' | 'dark', reducedMotion: 'reduce' })
        const key = `${language}.${width}.${scheme}`
        const png = await page.screenshot({ fullPage: values.whole })
        taken.set(key, [...(taken.get(key) ?? []), [name, png]])
      }
    }
    await page.keyboard.press('Escape')
  }
  return taken
}

/** Lays pictures out on a page with their names, and takes that. */
async function drawSheet(stage: Stage, pictures: readonly Picture[], width: number, file: string): Promise<void> {
  const isWide = width > 600
  const page = await stage.browser.newPage({ viewport: { width: isWide ? 1860 : 1590, height: 900 } })
  const shown = isWide ? 600 : 250
  const figures = pictures.map(
    ([name, png]) =>
      `<figure style="margin:0;width:${shown}px"><figcaption>${name}</figcaption><img style="width:100%;border:1px solid #888" src="data:image/png;base64,${png.toString('base64')}"></figure>`,
  )
  await page.setContent(
    `<div style="display:flex;flex-wrap:wrap;gap:8px;font:11px sans-serif;align-items:start">${figures.join('')}</div>`,
  )
  await page.screenshot({ path: file, fullPage: true })
  await page.close()
}

async function main(stage: Stage, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const visit = await stage.visit({ isNamed: true })
  await visit.page.addInitScript(countAsked)
  await visit.page.addInitScript(bringCalm)
  const household = await fillHousehold(stage, await administrator(stage, visit, named(stage.origin)), 'operator')
  await addPasskey(visit)
  const screens = await screensOf(visit, household)
  for (const language of values.languages.split(',')) {
    for (const [key, pictures] of await take(visit, screens, language)) {
      const width = Number(key.split('.')[1])
      const step = width > 600 ? ON_SHEET.wide : ON_SHEET.narrow
      for (let first = 0; first < pictures.length; first += step) {
        const file = path.join(folder, `${key}.${String(first / step).padStart(2, '0')}.png`)
        await drawSheet(stage, pictures.slice(first, first + step), width, file)
      }
    }
  }
}

if (values.out === undefined) throw new Error('Say where to put the pictures: --out <folder>')
const stage = await openStage()
try {
  await main(stage, values.out)
} finally {
  await stage.close()
}
