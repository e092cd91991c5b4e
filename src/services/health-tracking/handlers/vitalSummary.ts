import type { Handlers } from '../../../kernel/service.ts'
import type { Severity } from '../../../shared/severity.ts'
import { worstKnown } from '../../../shared/severity.ts'
import { VITAL_TYPES, type VitalType } from '../contract/vitals.ts'
import type { healthTracking } from '../contract.ts'
import { assessVital } from '../domain/assessment.ts'
import { lastDays } from '../domain/times.ts'
import { partsOf } from '../domain/vitalParts.ts'
import { newestVitals } from '../store/vitals.ts'
import { type DeviceValues, deviceValues, type Newest } from './deviceValues.ts'
import { type Facts, factsOf, personAt } from './facts.ts'
import { vitalOf } from './views.ts'

const PARTS = VITAL_TYPES.flatMap((type) => partsOf(type).map((part) => part.metricType))

/** The newest of each vital sign as it was entered, and as a device measured it where that is newer. */
export const summarizeVitals: Handlers<typeof healthTracking>['summarizeVitals'] = async (context, { days = 30 }) => {
  const facts = await factsOf(context)
  const { startsAt, firstDay } = lastDays(days, context.now(), facts.zone)
  const [rows, devices] = await Promise.all([
    newestVitals(context.db, context.personId, VITAL_TYPES, startsAt),
    deviceValues(context, [...new Set(PARTS)], firstDay, facts.zone),
  ])
  const vitals = rows.map((one) => vitalOf(one, facts))
  const entered = new Map(vitals.map((vital) => [vital.vital_sign_type, vital.timestamp]))
  const measured = VITAL_TYPES.flatMap((type) => {
    const found = ofDevices(type, devices.newest)
    const [lead] = found
    if (lead === undefined || lead.at < startsAt || lead.at.toISOString() <= (entered.get(type) ?? '')) return []
    return [vitalOfDevice(type, lead, found, facts)]
  })
  const newer = new Set(measured.map((one) => one.vital_sign_type))
  const newest = [...measured, ...vitals.filter((vital) => !newer.has(vital.vital_sign_type))]
  const worst = worstKnown(newest.map(({ assessment }) => (assessment.level ?? undefined) as Severity | undefined))
  return {
    period_days: days,
    vitals,
    of_devices: measured,
    worst_level: worst ?? null,
    not_recorded: VITAL_TYPES.filter((type) => !entered.has(type) && !newer.has(type)),
    left_out: devices.lack === undefined ? [] : ['devices'],
  }
}

/** What devices measured of a vital sign at one instant, the newest at which all that it needs was measured. */
function ofDevices(type: VitalType, newest: DeviceValues['newest']): readonly Newest[] {
  const parts = partsOf(type)
  const needed = parts.filter((part) => part.isOptional !== true)
  const leads = (needed.length === 0 ? parts : needed).flatMap(({ metricType }) => newest.get(metricType) ?? [])
  const at = Math.max(...leads.map((one) => one.at.getTime()))
  if (leads.length < needed.length || (needed.length > 0 && leads.some((one) => one.at.getTime() !== at))) return []
  return parts.flatMap(({ metricType }) => {
    const one = newest.get(metricType)
    return one?.at.getTime() === at ? [one] : []
  })
}

function vitalOfDevice(type: VitalType, lead: Newest, readings: readonly Newest[], facts: Facts) {
  const values = new Map(readings.map((one) => [one.metric_type, { value: one.value, unit: one.unit }]))
  return {
    vital_sign_type: type,
    timestamp: lead.at.toISOString(),
    source: lead.source,
    readings: readings.map(({ metric_type, value, unit }) => ({ metric_type, value, unit })),
    assessment: assessVital(type, values, {}, personAt(facts, lead.at)),
  }
}
