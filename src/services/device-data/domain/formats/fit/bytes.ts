/** Bytes of each base type, by the low five bits of its number. */
const SIZES = [1, 1, 1, 2, 2, 4, 4, 1, 4, 8, 1, 2, 4, 1, 8, 8, 8]

/** Size in bytes of a base type; undefined for an unknown one. */
export function baseSize(type: number): number | undefined {
  return SIZES[type & 0x1f]
}

/** The first value of a field; undefined for text, bytes, an unknown type, and the number that stands for none. */
export function fieldValue(
  view: DataView,
  at: number,
  size: number,
  type: number,
  isLittle: boolean,
): number | undefined {
  const base = baseSize(type)
  if (base === undefined || size < base) return undefined
  switch (type & 0x1f) {
    case 0:
    case 2:
      return unless(view.getUint8(at), 0xff)
    case 10:
      return unless(view.getUint8(at), 0)
    case 1:
      return unless(view.getInt8(at), 0x7f)
    case 3:
      return unless(view.getInt16(at, isLittle), 0x7fff)
    case 4:
      return unless(view.getUint16(at, isLittle), 0xffff)
    case 11:
      return unless(view.getUint16(at, isLittle), 0)
    case 5:
      return unless(view.getInt32(at, isLittle), 0x7fffffff)
    case 6:
      return unless(view.getUint32(at, isLittle), 0xffffffff)
    case 12:
      return unless(view.getUint32(at, isLittle), 0)
    case 8:
      return finite(view.getFloat32(at, isLittle))
    case 9:
      return finite(view.getFloat64(at, isLittle))
    default:
      return undefined
  }
}

function unless(value: number, none: number): number | undefined {
  return value === none ? undefined : value
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined
}

const NIBBLES = [
  0x0000, 0xcc01, 0xd801, 0x1400, 0xf001, 0x3c00, 0x2800, 0xe401, 0xa001, 0x6c00, 0x7800, 0xb401, 0x5000, 0x9c01,
  0x8801, 0x4400,
]

/** The checksum of FIT (CRC-16) after one more byte. */
export function crcNext(crc: number, byte: number): number {
  const low = ((crc >> 4) & 0x0fff) ^ (NIBBLES[crc & 0xf] as number) ^ (NIBBLES[byte & 0xf] as number)
  return ((low >> 4) & 0x0fff) ^ (NIBBLES[low & 0xf] as number) ^ (NIBBLES[(byte >> 4) & 0xf] as number)
}
