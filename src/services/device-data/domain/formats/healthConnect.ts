import { type Found, numberIn, type Origin, originOf, ParentScan, placesIn } from './healthConnectParents.ts'
import { APPS, STAGES, TABLES, type TableKind, UNSURE } from './healthConnectTables.ts'
import {
  type Format,
  type FormatContext,
  type FormatParser,
  FormatRefusal,
  type Mark,
  type Prescan,
} from './reading.ts'
import { sourceNames } from './sources.ts'
import { type Cell, isDatabase, isInterior, type Page, PageReader, rowsOf } from './sqlite/pages.ts'
import { BEYOND, type Column, RecordReader } from './sqlite/record.ts'
import { type KnownTable, StructureReader } from './sqlite/structure.ts'

const HEALTH_CONNECT = 'health-connect'
const MINUTE_MS = 60_000

/**
 * The database that Health Connect of Android exports. It is read page by page in the order of the file, three times: for
 * the structure, for the rows that others belong to, and for the values. Neither the file nor a table is ever held.
 */
export const healthConnect: Format = {
  name: HEALTH_CONNECT,
  label: 'Health Connect (database)',
  matches: ({ bytes }) => isDatabase(bytes),
  prescan: () => new StructureScan(),
  isLookedOverAgain: true,
  open: (context, found) => new Reader(context, found as Found | undefined),
}

class StructureScan extends StructureReader implements Prescan {
  again(): Prescan | undefined {
    const structure = this.structure()
    return structure === undefined ? undefined : new ParentScan(structure)
  }

  /** Not even the header could be read. */
  result(): undefined {
    return undefined
  }
}

interface Reading {
  readonly kind: TableKind
  /** Names of the columns that are read, in the order in which they lie, and where that is. */
  readonly names: readonly string[]
  readonly places: readonly number[]
}

/** What is done with the rows of a table. */
type Work = Reading | 'unknown-unit' | 'unknown-type'

type Row = Readonly<Record<string, Column | undefined>>

class Reader implements FormatParser {
  private readonly context: FormatContext
  private readonly found: Found
  private readonly pages: PageReader
  private readonly records: RecordReader
  private readonly works: readonly (Work | undefined)[]
  private readonly sourceName = sourceNames(HEALTH_CONNECT)
  /** Number of the row, as reports tell places. */
  private number = 0
  private damagedPage: number | undefined

  constructor(context: FormatContext, found: Found | undefined) {
    if (found === undefined) throw new FormatRefusal('malformed')
    const { tables, isCut, isDamaged, header } = found.structure
    if (!tables.some(({ name }) => name.endsWith('_record_table'))) {
      throw new FormatRefusal(isCut || isDamaged ? 'malformed' : 'entry-not-recognised')
    }
    this.context = context
    this.found = found
    this.records = new RecordReader(header)
    this.pages = new PageReader((page) => this.page(page))
    this.works = tables.map(workFor)
  }

  push(bytes: Uint8Array): void {
    this.pages.push(bytes)
  }

  /** What was damaged is passed over: the end tells that something was. */
  end(): void {
    this.pages.end()
    const { isCut, isDamaged } = this.found.structure
    if (this.damagedPage !== undefined) throw new FormatRefusal('malformed', this.damagedPage)
    if (isCut || isDamaged) throw new FormatRefusal(isCut ? 'cut-off' : 'malformed', this.pages.count)
  }

  mark(): Mark {
    const { number, damagedPage } = this
    const { count } = this.pages
    return { offset: count * this.found.structure.header.pageBytes, state: { count, number, damagedPage } }
  }

  goOn({ state }: Mark): void {
    const { count, number, damagedPage } = state as { count: number; number: number; damagedPage?: number }
    this.pages.goTo(this.found.structure.header, count)
    this.number = number
    this.damagedPage = damagedPage
  }

  /** A statement too long for its page may name columns behind the end of what is known. */
  private tellUnknownColumns() {
    for (const [place, { name, isWhole }] of this.found.structure.tables.entries()) {
      const isUsed = this.works[place] !== undefined || PARENTS.has(name) || name === APPS.table
      if (isUsed && !isWhole) this.context.sink.skip('incomplete', name, 0)
    }
  }

  private page(page: Page) {
    if (page.number === 1) this.tellUnknownColumns()
    const { tables, tableOf } = this.found.structure
    const place = (tableOf[page.number] ?? 0) - 1
    const work = this.works[place]
    if (work === undefined || isInterior(page)) return
    const { name } = tables[place] as KnownTable
    const cells = rowsOf(page)
    if (cells === undefined) return this.damaged(name, page)
    for (const cell of cells) {
      this.number += 1
      if (cell === undefined) this.damaged(name, page)
      else if (typeof work === 'string') this.context.sink.skip(work, name, this.number)
      else this.row(page, cell, work)
    }
  }

  private damaged(table: string, page: Page) {
    this.damagedPage ??= page.number
    this.context.sink.skip('malformed', table, this.number)
  }

  private row(page: Page, cell: Cell, { kind, names, places }: Reading) {
    const told = this.records.columns(page, cell, places)
    if (told === undefined) return this.damaged(kind.table, page)
    // The rest lies on pages of its own: a value behind a text of thousands of letters.
    if (told.includes(BEYOND)) return this.context.sink.skip('incomplete', kind.table, this.number)
    const row: Row = Object.fromEntries(names.map((name, index) => [name, told[index]]))
    const origin = this.originOf(kind, row)
    if (kind.table === 'sleep_stages_table') return this.stage(kind, row, origin)
    for (const { metric, unit, column } of kind.values)
      this.take(kind, row, origin, { metric, unit, value: row[column] })
  }

  private originOf({ zone, parent }: TableKind, row: Row): Origin | undefined {
    if (parent === undefined) return originOf(row.app_info_id, zone === undefined ? undefined : row[zone])
    return this.found.parents.get(parent)?.of(numberIn(row.parent_key) ?? -1)
  }

  /** What the stage is tells the metric; how long it lasted is the value. */
  private stage(kind: TableKind, row: Row, origin: Origin | undefined) {
    const metric = STAGES[Number(row.stage_type)]
    if (metric === undefined) return this.context.sink.skip('unknown-type', 'sleep stage', this.number)
    const minutes = (Number(row.stage_end_time) - Number(row.stage_start_time)) / MINUTE_MS
    this.take(kind, row, origin, { metric, unit: 'min', value: minutes > 0 ? minutes : null })
  }

  private take(
    { time, until }: TableKind,
    row: Row,
    origin: Origin | undefined,
    { metric, unit, value }: { metric: string; unit: string; value: Column | undefined },
  ) {
    const { sink } = this.context
    const startMs = numberIn(row[time])
    if (startMs === undefined || startMs <= 0) return sink.skip('bad-time', metric, this.number)
    const number = numberIn(value)
    if (number === undefined) return sink.skip('not-a-number', metric, this.number)
    const end = until === undefined ? undefined : numberIn(row[until])
    const endMs = end !== undefined && end > startMs ? end : undefined
    const source = this.sourceName(origin?.app === undefined ? undefined : this.found.apps.get(origin.app))
    const { zoneOffsetMinutes } = origin ?? {}
    sink.reading({ metric, unit, value: number, startMs, endMs, source, zoneOffsetMinutes })
  }
}

const PARENTS: ReadonlySet<string | undefined> = new Set(TABLES.map(({ parent }) => parent))

/** What is done with the rows of a table; undefined for one that holds nothing of a body. */
function workFor({ name, columns }: KnownTable): Work | undefined {
  if (UNSURE.includes(name)) return 'unknown-unit'
  const kind = TABLES.find(({ table }) => table === name)
  if (kind === undefined) return name.endsWith('_record_table') && !PARENTS.has(name) ? 'unknown-type' : undefined
  const needed = [kind.time, ...kind.values.map(({ column }) => column)]
  if (!needed.every((column) => columns.includes(column))) return 'unknown-type'
  const origin = kind.parent === undefined ? ['app_info_id', kind.zone] : ['parent_key']
  return { kind, ...placesIn(columns, [...needed, kind.until, ...origin]) }
}
