import { type Cell, type DatabaseHeader, type Page, varintAt } from './pages.ts'

/** What a column holds; a blob is passed over. `beyond` stands for what lies on other pages. */
export type Column = number | string | null | typeof BEYOND

export const BEYOND = Symbol('on another page')

const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8] as const

/** Reads single columns of rows: the rest of a row is passed over. */
export class RecordReader {
  private readonly decoder: InstanceType<typeof TextDecoder>

  constructor({ encoding }: Pick<DatabaseHeader, 'encoding'>) {
    this.decoder = new TextDecoder(encoding)
  }

  /**
   * The columns at the places, which ascend; null for one that the row does not have. Undefined where the row is damaged.
   */
  columns({ bytes, view }: Page, { at, end, isCut }: Cell, places: readonly number[]): Column[] | undefined {
    const size = varintAt(bytes, at, end)
    const headEnd = at + (size?.value ?? 0)
    if (size === undefined || headEnd > end) return isCut && size !== undefined ? places.map(() => BEYOND) : undefined
    const found: Column[] = []
    let head = size.next
    let body = headEnd
    for (let place = 0; found.length < places.length; place += 1) {
      if (head >= headEnd) {
        found.push(null)
        continue
      }
      const type = varintAt(bytes, head, headEnd)
      if (type === undefined) return undefined
      const length = lengthOf(type.value)
      if (length === undefined) return undefined
      if (place === places[found.length]) {
        if (body + length <= end) found.push(this.value(view, body, type.value, length))
        else if (isCut) found.push(BEYOND)
        else return undefined
      }
      head = type.next
      body += length
    }
    return found
  }

  private value(view: DataView, at: number, type: number, length: number): Column {
    if (type === 0) return null
    if (type === 7) return view.getFloat64(at)
    if (type >= 8 && type <= 9) return type - 8
    if (type < 8) return integerAt(view, at, length)
    if (type % 2 === 0) return null
    return this.decoder.decode(new Uint8Array(view.buffer, view.byteOffset + at, length))
  }
}

/** Bytes of a value by its type; undefined for the types that no file has. */
function lengthOf(type: number): number | undefined {
  if (type <= 6) return INTEGER_BYTES[type]
  if (type <= 9) return type === 7 ? 8 : 0
  return type < 12 ? undefined : Math.floor((type - 12) / 2)
}

/** A whole number with its sign, exact up to 2^53. */
function integerAt(view: DataView, at: number, length: number): number {
  switch (length) {
    case 1:
      return view.getInt8(at)
    case 2:
      return view.getInt16(at)
    case 3:
      return view.getInt8(at) * 65_536 + view.getUint16(at + 1)
    case 4:
      return view.getInt32(at)
    case 6:
      return view.getInt16(at) * 4_294_967_296 + view.getUint32(at + 2)
    default:
      return view.getInt32(at) * 4_294_967_296 + view.getUint32(at + 4)
  }
}
