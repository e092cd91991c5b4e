import { Columns, csvParser, numberOf } from './csvRows.ts'
import type { FormatContext, FormatParser, Reading } from './reading.ts'
import { type Moment, readStamp } from './times.ts'

/** One row of a table under its titles. */
export class Row {
  readonly line: number
  private readonly columns: Columns
  private readonly cells: readonly string[]
  private readonly context: FormatContext

  constructor(context: FormatContext, columns: Columns, cells: readonly string[], line: number) {
    this.context = context
    this.columns = columns
    this.cells = cells
    this.line = line
  }

  /** The cell under the first of the titles that the table has, without spaces around it; empty for none. */
  text(...titles: readonly string[]): string {
    return this.columns.cell(this.cells, ...titles)
  }

  /** The same as an instant; undefined for anything else. Times without a zone are read by the person's clock. */
  time(...titles: readonly string[]): Moment | undefined {
    return readStamp(this.text(...titles), this.context.clock)
  }

  /** A bare day as its first moment on the person's clock; undefined for anything else. */
  day(...titles: readonly string[]): Moment | undefined {
    return readStamp(`${this.text(...titles)} 00:00:00`, this.context.clock)
  }

  /** Tells the value of a cell; an empty one is passed over, and one that is no number is skipped with its reason. */
  emit(title: string, reading: Omit<Reading, 'value' | 'startMs' | 'zoneOffsetMinutes'>, at: Moment) {
    const text = this.text(title)
    if (text === '') return
    const value = numberOf(text)
    if (value === undefined) return this.context.sink.skip('not-a-number', reading.metric, this.line)
    this.context.sink.reading({ ...reading, value, startMs: at.ms, zoneOffsetMinutes: at.offsetMinutes })
  }
}

/** A table whose first line names its columns. A row with fewer cells than the time needs is for `take` to refuse. */
export function titledTable(context: FormatContext, take: (row: Row) => void): FormatParser {
  let columns: Columns | undefined
  return csvParser((cells, line) => {
    if (columns === undefined) columns = new Columns(cells)
    else take(new Row(context, columns, cells, line))
  })
}
