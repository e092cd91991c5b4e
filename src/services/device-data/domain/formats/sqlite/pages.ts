import { FormatRefusal, type Taking } from '../reading.ts'

/** What the first hundred bytes of an SQLite database tell. */
export interface DatabaseHeader {
  readonly pageBytes: number
  /** Bytes of a page that hold content. */
  readonly usableBytes: number
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be'
  /** Pages that the database says to have; undefined where that number is not kept up. */
  readonly pages: number | undefined
}

export const HEADER_BYTES = 100
const MAGIC = 'SQLite format 3\0'
const ENCODINGS = [undefined, 'utf-8', 'utf-16le', 'utf-16be'] as const
const LEAST_USABLE = 480

/** Whether bytes begin as an SQLite database does. */
export function isDatabase(bytes: Uint8Array): boolean {
  return bytes.length >= MAGIC.length && [...MAGIC].every((sign, index) => bytes[index] === sign.charCodeAt(0))
}

/** The header in the first bytes. Throws `malformed` for sizes that no database has. */
export function databaseHeader(bytes: Uint8Array): DatabaseHeader {
  const view = viewOf(bytes)
  const told = view.getUint16(16)
  const pageBytes = told === 1 ? 65_536 : told
  const usableBytes = pageBytes - view.getUint8(20)
  const isPower = pageBytes >= 512 && (pageBytes & (pageBytes - 1)) === 0
  const encoding = ENCODINGS[view.getUint32(56) || 1]
  if (!isDatabase(bytes) || !isPower || usableBytes < LEAST_USABLE || encoding === undefined) {
    throw new FormatRefusal('malformed')
  }
  // Writers of old leave the number as it was: the counters beside it tell.
  const pages = view.getUint32(28)
  const isKept = view.getUint32(24) === view.getUint32(92) && pages > 0
  return { pageBytes, usableBytes, encoding, pages: isKept ? pages : undefined }
}

/** One page; `number` counts from 1, as the database does. */
export interface Page {
  readonly number: number
  readonly bytes: Uint8Array
  readonly view: DataView
  /** Where its head begins: behind that of the database on the first page. */
  readonly head: number
  readonly usableBytes: number
}

/** Cuts the bytes of a database into its pages, in the order of the file. Holds less than one page. */
export class PageReader implements Taking {
  private readonly take: (page: Page) => void
  private held: Uint8Array = new Uint8Array(0)
  header: DatabaseHeader | undefined
  /** Pages given so far. */
  count = 0

  constructor(take: (page: Page) => void) {
    this.take = take
  }

  push(bytes: Uint8Array): void {
    let all = bytes
    if (this.held.length > 0) {
      all = new Uint8Array(this.held.length + bytes.length)
      all.set(this.held)
      all.set(bytes, this.held.length)
    }
    if (this.header === undefined && all.length >= HEADER_BYTES) this.header = databaseHeader(all)
    const pageBytes = this.header?.pageBytes ?? Number.POSITIVE_INFINITY
    let at = 0
    for (; all.length - at >= pageBytes; at += pageBytes) this.page(all.subarray(at, at + pageBytes))
    this.held = all.slice(at)
  }

  /** Throws `cut-off` where the file ends inside a page or before the last one. */
  end(): void {
    const { header, count } = this
    const isCut = header === undefined || this.held.length > 0 || count < (header.pages ?? 1)
    if (isCut) throw new FormatRefusal('cut-off', count)
  }

  /** Goes behind so many pages. */
  goTo(header: DatabaseHeader, count: number): void {
    this.header = header
    this.count = count
  }

  private page(bytes: Uint8Array): void {
    this.count += 1
    const usableBytes = this.header?.usableBytes ?? bytes.length
    const head = this.count === 1 ? HEADER_BYTES : 0
    this.take({ number: this.count, bytes, view: viewOf(bytes), head, usableBytes })
  }
}

const INTERIOR = 0x05
const LEAF = 0x0d
const INTERIOR_HEAD = 12
const LEAF_HEAD = 8

/** Whether a page is an inner one of a table. */
export function isInterior({ bytes, head }: Page): boolean {
  return bytes[head] === INTERIOR
}

/** The pages that an inner page of a table points at; undefined where it is none, or is damaged. */
export function childrenOf(page: Page): number[] | undefined {
  if (!isInterior(page)) return undefined
  const { view, head, usableBytes } = page
  const count = view.getUint16(head + 3)
  const first = head + INTERIOR_HEAD
  if (first + count * 2 > usableBytes) return undefined
  const children: number[] = []
  for (let index = 0; index < count; index += 1) {
    const at = view.getUint16(first + index * 2)
    if (at < first + count * 2 || at + 5 > usableBytes) return undefined
    children.push(view.getUint32(at))
  }
  children.push(view.getUint32(head + 8))
  return children.every((child) => child > 1 && child !== page.number) ? children : undefined
}

/** One row as it lies in its page: what of it is on that page, from `at` to `end`. */
export interface Cell {
  readonly rowId: number
  readonly at: number
  readonly end: number
  /** Whether the rest lies on other pages. */
  readonly isCut: boolean
}

/** The rows of an outer page of a table; undefined where it is none. A row that lies outside its page is undefined. */
export function rowsOf(page: Page): (Cell | undefined)[] | undefined {
  const { bytes, view, head, usableBytes } = page
  const count = view.getUint16(head + 3)
  const first = head + LEAF_HEAD
  if (bytes[head] !== LEAF || first + count * 2 > usableBytes) return undefined
  return Array.from({ length: count }, (_none, index) => {
    const at = view.getUint16(first + index * 2)
    return at < first + count * 2 || at >= usableBytes ? undefined : cellAt(bytes, at, usableBytes)
  })
}

function cellAt(bytes: Uint8Array, start: number, usableBytes: number): Cell | undefined {
  const size = varintAt(bytes, start, usableBytes)
  const rowId = size === undefined ? undefined : varintAt(bytes, size.next, usableBytes)
  if (size === undefined || rowId === undefined) return undefined
  const local = localBytes(size.value, usableBytes)
  const end = rowId.next + local
  return end > usableBytes ? undefined : { rowId: rowId.value, at: rowId.next, end, isCut: local < size.value }
}

/** How much of a row lies on its page, by the file format's own formula. */
function localBytes(bytes: number, usableBytes: number): number {
  if (bytes <= usableBytes - 35) return bytes
  const least = Math.floor(((usableBytes - 12) * 32) / 255) - 23
  const most = least + ((bytes - least) % (usableBytes - 4))
  return most <= usableBytes - 35 ? most : least
}

const MOST_VARINT = 9

/** A number of one to nine bytes, exact up to 2^53; undefined where it does not end before `end`. */
export function varintAt(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly value: number; readonly next: number } | undefined {
  let value = 0
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number
    if (at - start === MOST_VARINT - 1) return { value: value * 256 + byte, next: at + 1 }
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) return { value, next: at + 1 }
  }
  return undefined
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
