import { refuseBinary, TextParser } from './decoding.ts'
import { type FormatParser, FormatRefusal, type Mark } from './reading.ts'

const LONGEST_ROW = 262_144
const MOST_CELLS = 1000
/** Titles stand among the first rows, behind what some makers say of the person and the device. */
const HEAD_ROWS = 40

/** Takes the rows of a table; `line` counts from 1. */
export type TakeRow = (cells: readonly string[], line: number) => void

/**
 * Rows of a CSV (RFC 4180; comma, semicolon or tab, told by the first lines) as they come. A row that never ends is
 * refused with `record-too-long`; a quote that never closes with `cut-off`.
 */
export function csvParser(take: TakeRow, finish: () => void = () => undefined): FormatParser {
  return new CsvParser(new CsvRows(take), finish)
}

class CsvParser extends TextParser implements FormatParser {
  private readonly rows: CsvRows

  constructor(rows: CsvRows, finish: () => void) {
    super(
      (text) => rows.push(text),
      () => {
        rows.end()
        finish()
      },
    )
    this.rows = rows
  }

  mark(): Mark | undefined {
    const { rest, state } = this.rows.save()
    return this.place(rest, state)
  }

  /** The first rows tell what the columns are: they are read again. */
  goOn(mark: Mark): void {
    this.rows.restore(this.goTo(mark) as CsvState)
  }
}

interface CsvState {
  readonly head: string
  readonly line: number
}

class CsvRows {
  private readonly take: TakeRow
  private rest = ''
  /** Where in `rest` the search for the end of a row goes on. */
  private searched = 0
  private isQuoted = false
  private line = 1
  private delimiter: string | undefined
  private head = ''

  constructor(take: TakeRow) {
    this.take = take
  }

  push(text: string): void {
    const all = this.rest + text
    let start = 0
    for (let end = this.rowEnd(all, start); end >= 0; end = this.rowEnd(all, start)) {
      this.row(all.slice(start, all.charCodeAt(end - 1) === 13 && end > start ? end - 1 : end))
      start = end + 1
      this.searched = start
    }
    this.rest = all.slice(start)
    this.searched -= start
    if (this.rest.length > LONGEST_ROW) throw new FormatRefusal('record-too-long', this.line)
  }

  /** What is not used yet, and what is known before it. */
  save(): { readonly rest: string; readonly state: CsvState } {
    return { rest: this.rest, state: { head: this.head, line: this.line } }
  }

  restore({ head, line }: CsvState): void {
    this.push(head)
    this.line = line
  }

  end(): void {
    if (this.isQuoted) throw new FormatRefusal('cut-off', this.line)
    if (this.rest !== '') this.row(this.rest.replace(/\r$/, ''))
    this.rest = ''
  }

  /** The next line feed outside quotes; -1 while there is none. */
  private rowEnd(all: string, start: number): number {
    let at = Math.max(this.searched, start)
    for (;;) {
      const quote = all.indexOf('"', at)
      if (this.isQuoted) {
        if (quote < 0) break
        this.isQuoted = false
        at = quote + 1
        continue
      }
      const end = all.indexOf('\n', at)
      if (end >= 0 && (quote < 0 || end < quote)) {
        this.searched = end + 1
        return end
      }
      if (quote < 0) break
      this.isQuoted = true
      at = quote + 1
    }
    this.searched = all.length
    return -1
  }

  private row(text: string): void {
    if (text.length > LONGEST_ROW) throw new FormatRefusal('record-too-long', this.line)
    refuseBinary(text, this.line)
    if (this.line <= HEAD_ROWS && this.head.length + text.length < LONGEST_ROW) this.head += `${text}\n`
    this.delimiter ??= delimiterOf(text)
    const cells = cellsOf(text, this.delimiter)
    if (cells.length > MOST_CELLS) throw new FormatRefusal('record-too-long', this.line)
    if (text !== '') this.take(cells, this.line)
    this.line += 1
  }
}

/** Comma, semicolon or tab: whichever stands most often in the line outside quotes. */
export function delimiterOf(line: string): string {
  const bare = line.replaceAll(/"[^"]*"/g, '')
  const count = (sign: string) => bare.split(sign).length
  return [';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best), ',')
}

function cellsOf(text: string, delimiter: string): string[] {
  if (!text.includes('"')) return text.split(delimiter)
  const cells: string[] = []
  let at = 0
  while (at <= text.length) {
    if (text[at] !== '"') {
      const end = text.indexOf(delimiter, at)
      cells.push(text.slice(at, end < 0 ? text.length : end))
      if (end < 0) break
      at = end + 1
      continue
    }
    const { value, next } = quotedCell(text, at + 1)
    cells.push(value)
    const end = text.indexOf(delimiter, next)
    if (end < 0) break
    at = end + 1
  }
  return cells
}

function quotedCell(text: string, start: number): { value: string; next: number } {
  let value = ''
  let at = start
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return { value: value + text.slice(at), next: text.length }
    value += text.slice(at, quote)
    if (text[quote + 1] !== '"') return { value, next: quote + 1 }
    value += '"'
    at = quote + 2
  }
}

/** Positions of columns by their titles, compared without case, spaces at the ends and what stands in brackets. */
export class Columns {
  private readonly places = new Map<string, number>()
  /** Places of titles as they are asked for, row by row. */
  private readonly asked = new Map<string, number>()

  constructor(titles: readonly string[]) {
    for (const [place, title] of titles.entries()) {
      const plain = plainTitle(title)
      if (!this.places.has(plain)) this.places.set(plain, place)
    }
  }

  /** Place of the first of the titles that is there; -1 for none. */
  find(...titles: readonly string[]): number {
    for (const title of titles) {
      const place = this.asked.get(title) ?? this.ask(title)
      if (place >= 0) return place
    }
    return -1
  }

  private ask(title: string): number {
    const place = this.places.get(plainTitle(title)) ?? -1
    this.asked.set(title, place)
    return place
  }

  /** The cell of a row under the first of the titles that is there; empty for none. */
  cell(cells: readonly string[], ...titles: readonly string[]): string {
    return (cells[this.find(...titles)] ?? '').trim()
  }
}

function plainTitle(title: string): string {
  return title.trim().toLowerCase().replaceAll(/\s+/g, ' ')
}

/** A number as tables write it: `6.1`, `6,1`, `1 234`; undefined for anything else, and for `1,234`, which can be two. */
export function numberOf(text: string): number | undefined {
  const plain = text.trim().replaceAll(/[\s\u00a0\u202f]/g, '')
  if (/^[+-]?[1-9]\d{0,2},\d{3}$/.test(plain)) return undefined
  if (!/^[+-]?\d+([.,]\d+)?([eE][+-]?\d{1,3})?$/.test(plain)) return undefined
  const value = Number(plain.replace(',', '.'))
  return Number.isFinite(value) ? value : undefined
}
