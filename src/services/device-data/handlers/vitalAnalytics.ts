import type { InputOf } from '../../../kernel/contract.ts'
import type { Context } from '../../../kernel/service.ts'
import { addDays, localDay } from '../../../shared/dates.ts'
import { mean, standardDeviation } from '../../../shared/statistics/descriptive.ts'
import { theilSen } from '../../../shared/statistics/trend.ts'
import type { deviceData } from '../contract.ts'
import { HRV, PRESSURE, RESTING, SLEEP } from '../domain/analytics/definitions.ts'
import { figureOf } from '../domain/analytics/figure.ts'
import { BALANCE_DAYS, cleanBeats, hrvBalance, hrvFigures } from '../domain/analytics/hrv.ts'
import { type Night, nightsOf } from '../domain/analytics/sleep.ts'
import { homeCategory, homePressure, type PressureReading, quietHeartRates } from '../domain/analytics/vitals.ts'
import { DAY_MS, dayNumber, dayText } from '../domain/days.ts'
import type { DeviceMetric } from '../domain/vocabulary/types.ts'
import { metricOf } from '../domain/vocabulary.ts'
import { allPoints, pointsByDay } from '../store/reads.ts'
import { listSeries, type SeriesRow } from '../store/series.ts'
import { basisOf, chosenSeries, type Period, periodOf } from './analytics.ts'
import { dayBuckets } from './statistics.ts'

type Inputs = typeof deviceData.operations

const LEAST_BEATS = 240
const LEAST_BEAT_MS = 300_000
const LARGEST_ARTEFACTS = 0.05
/** More beats than a night has; bounds the answer's memory. */
const MOST_BEATS = 200_000

export async function hrvAnalytics(context: Context, input: InputOf<Inputs['hrvAnalytics']>) {
  const period = await periodOf(context, input, 1)
  const beatSeries = await chosenSeries(context, ['rr_interval'], period, input.source_name)
  const intervals: number[] = []
  if (beatSeries !== undefined) {
    for await (const page of pointsByDay(context.db, [beatSeries.id], period, 1)) {
      for (const point of page) if (intervals.length < MOST_BEATS) intervals.push(point.value)
    }
  }
  const { runs, artefacts } = cleanBeats(intervals)
  const beats = intervals.length - artefacts
  const durationMs = intervals.reduce((sum, interval) => sum + interval, 0)
  const isEnough =
    beats >= LEAST_BEATS && durationMs >= LEAST_BEAT_MS && artefacts <= LARGEST_ARTEFACTS * intervals.length
  const known = isEnough ? hrvFigures(runs) : undefined
  const inputs = { beats, artefacts, seconds: Math.round(durationMs / 1000) }
  const balance = await balanceOf(context, period, input.source_name)
  const figures = [
    figureOf(HRV.sdnn, known?.sdnn, inputs),
    figureOf(HRV.rmssd, known?.rmssd, inputs),
    figureOf(HRV.pnn50, known?.pnn50Percent, inputs),
    figureOf(HRV.meanNn, known?.meanNn, inputs),
    figureOf(HRV.balance, balance.value, balance.inputs),
  ]
  const isAny = figures.some((figure) => figure.enough)
  const reason = isAny ? null : 'not enough data: neither beats of five minutes nor two weeks of daily figures'
  return { ...basisOf(period, beatSeries ?? balance.series, reason), figures, beats, artefacts }
}

async function balanceOf(context: Context, period: Period, wanted: string | undefined) {
  const last = localDay(new Date(period.untilMs - 300_001), period.zone)
  const days = { from: addDays(last, -31), until: last }
  const wide = { ...period, fromMs: period.untilMs - 32 * DAY_MS }
  for (const metric of ['hrv_rmssd', 'hrv_sdnn', 'heart_rate_variability']) {
    const series = await chosenSeries(context, [metric], wide, wanted)
    if (series === undefined) continue
    const buckets = await dayBuckets(context, [series], metricOf(metric) as DeviceMetric, days)
    const today = buckets.at(-1)
    if (today === undefined || today.start < addDays(last, -1)) continue
    const value = hrvBalance(
      today.value,
      buckets.slice(0, -1).map((bucket) => bucket.value),
    )
    const inputs = { metric, days_before: buckets.length - 1, needed: BALANCE_DAYS, day: today.start }
    return { value, inputs, series }
  }
  return { value: undefined, inputs: { days_before: 0, needed: BALANCE_DAYS }, series: undefined }
}

const SLEEP_METRICS = [
  'sleep_asleep',
  'light_sleep',
  'deep_sleep',
  'rem_sleep',
  'sleep_wake_time',
  'sleep_in_bed',
  'sleep_duration',
]
const LEAST_NIGHTS = 5
const LEAST_REGULAR_NIGHTS = 7

export async function sleepAnalytics(context: Context, input: InputOf<Inputs['sleepAnalytics']>) {
  const period = await periodOf(context, input, 28)
  const chosen = await chosenSeries(context, SLEEP_METRICS, period, input.source_name)
  const series =
    chosen === undefined ? [] : await listSeries(context.db, { metrics: SLEEP_METRICS, source: chosen.source })
  const metricById = new Map(series.map((one) => [one.id, one.metric]))
  // A night begins on the evening before.
  const range = { fromMs: period.fromMs - DAY_MS, untilMs: period.untilMs }
  const points = await allPoints(
    context.db,
    series.map((one) => one.id),
    range,
  )
  const first = dayNumber(localDay(new Date(period.fromMs), period.zone))
  const nights = nightsOf(
    points.map((point) => ({
      metric: metricById.get(point.seriesId) as string,
      startMs: point.startMs,
      endMs: point.startMs + point.durationMs,
      value: point.value,
      offsetMinutes: point.offsetMinutes,
    })),
  ).filter((night) => night.day >= first)
  const withBed = nights.flatMap((night) => (night.efficiencyPercent === undefined ? [] : [night.efficiencyPercent]))
  const inputs = { nights: nights.length, nights_with_time_in_bed: withBed.length }
  const duration = nights.length < LEAST_NIGHTS ? undefined : mean(nights.map((night) => night.asleepMinutes)) / 60
  const efficiency = withBed.length < LEAST_NIGHTS ? undefined : mean(withBed)
  const regularity =
    nights.length < LEAST_REGULAR_NIGHTS ? undefined : standardDeviation(nights.map((one) => one.midpointMinute))
  const reason =
    duration === undefined ? `not enough data: ${LEAST_NIGHTS} nights are needed, there are ${nights.length}` : null
  return {
    ...basisOf(period, chosen, reason),
    figures: [
      figureOf(SLEEP.duration, duration, inputs),
      figureOf(SLEEP.efficiency, efficiency, inputs, 1),
      figureOf(SLEEP.regularity, regularity, inputs, 1),
    ],
    nights: nights.slice(-370).map(nightView),
  }
}

function nightView(night: Night) {
  const rounded = (value: number | undefined) => (value === undefined ? null : Math.round(value * 10) / 10)
  return {
    date: dayText(night.day),
    asleep_minutes: Math.round(night.asleepMinutes * 10) / 10,
    in_bed_minutes: rounded(night.inBedMinutes),
    efficiency_percent: rounded(night.efficiencyPercent),
    bedtime: new Date(night.bedtimeMs).toISOString(),
    wake_time: new Date(night.wakeMs).toISOString(),
    midpoint_minute: Math.round(night.midpointMinute * 10) / 10,
    deep_minutes: rounded(night.stages.deep),
    rem_minutes: rounded(night.stages.rem),
    light_minutes: rounded(night.stages.light),
    awake_minutes: rounded(night.stages.awake),
  }
}

const LEAST_RESTING_DAYS = 5
const LEAST_TREND_DAYS = 14
/** Nights of beats that are opened at most to derive what the device does not say. */
const MOST_DERIVED_DAYS = 31

export async function restingHeartRate(context: Context, input: InputOf<Inputs['restingHeartRate']>) {
  const period = await periodOf(context, input, 30)
  const measured = await chosenSeries(context, ['resting_heart_rate'], period, input.source_name)
  const days = measured === undefined ? [] : await measuredDays(context, measured, period)
  const derived = days.length > 0 ? undefined : await chosenSeries(context, ['heart_rate'], period, input.source_name)
  if (derived !== undefined) days.push(...(await derivedDays(context, derived, period)))
  const values = days.map((day) => day.value)
  const inputs = { days: days.length, origin: days[0]?.origin ?? null }
  const average = values.length < LEAST_RESTING_DAYS ? undefined : mean(values)
  const numbers = days.map((day) => dayNumber(day.date))
  const spanDays = (numbers.at(-1) ?? 0) - (numbers[0] ?? 0)
  const slope =
    values.length < LEAST_TREND_DAYS || spanDays < LEAST_TREND_DAYS - 1
      ? undefined
      : theilSen(numbers, values).slope * 7
  const reason =
    average === undefined ? `not enough data: ${LEAST_RESTING_DAYS} days are needed, there are ${days.length}` : null
  return {
    ...basisOf(period, measured ?? derived, reason),
    figures: [figureOf(RESTING.mean, average, inputs, 1), figureOf(RESTING.trend, slope, inputs)],
    days: days.slice(-370),
  }
}

interface RestingDay {
  readonly date: string
  readonly value: number
  readonly origin: 'measured' | 'derived'
}

async function measuredDays(context: Context, series: SeriesRow, period: Period): Promise<RestingDay[]> {
  const day = (ms: number) => localDay(new Date(ms), period.zone)
  const metric = metricOf('resting_heart_rate') as DeviceMetric
  const buckets = await dayBuckets(context, [series], metric, { from: day(period.fromMs), until: day(period.untilMs) })
  return buckets.map((bucket) => ({ date: bucket.start, value: bucket.value, origin: 'measured' }))
}

async function derivedDays(context: Context, series: SeriesRow, period: Period): Promise<RestingDay[]> {
  const range = {
    fromMs: Math.max(period.fromMs, period.untilMs - MOST_DERIVED_DAYS * DAY_MS),
    untilMs: period.untilMs,
  }
  const found = new Map<number, number>()
  for await (const page of pointsByDay(context.db, [series.id], range, 2)) {
    // Nights are after midnight: a page of two UTC days may cut one, and the longer part stands.
    for (const { day, value } of quietHeartRates(page)) found.set(day, Math.min(found.get(day) ?? value, value))
  }
  return [...found]
    .sort(([left], [right]) => left - right)
    .map(([day, value]) => ({ date: dayText(day), value: Math.round(value * 10) / 10, origin: 'derived' }))
}

export async function bloodPressureAnalytics(context: Context, input: InputOf<Inputs['bloodPressureAnalytics']>) {
  const period = await periodOf(context, input, 30)
  const chosen = await chosenSeries(context, ['blood_pressure_systolic'], period, input.source_name)
  const readings = chosen === undefined ? [] : await pairedReadings(context, chosen.source, period)
  const { days, average } = homePressure(readings)
  const inputs = { days: average?.days ?? 0, readings: average?.readings ?? 0 }
  const reason =
    average === undefined ? 'not enough data: three days with twelve readings after the first are needed' : null
  return {
    ...basisOf(period, chosen, reason),
    figures: [
      figureOf(PRESSURE.systolic, average?.systolic, inputs, 1),
      figureOf(PRESSURE.diastolic, average?.diastolic, inputs, 1),
    ],
    readings: readings.length,
    category: average === undefined ? null : homeCategory(average.systolic, average.diastolic),
    days: days.map(({ day, readings: n, systolic, diastolic }) => ({
      ...{
        date: dayText(day),
        readings: n,
        systolic: Math.round(systolic * 10) / 10,
        diastolic: Math.round(diastolic * 10) / 10,
      },
    })),
  }
}

/** Systolic and diastolic values of one moment; one without the other is no reading. */
async function pairedReadings(context: Context, source: string, period: Period): Promise<PressureReading[]> {
  const series = await listSeries(context.db, {
    metrics: ['blood_pressure_systolic', 'blood_pressure_diastolic'],
    source,
  })
  const systolic = series.find((one) => one.metric === 'blood_pressure_systolic')
  const points = await allPoints(
    context.db,
    series.map((one) => one.id),
    period,
  )
  const diastolicAt = new Map(
    points.filter((one) => one.seriesId !== systolic?.id).map((one) => [one.startMs, one.value]),
  )
  return points.flatMap((point) => {
    const diastolic = diastolicAt.get(point.startMs)
    if (point.seriesId !== systolic?.id || diastolic === undefined || diastolic >= point.value) return []
    return [{ ms: point.startMs, systolic: point.value, diastolic, offsetMinutes: point.offsetMinutes }]
  })
}
