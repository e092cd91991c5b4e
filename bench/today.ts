/**
 * `node bench/today.ts`: how soon a phone on a slow network sees the content of Today, at its first visit and when it comes
 * back; in headless Chromium, against the demo household. See README.md.
 */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { atEnd, runBench, temporaryFolder } from './lib/cleanup.ts'
import { freePort, startServer, stopServer } from './lib/processes.ts'
import { buildSalus, salusCommand } from './lib/salus.ts'
import { median } from './lib/statistics.ts'
import { shown, table } from './lib/table.ts'
import { waitUntilHealthy } from './lib/web.ts'

const LIMIT_SECONDS = 175
/** What Lighthouse calls a slow 4G network and a slow phone: 1.6 Mbit/s down, 750 kbit/s up, 150 ms to and fro, a sixth of the CPU. */
const NETWORK = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 }
const CPU_SLOWDOWN = 6
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 }

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, chromium: { type: 'string', default: '/usr/bin/chromium' } },
})

/** Milliseconds from the start of the navigation; `kilobytes` is what came over the network until then. */
interface Seen {
  readonly paintedMs: number
  readonly contentMs: number
  readonly kilobytes: number
}

/** Marks the moment at which Today has a tile with a value and nothing on it is a placeholder any more. Runs in the page. */
function markContent(): void {
  const look = (_: unknown, observer: MutationObserver) => {
    if (document.querySelector('.tile') === null || document.querySelector('.skeleton') !== null) return
    observer.disconnect()
    requestAnimationFrame(() => performance.mark('content'))
  }
  new MutationObserver(look).observe(document, { childList: true, subtree: true })
}

/** What the page noted of itself. Runs in the page. */
function readTimes(): Seen {
  const received = performance.getEntries().map((one) => ('transferSize' in one ? Number(one.transferSize) : 0))
  return {
    paintedMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
    contentMs: performance.getEntriesByName('content')[0]?.startTime ?? Number.NaN,
    kilobytes: received.reduce((sum, one) => sum + one, 0) / 1024,
  }
}

async function slowPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  await page.addInitScript(markContent)
  const devtools = await context.newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.emulateNetworkConditions', NETWORK)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN })
  return page
}

async function openToday(page: Page, origin: string): Promise<Seen> {
  await page.goto(`${origin}/app`)
  await page.waitForFunction(() => performance.getEntriesByName('content').length > 0, undefined, { timeout: 60_000 })
  return page.evaluate(readTimes)
}

/** Presses the door of the demo household, as a newcomer does, and answers the cookies of who is then signed in. */
async function enterDemo(browser: Browser, origin: string) {
  const context = await browser.newContext(PHONE)
  const page = await context.newPage()
  await page.goto(origin)
  await page.getByRole('button', { name: 'Look around' }).click({ timeout: 60_000 })
  await page.locator('.tile').first().waitFor({ timeout: 60_000 })
  const state = await context.storageState()
  await context.close()
  return { cookies: state.cookies, origins: [] }
}

async function bench(): Promise<boolean> {
  await buildSalus()
  const folder = await temporaryFolder()
  const [port, dataFolder] = [await freePort(), path.join(folder, 'data')]
  await mkdir(dataFolder)
  const { command, args, env } = salusCommand({ port, dataFolder })
  // Production has no demo household.
  const demoEnvironment = { ...env, ENVIRONMENT: 'development' }
  const server = startServer('Salus', command, args, { env: demoEnvironment, logFile: `${dataFolder}.log` })
  atEnd(() => stopServer(server))
  await waitUntilHealthy(server, port, 30_000)
  const browser = await chromium.launch({ executablePath: options.chromium, args: ['--no-sandbox', '--disable-gpu'] })
  atEnd(() => browser.close())
  const origin = `http://localhost:${port}`
  const storageState = await enterDemo(browser, origin)
  const visits: Record<string, Seen[]> = { 'first visit': [], 'comes back': [] }
  for (let round = 0; round < Number(options.rounds); round++) {
    const context = await browser.newContext({ ...PHONE, storageState })
    const page = await slowPage(context)
    visits['first visit']?.push(await openToday(page, origin))
    await page.waitForLoadState('networkidle')
    visits['comes back']?.push(await openToday(page, origin))
    await context.close()
  }
  print(visits, await browser.version())
  return true
}

function print(visits: Readonly<Record<string, readonly Seen[]>>, version: string): void {
  const network = '1.6 Mbit/s, 150 ms, a sixth of the CPU'
  console.log(`Chromium ${version}, 390 x 844, ${network}; Today of the demo household, median of ${options.rounds}\n`)
  const rows = Object.entries(visits).map(([name, seen]) => {
    const times = seen.map(({ contentMs }) => contentMs)
    const range = `(${shown(Math.min(...times))}-${shown(Math.max(...times))})`
    const painted = shown(median(seen.map(({ paintedMs }) => paintedMs)))
    return [name, painted, shown(median(times)), range, shown(median(seen.map(({ kilobytes }) => kilobytes)))]
  })
  console.log(table(['', 'first paint ms', 'content ms', '(min-max)', 'kB received'], rows))
}

await runBench(LIMIT_SECONDS, bench)
