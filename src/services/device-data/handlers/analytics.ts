import type { InputOf } from '../../../kernel/contract.ts'
import type { Context } from '../../../kernel/service.ts'
import { localDay } from '../../../shared/dates.ts'
import type { deviceData } from '../contract.ts'
import { GLUCOSE } from '../domain/analytics/definitions.ts'
import { type FigureDefinition, figureOf } from '../domain/analytics/figure.ts'
import {
  distinctReadings,
  type GlucoseFigures,
  glucoseBands,
  glucoseEpisodes,
  glucoseFigures,
  intervalMinutes,
} from '../domain/analytics/glucose.ts'
import type { GlucoseReading } from '../domain/analytics/glucoseReading.ts'
import { type MealExcursion, mealExcursion } from '../domain/analytics/meals.ts'
import { offsetsIn } from '../domain/days.ts'
import { preferred, sourceName } from '../domain/priority.ts'
import { sourceOrders } from '../store/orders.ts'
import { allPoints, periodRows } from '../store/reads.ts'
import { listSeries, type SeriesRow } from '../store/series.ts'
import { rangeOf } from './inputs.ts'
import { zoneOf } from './person.ts'

type Inputs = typeof deviceData.operations

export interface Period {
  readonly fromMs: number
  readonly untilMs: number
  readonly days: number
  readonly zone: string
}

/** The days that an analysis looks at, up to now unless said. */
export async function periodOf(
  context: Context,
  input: { readonly days?: number; readonly end_date?: string },
  usual: number,
): Promise<Period> {
  const days = input.days ?? usual
  const end = input.end_date === undefined ? {} : { end_date: input.end_date }
  return { ...rangeOf(end, context.now(), days), days, zone: await zoneOf(context) }
}

/** The series of a metric that counts most in the period, and the points of it; undefined when there is none. */
export async function chosenSeries(
  context: Context,
  metrics: readonly string[],
  period: Period,
  wanted: string | undefined,
): Promise<SeriesRow | undefined> {
  const source = wanted === undefined ? undefined : sourceName(wanted)
  const series = await listSeries(context.db, { metrics, source })
  const day = (ms: number) => localDay(new Date(ms), period.zone)
  const rows = await periodRows(
    context.db,
    series.map((one) => one.id),
    day(period.fromMs),
    day(period.untilMs),
  )
  const byId = new Map(series.map((one) => [one.id, one]))
  const candidates = rows.map((row) => ({ ...(byId.get(row.series_id) as SeriesRow), n: row.n }))
  // Real data first, whatever counts among sources: simulated data are never mixed in.
  const real = candidates.filter((one) => !one.is_simulated)
  return preferred(real.length > 0 ? real : candidates, metrics[0] ?? '', await sourceOrders(context.db))
}

/** What every analysis tells of itself. */
export function basisOf(period: Period, series: SeriesRow | undefined, reason: string | null) {
  const day = (ms: number) => localDay(new Date(ms), period.zone)
  return {
    enough: reason === null,
    reason,
    period_from: day(period.fromMs),
    period_to: day(period.untilMs - 300_001),
    time_zone: period.zone,
    source_name: series?.source ?? null,
    is_simulated: series?.is_simulated ?? false,
  }
}

const LEAST_DAYS = 14
const LEAST_COVERAGE = 70
const MEAL_LIMIT = 200

export async function glucoseAnalytics(context: Context, input: InputOf<Inputs['glucoseAnalytics']>) {
  const period = await periodOf(context, input, 14)
  const series = await chosenSeries(context, ['continuous_glucose'], period, input.source_name)
  const points = series === undefined ? [] : await allPoints(context.db, [series.id], period)
  const readings = distinctReadings(points.map((point) => ({ ms: point.startMs, mgDl: point.value })))
  const offset = points.at(-1)?.offsetMinutes ?? offsetsIn(period.zone)(period.untilMs)
  const days = new Set(points.map((point) => localDay(new Date(point.startMs), period.zone))).size
  const expected = (period.days * 1440) / intervalMinutes(readings)
  const coverage = Math.min(100, (100 * readings.length) / expected)
  const reason = lackOf(days, coverage)
  const known = reason === null && readings.length >= 2 ? glucoseFigures(readings, offset) : undefined
  const inputs = { readings: readings.length, days_with_data: days, coverage_percent: Math.round(coverage * 10) / 10 }
  const meals = await mealsOf(context, period, readings)
  return {
    ...basisOf(period, series, reason),
    figures: figuresOf(known, inputs),
    unit: 'mg/dL',
    readings: readings.length,
    days_with_data: days,
    coverage_percent: Math.round(coverage * 10) / 10,
    bands:
      known === undefined
        ? []
        : glucoseBands(readings, known, input.targets ?? 'adult').map(({ name, percent, target, isMet }) => ({
            ...{ name, percent, target, is_met: isMet },
          })),
    episodes: glucoseEpisodes(readings)
      .slice(-500)
      .map(({ kind, startMs, minutes, isProlonged }) => ({
        ...{ kind, started_at: new Date(startMs).toISOString(), minutes, is_prolonged: isProlonged },
      })),
    meals,
  }
}

function lackOf(days: number, coverage: number): string | null {
  if (days < LEAST_DAYS) return `not enough data: ${LEAST_DAYS} days are needed, there are ${days}`
  if (coverage >= LEAST_COVERAGE) return null
  return `not enough data: ${LEAST_COVERAGE} % of the readings are needed, there are ${Math.round(coverage)} %`
}

function figuresOf(known: GlucoseFigures | undefined, inputs: Readonly<Record<string, unknown>>) {
  const figure = (definition: FigureDefinition, value: number | undefined) => figureOf(definition, value, inputs)
  return [
    figure(GLUCOSE.mean, known?.mean),
    figure(GLUCOSE.deviation, known?.standardDeviation),
    figure(GLUCOSE.variation, known?.variationPercent),
    figure(GLUCOSE.gmi, known?.gmiPercent),
    figure(GLUCOSE.inRange, known?.inRange70To180Percent),
    figure(GLUCOSE.lowRisk, known?.lowRisk),
    figure(GLUCOSE.highRisk, known?.highRisk),
    figure(GLUCOSE.riskIndex, known?.riskIndex),
    figure(GLUCOSE.daily, known?.dailyDifference),
    figure(GLUCOSE.excursion, known?.excursion),
  ]
}

async function mealsOf(context: Context, period: Period, readings: readonly GlucoseReading[]) {
  const series = await listSeries(context.db, { metrics: ['carb_event'] })
  const carbs = await allPoints(
    context.db,
    series.map((one) => one.id),
    period,
  )
  const step = intervalMinutes(readings)
  const meals = carbs.filter((one) => one.value > 0).slice(-MEAL_LIMIT)
  return meals.map((one) => mealView(mealExcursion(readings, { atMs: one.startMs, carbsG: one.value }, step)))
}

function mealView(meal: MealExcursion) {
  return {
    at: new Date(meal.atMs).toISOString(),
    baseline: meal.baseline ?? null,
    peak: meal.peak ?? null,
    excursion: meal.excursion ?? null,
    minutes_to_peak: meal.minutesToPeak ?? null,
    area: meal.area ?? null,
    carbs_g: meal.carbsG ?? null,
    reason: meal.reason ?? null,
  }
}
