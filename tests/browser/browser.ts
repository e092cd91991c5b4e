import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { type PlatformProcess, startPlatform } from '../platformProcess.ts'

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Why the browser tests are left out here; false when they run. On CI a missing browser is a failure, not a reason. */
export const skip: string | false =
  existsSync(CHROMIUM) || process.env.CI === 'true' ? false : `no browser at ${CHROMIUM} (CHROMIUM_PATH names another)`

/** A platform of its own and a browser that looks at it. */
export interface Stage {
  readonly origin: string
  readonly browser: Browser
  /** A fresh visitor, whose every console error, page error and refused request is kept in `faults`. */
  visit(options?: VisitOptions): Promise<Visit>
  /** What the platform printed at its start. */
  printed(): string
  /** Where the platform keeps its data. */
  readonly folder: string
  close(): Promise<void>
}

export interface VisitOptions {
  readonly width?: number
  readonly scheme?: 'light' | 'dark'
  /** Whether pages may run scripts; yes unless said otherwise. */
  readonly hasScripts?: boolean
  /** Whether the platform is visited by the name of its host; browsers give no passkeys to an address that is a number. */
  readonly isNamed?: boolean
}

export interface Visit {
  readonly context: BrowserContext
  readonly page: Page
  readonly faults: string[]
  /** Goes to a page of the client and waits until nothing loads any more. */
  open(path: string): Promise<void>
}

export async function openStage(environment: Record<string, string> = {}): Promise<Stage> {
  const folder = mkdtempSync(path.join(tmpdir(), 'salus-browser-'))
  // The browser first: where there is none, no platform is left running behind the failure.
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  const platform = await startPlatform([], { SALUS_DATA: folder, ...environment }).catch(async (error) => {
    await browser.close()
    throw error
  })
  return {
    origin: platform.origin,
    browser,
    visit: (options) => visit(browser, platform.origin, options),
    printed: platform.printed,
    folder,
    async close() {
      await browser.close()
      await endPlatform(platform)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function endPlatform(platform: PlatformProcess): Promise<void> {
  await platform.end('SIGTERM')
}

async function visit(
  browser: Browser,
  address: string,
  { width = 390, scheme = 'light', hasScripts = true, isNamed = false }: VisitOptions = {},
): Promise<Visit> {
  const origin = isNamed ? named(address) : address
  const context = await browser.newContext({
    viewport: { width, height: 844 },
    colorScheme: scheme,
    baseURL: origin,
    javaScriptEnabled: hasScripts,
  })
  context.setDefaultTimeout(10_000)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('console', (message) => message.type() === 'error' && faults.push(`console: ${message.text()}`))
  page.on('pageerror', (error) => faults.push(`page: ${error.message}`))
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) faults.push(`asks another origin: ${request.url()}`)
  })
  page.on('response', (answer) => {
    if (answer.status() >= 400) faults.push(`${answer.status()} ${answer.request().method()} ${answer.url()}`)
  })
  return {
    context,
    page,
    faults,
    async open(path) {
      await page.goto(path)
      await settled(page)
    },
  }
}

/** The origin by the name of its host. */
export function named(origin: string): string {
  return origin.replace('127.0.0.1', 'localhost')
}

/** Waits until the page shows what it waited for, charts included, and nothing of an earlier visit. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () => document.querySelector('h1') !== null && document.querySelector('.skeleton, .plot:empty, .stale') === null,
  )
}

/** Makes an account whose cookie the visitor then has, and answers a way to call the API as they do. */
export async function signUp({ context }: Visit, origin: string, name: string) {
  const post = async (path: string, data: object) => {
    const answer = await context.request.post(`${origin}/api/v1${path}`, { data, headers: { origin } })
    assert.ok(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`)
    return (await answer.json()) as Record<string, unknown>
  }
  const email = `${name.toLowerCase()}@example.test`
  await post('/auth/web/register', { email, password: 'a Phrase 4 you', full_name: `${name} Example` })
  return post
}

export const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe finds wrong on the page as it is now, a line each. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  return page.evaluate(async (values) => {
    const { axe } = globalThis as unknown as {
      axe: { run(context: Document, options: object): Promise<{ violations: Violation[] }> }
    }
    interface Violation {
      readonly id: string
      readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
    }
    // What has scrolled half under the header is not too small: it is seen whole by who scrolls back.
    scrollTo(0, 0)
    const { violations } = await axe.run(document, { runOnly: { type: 'tag', values } })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
    )
  }, STANDARDS)
}

/** By how much the page is wider than the window. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
}

/** Buttons, links and fields that a finger can't hit, a line each; links within a sentence are exempt. */
export function smallTargetsOf(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('a, button, select, input:not([type=hidden], [type=radio]), summary')]
      .filter((one) => one.closest('.unseen, .skip, p.below, p.lead') === null && !one.matches('.skip'))
      .map((one) => ({ one, box: one.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.width < 24 || box.height < 24))
      .map(({ one, box }) => `${Math.round(box.width)}x${Math.round(box.height)} ${one.outerHTML.slice(0, 100)}`),
  )
}

/** What is wrong with the way to help on the page as it is now; undefined when it can be seen and hit. */
export function sosFaultOf(page: Page): Promise<string | undefined> {
  return page.evaluate(() => {
    const link = document.querySelector('a.sos')
    if (link === null) return 'there is none'
    const { left, top, right, bottom, width, height } = link.getBoundingClientRect()
    if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight)
      return `outside: ${left},${top},${right},${bottom}`
    if (width < 44 || height < 44) return `small: ${width}x${height}`
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
    return link.contains(hit) ? undefined : `covered by ${hit?.outerHTML.slice(0, 100)}`
  })
}
