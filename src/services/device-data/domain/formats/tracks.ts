import type { Format, FormatContext, FormatParser, Reading } from './reading.ts'
import { sourceOf } from './sources.ts'
import { type Moment, readStamp } from './times.ts'
import type { XmlAttributes } from './xmlAttributes.ts'
import { isMarkup, type XmlTaker, xmlParser } from './xmlTokens.ts'

/** Tracks of GPX. Where somebody was is not taken, only what was measured there. */
export const gpx: Format = {
  name: 'gpx',
  label: 'GPX track',
  matches: ({ text }) => isMarkup(text) && /<gpx[\s>]/.test(text),
  open: (context) => xmlParser(new TrackTaker(context, GPX)),
}

/** Activities of TCX. */
export const tcx: Format = {
  name: 'tcx',
  label: 'TCX activity',
  matches: ({ text }) => isMarkup(text) && /<TrainingCenterDatabase[\s>]/.test(text),
  open: (context): FormatParser => xmlParser(new TrackTaker(context, TCX)),
}

interface TrackWords {
  readonly point: string
  readonly time: string
  readonly session: string
  /** Values of a point: element (or its parent, for `Value` inside) to metric. */
  readonly values: Readonly<Record<string, readonly [metric: string, unit: string]>>
}

const GPX: TrackWords = {
  point: 'trkpt',
  time: 'time',
  session: 'trkseg',
  values: {
    ele: ['altitude', 'm'],
    hr: ['heart_rate', '/min'],
    cad: ['cycling_cadence', '/min'],
    power: ['cycling_power', 'W'],
    atemp: ['ambient_temperature', 'Cel'],
  },
}

const TCX: TrackWords = {
  point: 'Trackpoint',
  time: 'Time',
  session: 'Lap',
  values: {
    AltitudeMeters: ['altitude', 'm'],
    HeartRateBpm: ['heart_rate', '/min'],
    Cadence: ['cycling_cadence', '/min'],
    Watts: ['cycling_power', 'W'],
  },
}

/** What a lap says of itself. */
const TOLD: ReadonlySet<string> = new Set(['TotalTimeSeconds', 'DistanceMeters', 'Calories'])

const DISTANCES: Readonly<Record<string, string>> = { Biking: 'distance_cycling', Running: 'distance_walked' }

class TrackTaker implements XmlTaker {
  private readonly context: FormatContext
  private readonly words: TrackWords
  private source = 'track'
  private readonly parents: string[] = []
  private point: { at: Moment | undefined; values: Map<string, string>; element: number } | undefined
  private session: { first: Moment | undefined; last: Moment | undefined; told: Map<string, string> } | undefined
  private sport = ''
  private element = 0

  constructor(context: FormatContext, words: TrackWords) {
    this.context = context
    this.words = words
  }

  open(name: string, attributes: XmlAttributes, element: number) {
    this.element = element
    this.parents.push(name)
    // Where somebody was is told by attributes of the point, or by an element of its own.
    if (name === 'Position' || attributes.get('lat') !== undefined) {
      this.context.sink.skip('not-a-measurement', 'position', element)
    }
    if (name === 'gpx') this.source = sourceOf(attributes.get('creator'), 'gpx')
    else if (name === 'TrainingCenterDatabase') this.source = 'tcx'
    else if (name === 'Activity') this.sport = attributes.get('Sport') ?? ''
    else if (name === this.words.point) this.point = { at: undefined, values: new Map(), element }
    else if (name === this.words.session) {
      const start = readStamp(attributes.get('StartTime') ?? '', this.context.clock)
      this.session = { first: start, last: start, told: new Map() }
    }
  }

  close(name: string, text: string) {
    this.parents.pop()
    if (name === this.words.point) this.pointEnded()
    else if (name === this.words.session) this.sessionEnded()
    else if (this.point !== undefined) {
      const field = name === 'Value' ? (this.parents.at(-1) ?? '') : name
      if (name === this.words.time) this.point.at = readStamp(text, this.context.clock)
      else if (field in this.words.values && text !== '') this.point.values.set(field, text)
    } else if (this.session !== undefined && TOLD.has(name) && this.parents.at(-1) === this.words.session) {
      this.session.told.set(name, text)
    }
  }

  save() {
    const { source, parents, sport, element, point, session } = this
    return {
      ...{ source, parents: [...parents], sport, element },
      point: point && { ...point, values: [...point.values] },
      session: session && { ...session, told: [...session.told] },
    }
  }

  restore(state: unknown) {
    const { parents, source, sport, element, point, session } = state as ReturnType<TrackTaker['save']>
    this.parents.push(...parents)
    Object.assign(this, { source, sport, element })
    this.point = point && { ...point, values: new Map(point.values) }
    this.session = session && { ...session, told: new Map(session.told) }
  }

  private pointEnded() {
    const { point, session } = this
    this.point = undefined
    if (point === undefined) return
    const { at, values, element } = point
    if (at === undefined) return this.context.sink.skip('bad-time', this.words.point, element)
    if (session !== undefined) {
      session.first ??= at
      session.last = at
    }
    for (const [field, text] of values) {
      const [metric, unit] = this.words.values[field] as readonly [string, string]
      const value = text === '' ? Number.NaN : Number(text)
      if (!Number.isFinite(value)) this.context.sink.skip('not-a-number', metric, element)
      else this.emit({ metric, unit, value, startMs: at.ms, zoneOffsetMinutes: at.offsetMinutes })
    }
  }

  private emit(reading: Omit<Reading, 'source'>) {
    // UTC in a track is how it is written, not where it was.
    const { zoneOffsetMinutes, ...rest } = reading
    this.context.sink.reading({ ...rest, source: this.source, ...(zoneOffsetMinutes ? { zoneOffsetMinutes } : {}) })
  }

  private sessionEnded() {
    const { session } = this
    this.session = undefined
    if (session?.first === undefined || session.last === undefined) return
    const seconds = Number(session.told.get('TotalTimeSeconds') ?? '')
    const startMs = session.first.ms
    const endMs = seconds > 0 ? startMs + Math.round(seconds * 1000) : session.last.ms
    if (!(endMs > startMs)) return this.context.sink.skip('incomplete', this.words.session, this.element)
    const span = { startMs, endMs, zoneOffsetMinutes: session.first.offsetMinutes }
    this.emit({ metric: 'exercise_duration', value: (endMs - startMs) / 60_000, unit: 'min', ...span })
    const distance = Number(session.told.get('DistanceMeters') ?? '')
    const metric = DISTANCES[this.sport]
    if (distance > 0 && metric !== undefined) this.emit({ metric, value: distance, unit: 'm', ...span })
    const calories = Number(session.told.get('Calories') ?? '')
    if (calories > 0) this.emit({ metric: 'active_calories', value: calories, unit: 'kcal', ...span })
  }
}
