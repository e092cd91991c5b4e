import type { Page } from 'playwright-core'
import { AXE } from './browser.ts'

const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** What depends on the theme; the dark one changes colours and nothing else. */
const OF_COLOUR = ['color-contrast', 'link-in-text-block']

/** Counts what the page has asked and not heard of yet. */
export function countAsked(): void {
  const shared = globalThis as unknown as { asked: number }
  shared.asked = 0
  const ask = globalThis.fetch
  globalThis.fetch = async (...given) => {
    shared.asked += 1
    try {
      return await ask(...given)
    } finally {
      // Whoever asked draws the answer first.
      setTimeout(() => {
        shared.asked -= 1
      })
    }
  }
}

/** Goes to an address as a link of the client does, without loading it anew, and waits until it shows what it waited for. */
export function goIn(page: Page, address: string): Promise<void> {
  return page.evaluate(async (to) => {
    history.pushState(null, '', to)
    dispatchEvent(new PopStateEvent('popstate'))
    await (globalThis as unknown as { calm(): Promise<void> }).calm()
  }, address)
}

/** Waits until nothing is asked any more and everything is drawn. */
export function calm(page: Page): Promise<void> {
  return page.evaluate(() => (globalThis as unknown as { calm(): Promise<void> }).calm())
}

/** `calm()` in the page: two drawn frames in a row in which nothing waits. */
export function bringCalm(): void {
  const shared = globalThis as unknown as { asked: number; calm: () => Promise<void> }
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
  const waits = () =>
    shared.asked > 0 ||
    document.querySelector('h1') === null ||
    document.querySelector('.skeleton, .plot:empty') !== null
  shared.calm = async () => {
    const end = performance.now() + 10_000
    for (let quiet = 0; quiet < 2; quiet = waits() ? 0 : quiet + 1) {
      if (performance.now() > end) throw new Error(`${location.pathname} still waits`)
      await frame()
    }
  }
}

/** What somebody of the household wrote in English, and how menus of other makers are called. */
const OWN_WORDS =
  'One in the morning|A number is wrong|No cause of headache|Apple [Ww]atch|Backup and restore|(?:Export|Download) (?:[Yy]our )?(?:glucose )?[Dd]ata'

/** Sentences that stand in English on a page of another language, a line each; unfolds what is folded away, which is a part of it. */
export function foreignTextsOf(page: Page): Promise<string[]> {
  return page.evaluate((own) => {
    for (const one of document.querySelectorAll('details')) one.open = true
    if (document.documentElement.lang === 'en') return []
    const isMalay = document.documentElement.lang === 'ms'
    // What is marked as English is read as English; code, papers and what was typed are nobody's sentences of ours.
    const marked = '[lang=en], [translate=no], code, pre, script, noscript, style, .written, blockquote'
    const sentence = /\b(the|of|is|are|was|were|and|with|not|your|you|this|that|than|from|has|have|been)\b/
    const phrase = /\b[A-Za-z]{3,} [a-z]{3,}\b/
    const owned = new RegExp(own, 'g')
    const isForeign = (text: string, isWritten: boolean) => {
      if (!/[a-z]{2}/.test(text)) return false
      const rest = text.replace(owned, '')
      return sentence.test(rest) || (!isMalay && !isWritten && phrase.test(rest))
    }
    const found: string[] = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const parent = node.parentElement
      const text = node.textContent ?? ''
      if (!isForeign(text, true) && !isForeign(text, false)) continue
      if (parent === null || parent.closest(marked) !== null) continue
      if (isForeign(text, parent.closest('[dir=auto], bdi, option') !== null)) found.push(text)
    }
    for (const one of document.querySelectorAll('[aria-label]')) {
      const label = one.getAttribute('aria-label') ?? ''
      if (isForeign(label, true) && one.closest(marked) === null) found.push(label)
    }
    return found.map((one) => `says in English: ${one.trim().slice(0, 120)}`)
  }, OWN_WORDS)
}

/** Everything that can be measured of the page as it is now, a line each. */
export function faultsOf(page: Page, hasSos: boolean): Promise<string[]> {
  return page.evaluate((wantsSos) => {
    const faults: string[] = []
    const say = (one: Element) => one.outerHTML.slice(0, 100)
    const over = document.documentElement.scrollWidth - innerWidth
    if (over > 0) {
      const wide = [...document.querySelectorAll('body *')].filter((one) => {
        const { left, right } = one.getBoundingClientRect()
        return right > innerWidth + 0.5 || left < -0.5
      })
      faults.push(`wider by ${over}: ${wide.slice(-3).map(say).join(' ')}`)
    }
    for (const one of document.querySelectorAll('table[role]')) {
      const { scrollWidth, clientWidth } = one.parentElement ?? one
      if (scrollWidth > clientWidth + 1) faults.push(`a table is wider than its place: ${say(one)}`)
    }
    const targets = 'a, button, select, input:not([type=hidden], [type=radio]), summary, [role=switch]'
    const dialog = document.querySelector('dialog[open]')
    for (const one of (dialog ?? document).querySelectorAll(targets)) {
      // Links within a sentence are exempt.
      if (one.closest('.unseen, .skip, p.below, p.lead') !== null || one.matches('.skip')) continue
      const { width, height } = one.getBoundingClientRect()
      if (width > 0 && (width < 24 || height < 24))
        faults.push(`${Math.round(width)}x${Math.round(height)} ${say(one)}`)
    }
    if (dialog !== null) {
      const { left, right, top, bottom } = dialog.getBoundingClientRect()
      if (left < 0 || right > innerWidth || top < 0 || bottom > innerHeight) faults.push('the dialog leaves the window')
      if (dialog.scrollWidth > dialog.clientWidth) faults.push('the dialog is wider than itself')
    }
    for (const one of document.querySelectorAll('.plot')) {
      if (getComputedStyle(one).direction !== 'ltr') faults.push('a chart runs from right to left')
    }
    for (const one of document.getAnimations()) {
      const { duration } = one.effect?.getComputedTiming() ?? {}
      if (one.playState === 'running' && Number(duration) > 10) faults.push(`moves for ${duration} ms`)
    }
    for (const one of document.querySelectorAll('body, body *')) {
      const { animationName, animationDuration, transitionDuration } = getComputedStyle(one)
      const moves = animationName !== 'none' && Number.parseFloat(animationDuration) > 0.01
      if (moves || transitionDuration.split(',').some((each) => Number.parseFloat(each) > 0.01)) {
        faults.push(`would move: ${say(one)}`)
        break
      }
    }
    const sos = document.querySelector('a.sos')
    if (!wantsSos) return faults
    if (sos === null) return [...faults, 'no way to help']
    // It stays in reach however far the page is scrolled.
    scrollTo(0, document.documentElement.scrollHeight)
    const { left, top, right, bottom, width, height } = sos.getBoundingClientRect()
    if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight) faults.push('SOS is outside the window')
    if (width < 44 || height < 44) faults.push(`SOS is small: ${width}x${height}`)
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
    if (!sos.contains(hit)) faults.push(`SOS is covered by ${hit === null ? 'nothing' : say(hit)}`)
    scrollTo(0, 0)
    return faults
  }, hasSos)
}

/** What axe finds wrong, a line each: by every rule, or by those that look at colours. */
export async function barriersOf(page: Page, what: 'all' | 'colours'): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE)
  const runOnly = what === 'all' ? { type: 'tag', values: STANDARDS } : { type: 'rule', values: OF_COLOUR }
  return page.evaluate(async (only) => {
    interface Found {
      readonly id: string
      readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
    }
    const { axe } = globalThis as unknown as {
      axe: { run(context: Document, options: object): Promise<{ violations: Found[] }> }
    }
    const options = { runOnly: only, resultTypes: ['violations'], preload: false, performanceTimer: false }
    const { violations } = await axe.run(document, options)
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
    )
  }, runOnly)
}
