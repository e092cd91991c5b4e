import type { ChosenManner } from '../../../shared/chosenManner.ts'
import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import { convert } from '../../../shared/units.ts'

/** Pictures of a page, most telling first: each of one measurement, or of two that belong together. */
export const COURSES = [
  { name: 'bloodPressure', types: ['blood_pressure_systolic', 'blood_pressure_diastolic'] },
  { name: 'heartRate', types: ['heart_rate'] },
  { name: 'glucose', types: ['blood_glucose'] },
  { name: 'oxygen', types: ['oxygen_saturation'] },
  { name: 'temperature', types: ['temperature'] },
  { name: 'breathing', types: ['respiratory_rate'] },
  { name: 'weight', types: ['weight'] },
] as const satisfies readonly { readonly name: string; readonly types: readonly MetricType[] }[]

export type CourseName = (typeof COURSES)[number]['name']
export const COURSE_TYPES: readonly MetricType[] = COURSES.flatMap(({ types }) => [...types])

/** How many days back a page shows, the last one included. */
export const COURSE_DAYS = 90

/** One figure a local day of a measurement, oldest first. */
export interface Days {
  readonly metric_type: string
  readonly unit: string
  readonly days: readonly { readonly day: string; readonly value: number; readonly n: number }[]
}

/** What is drawn and said of a course. */
export interface Course {
  readonly name: CourseName
  /** As people write it. */
  readonly unit: string
  readonly lines: readonly Line[]
  /** Days that have a figure. */
  readonly count: number
}

export interface Line {
  readonly points: readonly { readonly day: string; readonly value: number }[]
  /** Written with the places of the unit. */
  readonly newest: string
  readonly lowest: string
  readonly highest: string
}

/**
 * The local days that are shown: at most 90, up to today or to the last day that a link opens.
 * Undefined where it opens none of them.
 */
export function courseDays(
  link: { readonly from_day: string | null; readonly until_day: string | null },
  today: string,
  back: (day: string, days: number) => string,
): { readonly from: string; readonly until: string } | undefined {
  const until = link.until_day !== null && link.until_day < today ? link.until_day : today
  const earliest = back(until, COURSE_DAYS - 1)
  const from = link.from_day !== null && link.from_day > earliest ? link.from_day : earliest
  return from > until ? undefined : { from, until }
}

/** The courses that there is anything of, in the units that were chosen. */
export function coursesOf(found: readonly Days[], chosen: ChosenManner): Course[] {
  const byType = new Map(found.map((one) => [one.metric_type, one]))
  return COURSES.flatMap(({ name, types }) => {
    const known = types.flatMap((type) => byType.get(type) ?? [])
    // Half of a pair is no blood pressure: a day counts where each part has a figure.
    const isWhole = (day: string) => known.every((part) => part.days.some((one) => one.day === day))
    const parts = known.map((part) => ({ ...part, days: part.days.filter(({ day }) => isWhole(day)) }))
    if (parts.length < types.length || parts[0]?.days.length === 0) return []
    const kept = (parts[0] as Days).unit
    const unit = shownUnit(name, kept, chosen)
    const lines = parts.map(({ days }) => lineOf(name, days, kept, unit))
    return [{ name, unit: WRITTEN[unit] ?? unit, lines, count: parts[0]?.days.length ?? 0 }]
  })
}

function lineOf(name: CourseName, days: Days['days'], kept: string, unit: string): Line {
  const options = name === 'glucose' ? ({ analyte: 'glucose' } as const) : {}
  const points = days.map(({ day, value }) => ({ day, value: convert(value, kept, unit, options) }))
  const values = points.map(({ value }) => value)
  const written = (value: number) => value.toFixed(PLACES[unit] ?? 0)
  const [lowest, highest] = [Math.min(...values), Math.max(...values)]
  return { points, newest: written(values.at(-1) ?? 0), lowest: written(lowest), highest: written(highest) }
}

function shownUnit(name: CourseName, kept: string, { units, glucose_unit }: ChosenManner): string {
  if (name === 'glucose') return glucose_unit ?? kept
  return units === 'imperial' ? (IMPERIAL[kept] ?? kept) : kept
}

const IMPERIAL: Readonly<Record<string, string>> = { kg: '[lb_av]', Cel: '[degF]' }
/** Places after the point, as scales, thermometers and meters show them; none where nothing is said. */
const PLACES: Readonly<Record<string, number>> = { kg: 1, '[lb_av]': 1, Cel: 1, '[degF]': 1, 'mmol/L': 1 }
const WRITTEN: Readonly<Record<string, string>> = {
  '/min': '/min',
  'mm[Hg]': 'mmHg',
  Cel: '°C',
  '[degF]': '°F',
  '[lb_av]': 'lb',
}

const WIDTH = 240
const HEIGHT = 56
const AIR = 4
/** Over more days without a figure nothing is drawn: nobody knows what was between. */
const LONGEST_GAP_DAYS = 14

/**
 * The picture of a course as the inside of an SVG of `viewBox`: a line for each part, over the days from the first to the last
 * that are shown. It says nothing that the words beside it don't.
 */
export function drawing(course: Course, days: { readonly from: string; readonly until: string }): string {
  const all = course.lines.flatMap(({ points }) => points.map(({ value }) => value))
  const [low, high] = [Math.min(...all), Math.max(...all)]
  const first = dayNumber(days.from)
  const span = Math.max(1, dayNumber(days.until) - first)
  const x = (day: string) => AIR + ((dayNumber(day) - first) / span) * (WIDTH - 2 * AIR)
  const y = (value: number) => (high === low ? HEIGHT / 2 : AIR + ((high - value) / (high - low)) * (HEIGHT - 2 * AIR))
  const place = ({ day, value }: Line['points'][number]) => `${x(day).toFixed(1)},${y(value).toFixed(1)}`
  const lines = course.lines.flatMap(({ points }) => {
    const runs = runsOf(points).map((run) =>
      run.length > 1 ? `<polyline points="${run.map(place).join(' ')}"/>` : run.map((one) => dot(place(one), 1.6)),
    )
    return [...runs.flat(), ...points.slice(-1).map((one) => dot(place(one), 3))]
  })
  return `<path d="M0 ${HEIGHT - 0.5}H${WIDTH}"/>${lines.join('')}`
}

export const viewBox = `0 0 ${WIDTH} ${HEIGHT}`

function dot(at: string, radius: number): string {
  const [x, y] = at.split(',')
  return `<circle cx="${x}" cy="${y}" r="${radius}"/>`
}

function runsOf(points: Line['points']): Line['points'][] {
  const runs: Line['points'][number][][] = []
  for (const point of points) {
    const last = runs.at(-1)?.at(-1)
    if (last === undefined || dayNumber(point.day) - dayNumber(last.day) > LONGEST_GAP_DAYS) runs.push([point])
    else runs.at(-1)?.push(point)
  }
  return runs
}

const dayNumber = (day: string) => Date.parse(day) / 86_400_000
