/**
 * Lists as the database holds them: what writes thousands of rows sends them so, because writing each value as text, with
 * its marks escaped, costs more than all the rest of the statement. Each belongs in front of a cast to its type.
 */

const OID = { bigint: 20, integer: 23, text: 25, double: 701 }
const HEAD_BYTES = 20

/** For `::bigint[]`; the numbers are whole and safe. */
export function bigints(values: readonly number[]): Buffer {
  const list = begun(OID.bigint, values.length, values.length * 12, false)
  let at = HEAD_BYTES
  for (const value of values) {
    const high = Math.floor(value / 4_294_967_296)
    list.writeInt32BE(8, at)
    list.writeInt32BE(high, at + 4)
    list.writeUInt32BE(value - high * 4_294_967_296, at + 8)
    at += 12
  }
  return list
}

/** For `::integer[]`. */
export function integers(values: readonly number[]): Buffer {
  const list = begun(OID.integer, values.length, values.length * 8, false)
  values.forEach((value, index) => {
    list.writeInt32BE(4, HEAD_BYTES + index * 8)
    list.writeInt32BE(value, HEAD_BYTES + index * 8 + 4)
  })
  return list
}

/** For `::double precision[]`. */
export function doubles(values: readonly (number | null)[]): Buffer {
  const list = begun(OID.double, values.length, values.length * 12, true)
  let at = HEAD_BYTES
  for (const value of values) {
    at = list.writeInt32BE(value === null ? -1 : 8, at)
    if (value !== null) at = list.writeDoubleBE(value, at)
  }
  return values.length === 0 ? list : list.subarray(0, at)
}

/** For `::text[]`. */
export function texts(values: readonly (string | null)[]): Buffer {
  let size = values.length * 4
  for (const value of values) size += value === null ? 0 : Buffer.byteLength(value)
  const list = begun(OID.text, values.length, size, true)
  let at = HEAD_BYTES
  for (const value of values) {
    const length = value === null ? -1 : list.write(value, at + 4)
    list.writeInt32BE(length, at)
    at += 4 + Math.max(length, 0)
  }
  return list
}

/** One dimension from 1 on; an empty list has none. */
function begun(type: number, length: number, bytes: number, mayMiss: boolean): Buffer {
  const list = Buffer.allocUnsafe(length === 0 ? 12 : HEAD_BYTES + bytes)
  list.writeInt32BE(length === 0 ? 0 : 1, 0)
  list.writeInt32BE(mayMiss ? 1 : 0, 4)
  list.writeInt32BE(type, 8)
  if (length === 0) return list
  list.writeInt32BE(length, 12)
  list.writeInt32BE(1, 16)
  return list
}
