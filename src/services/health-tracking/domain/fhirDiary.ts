import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import { metricDefinition, unitOfMetric } from '../../../shared/metrics.ts'
import { METRIC_SYSTEM, type Resource, SYMPTOM_CODE } from './fhir.ts'
import { wordOfOrdinal } from './symptoms.ts'

const LOINC = 'http://loinc.org'
/** What the components of a symptom are called. */
export const SEVERITY = 'Severity'
export const SEVERITY_LEVEL = 'Severity from 1 to 10'

/** What of an entry of the symptom diary an Observation says. */
export interface SymptomFacts {
  readonly user_id: string
  readonly name: string
  readonly category: string
  readonly severity: number
  readonly severity_level: number | null
  readonly started_at: Date
  readonly ended_at: Date | null
  readonly details: Readonly<Record<string, unknown>>
  readonly created_at: Date
}

/** A symptom of the diary as an Observation (LOINC 75325-1, Symptom): which, how bad, where, from when to when. */
export function symptomObservation(row: SymptomFacts): Resource {
  const { description, body_location: site } = row.details
  const end = row.ended_at === null ? {} : { end: row.ended_at.toISOString() }
  const level =
    row.severity_level === null
      ? []
      : [{ code: { text: SEVERITY_LEVEL }, valueQuantity: { value: row.severity_level, unit: 'of 10' } }]
  return {
    resourceType: 'Observation',
    status: 'final',
    category: [
      {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'survey' }],
        text: row.category,
      },
    ],
    code: { coding: [{ system: LOINC, code: SYMPTOM_CODE, display: 'Symptom' }], text: 'Symptom' },
    subject: { reference: `Patient/${row.user_id}` },
    effectivePeriod: { start: row.started_at.toISOString(), ...end },
    issued: row.created_at.toISOString(),
    valueCodeableConcept: { text: row.name },
    ...(typeof description === 'string' && description !== '' ? { note: [{ text: description }] } : {}),
    ...(typeof site === 'string' && site !== '' ? { bodySite: { text: site } } : {}),
    component: [{ code: { text: SEVERITY }, valueCodeableConcept: { text: wordOfOrdinal(row.severity) } }, ...level],
  }
}

/** What of a goal a FHIR Goal says. */
export interface GoalFacts {
  readonly user_id: string
  readonly title: string
  readonly description: string | null
  readonly metric_type: MetricType
  readonly target_value: number | null
  readonly unit: string
  readonly start_date: string
  readonly target_date: string | null
  readonly status: string
  readonly completed_at: Date | null
}

/** HL7's goal-status of each of ours. */
const LIFECYCLE: Readonly<Record<string, string>> = {
  active: 'active',
  completed: 'completed',
  paused: 'on-hold',
  cancelled: 'cancelled',
}

/** A goal as a FHIR Goal: what for, measured by which metric, how far, until when. */
export function goalResource(row: GoalFacts): Resource {
  const definition = metricDefinition(row.metric_type)
  const code = unitOfMetric(definition, row.unit)
  const ucum = code === undefined ? {} : { system: 'http://unitsofmeasure.org', code }
  const loinc = definition.loinc === undefined ? [] : [{ system: LOINC, code: definition.loinc }]
  const measure = {
    coding: [...loinc, { system: METRIC_SYSTEM, code: row.metric_type, display: definition.label }],
    text: definition.label,
  }
  const due = row.target_date === null ? {} : { dueDate: row.target_date }
  const quantity =
    row.target_value === null ? {} : { detailQuantity: { value: row.target_value, unit: row.unit, ...ucum } }
  const achieved = {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/goal-achievement', code: 'achieved' }],
  }
  return {
    resourceType: 'Goal',
    lifecycleStatus: LIFECYCLE[row.status] ?? 'cancelled',
    ...(row.status === 'completed' ? { achievementStatus: achieved } : {}),
    description: { text: row.title },
    subject: { reference: `Patient/${row.user_id}` },
    startDate: row.start_date,
    target: [{ measure, ...quantity, ...due }],
    ...(row.completed_at === null ? {} : { statusDate: row.completed_at.toISOString().slice(0, 10) }),
    ...(row.description === null || row.description === '' ? {} : { note: [{ text: row.description }] }),
  }
}
