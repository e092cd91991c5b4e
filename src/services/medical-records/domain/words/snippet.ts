import { isFoundBy, wordsIn } from './words.ts'

/** A piece of a page: what was looked for, and what stands around it. */
export interface Part {
  readonly text: string
  readonly found: boolean
}

interface Hit {
  readonly from: number
  readonly to: number
  /** Which of the words looked for this is. */
  readonly wanted: number
}

/** The words looked for that a text has. */
export interface Hits {
  readonly wanted: ReadonlySet<number>
  readonly places: readonly Hit[]
}

/** Places beyond these of one page are not looked at for its snippet. */
const MOST_PLACES = 200
/** A snippet is that wide, and begins so far before what was found. */
const WIDTH = 160
const BEFORE = 40

/** Which of the (folded) words a text has, and where. */
export function hitsIn(text: string, words: readonly string[]): Hits {
  const wanted = new Set<number>()
  const places: Hit[] = []
  for (const { folded, from, to } of wordsIn(text)) {
    for (const [index, word] of words.entries()) {
      if (!isFoundBy(folded, word)) continue
      wanted.add(index)
      if (places.length < MOST_PLACES) places.push({ from, to, wanted: index })
    }
  }
  return { wanted, places }
}

/** About 160 characters of a text around the place with the most of the words; nothing where it has none of them. */
export function snippetOf(text: string, { places }: Hits): Part[] {
  const first = densest(places)
  if (first === undefined) return []
  const start = first.from <= BEFORE ? 0 : afterSpace(text, first.from - BEFORE, first.from)
  const end = Math.min(text.length, Math.max(start + WIDTH, Math.min(first.to, start + 2 * WIDTH)))
  const stop = end === text.length ? end : beforeSpace(text, end, first.to)
  const parts: Part[] = [{ text: start === 0 ? '' : '… ', found: false }]
  let at = start
  for (const { from, to } of places) {
    if (from < at || to > stop) continue
    parts.push({ text: text.slice(at, from), found: false }, { text: text.slice(from, to), found: true })
    at = to
  }
  parts.push({ text: text.slice(at, stop), found: false }, { text: stop < text.length ? ' …' : '', found: false })
  return tidy(parts)
}

/** The place from which on the most different words stand within the width; the first of several. */
function densest(places: readonly Hit[]): Hit | undefined {
  let [best, most] = [places[0], 0]
  for (const [index, place] of places.entries()) {
    const near = new Set<number>()
    for (const other of places.slice(index)) {
      if (other.to > place.from + WIDTH - BEFORE) break
      near.add(other.wanted)
    }
    if (near.size > most) [best, most] = [place, near.size]
  }
  return best
}

function afterSpace(text: string, from: number, until: number): number {
  const space = text.slice(from, until).search(/\s/u)
  return space < 0 ? from : from + space + 1
}

function beforeSpace(text: string, end: number, least: number): number {
  const space = /\s\S*$/u.exec(text.slice(least, end))
  return space === null ? end : least + space.index
}

/** Parts as one line: spaces and line ends are one space, what nobody sees is left out, neighbours of a kind are one. */
function tidy(parts: readonly Part[]): Part[] {
  const line: { text: string; found: boolean }[] = []
  for (const { text, found } of parts) {
    let seen = text.replaceAll(/[\s\p{Zl}\p{Zp}]+/gu, ' ').replaceAll(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu, '')
    const last = line.at(-1)
    if (last === undefined || last.text.endsWith(' ')) seen = seen.replace(/^ /, '')
    if (seen === '') continue
    if (last?.found === found) last.text += seen
    else line.push({ text: seen, found })
  }
  return line
}
