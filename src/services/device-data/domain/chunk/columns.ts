import type { BitReader, BitWriter } from './bits.ts'

/** Ones before a number that Rice coding would make longer than writing it out. */
const ESCAPE = 18
const LARGEST_RICE = 20
/** Whole numbers that survive being told by their sign (zigzag) and their difference. */
export const LARGEST_WHOLE = 2 ** 50

/**
 * Writes whole numbers as the first one and the differences: nothing more where all differences are the same, otherwise
 * Rice codes with the parameter that makes them shortest.
 */
export function writeColumn(writer: BitWriter, values: ArrayLike<number>, order: 1 | 2): void {
  const folded = differences(values, order)
  const first = folded[0] ?? 0
  let isConstant = true
  for (let index = 1; index < folded.length && isConstant; index++) isConstant = folded[index] === first
  if (isConstant) {
    writer.write(0, 8)
    writer.writeVarint(first)
    return
  }
  const k = bestParameter(folded)
  writer.write(k + 1, 8)
  for (let index = 0; index < folded.length; index++) writeRice(writer, folded[index] as number, k)
}

/** Reads `count` whole numbers that `writeColumn` wrote with the same order. */
export function readColumn(reader: BitReader, count: number, order: 1 | 2): Float64Array {
  const values = new Float64Array(count)
  const mode = reader.read(8)
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

/** Differences (of the second order: differences of differences), folded to whole numbers from zero up. */
function differences(values: ArrayLike<number>, order: 1 | 2): Float64Array {
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
    folded[index] = difference < 0 ? -2 * difference - 1 : 2 * difference
  }
  return folded
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
