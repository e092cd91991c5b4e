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
  const tick = tickOf(times)
  writer.write(tick, 8)
  writeColumn(writer, divided(times, TICKS_MS[tick] as number), order)
}

/** Which of the steps all times keep: the coarsest is tried first, and given up at the first time that breaks it. */
function tickOf(times: Float64Array): number {
  let tick = 0
  for (let index = 0; index < times.length; index++) {
    while (tick < TICKS_MS.length - 1 && (times[index] as number) % (TICKS_MS[tick] as number) !== 0) tick++
  }
  return tick
}

function readTimes(reader: BitReader, count: number, order: 1 | 2): Float64Array {
  const tick = TICKS_MS[reader.read(8)]
  if (tick === undefined) throw new RangeError('The chunk has an unknown clock')
  const times = readColumn(reader, count, order)
  for (let index = 0; index < count; index++) times[index] = (times[index] as number) * tick
  return times
}

function divided(numbers: Float64Array, by: number): Float64Array {
  const changed = new Float64Array(numbers.length)
  for (let index = 0; index < numbers.length; index++) changed[index] = (numbers[index] as number) / by
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
  const whole = new Float64Array(values.length)
  for (let index = 0; index < whole.length; index++) whole[index] = Math.round((values[index] as number) * factor)
  writeColumn(writer, whole, 1)
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
  const values = readColumn(reader, count, 1)
  for (let index = 0; index < count; index++) values[index] = (values[index] as number) / factor
  return values
}

/** The fewest decimals with which every value comes back exactly; undefined when six are not enough. */
function decimalsOf(values: Float64Array): number | undefined {
  let decimals = 0
  let current = 1
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number
    while (!fits(value, current)) {
      if (decimals === LARGEST_DECIMALS) return undefined
      decimals++
      current = 10 ** decimals
    }
  }
  if (decimals === 0) return 0
  // A value that fits three decimals may not fit five: rounding differs. All are looked at again at the end.
  const factor = 10 ** decimals
  for (let index = 0; index < values.length; index++) if (!fits(values[index] as number, factor)) return undefined
  return decimals
}

function fits(value: number, factor: number): boolean {
  const whole = Math.round(value * factor)
  // A zero below zero has no whole number of its own.
  return Math.abs(whole) < LARGEST_WHOLE && !Object.is(whole, -0) && Object.is(whole / factor, value)
}
