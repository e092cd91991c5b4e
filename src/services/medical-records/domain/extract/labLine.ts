import type { Doubt, LabContent } from './findings.ts'
import { findRange, type PrintedNumber, type PrintedRange, readNumber } from './numbers.ts'
import type { Line } from './pages.ts'
import { isRangeOfSome } from './surroundings.ts'
import { isBefore, type TableHead } from './tableHead.ts'

/** A line of a table of results, as it was read. */
export interface LabLine {
  readonly content: LabContent
  readonly number: PrintedNumber | undefined
  readonly range: PrintedRange | undefined
  readonly doubts: readonly Doubt[]
  readonly line: Line
  readonly confidence: number
}

const UNIT =
  /^(%|‰|ratio|index|units?|[a-zµμ]{0,3}(g|mol|eq|osm|katal|kat|iu|u|l|unit|units)\/[a-z0-9µμ.^*/%{}[\]]{1,16}|(10|x\s?10|×\s?10)[\^*%]?\s?(3|4|5|6|9|12|[³⁴⁵⁶⁹]|¹²)\s?\/\s?[µμu]?[a-z]{1,3}|(cells|lakhs?|million|thou(sand)?|mill|k|m)\/[µμua-z. ]{1,8}|\/?(hpf|lpf|cumm|cmm|cu\.?mm|[µμu]l|[np]l|mm[3³])|mm\/(1(st)?)?(hr?|hour)|mmhg|fl|pg|seconds?|secs?|s|mg|g|ml|ml\/min(\/1\.73\s?m[2²])?|s\/co|coi|au\/ml|meq\/l|miu\/ml|copies\/ml)$/i
const FLAG = /^[[(]?(h|l|hh|ll|high|low|\*|a|abnormal|n|normal|↑|↓|critical|borderline)[\])]?$/i
const WORDS_RESULT =
  /^(negative|positive|non[- ]?reactive|reactive|not detected|detected|absent|present|nil|trace|normal|clear|\+{1,4})$/i
const NO_TEST =
  /^(page|age|date|time|phone|tel|mobile|fax|reg|registration|patient|name|sex|gender|id|uhid|mrn|sample|ref\b|referred|dr\b|doctor|collected|received|reported|printed|address|bill|lab no|report|room|bed|ward|dob|birth|pin|zip|tab\b|cap\b|syp|inj|t\.|c\.|sig|rx|license|nabl|iso\b|interpretation|note|comment|method)/i

/** Reads one line as a result of a test; undefined when it is none. */
export function readLabLine(line: Line, head: TableHead | undefined): LabLine | undefined {
  const parts = splitName(line, head)
  if (parts === undefined) return undefined
  const { name, rest, confidence } = parts
  const range = findRange(withoutResult(rest))
  const leftover = range === undefined ? rest : takeOut(rest, range.text)
  const read = readRest(leftover)
  if (read.number === undefined && read.words === undefined) return undefined
  // A number behind a word is a result only where a unit or a range says so.
  if (read.number !== undefined && read.unit === undefined && range === undefined) return undefined
  if (read.number === undefined && range === undefined && head === undefined) return undefined
  const doubts: Doubt[] = [
    ...(read.number?.doubts ?? []),
    ...(range?.doubts ?? []),
    ...(read.isSeveral ? ['several_values' as const] : []),
    ...(read.isPartly ? ['hard_to_read' as const] : []),
    ...(range !== undefined && isRangeOfSome(rest) ? ['range_odd' as const] : []),
  ]
  const content: LabContent = {
    test_name: name,
    value: read.number?.value ?? null,
    comparator: read.number?.comparator ?? null,
    value_text: read.number === undefined ? (read.words ?? null) : null,
    unit: read.unit ?? null,
    reference_low: range?.low ?? null,
    reference_high: range?.high ?? null,
    reference_text: range?.text ?? null,
    flag: read.flag ?? null,
    observed_on: null,
  }
  return { content, number: read.number, range, doubts, line, confidence }
}

/** The name, and what stands behind it without the columns of earlier results. */
function splitName(line: Line, head: TableHead | undefined) {
  const kept = line.cells.filter((cell) => !isBefore(cell, head))
  const first = kept[0]
  if (first === undefined) return undefined
  const whole = kept.map((cell) => cell.text).join('  ')
  const named =
    /^([^\d<>≤≥:=]{0,3}[A-Za-zÀ-ɏ][^:=<>≤≥]*?)\s*(?:[:=]\s*|\s+)(?=[<>≤≥]?\s*\d|[<>≤≥]?\s*[OoIl]\d|(?:negative|positive|non|reactive|not|absent|present|nil|trace|detected)\b)/iu.exec(
      whole,
    )
  const isOwnCell =
    first.text.length < whole.length && readNumber(first.text) === undefined && /[A-Za-z]{2}/.test(first.text)
  const hasInside = isOwnCell && /[:=]\s*[<>]?\s*\d/.test(first.text)
  const [name, rest] =
    isOwnCell && !hasInside
      ? [
          first.text,
          kept
            .slice(1)
            .map((cell) => cell.text)
            .join('  '),
        ]
      : [named?.[1] ?? '', named === null ? '' : whole.slice(named[0].length)]
  const tidy = name.replace(/[\s:.\-–*]+$/, '').replace(/^[\s*•·.-]+/, '')
  if (!/[A-Za-z]{2}|^pH$/i.test(tidy) || tidy.length > 70 || NO_TEST.test(tidy) || rest.trim() === '') return undefined
  return { name: tidy, rest, confidence: Math.min(...kept.map((cell) => cell.confidence)) }
}

/** A result like `< 0.5` at the beginning is no range. */
function withoutResult(rest: string): string {
  const match = /^\s*[<>≤≥]\s*[\d.,]+(?=\s)/.exec(rest)
  return match === null ? rest : `${' '.repeat(match[0].length)}${rest.slice(match[0].length)}`
}

function takeOut(rest: string, part: string): string {
  const at = rest.lastIndexOf(part)
  return at < 0 ? rest : `${rest.slice(0, at)}  ${rest.slice(at + part.length)}`
}

interface Rest {
  readonly number: PrintedNumber | undefined
  readonly words: string | undefined
  readonly unit: string | undefined
  readonly flag: 'H' | 'L' | 'A' | undefined
  readonly isSeveral: boolean
  /** Something with digits in it was neither result nor unit nor range: most likely a range that nobody could read. */
  readonly isPartly: boolean
}

function readRest(text: string): Rest {
  const joined = text.replaceAll(/([<>≤≥])\s+(?=\d)/g, '$1')
  const words = WORDS_RESULT.exec(joined.trim().split(/\s{2,}/)[0] ?? '')?.[0]
  const numbers: PrintedNumber[] = []
  let unit: string | undefined
  let flag: Rest['flag']
  let isPartly = false
  for (const token of tokensOf(joined)) {
    const number = readNumber(token)
    if (number !== undefined) numbers.push(number)
    else if (unit === undefined && UNIT.test(token)) unit = token
    else if (flag === undefined && FLAG.test(token)) flag = flagOf(token)
    else if (/\d\D*[-.:=]\D*\d|\d{3}/.test(token)) isPartly = true
  }
  return { number: numbers[0], words, unit, flag, isSeveral: numbers.length > 1, isPartly }
}

/** Words of the text; a result that stands close to its flag or unit is parted from it, and `10 ^3 / uL` put together. */
function tokensOf(text: string): string[] {
  return (
    text
      .replaceAll(/[()[\]]/g, ' ')
      .replaceAll(/(10|x10|×10)\s*([\^*%°"'”’])\s*(\d)/g, '$1^$3')
      .replaceAll(/(^|\s)([mµu]?)[l1|](?=[uU]\/(?:[mL]|d))/g, '$1$2I')
      .replaceAll(/(mm\s*\/\s*1?\s?(?:st)?)\s+(?=h(?:r|our)?\b)/gi, '$1')
      .replaceAll(/([x×]\s?10\d{1,2})\s+(?=\/)/gi, '$1')
      // A unit that begins with its stroke (`6800 /cumm`) is no part of the number before it.
      .replaceAll(/(?<!(?:^|\s)[<>≤≥]?[\d.,]{1,12})\s+\//g, '/')
      .replaceAll(/\/\s+/g, '/')
      .replaceAll(/(^|\s)([<>]?\d+(?:[.,]\d+)?)(H|L|\*|%|mg|g|mmol|ng|pg|mIU|IU|U)(?=\s|\/|$)/g, '$1$2 $3')
      .split(/\s+/)
      .filter((token) => token !== '')
  )
}

function flagOf(token: string): Rest['flag'] {
  const word = token.replaceAll(/[[\]()]/g, '').toLowerCase()
  if (word.startsWith('h') || word === '↑') return 'H'
  if (word.startsWith('l') || word === '↓') return 'L'
  return ['*', 'a', 'abnormal', 'critical'].includes(word) ? 'A' : undefined
}
