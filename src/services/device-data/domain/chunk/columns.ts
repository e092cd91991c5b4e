import type { BitReader, BitWriter } from './bits.ts'

/** Ones before a number that Rice coding would make longer than writing it out. */
const ESCAPE = 18
const LARGEST_RICE = 20
/** Says that every number of the column is the same: what durations, offsets and marks are nearly always. */
const SAME = 255
/** Whole numbers that survive being told by their sign (zigzag) and their difference. */
export const LARGEST_WHOLE = 2 ** 50
/** Below it, folded numbers are written with whole-number arithmetic of 32 bits. */
const SMALL = 0x40000000

/**
 * Writes whole numbers as the first one and the differences: nothing more where all numbers or all differences are the
 * same, otherwise Rice codes with the parameter that makes them shortest.
 */
export function writeColumn(writer: BitWriter, values: Float64Array, order: 1 | 2): void {
  const first = values[0] ?? 0
  if (values.length > 1 && isSame(values, first)) {
    writer.write(SAME, 8)
    writer.writeVarint(fold(first))
    return
  }
  const folded = differences(values, order)
  if (isSame(folded, folded[0] ?? 0)) {
    writer.write(0, 8)
    writer.writeVarint(folded[0] ?? 0)
    return
  }
  const k = bestParameter(folded)
  writer.write(k + 1, 8)
  writeAll(writer, folded, k)
}

/** Reads `count` whole numbers that `writeColumn` wrote with the same order. */
export function readColumn(reader: BitReader, count: number, order: 1 | 2): Float64Array {
  const values = new Float64Array(count)
  const mode = reader.read(8)
  if (mode === SAME) return values.fill(unfold(reader.readVarint()))
  if (mode > LARGEST_RICE + 1) throw new RangeError('The chunk has an unknown column')
  const constant = mode === 0 ? reader.readVarint() : 0
  let previous = 0
  let step = 0
  for (let index = 0; index < count; index++) {
    const folded = mode === 0 ? constant : readRice(reader, mode - 1)
    const difference = unfold(folded)
    if (order === 1 || index === 0) previous += difference
    else {
      step += difference
      previous += step
    }
    values[index] = previous
  }
  return values
}

function isSame(values: Float64Array, first: number): boolean {
  for (let index = 1; index < values.length; index++) if (values[index] !== first) return false
  return true
}

/** Differences (of the second order: differences of differences), folded to whole numbers from zero up. */
function differences(values: Float64Array, order: 1 | 2): Float64Array {
  const folded = new Float64Array(values.length)
  let previous = 0
  let step = 0
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number
    let difference = value - previous
    previous = value
    if (order === 2 && index > 0) {
      const change = difference - step
      step = difference
      difference = change
    }
    folded[index] = fold(difference)
  }
  return folded
}

function fold(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value
}

function unfold(folded: number): number {
  return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2
}

/** The parameter with the shortest code, judged by how many numbers have how many bits. */
function bestParameter(folded: Float64Array): number {
  const bySize = new Uint32Array(54)
  for (let index = 0; index < folded.length; index++) {
    const value = folded[index] as number
    const size = value < 0x80000000 ? 32 - Math.clz32(value) : 32 + (32 - Math.clz32(Math.floor(value / 2 ** 32)))
    bySize[size] = (bySize[size] as number) + 1
  }
  let best = 0
  let shortest = Number.POSITIVE_INFINITY
  for (let k = 0; k <= LARGEST_RICE; k++) {
    let bits = 0
    for (let size = 0; size < bySize.length; size++) {
      // The middle of the numbers with that many bits.
      const ones = size === 0 ? 0 : Math.floor((0.75 * 2 ** size) / 2 ** k)
      bits += (bySize[size] as number) * (ones >= ESCAPE ? ESCAPE + 54 : ones + 1 + k)
    }
    if (bits < shortest) {
      shortest = bits
      best = k
    }
  }
  return best
}

/** One number in one piece of bits where it fits, which nearly all do. */
function writeAll(writer: BitWriter, folded: Float64Array, k: number): void {
  const mask = (1 << k) - 1
  for (let index = 0; index < folded.length; index++) {
    const value = folded[index] as number
    const ones = value < SMALL ? value >>> k : ESCAPE
    if (ones + 1 + k <= 24 && ones < ESCAPE) {
      writer.write((((1 << (ones + 1)) - 2) << k) | (value & mask), ones + 1 + k)
    } else writeRice(writer, value, k)
  }
}

function writeRice(writer: BitWriter, value: number, k: number): void {
  const ones = value < 0x80000000 ? value >>> k : Math.floor(value / 2 ** k)
  if (ones < ESCAPE) {
    writer.write(2 ** (ones + 1) - 2, ones + 1)
    if (k > 0) writer.write(value & ((1 << k) - 1), k)
    return
  }
  writer.write(2 ** ESCAPE - 1, ESCAPE)
  writer.write(Math.floor(value / 2 ** 36), 18)
  writer.write(Math.floor(value / 2 ** 18) % 2 ** 18, 18)
  writer.write(value % 2 ** 18, 18)
}

function readRice(reader: BitReader, k: number): number {
  const ones = reader.readOnes(ESCAPE)
  if (ones < ESCAPE) return k === 0 ? ones : ones * 2 ** k + reader.read(k)
  return reader.read(18) * 2 ** 36 + reader.read(18) * 2 ** 18 + reader.read(18)
}
