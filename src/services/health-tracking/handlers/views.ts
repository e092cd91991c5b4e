import { inCanonical } from '../../../shared/metrics.ts'
import { parseSeverity, type Severity } from '../../../shared/severity.ts'
import type { Alert, AlertRule } from '../contract/alerts.ts'
import type { Metric } from '../contract/metrics.ts'
import type { Vital } from '../contract/vitals.ts'
import type { Rule } from '../domain/alertRules.ts'
import { assessVital, type GivenValues } from '../domain/assessment.ts'
import { labelOf } from '../domain/deviceReadings.ts'
import { partsOf, remarksOf } from '../domain/vitalParts.ts'
import type { AlertRow } from '../store/alerts.ts'
import type { MeasurementRow } from '../store/measurements.ts'
import type { VitalRows } from '../store/vitals.ts'
import { type Facts, personAt } from './facts.ts'

/** A measurement as clients see it. */
export function metricOf(row: MeasurementRow): Metric {
  return {
    id: row.id,
    version: row.version,
    user_id: row.user_id,
    metric_type: row.metric_type,
    value: row.value,
    unit: row.unit,
    canonical_value: row.canonical_value,
    canonical_unit: row.canonical_unit,
    loinc: row.loinc,
    timestamp: row.at.toISOString(),
    source: row.source,
    device_id: row.device_id,
    notes: row.notes,
    status: row.is_unusual ? 'unusual' : 'ok',
    vital_id: isVitalPart(row) ? (row.lead_id ?? row.id) : null,
    possible_duplicate_of: row.possible_duplicate_of,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    warnings: [...(row.warnings ?? [])],
    metric_metadata: row.metadata ?? {},
  }
}

/** Whether a measurement was recorded as (a part of) a vital sign, and is changed there. */
export function isVitalPart(row: Pick<MeasurementRow, 'lead_id' | 'details'>): boolean {
  return row.lead_id !== null || row.details !== null
}

const FLAT_FIELDS = [
  'systolic',
  'diastolic',
  'heart_rate',
  'heart_rate_variability',
  'temperature',
  'oxygen_saturation',
  'respiratory_rate',
  'blood_glucose',
  'weight',
  'height',
  'waist_circumference',
  'body_fat_percentage',
  'muscle_mass',
  'bone_density',
] as const

/** A vital sign as clients see it: its numbers as given, what derives from them, and the level with its rule. */
export function vitalOf([lead, ...others]: VitalRows, facts: Facts): Vital {
  const rows = [lead, ...others]
  const vitalType = lead.vital_type ?? 'body_composition'
  const details = lead.details ?? exerciseOf(lead)
  const values: GivenValues = new Map(rows.map((row) => [row.metric_type, { value: row.value, unit: row.unit }]))
  const byField = new Map(
    partsOf(vitalType).map(({ field, metricType }) => [field as string, values.get(metricType)?.value ?? null]),
  )
  const flat = Object.fromEntries(FLAT_FIELDS.map((field) => [field, byField.get(field) ?? null])) as Record<
    (typeof FLAT_FIELDS)[number],
    number | null
  >
  const assessment = assessVital(vitalType, values, details, personAt(facts, lead.at))
  const remark = (name: string) => (details[name] as never) ?? null
  return {
    id: lead.id,
    version: lead.version,
    user_id: lead.user_id,
    vital_sign_type: vitalType,
    timestamp: lead.at.toISOString(),
    source: lead.source,
    ...flat,
    mean_arterial_pressure:
      flat.systolic === null || flat.diastolic === null ? null : rounded((flat.systolic + 2 * flat.diastolic) / 3),
    irregular_heartbeat_detected: remark('irregular_heartbeat_detected'),
    activity: remark('activity'),
    temperature_method: remark('temperature_method'),
    perfusion_index: remark('perfusion_index'),
    respiratory_pattern: remark('respiratory_pattern'),
    glucose_unit: vitalType === 'blood_glucose' ? lead.unit : null,
    glucose_context: remark('glucose_context'),
    bmi: assessment.vital === 'bmi' && assessment.value !== null ? rounded(assessment.value) : null,
    unit: lead.unit,
    measurement_method: remark('measurement_method'),
    measurement_location: remark('measurement_location'),
    measurement_quality: remark('measurement_quality'),
    measurement_duration: remark('measurement_duration'),
    measurement_notes: lead.notes,
    device_id: lead.device_id,
    device_model: remark('device_model'),
    created_at: lead.created_at.toISOString(),
    updated_at: lead.updated_at.toISOString(),
    readings: rows.map((row) => ({
      metric_id: row.id,
      metric_type: row.metric_type,
      value: row.value,
      unit: row.unit,
      canonical_value: row.canonical_value,
      canonical_unit: row.canonical_unit,
      loinc: row.loinc,
      status: row.is_unusual ? ('unusual' as const) : ('ok' as const),
    })),
    assessment,
    warnings: rows.flatMap((row) => row.warnings ?? []),
    vital_sign_metadata: (details.vital_sign_metadata as Record<string, unknown> | undefined) ?? lead.metadata ?? {},
  }
}

/** A plain heart rate says in its metadata whether it was taken in exercise. */
function exerciseOf(row: MeasurementRow): Record<string, unknown> {
  return row.metadata?.activity === 'exercise' || row.metadata?.context === 'exercise' ? { activity: 'exercise' } : {}
}

/** The fields a client would have sent for a vital sign as it is stored: a correction starts from them. */
export function fieldsOf([lead, ...others]: VitalRows): Record<string, unknown> {
  const vitalType = lead.vital_type ?? 'body_composition'
  const fields: Record<string, unknown> = {}
  for (const { field, metricType, unitField } of partsOf(vitalType)) {
    const row = [lead, ...others].find((one) => one.metric_type === metricType)
    if (row === undefined) continue
    fields[field] = row.value
    if (unitField !== undefined) fields[unitField] = row.unit
  }
  for (const name of remarksOf(vitalType)) fields[name] = lead.details?.[name]
  return fields
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}

/** The words of the old alert clients, by ordinal; a level they have no word for is rounded up. */
const ALERT_WORDS = ['low', 'low', 'medium', 'high', 'critical', 'critical'] as const

export function alertWord(severity: number): string {
  return ALERT_WORDS[severity] ?? 'critical'
}

/** Reads the severity word of an alert; `medium` unless said. */
export function alertSeverity(word: string | null | undefined): Severity {
  const plain = word === 'medium' ? 'moderate' : (word ?? 'moderate')
  return parseSeverity(plain, 'salus') ?? 2
}

export function ruleOf(rule: Rule): AlertRule {
  return {
    id: rule.id,
    version: rule.version,
    name: rule.name,
    kind: rule.kind,
    is_active: rule.isActive,
    metric_type: rule.metricType,
    comparison: rule.comparison,
    threshold: rule.threshold,
    is_inclusive: rule.isInclusive,
    clear_threshold: rule.clearThreshold,
    unit: rule.unit,
    canonical: inCanonical(rule.metricType, rule.threshold, rule.unit),
    consecutive: rule.consecutive,
    severity: alertWord(rule.severity),
    severity_level: rule.severity,
    minimum_age_years: rule.minimumAgeYears,
    source: rule.source,
    updated_at: rule.updatedAt?.toISOString() ?? null,
  }
}

const STATUS_OF_STATE = { raised: 'active', acknowledged: 'acknowledged', cleared: 'resolved' } as const

/** An alert as clients see it, with the reading as it is now. */
export function alertOf(row: AlertRow): Alert {
  const time = (at: Date | null) => at?.toISOString() ?? null
  const reading =
    row.reading === null || row.measurement_id === null
      ? null
      : {
          metric_id: row.measurement_id,
          ...row.reading,
          label: labelOf(row.reading.metric_type, row.reading.device_type),
          device_type: row.reading.device_type ?? null,
          canonical: inCanonical(row.reading.metric_type, row.reading.value, row.reading.unit),
          at: new Date(row.reading.at).toISOString(),
        }
  return {
    id: row.id,
    version: row.version,
    user_id: row.user_id,
    alert_type: row.alert_type as Alert['alert_type'],
    title: row.title,
    message: row.message,
    severity: alertWord(row.severity),
    severity_level: row.severity,
    state: row.state,
    status: STATUS_OF_STATE[row.state],
    is_actionable: row.is_actionable,
    raised_at: row.raised_at.toISOString(),
    acknowledged_at: time(row.acknowledged_at),
    acknowledged_by: row.acknowledged_by === null ? null : { account_id: row.acknowledged_by, name: null },
    cleared_at: time(row.cleared_at),
    cleared_because: row.cleared_because,
    scheduled_for: time(row.scheduled_for),
    expires_at: time(row.expires_at),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    reading,
    // A rule is kept as it was when it raised the alert, also from before rules said their canonical form.
    rule:
      row.rule === null
        ? null
        : { ...row.rule, canonical: inCanonical(row.rule.metric_type, row.rule.threshold, row.rule.unit) },
    alert_metadata: row.metadata ?? {},
  }
}
