import type { Context, Handlers } from '../../../kernel/service.ts'
import { localDay } from '../../../shared/dates.ts'
import { metricDefinition, unitOfMetric } from '../../../shared/metrics.ts'
import type { Severity } from '../../../shared/severity.ts'
import { worstKnown } from '../../../shared/severity.ts'
import { deviation } from '../../../shared/trends.ts'
import { convert } from '../../../shared/units.ts'
import type { healthTracking } from '../contract.ts'
import { assessVital } from '../domain/assessment.ts'
import { isSummed, tidy } from '../domain/days.ts'
import { labelOf } from '../domain/deviceReadings.ts'
import { goalsFirstDay } from '../domain/goals.ts'
import { lastDays, type Period } from '../domain/times.ts'
import { baselineOf, trendOf, usualOf } from '../domain/trends.ts'
import { vitalOfMetric } from '../domain/vitalParts.ts'
import { type AlertRow, alertsStatement } from '../store/alerts.ts'
import { type GoalRow, goalsStatement } from '../store/goals.ts'
import { type DayRow, type DaysByMetric, daysByMetric, daysStatement, latestStatement } from '../store/series.ts'
import { symptomCountStatement } from '../store/symptoms.ts'
import { MEASURABLE } from './analytics.ts'
import { deviceValues, type Newest, withDevices } from './deviceValues.ts'
import { type Facts, factsOf, personAt } from './facts.ts'
import { measureGoals } from './goalProgress.ts'
import { alertOf } from './views.ts'

const TREND_DAYS = 60
const RECENT_DAYS = 30
const FIRST_PAGE = { limit: 49, skip: 0, after: undefined, page: undefined }

/**
 * Everything of this service in one round trip; goals, where shown, take a second one for what was measured since their start.
 * What devices measured is one call beside it.
 */
export const dashboard: Handlers<typeof healthTracking>['dashboard'] = async (context) => {
  const facts = await factsOf(context)
  const now = context.now()
  const period = lastDays(TREND_DAYS, now, facts.zone)
  const { personId } = context
  const isOwn = isOwnRecord(context)
  const [latest = [], days = [], alerts = [], goals = [], symptoms = []] = await context.db.batch([
    latestStatement(personId, MEASURABLE, new Date(0)),
    daysStatement(personId, MEASURABLE, period),
    alertsStatement({ userId: personId, isOpen: true }, FIRST_PAGE),
    goalsStatement({ userId: personId, status: 'active' }, FIRST_PAGE),
    symptomCountStatement(personId, lastDays(RECENT_DAYS, now, facts.zone).startsAt),
  ])
  const shownGoals = isOwn ? (goals as GoalRow[]) : []
  const firstDay = goalsFirstDay(shownGoals, period)
  const asked = deviceValues(context, MEASURABLE, firstDay, facts.zone)
  const [devices, measured] = await Promise.all([asked, measureGoals(context, shownGoals, facts.zone, asked)])
  const byMetric = withDevices(daysByMetric(days as DayRow[]), devices, period)
  const rows = newestOf(latest as Newest[], devices.newest)
  const metrics = rows.map((row) => tileOf(row, rows, byMetric, period, facts))
  const worst = worstKnown(metrics.map((tile) => (tile.assessment?.level ?? undefined) as Severity | undefined))
  return {
    generated_at: now.toISOString(),
    time_zone: facts.zone,
    metrics,
    worst_level: worst ?? null,
    open_alerts: (alerts as AlertRow[]).map(alertOf),
    goals: isOwn ? measured.map((one) => one.goal) : null,
    recent_symptoms: isOwn ? ((symptoms[0] as { total: number } | undefined)?.total ?? 0) : null,
    left_out: [...(isOwn ? [] : ['goals', 'symptoms']), ...(devices.lack === undefined ? [] : ['devices'])],
  }
}

/** Leave to see somebody's vital signs is none to see their goals and symptoms, which are shared apart. */
function isOwnRecord(context: Context): boolean {
  return context.caller.principal?.accountId === context.personId
}

/** The newest of each metric, in the order of the catalogue; of one instant, what a person entered. */
function newestOf(entered: readonly Newest[], devices: ReadonlyMap<string, Newest>): readonly Newest[] {
  const own = new Map(entered.map((row) => [row.metric_type, row]))
  return MEASURABLE.flatMap((type) => {
    const [hand, device] = [own.get(type), devices.get(type)]
    const newest = hand === undefined || (device !== undefined && device.at > hand.at) ? device : hand
    return newest ?? []
  })
}

function tileOf(row: Newest, all: readonly Newest[], byMetric: DaysByMetric, period: Period, facts: Facts) {
  const metricType = row.metric_type
  const points = byMetric.get(metricType) ?? []
  const day = localDay(row.at, period.zone)
  const total = points.find((point) => point.day === day)?.value
  const value = isSummed(metricType) ? (total ?? row.canonical_value) : row.canonical_value
  const isComplete = !isSummed(metricType) || day < period.lastDay
  return {
    metric_type: metricType,
    label: labelOf(metricType, row.device_type),
    device_type: row.device_type ?? null,
    value: row.value,
    unit: row.unit,
    at: row.at.toISOString(),
    metric_id: row.id,
    source: row.source,
    day_total: isSummed(metricType) && total !== undefined ? inUnitOf(row, total) : null,
    trend: trendOf(metricType, points, period),
    baseline: baselineOf(metricType, points, period),
    position: (isComplete ? deviation(value, usualOf(metricType, points, period))?.position : undefined) ?? null,
    assessment: assessmentFor(row, all, facts),
  }
}

/** A canonical amount in the unit of the tile's value. */
function inUnitOf({ metric_type, unit }: Newest, canonical: number): number {
  const definition = metricDefinition(metric_type)
  const ucum = unitOfMetric(definition, unit) ?? definition.canonicalUnit
  return tidy(ucum === definition.canonicalUnit ? canonical : convert(canonical, definition.canonicalUnit, ucum))
}

/** The level of a latest reading: of a blood pressure with the other number of the same reading. */
function assessmentFor(row: Newest, all: readonly Newest[], facts: Facts) {
  const vitalType = row.metric_type === 'blood_pressure_systolic' ? 'blood_pressure' : vitalOfMetric(row.metric_type)
  if (vitalType === undefined) return null
  const partner = all.find(
    (one) => one.metric_type === 'blood_pressure_diastolic' && one.at.getTime() === row.at.getTime(),
  )
  if (vitalType === 'blood_pressure' && partner === undefined) return null
  const rows = vitalType === 'blood_pressure' && partner !== undefined ? [row, partner] : [row]
  const values = new Map(rows.map((one) => [one.metric_type, { value: one.value, unit: one.unit }]))
  return assessVital(vitalType, values, row.details ?? row.metadata ?? {}, personAt(facts, row.at))
}
