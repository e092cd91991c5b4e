/** What names one sample: its series, its start and how long it lasted. */
export interface PointKey {
  readonly seriesId: number
  readonly startMs: number
  readonly durationMs: number
}

/** Keeps times before 1970 above zero. */
const EPOCH_SHIFT = 2 ** 46
const LARGEST_SERIES = 2 ** 32
const LARGEST_DURATION = 2 ** 30

/**
 * The id of a sample: a UUID (version 8) made of its key, so that a sample in a sealed chunk has the id it had as a row
 * and nothing is kept for it. It is a name, not a secret: whoever may not see the series finds nothing.
 */
export function pointId({ seriesId, startMs, durationMs }: PointKey): string {
  const time = (startMs + EPOCH_SHIFT).toString(16).padStart(12, '0')
  const rest = BigInt(seriesId) * BigInt(LARGEST_DURATION) + BigInt(durationMs)
  const tail = (rest | (2n << 62n)).toString(16).padStart(16, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-8000-${tail.slice(0, 4)}-${tail.slice(4)}`
}

/** The key that an id tells; undefined when it is not the id of a sample. */
export function pointKey(id: string): PointKey | undefined {
  const match = /^([0-9a-f]{8})-([0-9a-f]{4})-8000-([89ab][0-9a-f]{3})-([0-9a-f]{12})$/i.exec(id)
  if (match === null) return undefined
  const startMs = Number.parseInt(`${match[1]}${match[2]}`, 16) - EPOCH_SHIFT
  const tail = BigInt(`0x${match[3]}${match[4]}`) & ((1n << 62n) - 1n)
  const key = {
    seriesId: Number(tail / BigInt(LARGEST_DURATION)),
    startMs,
    durationMs: Number(tail % BigInt(LARGEST_DURATION)),
  }
  return key.seriesId > 0 && key.seriesId < LARGEST_SERIES ? key : undefined
}
