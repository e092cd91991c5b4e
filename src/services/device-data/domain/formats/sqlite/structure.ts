import { FormatRefusal } from '../reading.ts'
import { childrenOf, type DatabaseHeader, isInterior, type Page, PageReader, rowsOf } from './pages.ts'
import { RecordReader } from './record.ts'
import { type TableColumns, tableColumns } from './tables.ts'

/** Which pages belong to which table. */
export interface Structure {
  readonly header: DatabaseHeader
  readonly tables: readonly KnownTable[]
  /** For each page, counted from 1, the place of its table in `tables` counted from 1; 0 for what is in none. */
  readonly tableOf: Uint8Array
  /** Whether inner pages of a table were damaged, shared, or pointed beyond the end of the file. */
  readonly isDamaged: boolean
  readonly isCut: boolean
}

export interface KnownTable extends TableColumns {
  readonly name: string
  readonly root: number
}

/** One byte a page is kept: beyond this a file is refused. */
const MOST_PAGES = 8_388_608
const MOST_TABLES = 255
const LONGEST_NAME = 80
const DEEPEST = 20
const SCHEMA_PLACES = [0, 1, 3, 4] as const

/**
 * Learns the structure of a database in one way through it: the tables by its schema, and for each inner page where it
 * points. Pages that were given up still look like pages: only what hangs together with a root counts, and that is seen
 * at the end. Keeps four bytes for each page that an inner page points at.
 */
export class StructureReader extends PageReader {
  private readonly inner = new Numbers()
  private readonly starts = new Numbers()
  private readonly children = new Numbers()
  private readonly schemaPages = new Set([1])
  private readonly tables: KnownTable[] = []
  private records: RecordReader | undefined
  private isDamaged = false

  constructor() {
    super((page) => this.look(page))
  }

  /** What was found, also of a file that was cut; undefined where not even the header was there. */
  structure(): Structure | undefined {
    const { header, tables } = this
    if (header === undefined) return undefined
    const tableOf = new Uint8Array(this.count + 1)
    const walk = { tableOf, isCut: false, isDamaged: this.isDamaged }
    for (const [place, { root }] of tables.entries()) this.claim(root, place + 1, walk)
    return { header, tables, ...walk }
  }

  private look(page: Page): void {
    if (page.number > MOST_PAGES) throw new FormatRefusal('entry-too-large', page.number)
    const children = childrenOf(page)
    if (this.schemaPages.has(page.number)) this.schema(page, children)
    if (children === undefined) return
    // A page has one place in a table; what was given up before doubles that at most.
    if (this.children.length + children.length > 4 * (page.number + children.length) + 4096) return
    this.inner.push(page.number)
    this.starts.push(this.children.length)
    for (const child of children) this.children.push(child)
  }

  /** The schema is the table that begins on the first page. Its other pages come behind the one that points at them. */
  private schema(page: Page, children: readonly number[] | undefined): void {
    if (isInterior(page)) {
      if (children === undefined || children.some((child) => child < page.number)) this.isDamaged = true
      for (const child of children ?? []) this.schemaPages.add(child)
      return
    }
    const rows = rowsOf(page)
    if (rows === undefined || this.header === undefined) {
      this.isDamaged = true
      return
    }
    this.records ??= new RecordReader(this.header)
    for (const row of rows) {
      const told = row === undefined ? undefined : this.records.columns(page, row, SCHEMA_PLACES)
      if (told === undefined) this.isDamaged = true
      else if (told[0] === 'table') this.table(told)
    }
  }

  private table([_type, name, root, statement]: readonly unknown[]): void {
    if (typeof name !== 'string' || name.length > LONGEST_NAME || this.tables.length >= MOST_TABLES) return
    if (typeof root !== 'number' || root < 2) return
    const known = typeof statement === 'string' ? tableColumns(statement) : { columns: [], isWhole: false }
    if (known !== undefined) this.tables.push({ name: name.toLowerCase(), root, ...known })
  }

  /** Claims all pages under a root for its table. */
  private claim(root: number, table: number, walk: Walk): void {
    let level = this.claimed(root, table, walk) ? [root] : []
    for (let depth = 0; level.length > 0; depth += 1) {
      if (depth > DEEPEST) walk.isDamaged = true
      if (depth > DEEPEST) return
      const next: number[] = []
      for (const page of level) {
        const place = this.inner.find(page)
        const end = place + 1 < this.starts.length ? this.starts.at(place + 1) : this.children.length
        for (let index = this.starts.at(place); index < end; index += 1) {
          const child = this.children.at(index)
          if (this.claimed(child, table, walk)) next.push(child)
        }
      }
      level = next
    }
  }

  /** Claims one page; true when it points at others. */
  private claimed(page: number, table: number, walk: Walk): boolean {
    if (page > this.count) walk.isCut = true
    else if (walk.tableOf[page] !== 0) walk.isDamaged = true
    else {
      walk.tableOf[page] = table
      return this.inner.find(page) >= 0
    }
    return false
  }
}

interface Walk {
  readonly tableOf: Uint8Array
  isCut: boolean
  isDamaged: boolean
}

/** Numbers below 2^32 in a row, four bytes each. */
class Numbers {
  private numbers = new Uint32Array(1024)
  length = 0

  push(value: number): void {
    if (this.length === this.numbers.length) {
      const larger = new Uint32Array(this.length * 2)
      larger.set(this.numbers)
      this.numbers = larger
    }
    this.numbers[this.length] = value
    this.length += 1
  }

  at(index: number): number {
    return this.numbers[index] as number
  }

  /** Where a number stands among numbers that ascend; -1 where it does not. */
  find(value: number): number {
    let [low, high] = [0, this.length - 1]
    while (low <= high) {
      const middle = (low + high) >> 1
      const found = this.at(middle)
      if (found === value) return middle
      if (found < value) low = middle + 1
      else high = middle - 1
    }
    return -1
  }
}
