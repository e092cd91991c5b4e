import { BitReader, BitWriter } from './chunk/bits.ts'
import { LARGEST_WHOLE, readColumn, writeColumn } from './chunk/columns.ts'

/** Samples of one series and UTC day, in order of start and duration; times count from the start of that day. */
export interface Columns {
  readonly startMs: Float64Array
  readonly durationMs: Float64Array
  readonly values: Float64Array
  /** Minutes the clock of the source was ahead of UTC. */
  readonly offsets: Float64Array
  /** Quality, entry and bound in one number (`domain/flags.ts`). */
  readonly flags: Float64Array
}

const FORMAT = 1
const LARGEST_DECIMALS = 6
/** Steps in which clocks of sources tick, coarsest first. */
const TICKS_MS = [60_000, 1000, 100, 10, 1] as const
/** More than any sensor gives in a day (256 Hz would); a broken chunk must not ask for all memory. */
export const LARGEST_CHUNK = 25_000_000

/**
 * Compresses a day without losing anything: times as differences of differences, values as differences of whole numbers
 * where six decimals are enough to write them and as they are where not, each column in Rice codes. Start times are whole
 * milliseconds. About 0.5 bytes a sample for a heart rate every five seconds.
 */
export function encodeChunk(columns: Columns): Uint8Array {
  const count = columns.startMs.length
  const writer = new BitWriter(64 + count)
  writer.write(FORMAT, 8)
  writer.writeVarint(count)
  writeTimes(writer, columns.startMs, 2)
  writeTimes(writer, columns.durationMs, 1)
  writeColumn(writer, columns.offsets, 1)
  writeColumn(writer, columns.flags, 1)
  writeValues(writer, columns.values)
  return writer.finish()
}

/** The samples of a chunk. Throws RangeError when it isn't one of ours or was cut. */
export function decodeChunk(bytes: Uint8Array): Columns {
  const reader = new BitReader(bytes)
  if (reader.read(8) !== FORMAT) throw new RangeError('The chunk has an unknown format')
  const count = reader.readVarint()
  if (count > LARGEST_CHUNK) throw new RangeError('The chunk claims more samples than a day has')
  const startMs = readTimes(reader, count, 2)
  const durationMs = readTimes(reader, count, 1)
  const offsets = readColumn(reader, count, 1)
  const flags = readColumn(reader, count, 1)
  return { startMs, durationMs, offsets, flags, values: readValues(reader, count) }
}

function writeTimes(writer: BitWriter, times: Float64Array, order: 1 | 2): void {
  const tick = TICKS_MS.findIndex((candidate) => times.every((time) => time % candidate === 0))
  writer.write(tick, 8)
  writeColumn(
    writer,
    scaled(times, (time) => time / (TICKS_MS[tick] as number)),
    order,
  )
}

function readTimes(reader: BitReader, count: number, order: 1 | 2): Float64Array {
  const tick = TICKS_MS[reader.read(8)]
  if (tick === undefined) throw new RangeError('The chunk has an unknown clock')
  return scaled(readColumn(reader, count, order), (time) => time * tick)
}

/** One pass over numbers without the cost of `map` on a typed array of doubles. */
function scaled(numbers: Float64Array, change: (value: number) => number): Float64Array {
  const changed = new Float64Array(numbers.length)
  for (let index = 0; index < numbers.length; index++) changed[index] = change(numbers[index] as number)
  return changed
}

function writeValues(writer: BitWriter, values: Float64Array): void {
  const decimals = decimalsOf(values)
  writer.write(decimals ?? 255, 8)
  if (decimals === undefined) {
    const bytes = new Uint8Array(values.slice().buffer)
    for (const byte of bytes) writer.write(byte, 8)
    return
  }
  const factor = 10 ** decimals
  writeColumn(
    writer,
    scaled(values, (value) => Math.round(value * factor)),
    1,
  )
}

function readValues(reader: BitReader, count: number): Float64Array {
  const decimals = reader.read(8)
  if (decimals === 255) {
    const bytes = new Uint8Array(count * 8)
    for (let index = 0; index < bytes.length; index++) bytes[index] = reader.read(8)
    return new Float64Array(bytes.buffer)
  }
  if (decimals > LARGEST_DECIMALS) throw new RangeError('The chunk has unknown decimals')
  const factor = 10 ** decimals
  return scaled(readColumn(reader, count, 1), (value) => value / factor)
}

/** The fewest decimals with which every value comes back exactly; undefined when six are not enough. */
function decimalsOf(values: Float64Array): number | undefined {
  let decimals = 0
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number
    while (!fits(value, 10 ** decimals)) {
      if (decimals === LARGEST_DECIMALS) return undefined
      decimals++
    }
  }
  // A value that fits three decimals may not fit five: rounding differs. All are looked at again at the end.
  const factor = 10 ** decimals
  return values.every((value) => fits(value, factor)) ? decimals : undefined
}

function fits(value: number, factor: number): boolean {
  const whole = Math.round(value * factor)
  return Math.abs(whole) < LARGEST_WHOLE && Object.is(whole / factor, value)
}
