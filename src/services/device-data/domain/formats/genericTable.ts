import { metricNamed } from '../vocabulary.ts'
import { Columns, csvParser, delimiterOf } from './csvRows.ts'
import {
  type ColumnMapping,
  type Format,
  type FormatContext,
  type FormatParser,
  FormatRefusal,
  type Prescan,
  type Taking,
} from './reading.ts'
import { DecimalEvidence, type DecimalMark, tableNumber } from './tableNumbers.ts'
import {
  type DateOrder,
  DateOrderEvidence,
  dateNumbers,
  type LocalClock,
  type Moment,
  readStamp,
  readTableTime,
} from './times.ts'

/** Any other table with a first line of titles: the person says which column is what. */
export const genericTable: Format = {
  name: 'table',
  label: 'Any table (CSV), after its columns are named',
  matches: ({ text }) => titlesOf(text).length >= 2,
  prescan: (context) => new TableScan(context.answers.mapping),
  open: (context, found) => openTable(context, found as Found | undefined),
}

interface Found {
  readonly order: DateOrder | 'unknown' | 'contradiction'
  readonly decimals: DecimalMark
}

function titlesOf(text: string): string[] {
  const [first = '', second = ''] = text.split(/\r?\n/, 2)
  if (!/\p{L}/u.test(first) || second.trim() === '' || /^\s*[[{<]/.test(first)) return []
  const delimiter = delimiterOf(first)
  const titles = first.split(delimiter)
  const hasSameShape = second.split(delimiter).length >= Math.min(2, titles.length)
  return hasSameShape && first.length < 20_000 ? titles : []
}

class TableScan implements Prescan {
  private readonly evidence = new DateOrderEvidence()
  private readonly decimals = new DecimalEvidence()
  private readonly parser: Taking

  constructor(mapping: ColumnMapping | undefined) {
    let columns: Columns | undefined
    const [date = ''] = mapping?.time ?? []
    const values = mapping?.values ?? []
    this.parser = csvParser((cells) => {
      if (columns === undefined) {
        columns = new Columns(cells)
        return
      }
      this.evidence.add(columns.cell(cells, date).split(/[ T]/)[0] ?? '')
      for (const { column } of values) this.decimals.add(columns.cell(cells, column))
    })
  }

  push(bytes: Uint8Array) {
    this.parser.push(bytes)
  }

  end() {
    this.parser.end()
  }

  result(): Found {
    return { order: this.evidence.verdict(), decimals: this.decimals.verdict() }
  }
}

function openTable(context: FormatContext, found: Found | undefined): FormatParser {
  const { mapping, dateOrder } = context.answers
  if (mapping === undefined) throw new FormatRefusal('mapping-needed')
  if (found?.order === 'contradiction') throw new FormatRefusal('date-order-contradicts')
  const order = found === undefined || found.order === 'unknown' ? dateOrder : found.order
  const number = numberReader(mapping, found?.decimals ?? 'unknown')
  let columns: Columns | undefined
  return csvParser((cells, line) => {
    if (columns === undefined) {
      columns = new Columns(cells)
      return
    }
    takeRow(context, { mapping, order, columns, number }, cells, line)
  })
}

interface Table {
  readonly mapping: ColumnMapping
  readonly order: DateOrder | undefined
  readonly columns: Columns
  readonly number: (cell: string, metric: string) => number | undefined
}

/** What is counted has no decimals: `10,532` steps are ten thousand and more. */
function numberReader({ values }: ColumnMapping, mark: DecimalMark): Table['number'] {
  const counted = new Set(values.map(({ metric }) => metric).filter((code) => isCount(code)))
  return (cell, metric) => tableNumber(cell, mark, counted.has(metric))
}

const isCount = (code: string) => /^\{(steps|count)\}$/.test(metricNamed(code)?.unit ?? '')

function takeRow(
  { sink, clock }: FormatContext,
  { mapping, order, columns, number }: Table,
  cells: readonly string[],
  line: number,
) {
  const text = mapping.time
    .map((title) => columns.cell(cells, title))
    .join(' ')
    .trim()
  const at = timeOf(text, order, clock)
  if (at === 'unknown-order') throw new FormatRefusal('date-order-unknown', line)
  if (at === undefined) return sink.skip('bad-time', mapping.time[0] ?? '', line)
  for (const { column, metric, unit } of mapping.values) {
    const cell = columns.cell(cells, column)
    if (cell === '') continue
    const value = number(cell, metric)
    if (value === undefined) sink.skip('not-a-number', metric, line)
    else {
      const zoneOffsetMinutes = at.offsetMinutes
      sink.reading({ metric, value, unit, startMs: at.ms, source: mapping.source, zoneOffsetMinutes })
    }
  }
}

function timeOf(text: string, order: DateOrder | undefined, clock: LocalClock): Moment | undefined | 'unknown-order' {
  const stamp = readStamp(text, clock) ?? readStamp(`${text} 00:00:00`, clock)
  if (stamp !== undefined) return stamp
  if (/^\d{10}$/.test(text)) return { ms: Number(text) * 1000 }
  if (/^\d{13}$/.test(text)) return { ms: Number(text) }
  const space = text.indexOf(' ')
  const date = space < 0 ? text : text.slice(0, space)
  if (dateNumbers(date) === undefined) return undefined
  if (order === undefined && (dateNumbers(date)?.[0] ?? 0) <= 31) return 'unknown-order'
  const wall = readTableTime(date, space < 0 ? '00:00' : text.slice(space + 1).trim(), order ?? 'year-first')
  return wall === undefined ? undefined : clock.instant(wall)
}

/** What is known of one column before anybody named it. */
export interface ColumnGuess {
  readonly column: string
  readonly examples: readonly string[]
  readonly looks_like: 'time' | 'number' | 'text'
  readonly metric: string | null
  readonly unit: string | null
}

const MOST_EXAMPLES = 5

/** The columns of a table by its first lines, with what their titles and cells let one guess. Never throws. */
export function guessColumns(headText: string): ColumnGuess[] {
  const lines = headText.split(/\r?\n/).slice(0, MOST_EXAMPLES + 1)
  const rows: (readonly string[])[] = []
  const parser = csvParser((cells) => rows.push(cells))
  try {
    parser.push(new TextEncoder().encode(`${lines.join('\n')}\n`))
  } catch {
    return []
  }
  const [titles = [], ...cells] = rows
  return titles.slice(0, 100).map((title, place) => {
    const examples = cells.map((row) => (row[place] ?? '').trim().slice(0, 60)).filter((cell) => cell !== '')
    const { name, unit } = namedUnit(title)
    const looksLike = kindOf(examples)
    const metric = looksLike === 'number' ? metricNamed(name) : undefined
    return {
      column: title.trim().slice(0, 100),
      examples,
      looks_like: looksLike,
      metric: metric?.code ?? null,
      unit: unit ?? metric?.unit ?? null,
    }
  })
}

function kindOf(examples: readonly string[]): ColumnGuess['looks_like'] {
  if (examples.length === 0) return 'text'
  const isTime = (cell: string) =>
    /^\d{10}(\d{3})?$/.test(cell) || /^\d{1,4}[-./]\d{1,2}[-./]\d{1,4}([T ]|$)/.test(cell)
  if (examples.every(isTime)) return 'time'
  return examples.every((cell) => tableNumber(cell, 'unknown', true) !== undefined) ? 'number' : 'text'
}

/** `Weight (kg)` is a name and a unit. */
function namedUnit(title: string): { name: string; unit: string | undefined } {
  const match = /^(.*?)\s*[([]([^)\]]{1,20})[)\]]\s*$/.exec(title.trim())
  return { name: match?.[1] ?? title.trim(), unit: match?.[2] }
}
