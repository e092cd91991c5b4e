import { APPS, PARENT_COLUMNS, TABLES } from './healthConnectTables.ts'
import type { Prescan } from './reading.ts'
import { type Page, PageReader, rowsOf } from './sqlite/pages.ts'
import { type Column, RecordReader } from './sqlite/record.ts'
import type { Structure } from './sqlite/structure.ts'

/** Who wrote a row, and how far ahead of UTC its clock was. */
export interface Origin {
  readonly app: number | undefined
  readonly zoneOffsetMinutes: number | undefined
}

const NOBODY: Origin = { app: undefined, zoneOffsetMinutes: undefined }
const BLOCK_ROWS = 1024
/** Sixteen million rows that lie close together, in thirty-two megabytes: what is beyond has no origin. */
const MOST_BLOCKS = 16_384
const MOST_ORIGINS = 65_535
const MOST_APPS = 10_000
const LONGEST_PACKAGE = 255

/** What the reading of a database needs to know of it before. */
export interface Found {
  readonly structure: Structure
  /** Packages by the ids of their rows. */
  readonly apps: ReadonlyMap<number, string>
  readonly parents: ReadonlyMap<string, Origins>
}

/** The origins of the rows of one table by their ids: two bytes a row, since few apps in few zones write them all. */
export class Origins {
  private readonly kinds: Origin[] = [NOBODY]
  private readonly places = new Map<string, number>()
  private readonly blocks = new Map<number, Uint16Array>()

  add(rowId: number, origin: Origin): void {
    const number = Math.floor(rowId / BLOCK_ROWS)
    const block = this.blocks.get(number) ?? this.newBlock(number)
    if (block !== undefined) block[rowId - number * BLOCK_ROWS] = this.placeOf(origin)
  }

  of(rowId: number): Origin {
    const number = Math.floor(rowId / BLOCK_ROWS)
    return this.kinds[this.blocks.get(number)?.[rowId - number * BLOCK_ROWS] ?? 0] as Origin
  }

  private newBlock(number: number): Uint16Array | undefined {
    if (this.blocks.size >= MOST_BLOCKS) return undefined
    const block = new Uint16Array(BLOCK_ROWS)
    this.blocks.set(number, block)
    return block
  }

  private placeOf(origin: Origin): number {
    const key = `${origin.app} ${origin.zoneOffsetMinutes}`
    const known = this.places.get(key)
    if (known !== undefined) return known
    if (this.kinds.length > MOST_ORIGINS) return 0
    this.places.set(key, this.kinds.length)
    this.kinds.push(origin)
    return this.kinds.length - 1
  }
}

/** Looks for the apps, and for the rows that others belong to: they may lie anywhere in the file. */
export class ParentScan implements Prescan {
  private readonly structure: Structure
  private readonly pages: PageReader
  private readonly records: RecordReader
  private readonly apps = new Map<number, string>()
  private readonly parents = new Map<string, Origins>()

  constructor(structure: Structure) {
    this.structure = structure
    this.records = new RecordReader(structure.header)
    this.pages = new PageReader((page) => this.look(page))
    for (const { parent } of TABLES) if (parent !== undefined) this.parents.set(parent, new Origins())
  }

  push(bytes: Uint8Array): void {
    this.pages.push(bytes)
  }

  end(): void {
    this.pages.end()
  }

  result(): Found {
    const { structure, apps, parents } = this
    return { structure, apps, parents }
  }

  private look(page: Page): void {
    const table = this.structure.tables[(this.structure.tableOf[page.number] ?? 0) - 1]
    if (table === undefined) return
    const origins = this.parents.get(table.name)
    if (origins === undefined && table.name !== APPS.table) return
    const { names, places } = placesIn(table.columns, origins === undefined ? APPS.columns : PARENT_COLUMNS)
    for (const cell of rowsOf(page) ?? []) {
      const told = cell === undefined ? undefined : this.records.columns(page, cell, places)
      if (cell === undefined || told === undefined) continue
      const column = (name: string) => told[names.indexOf(name)]
      // A whole number that is the key of its table stands only in front of the row.
      const rowId = numberIn(column('row_id')) ?? cell.rowId
      if (origins !== undefined) origins.add(rowId, originOf(column('app_info_id'), column('start_zone_offset')))
      else this.app(rowId, column('package_name'))
    }
  }

  private app(rowId: number, name: Column | undefined): void {
    if (typeof name === 'string' && this.apps.size < MOST_APPS) this.apps.set(rowId, name.slice(0, LONGEST_PACKAGE))
  }
}

/** The origin that two columns tell; zones are written in seconds. */
export function originOf(app: Column | undefined, zone: Column | undefined): Origin {
  const seconds = numberIn(zone)
  return { app: numberIn(app), zoneOffsetMinutes: seconds === undefined ? undefined : Math.round(seconds / 60) }
}

/** A finite number; undefined for anything else. */
export function numberIn(value: Column | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** The wanted columns that a table has, in the order in which they lie, and where that is. */
export function placesIn(columns: readonly string[], wanted: readonly (string | undefined)[]) {
  const found = wanted.map((name) => ({ name: name ?? '', place: name === undefined ? -1 : columns.indexOf(name) }))
  const there = found.filter(({ place }) => place >= 0).sort((left, right) => left.place - right.place)
  return { names: there.map(({ name }) => name), places: there.map(({ place }) => place) }
}
