import type { MetricDefinition, MetricGroup, MetricType } from '../../../shared/metrics/metricDefinition.ts'
import { allMetrics, isMetricType, metricDefinition, unitOfMetric } from '../../../shared/metrics.ts'
import { toUcum } from '../../../shared/units.ts'

/** A resource as plain JSON. */
export interface Resource {
  readonly resourceType: string
  readonly [name: string]: unknown
}

/** What of a measurement an Observation says. */
export interface ObservedRow {
  readonly id: string
  readonly user_id: string
  readonly metric_type: MetricType
  readonly value: number
  readonly unit: string
  readonly loinc: string | null
  readonly at: Date
  readonly source: string
  readonly device_id: string | null
  readonly notes: string | null
  readonly metadata: Record<string, unknown> | null
  readonly details: Record<string, unknown> | null
  readonly created_at: Date
}

const LOINC = 'http://loinc.org'
const UCUM = 'http://unitsofmeasure.org'
/** Names of our own metrics, beside LOINC where LOINC has a code. */
export const METRIC_SYSTEM = 'urn:salus:metric-type'
const CATEGORY_SYSTEM = 'http://terminology.hl7.org/CodeSystem/observation-category'

/** HL7's observation category of each group of metrics. */
const CATEGORIES: Readonly<Record<MetricGroup, string>> = {
  vital: 'vital-signs',
  body: 'vital-signs',
  lab: 'laboratory',
  activity: 'activity',
  sleep: 'activity',
  nutrition: 'survey',
  mood: 'survey',
  custom: 'survey',
}

/** Codes that HL7's vital-signs profiles want beside the one of the catalogue (FHIR R4, observation-vitalsigns). */
const ALSO: Partial<Record<MetricType, readonly string[]>> = { oxygen_saturation: ['2708-6'] }

export const BLOOD_PRESSURE = '85354-9'
/** LOINC's code of a symptom. */
export const SYMPTOM_CODE = '75325-1'
const BLOOD_PRESSURE_CODES = [BLOOD_PRESSURE, '55284-4', '35094-2']

/** A measurement as an Observation with one value: LOINC, UCUM, when, how and with what. */
export function observationOf(row: ObservedRow): Resource {
  const definition = metricDefinition(row.metric_type)
  return {
    ...frameOf(row, definition.group),
    code: codeOf(row, definition),
    ...contextOf(row),
    valueQuantity: quantityOf(row, definition),
    ...remarksOf(row),
  }
}

/** A blood pressure as one Observation (LOINC 85354-9) of two components. */
export function bloodPressureOf(systolic: ObservedRow, diastolic: ObservedRow): Resource {
  const component = [systolic, diastolic].map((row) => {
    const definition = metricDefinition(row.metric_type)
    return { code: codeOf(row, definition), valueQuantity: quantityOf(row, definition) }
  })
  const code = {
    coding: [{ system: LOINC, code: BLOOD_PRESSURE, display: 'Blood pressure panel with all children optional' }],
    text: 'Blood pressure',
  }
  return { ...frameOf(systolic, 'vital'), code, ...contextOf(systolic), ...remarksOf(systolic), component }
}

function frameOf(row: ObservedRow, group: MetricGroup) {
  return {
    resourceType: 'Observation',
    meta: { source: `urn:salus:source:${encodeURIComponent(row.source)}` },
    status: 'final',
    category: [{ coding: [{ system: CATEGORY_SYSTEM, code: CATEGORIES[group] }] }],
  }
}

function contextOf(row: ObservedRow) {
  return {
    subject: { reference: `Patient/${row.user_id}` },
    effectiveDateTime: row.at.toISOString(),
    issued: row.created_at.toISOString(),
  }
}

function codeOf(row: ObservedRow, definition: MetricDefinition) {
  const codes = [...(row.loinc === null ? [] : [row.loinc]), ...(ALSO[row.metric_type] ?? [])]
  const name = row.metric_type === 'custom' ? row.metadata?.name : definition.label
  return {
    coding: [
      ...codes.map((code) => ({ system: LOINC, code })),
      { system: METRIC_SYSTEM, code: row.metric_type, display: definition.label },
    ],
    text: typeof name === 'string' && name !== '' ? name : definition.label,
  }
}

function quantityOf(row: ObservedRow, definition: MetricDefinition) {
  const code = row.metric_type === 'custom' ? toUcum(row.unit) : unitOfMetric(definition, row.unit)
  return { value: row.value, unit: row.unit, ...(code === undefined ? {} : { system: UCUM, code }) }
}

function remarksOf({ notes, device_id, details }: ObservedRow) {
  const remark = (name: string) => {
    const value = details?.[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const [method, site] = [remark('measurement_method'), remark('measurement_location')]
  const device = device_id ?? remark('device_model')
  return {
    ...(notes === null || notes === '' ? {} : { note: [{ text: notes }] }),
    ...(site === undefined ? {} : { bodySite: { text: site } }),
    ...(method === undefined ? {} : { method: { text: method } }),
    ...(device === undefined || device === '' ? {} : { device: { display: device } }),
  }
}

/** A number that an Observation says, as the public API takes it. */
export interface ObservedNumber {
  readonly metricType: MetricType
  readonly value: number
  readonly unit: string | undefined
}

/** What of an Observation a measurement can hold. */
export interface ReadObservation {
  /** One number; of a blood pressure the systolic, then the diastolic. */
  readonly numbers: readonly ObservedNumber[]
  readonly isBloodPressure: boolean
  /** ISO 8601 with a time. */
  readonly time: string
  readonly note: string | null
  readonly device: string | null
  readonly method: string | null
  readonly site: string | null
}

/**
 * Reads an Observation that measurements can hold: a final one, of a metric of the catalogue, with a number, at an instant.
 * Undefined for any other; values are not judged here.
 */
export function readObservation(resource: Resource): ReadObservation | undefined {
  const { status, effectiveDateTime, effectiveInstant, note, device, method, bodySite } = resource
  const time = effectiveDateTime ?? effectiveInstant
  if (resource.resourceType !== 'Observation' || status !== 'final' || isOfLaboratory(resource)) return undefined
  if (typeof time !== 'string' || !/T\d\d:\d\d:\d\d/.test(time)) return undefined
  const isBloodPressure = loincsOf(resource.code).some((code) => BLOOD_PRESSURE_CODES.includes(code))
  const numbers = isBloodPressure ? pressuresOf(resource) : [numberOf(resource)].flatMap((one) => one ?? [])
  if (numbers.length !== (isBloodPressure ? 2 : 1)) return undefined
  return {
    numbers,
    isBloodPressure,
    time,
    note: textOf(listOf(note)[0], 'text'),
    device: textOf(device, 'display'),
    method: textOf(method, 'text'),
    site: textOf(bodySite, 'text'),
  }
}

/** What a laboratory says belongs to its results, unless we wrote it as a measurement. */
function isOfLaboratory({ category, code }: Resource): boolean {
  const categories = listOf(category).flatMap((one) => codingsOf(one))
  const isLaboratory = categories.some((one) => one.system === CATEGORY_SYSTEM && one.code === 'laboratory')
  return isLaboratory && !codingsOf(code).some(({ system }) => system === METRIC_SYSTEM)
}

function pressuresOf(resource: Resource): ObservedNumber[] {
  const parts = listOf(resource.component).flatMap((one) => numberOf(one) ?? [])
  return (['blood_pressure_systolic', 'blood_pressure_diastolic'] as const).flatMap(
    (type) => parts.find((one) => one.metricType === type) ?? [],
  )
}

/** The number of a metric that something with a `code` and a `valueQuantity` says; undefined for anything else. */
export function numberOf(holder: unknown): ObservedNumber | undefined {
  const metricType = metricOf(member(holder, 'code'))
  const quantity = member(holder, 'valueQuantity')
  const value = member(quantity, 'value')
  if (metricType === undefined || metricType === 'custom' || typeof value !== 'number') return undefined
  if (member(quantity, 'comparator') !== undefined) return undefined
  const code = member(quantity, 'system') === UCUM ? member(quantity, 'code') : undefined
  const unit = textOf(quantity, 'unit')
  // The words of the client are kept where they mean what the code says.
  const definition = metricDefinition(metricType)
  const saysSame = unit !== null && (code === undefined || unitOfMetric(definition, unit) === code)
  return { metricType, value, unit: saysSame ? unit : typeof code === 'string' ? code : (unit ?? undefined) }
}

let byLoinc: ReadonlyMap<string, MetricType> | undefined

function metricOf(code: unknown): MetricType | undefined {
  byLoinc ??= new Map(
    allMetrics().flatMap(({ type, loinc, loincByUnit }) =>
      [loinc, ...Object.values(loincByUnit ?? {}), ...(ALSO[type] ?? [])].flatMap((one) =>
        one === undefined ? [] : [[one, type] as const],
      ),
    ),
  )
  const own = codingsOf(code).find(({ system }) => system === METRIC_SYSTEM)?.code
  if (own !== undefined && isMetricType(own)) return own
  return loincsOf(code).flatMap((one) => byLoinc?.get(one) ?? [])[0]
}

function codingsOf(concept: unknown): { system: string | null; code: string }[] {
  return listOf(member(concept, 'coding')).flatMap((one) => {
    const code = textOf(one, 'code')
    return code === null ? [] : [{ system: textOf(one, 'system'), code }]
  })
}

const loincsOf = (concept: unknown) =>
  codingsOf(concept).flatMap(({ system, code }) => (system === LOINC ? [code] : []))

/** A member of what may be an object. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

/** The same where it is a text; null otherwise. */
export function textOf(value: unknown, name: string): string | null {
  const found = member(value, name)
  return typeof found === 'string' ? found : null
}

/** A list, or none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
