import { BitReader, BitWriter } from './chunk/bits.ts'
import { readColumn, writeColumn } from './chunk/columns.ts'

/** What a device said of a trace, as it wrote it. Nothing of it is ours. */
export interface RecordingWords {
  readonly classification: string | null
  readonly symptoms: string | null
  readonly device: string | null
  readonly software: string | null
  readonly lead: string | null
}

/** One trace of a device: so many values a second from its start on. */
export interface Recording {
  readonly source: string
  readonly startMs: number
  readonly zoneOffsetMinutes: number
  /** Values a second. */
  readonly rateHz: number
  readonly count: number
  readonly words: RecordingWords
  /** The values, as `encodeTrace` writes them. */
  readonly trace: Uint8Array
}

/** Nanovolts of a microvolt: devices write three decimals of a microvolt, so that whole nanovolts lose nothing. */
export const NANOVOLTS = 1000
/** Beyond it nothing a skin electrode gives: the hundredfold of a large beat. */
export const LARGEST_NANOVOLTS = 500_000_000
/** Five minutes at a thousand values a second; watches record thirty seconds at some 512. */
export const MOST_VALUES = 300_000
export const LEAST_RATE_HZ = 50
export const MOST_RATE_HZ = 1000

const FORMAT = 1

/**
 * Compresses a trace without losing anything: whole nanovolts as differences, or as differences of differences where that is
 * shorter, in Rice codes. About two bytes a value for a watch, where its file has seven.
 */
export function encodeTrace(nanovolts: Float64Array): Uint8Array {
  const [first, second] = ([1, 2] as const).map((order) => written(nanovolts, order)) as [Uint8Array, Uint8Array]
  return first.length <= second.length ? first : second
}

function written(nanovolts: Float64Array, order: 1 | 2): Uint8Array {
  const writer = new BitWriter(64 + 2 * nanovolts.length)
  writer.write(FORMAT, 8)
  writer.write(order, 8)
  writer.writeVarint(nanovolts.length)
  writeColumn(writer, nanovolts, order)
  return writer.finish()
}

/** The whole nanovolts of a trace. Throws RangeError when it isn't one of ours or was cut. */
export function decodeTrace(bytes: Uint8Array): Float64Array {
  const reader = new BitReader(bytes)
  if (reader.read(8) !== FORMAT) throw new RangeError('The trace has an unknown format')
  const order = reader.read(8)
  if (order !== 1 && order !== 2) throw new RangeError('The trace has an unknown order')
  const count = reader.readVarint()
  if (count > MOST_VALUES) throw new RangeError('The trace claims more values than a recording has')
  return readColumn(reader, count, order)
}

/** How long a trace lasts, in whole milliseconds. */
export function durationMs({ count, rateHz }: { readonly count: number; readonly rateHz: number }): number {
  return Math.round((1000 * count) / rateHz)
}
