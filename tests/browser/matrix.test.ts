import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { named, openStage, type Stage, skip, type Visit } from './browser.ts'
import {
  ARABIC,
  addPasskey,
  administrator,
  fillHousehold,
  type Household,
  register,
  turnOnSecondStep,
  writeAway,
} from './household.ts'
import { barriersOf, bringCalm, calm, countAsked, faultsOf, foreignTextsOf, goIn } from './looks.ts'
import {
  addressesOf,
  DIALOGS,
  dialogsOn,
  forgottenDialogs,
  type KnownDialog,
  knownPlaces,
  pageOf,
  plainAddresses,
} from './screens.ts'

const DIRECTIONS = { en: 'ltr', hi: 'ltr', ar: 'rtl', ms: 'ltr' } as const
type Spoken = keyof typeof DIRECTIONS
const LANGUAGES = Object.keys(DIRECTIONS) as Spoken[]
const BUTTONS = '#content button, #content [role=switch]'

/** One look at a screen. Between 320 and 390 no rule of the styles begins or ends; the dark theme changes colours alone. */
interface Step {
  readonly width: number
  readonly theme?: 'light' | 'dark'
  readonly rules?: 'all' | 'colours'
}
const CLOSE: readonly Step[] = [
  { width: 320, theme: 'light', rules: 'all' },
  { width: 1280, theme: 'light', rules: 'all' },
  { width: 1280, theme: 'dark', rules: 'colours' },
  { width: 390, theme: 'dark', rules: 'colours' },
]
/** In another language, and of another record: words and direction may widen and move things. */
const AGAIN: readonly Step[] = [
  { width: 390, theme: 'light', rules: 'all' },
  { width: 320 },
  { width: 1280, theme: 'dark', rules: 'colours' },
]
/** Every rule at every width in both themes, asked for by `SALUS_TEST_MATRIX=whole`: too slow for every change. */
const WHOLE: readonly Step[] = (['light', 'dark'] as const).flatMap((theme) =>
  [320, 390, 1280].map((width) => ({ width, theme, rules: 'all' as const })),
)
const isWhole = process.env.SALUS_TEST_MATRIX === 'whole'
const stepsIn = (language: Spoken) => (language === 'en' ? CLOSE : AGAIN)
/** What differs from a screen that was looked at by nothing but its words. */
const SIZES: readonly Step[] = [{ width: 390 }, { width: 320 }, { width: 1280, theme: 'dark' }]
const IN_DIALOGS: readonly Step[] = [
  { width: 320, theme: 'light', rules: 'all' },
  { width: 390 },
  { width: 1280, theme: 'dark', rules: 'colours' },
]

interface Look {
  readonly name: string
  readonly steps?: readonly Step[]
  /** Whether the way to help has to be in reach: under a dialog it is not. */
  readonly hasSos?: boolean
}

const themes = new WeakMap<Page, 'light' | 'dark'>()
async function lit(page: Page, theme: 'light' | 'dark'): Promise<void> {
  if (themes.get(page) !== theme) await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
  themes.set(page, theme)
}

/** What is wrong with the screen as it is now, at each width, in light and in dark; begins where the last look ended. */
async function look(page: Page, { name, steps = AGAIN, hasSos = true }: Look): Promise<string[]> {
  const found = (await foreignTextsOf(page)).map((one) => `${name} ${one}`)
  const asked = isWhole ? WHOLE : steps
  for (const { width, theme, rules } of themes.get(page) === 'dark' ? asked.toReversed() : asked) {
    if (page.viewportSize()?.width !== width) await page.setViewportSize({ width, height: 844 })
    if (theme !== undefined) await lit(page, theme)
    const faults = await faultsOf(page, hasSos)
    if (rules !== undefined) faults.push(...(await barriersOf(page, rules)))
    found.push(...faults.map((one) => `${name} at ${width}${theme === undefined ? '' : ` in ${theme}`}: ${one}`))
  }
  return found
}

/** The same of a page that the server writes itself, in one language. */
async function lookAtPlain(page: Page, path: string, language: Spoken): Promise<string[]> {
  const name = `${path} in ${language}`
  await page.goto(`${path}?lang=${language}`)
  const spoken = await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir])
  const isWrong = `${spoken}` !== `${language},${DIRECTIONS[language]}`
  return [...(isWrong ? [`${name} speaks ${spoken}`] : []), ...(await look(page, { name, hasSos: false }))]
}

/** A button among those of its page; every language has the same ones. */
interface Opener {
  readonly index: number
  readonly of: number
}

/** The button that opens the dialog, by its English name. */
function openerOf(page: Page, { opener }: KnownDialog): Promise<Opener> {
  const name = { source: opener.source, flags: opener.flags }
  return page.evaluate(
    ([buttons, { source, flags }]) => {
      const all = [...document.querySelectorAll(buttons)]
      const isIt = new RegExp(source, flags)
      const index = all.findIndex((one) => isIt.test((one.getAttribute('aria-label') ?? one.textContent ?? '').trim()))
      return { index, of: all.length }
    },
    [BUTTONS, name] as const,
  )
}

/** Opens a dialog by its button, looks at it, and leaves it by Escape: the focus is on the button again. */
async function lookInto(page: Page, dialog: KnownDialog, opener: Opener | undefined): Promise<string[]> {
  const name = `${dialog.on} ${dialog.opener}`
  const at = [BUTTONS, opener ?? { index: -1, of: 0 }] as const
  const isThere = (found: Promise<unknown>) =>
    found.then(
      () => true,
      () => false,
    )
  const isSame = await isThere(
    page.waitForFunction(([buttons, { of }]) => document.querySelectorAll(buttons).length >= of, at, {
      timeout: 5000,
    }),
  )
  if (!isSame || at[1].index < 0) return [`${name}: fewer buttons than in English`]
  await page.evaluate(([buttons, { index }]) => {
    const button = document.querySelectorAll<HTMLElement>(buttons)[index]
    button?.focus()
    button?.click()
  }, at)
  if (!(await isThere(page.locator('dialog[open]').waitFor()))) return [`${name} does not open`]
  await calm(page)
  const found = await look(page, { name, steps: IN_DIALOGS, hasSos: false })
  await page.keyboard.press('Escape')
  await page.locator('dialog').waitFor({ state: 'detached' })
  const isBack = await page.evaluate(
    ([buttons, { index }]) => document.querySelectorAll(buttons)[index] === document.activeElement,
    at,
  )
  return isBack ? found : [...found, `${name}: the focus is not back on what opened it`]
}

// One platform, a household in which every page has something to show, and everybody who looks at it.
describe('every screen in every language, light and dark, at 320, 390 and 1280', { skip, concurrency: 2 }, () => {
  let stage: Stage
  let household: Household
  let origin: string
  let openers: ReadonlyMap<KnownDialog, Opener>
  /** Of whoever keeps the household: one session, however many windows. */
  let cookies: Awaited<ReturnType<Visit['context']['cookies']>>
  /** Of the page for whoever comes first: it is there until somebody has come. */
  const firstPage: string[] = []
  before(async () => {
    stage = await openStage()
    origin = named(stage.origin)
    const first = await visitor()
    for (const language of LANGUAGES) firstPage.push(...(await lookAtPlain(first.page, '/welcome', language)))
    await first.context.close()
    const keeper = await visitor()
    household = await fillHousehold(stage, await administrator(stage, keeper, origin), 'operator')
    await addPasskey(keeper)
    cookies = await keeper.context.cookies()
    openers = await openersOf(keeper)
    await keeper.context.close()
  })
  after(() => stage?.close())

  const visitor = async () => {
    const visit = await stage.visit({ isNamed: true })
    await visit.page.addInitScript(countAsked)
    await visit.page.addInitScript(bringCalm)
    await lit(visit.page, 'light')
    return visit
  }
  /** The dialogs of somebody's pages, with the button that opens each. */
  const openersOf = async (visit: Visit, who?: KnownDialog['who']) => {
    const found = new Map<KnownDialog, Opener>()
    for (const dialog of DIALOGS.filter((one) => one.who === who)) {
      await goIn(visit.page, pageOf(dialog, household))
      // What a first answer leads to is asked for once that is drawn.
      await calm(visit.page)
      await calm(visit.page)
      found.set(dialog, await openerOf(visit.page, dialog))
    }
    return found
  }
  const speak = async ({ page, open }: Visit, language: Spoken, address: string) => {
    if (page.url() === 'about:blank') await page.goto('/status')
    await page.evaluate((one) => {
      localStorage.setItem('salus.language', one)
      // As the choice of a language does: what the server writes speaks it too.
      // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is missing over plain HTTP
      document.cookie = `salus_language=${one}; path=/`
    }, language)
    await open(address)
    await calm(page)
    const spoken = await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir])
    assert.deepEqual(spoken, [language, DIRECTIONS[language]], address)
  }

  test('no dialog is forgotten', () => assert.deepEqual(forgottenDialogs(), []))

  for (const language of LANGUAGES) {
    test(`what a person and whoever runs the platform open, every dialog among it, in ${language}`, async () => {
      const visit = await visitor()
      const { page, faults } = visit
      await visit.context.addCookies(cookies)
      await speak(visit, language, '/app/more')
      const found: string[] = []
      for (const address of addressesOf(household)) {
        await goIn(page, address)
        found.push(...(await look(page, { name: address, steps: stepsIn(language) })))
        for (const dialog of dialogsOn(address, household)) {
          found.push(...(await lookInto(page, dialog, openers.get(dialog))))
        }
      }
      assert.deepEqual(found, [])
      assert.deepEqual(faults, [])
      await visit.context.close()
    })

    test(`the record of somebody else: kept, a child's, and shared in part, in ${language}`, async () => {
      const visit = await visitor()
      const { page, faults } = visit
      await visit.context.addCookies(cookies)
      const { parent, child, sharing } = household.people
      const found: string[] = []
      for (const [person, addresses] of [
        [parent, ['/app/today', '/app/trends', '/app/alerts', '/app/overview', '/app/sharing', '/app/emergency-card']],
        [child, ['/app/today', '/app/consents', '/app/records', '/app/my-data']],
        [sharing, ['/app/today', '/app/trends/weight', '/app/records', '/app/overview', '/app/sharing', '/app/more']],
      ] as const) {
        await page.goto('/status')
        await page.evaluate((one) => sessionStorage.setItem('salus.person', one), person)
        await speak(visit, language, '/app/more')
        for (const address of addresses) {
          await goIn(page, address)
          assert.equal(await page.locator('.guest-bar').count(), 1, `${address} does not say whose record it is`)
          found.push(
            ...(await look(page, {
              name: `${address} of another`,
              steps: AGAIN,
            })),
          )
        }
      }
      assert.deepEqual(found, [])
      assert.deepEqual(faults, [])
      await visit.context.close()
    })
  }

  test('a record in which nothing is yet', async () => {
    const visit = await visitor()
    const { page, faults } = visit
    await turnOnSecondStep(await register(visit, origin, 'Newcomer'))
    await speak(visit, 'en', '/app/more')
    const openers = await openersOf(visit, 'newcomer')
    const addresses = knownPlaces().filter(({ path, isOpen }) => !isOpen && !path.includes(':'))
    const found: string[] = []
    for (const language of LANGUAGES) {
      await speak(visit, language, '/app/more')
      for (const { path } of addresses) {
        await goIn(page, path)
        found.push(
          ...(await look(page, { name: `${path} in ${language}, empty`, steps: language === 'en' ? AGAIN : SIZES })),
        )
        for (const dialog of dialogsOn(path, household, 'newcomer')) {
          found.push(...(await lookInto(page, dialog, openers.get(dialog))))
        }
      }
    }
    assert.deepEqual(found, [])
    assert.deepEqual(faults, [])
    await visit.context.close()
  })

  test('without a line: what it said last, and what waits on the device', async () => {
    const visit = await visitor()
    const { page, context } = visit
    await register(visit, origin, 'Away')
    await writeAway(visit, '9000')
    await context.setOffline(false)
    await page.locator('.strip strong').waitFor()
    let openers: ReadonlyMap<KnownDialog, Opener> | undefined
    const found: string[] = []
    for (const language of LANGUAGES) {
      await speak(visit, language, '/app/more')
      await writeAway(visit, '71')
      openers ??= await openersOf(visit, 'away')
      for (const path of ['/app/waiting', '/app/today', '/app/more', '/app/sos']) {
        await goIn(page, path)
        assert.equal(await page.locator('.strip').count(), 1, path)
        found.push(...(await look(page, { name: `${path} in ${language}, away` })))
        for (const dialog of dialogsOn(path, household, 'away')) {
          found.push(...(await lookInto(page, dialog, openers.get(dialog))))
        }
      }
      await context.setOffline(false)
    }
    assert.deepEqual(found, [])
    await context.close()
  })

  test('the door, and the pages that the server writes itself', async () => {
    const visit = await visitor()
    const { page, context } = visit
    const found: string[] = [...firstPage]
    for (const language of LANGUAGES) {
      for (const { path } of knownPlaces().filter(({ path: one, isOpen }) => isOpen || one === '/app/sos')) {
        await speak(visit, language, path)
        found.push(...(await look(page, { name: `${path} in ${language}`, hasSos: path !== '/app/sos' })))
      }
    }
    for (const whose of ['open', 'own'] as const) {
      if (whose === 'own') await context.addCookies(cookies)
      for (const language of LANGUAGES) {
        for (const path of plainAddresses(household)[whose]) found.push(...(await lookAtPlain(page, path, language)))
      }
    }
    assert.deepEqual(found, [])
    await context.close()
  })

  test('what a person wrote keeps its own direction; the arrow back points to where one comes from', async () => {
    const { page, open, context } = await visitor()
    await context.addCookies(cookies)
    await open('/app/symptoms')
    assert.equal(await page.getByText(ARABIC).evaluate((one) => getComputedStyle(one).direction), 'rtl')
    await page.evaluate(() => localStorage.setItem('salus.language', 'ar'))
    await open('/app/goals')
    assert.equal(await page.locator('.back .icon').evaluate((one) => getComputedStyle(one).scale), '-1 1')
    await context.close()
  })

  test('the language chosen on a plain page holds for the next, and for the client', async () => {
    const { page, context } = await visitor()
    await page.goto('/sign-in')
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'en')
    await page.getByRole('link', { name: 'العربية' }).click()
    await page.goto('/register')
    assert.equal(await page.evaluate(() => document.documentElement.dir), 'rtl')
    await page.goto('/app/sign-in')
    await page.locator('h1').waitFor()
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'ar')
    await context.close()
  })

  test('without a passphrase no backup can be begun, and the page says what to set', async () => {
    const { page, open, context } = await visitor()
    await context.addCookies(cookies)
    await open('/app/operations/setup')
    await page.getByText('Set SALUS_BACKUP_PASSPHRASE so that backups are encrypted.').waitFor()
    assert.equal(await page.getByRole('button', { name: 'Make a backup now' }).isDisabled(), true)
    await context.close()
  })
})
