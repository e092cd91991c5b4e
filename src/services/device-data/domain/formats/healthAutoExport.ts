import { type JsonPath, jsonParser } from './jsonRecords.ts'
import { finiteOf, objectOf, textOf } from './jsonValues.ts'
import type { Format, FormatContext, FormatParser, Prescan, Taking } from './reading.ts'
import { sourceNames } from './sources.ts'
import { readStamp } from './times.ts'

/** JSON of the app Health Auto Export: metrics with their points, and workouts. */
export const healthAutoExport: Format = {
  name: 'health-auto-export',
  label: 'Health Auto Export (JSON)',
  matches: ({ text }) => /^\s*\{\s*"data"\s*:\s*\{\s*"(metrics|workouts)"\s*:/.test(text),
  prescan: () => new NameScan(),
  open: (context, found) => openExport(context, found as readonly HeadAt[] | undefined),
}

interface MetricHead {
  name?: string
  units?: string
}

/** A metric by its place in the list. */
type HeadAt = readonly [place: number, head: MetricHead]

/** Names of the app where the vocabulary has others. */
const NAMES: Readonly<Record<string, string>> = {
  weight_body_mass: 'body_weight',
  blood_oxygen_saturation: 'oxygen_saturation',
  heart_rate_variability: 'hrv_sdnn',
  walking_running_distance: 'distance_walked',
  cycling_distance: 'distance_cycling',
  swimming_distance: 'distance_swimming',
  basal_energy_burned: 'basal_calories',
  apple_exercise_time: 'active_minutes',
  apple_stand_time: 'stand_minutes',
  cardio_recovery: 'heart_rate_recovery',
  walking_heart_rate_average: 'walking_heart_rate',
  mindful_minutes: 'meditation_duration',
  environmental_audio_exposure: 'noise_level',
  headphone_audio_exposure: 'headphone_level',
  apple_sleeping_wrist_temperature: 'skin_temperature',
  dietary_energy: 'dietary_energy_consumed',
  carbohydrates: 'dietary_carbohydrates',
  protein: 'dietary_protein',
  total_fat: 'dietary_fat_total',
  fiber: 'dietary_fiber',
  sodium: 'dietary_sodium',
  insulin_delivery: 'insulin_event',
}

const isPoint = (path: JsonPath) =>
  path.length === 5 && path[0] === 'data' && path[1] === 'metrics' && path[3] === 'data'

function noteHead(heads: Map<number, MetricHead>, value: unknown, path: JsonPath) {
  if (path.length !== 4 || path[1] !== 'metrics' || (path[3] !== 'name' && path[3] !== 'units')) return
  const place = path[2] as number
  const head = heads.get(place) ?? {}
  heads.set(place, head)
  head[path[3]] = String(value).slice(0, 100)
}

/** The name of a metric may stand behind its points. */
class NameScan implements Prescan {
  private readonly heads = new Map<number, MetricHead>()
  private readonly parser: Taking

  constructor() {
    this.parser = jsonParser({
      isRecord: isPoint,
      record: () => undefined,
      save: () => null,
      restore: () => undefined,
      scalar: (value, path) => noteHead(this.heads, value, path),
    })
  }

  push(bytes: Uint8Array) {
    this.parser.push(bytes)
  }

  end() {
    this.parser.end()
  }

  result(): readonly HeadAt[] {
    return [...this.heads]
  }
}

type Point = Readonly<Record<string, unknown>>

interface Place {
  readonly name: string
  readonly units: string
  readonly number: number
}

function openExport(context: FormatContext, heads: readonly HeadAt[] = []): FormatParser {
  const known = new Map(heads)
  const points = new Points(context)
  let workout: Record<string, unknown> = {}
  let number = 0
  return jsonParser({
    save: () => ({ workout, number }),
    restore: (state) => {
      ;({ workout, number } = state as { workout: Record<string, unknown>; number: number })
    },
    isRecord: isPoint,
    record: (value, path) => {
      number += 1
      const head = known.get(path[2] as number)
      const point = objectOf(value)
      if (head?.name === undefined || point === undefined) return context.sink.skip('incomplete', 'point', number)
      points.take(point, { name: head.name, units: head.units ?? '', number })
    },
    scalar: (value, path) => {
      noteHead(known, value, path)
      if (path.length === 4 && path[1] === 'workouts' && (path[3] === 'start' || path[3] === 'end'))
        workout[path[3]] = value
    },
    close: (path) => {
      if (path.length !== 3 || path[1] !== 'workouts') return
      number += 1
      points.workout(workout, number)
      workout = {}
    },
  })
}

class Points {
  private readonly context: FormatContext
  private readonly sourceName = sourceNames('apple-health')

  constructor(context: FormatContext) {
    this.context = context
  }

  private timeOf(text: unknown) {
    return readStamp(textOf(text) ?? '', this.context.clock)
  }

  take(point: Point, place: Place) {
    if (place.name === 'sleep_analysis') return this.sleep(point, place)
    const at = this.timeOf(point.date ?? point.startDate)
    if (at === undefined) return this.context.sink.skip('bad-time', place.name, place.number)
    const source = this.sourceName(textOf(point.source)?.split('|')[0])
    const emit = (metric: string, value: unknown, unit: string) => {
      const number = finiteOf(value)
      if (number === undefined) return this.context.sink.skip('not-a-number', place.name, place.number)
      const zoneOffsetMinutes = at.offsetMinutes
      this.context.sink.reading({ metric, value: number, unit, startMs: at.ms, source, zoneOffsetMinutes })
    }
    if (place.name === 'blood_pressure') {
      emit('blood_pressure_systolic', point.systolic, place.units)
      return emit('blood_pressure_diastolic', point.diastolic, place.units)
    }
    emit(NAMES[place.name] ?? place.name, point.qty ?? point.Avg, place.units)
  }

  private sleep(point: Point, { name, number }: Place) {
    const start = this.timeOf(point.sleepStart ?? point.startDate ?? point.inBedStart)
    const end = this.timeOf(point.sleepEnd ?? point.endDate ?? point.inBedEnd)
    if (start === undefined || end === undefined || end.ms <= start.ms) {
      return this.context.sink.skip('bad-time', name, number)
    }
    const source = this.sourceName(textOf(point.source)?.split('|')[0])
    const span = { startMs: start.ms, endMs: end.ms, source, zoneOffsetMinutes: start.offsetMinutes }
    const stage = SEGMENTS[textOf(point.value) ?? '']
    if (stage !== undefined) {
      const value = (end.ms - start.ms) / 60_000
      return this.context.sink.reading({ metric: stage, value, unit: 'min', ...span })
    }
    const night = { ...point, totalSleep: finiteOf(point.totalSleep) || point.asleep }
    let told = 0
    for (const [field, metric] of Object.entries(NIGHT)) {
      const hours = finiteOf((night as Point)[field])
      if (hours === undefined || hours === 0) continue
      told += 1
      this.context.sink.reading({ metric, value: hours, unit: 'h', ...span })
    }
    if (told === 0) this.context.sink.skip('incomplete', name, number)
  }

  workout(told: Readonly<Record<string, unknown>>, number: number) {
    const start = this.timeOf(told.start)
    const end = this.timeOf(told.end)
    if (start === undefined || end === undefined || end.ms <= start.ms) {
      return this.context.sink.skip('bad-time', 'workout', number)
    }
    this.context.sink.reading({
      metric: 'exercise_duration',
      value: (end.ms - start.ms) / 60_000,
      unit: 'min',
      startMs: start.ms,
      endMs: end.ms,
      source: 'apple-health',
      zoneOffsetMinutes: start.offsetMinutes,
    })
  }
}

const SEGMENTS: Readonly<Record<string, string>> = {
  Core: 'light_sleep',
  Deep: 'deep_sleep',
  REM: 'rem_sleep',
  Awake: 'sleep_wake_time',
  'In Bed': 'sleep_in_bed',
  InBed: 'sleep_in_bed',
  Asleep: 'sleep_asleep',
  Unspecified: 'sleep_asleep',
}

/** Hours of a whole night, by the app's field. */
const NIGHT: Readonly<Record<string, string>> = {
  totalSleep: 'sleep_duration',
  core: 'light_sleep',
  deep: 'deep_sleep',
  rem: 'rem_sleep',
  awake: 'sleep_wake_time',
}
