import type { Format, FormatContext, Reading } from '../reading.ts'
import { FitDecoder, type FitMessage, type FitMessages } from './decoder.ts'
import { FIT_EPOCH_SECONDS, FIT_FIELDS, FIT_MESSAGE, isAbsent } from './messages.ts'

/** FIT of Garmin and others. Times are UTC; where somebody was is not taken. */
export const fit: Format = {
  name: 'fit',
  label: 'FIT (Garmin and others)',
  matches: ({ bytes }) =>
    (bytes[0] === 12 || bytes[0] === 14) &&
    bytes[8] === 0x2e &&
    bytes[9] === 0x46 &&
    bytes[10] === 0x49 &&
    bytes[11] === 0x54,
  open: (context) => new FitDecoder(new FitTaker(context)),
}

const GARMIN = 1
/** Field of a record; where somebody was is not taken. */
const LATITUDE = 0
const DISTANCES: Readonly<Record<number, string>> = {
  1: 'distance_walked',
  2: 'distance_cycling',
  5: 'distance_swimming',
  11: 'distance_walked',
}

class FitTaker implements FitMessages {
  private readonly context: FormatContext
  private source = 'fit'
  private count = 0
  /** When the next beat of a beat-to-beat list begins. */
  private beatMs: number | undefined

  constructor(context: FormatContext) {
    this.context = context
  }

  save() {
    const { source, count, beatMs } = this
    return { source, count, beatMs }
  }

  restore(state: unknown) {
    const { source, count, beatMs } = state as ReturnType<FitTaker['save']>
    this.source = source
    this.count = count
    this.beatMs = beatMs
  }

  take(message: FitMessage) {
    this.count += 1
    const { number } = message
    if (number === FIT_MESSAGE.fileId) {
      if (message.value(1) === GARMIN) this.source = 'garmin'
      return
    }
    if (number === FIT_MESSAGE.hrv) return this.beats(message)
    if (number === FIT_MESSAGE.session) return this.session(message)
    if (number === FIT_MESSAGE.stress) return this.stress(message)
    const fields = FIT_FIELDS[number]
    if (fields === undefined) return
    const seconds = number === FIT_MESSAGE.monitoring ? monitoringTime(message) : message.timestamp
    if (seconds === undefined) return this.context.sink.skip('bad-time', `message ${number}`, this.count)
    if (number === FIT_MESSAGE.record) this.beatMs = msOf(seconds)
    if (number === FIT_MESSAGE.record && message.value(LATITUDE) !== undefined) {
      this.context.sink.skip('not-a-measurement', 'position', this.count)
    }
    this.fields(message, fields, msOf(seconds))
  }

  private fields(message: FitMessage, fields: (typeof FIT_FIELDS)[number], startMs: number) {
    const told = new Set<string>()
    // The longer form of a value, where both are there, has the larger number and is more exact.
    for (const field of Object.keys(fields).map(Number).reverse()) {
      const { metric, unit, scale = 1, offset = 0 } = fields[field] as (typeof fields)[number]
      const raw = message.value(field)
      if (raw === undefined || told.has(metric) || isAbsent(message.number, field, raw)) continue
      told.add(metric)
      this.emit({ metric, unit, value: raw / scale - offset, startMs })
    }
  }

  private emit(reading: Omit<Reading, 'source'>) {
    this.context.sink.reading({ ...reading, source: this.source })
  }

  /** Times between beats in thousandths of a second, one after the other from the last record on. */
  private beats(message: FitMessage) {
    if (this.beatMs === undefined) return this.context.sink.skip('bad-time', 'rr_interval', this.count)
    for (const value of message.values(0)) {
      this.emit({ metric: 'rr_interval', unit: 'ms', value, startMs: this.beatMs })
      this.beatMs += value
    }
  }

  private stress(message: FitMessage) {
    const value = message.value(0)
    const seconds = message.value(1) ?? message.timestamp
    // Below zero stands for why there is no score.
    if (value === undefined || value < 0 || seconds === undefined) return
    this.emit({ metric: 'stress_score', unit: '{score}', value, startMs: msOf(seconds) })
  }

  private session(message: FitMessage) {
    const start = message.value(2)
    const elapsed = message.value(7)
    if (start === undefined || elapsed === undefined || elapsed <= 0) {
      return this.context.sink.skip('incomplete', 'session', this.count)
    }
    const startMs = msOf(start)
    const span = { startMs, endMs: startMs + elapsed }
    this.emit({ metric: 'exercise_duration', unit: 'min', value: elapsed / 60_000, ...span })
    const distance = message.value(9)
    const metric = DISTANCES[message.value(5) ?? -1]
    if (distance !== undefined && distance > 0 && metric !== undefined) {
      this.emit({ metric, unit: 'm', value: distance / 100, ...span })
    }
    const calories = message.value(11)
    if (calories !== undefined && calories > 0) {
      this.emit({ metric: 'active_calories', unit: 'kcal', value: calories, ...span })
    }
  }
}

/** Monitoring messages tell only the low sixteen bits of their time, after one that told all of it. */
function monitoringTime(message: FitMessage): number | undefined {
  const low = message.value(26)
  const last = message.timestamp
  if (low === undefined || last === undefined) return last
  return last + ((low - (last & 0xffff) + 0x10000) & 0xffff)
}

function msOf(seconds: number): number {
  return (FIT_EPOCH_SECONDS + seconds) * 1000
}
