import type { RobustTrend } from '../../../../shared/trends.ts'
import type { LabResult } from '../../contract/labShapes.ts'
import { analyteById } from '../../domain/analytes/catalogue.ts'
import type { AnalyteDefinition } from '../../domain/analytes/definition.ts'
import { inOtherSystems } from '../../domain/analytes/systems.ts'
import { convertLab } from '../../domain/analytes/units.ts'
import type { ComputedResult } from '../../domain/labs/egfr.ts'
import type { RetestItem } from '../../domain/labs/retest.ts'
import type { Delta, MedicationEvidence, MedicationPeriod, SeriesPoint } from '../../domain/labs/series.ts'
import type { LabRow } from '../../store/labs.ts'

/** A result as clients read it. */
export function labOf(row: LabRow): LabResult {
  const analyte = row.analyte === null ? undefined : analyteById(row.analyte)
  return {
    id: row.id,
    version: row.version,
    user_id: row.user_id,
    analyte: row.analyte,
    category: row.category,
    test_name: row.test_name,
    test_code: row.test_code,
    loinc: row.loinc,
    value: row.value ?? row.value_text,
    comparator: row.comparator,
    value_text: row.value_text,
    unit: row.unit_text,
    ucum_unit: row.unit,
    canonical_value: row.canonical_value === null ? null : Number(row.canonical_value.toPrecision(6)),
    canonical_unit: row.canonical_value === null ? null : (analyte?.unit ?? null),
    other_units: analyte === undefined ? [] : otherUnitsOf(analyte, row),
    reference_range_low: row.range_low,
    reference_range_high: row.range_high,
    reference_range_text: row.range_text,
    interpretation: row.interpretation,
    severity_level: row.level,
    abnormal: row.level > 0,
    critical: row.level >= 4,
    judged_by: row.judged_by,
    test_date: row.tested_at.toISOString(),
    result_date: row.resulted_at?.toISOString() ?? null,
    lab_name: row.lab_name,
    ordering_provider: row.ordering_provider,
    specimen_type: row.specimen_type,
    status: row.status,
    source: row.source,
    external_id: row.external_id,
    fhir_resource_id: row.fhir_resource_id,
    document_id: row.document_id,
    notes: row.notes,
    record_metadata: { ...row.metadata },
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

function otherUnitsOf(
  analyte: AnalyteDefinition,
  { unit, value, canonical_value: canonical, judged_by: { range, critical } }: LabRow,
) {
  if (unit === null || value === null || canonical === null) return []
  return inOtherSystems(analyte, unit, {
    value,
    low: range?.low ?? null,
    high: range?.high ?? null,
    critical_low: critical?.low ?? null,
    critical_high: critical?.high ?? null,
  })
}

/** The row as a point of its analyte's series. */
export function pointOf(row: LabRow): SeriesPoint {
  return {
    id: row.id,
    at: row.tested_at,
    value: row.canonical_value ?? Number.NaN,
    comparator: row.comparator ?? undefined,
  }
}

/** The change since the result before, told in a unit of the analyte; its own unless another is given. */
export function deltaView(delta: Delta, analyteId: string | null, unit?: string) {
  const analyte = analyteById(analyteId ?? '')
  const told = unit ?? analyte?.unit ?? ''
  const into = (value: number) => (analyte === undefined ? value : convertLab(analyte, value, analyte.unit, told))
  const change = into(delta.previousValue + delta.change) - into(delta.previousValue)
  return {
    previous_id: delta.previousId,
    previous_date: delta.previousAt.toISOString(),
    unit: told,
    previous_value: Number(into(delta.previousValue).toPrecision(6)),
    change: Number(change.toPrecision(6)),
    change_percent: delta.changePercent ?? null,
    days_between: delta.daysBetween,
    is_beyond_variation: delta.isBeyondVariation ?? null,
    variation_percent: delta.variationPercent ?? null,
    source: delta.source ?? null,
  }
}

export function trendView(trend: RobustTrend) {
  return {
    direction: trend.direction,
    method: trend.method,
    n: trend.n,
    span_days: trend.spanDays,
    slope_per_week: trend.slopePerWeek ?? null,
    interval_per_week: trend.interval === undefined ? null : [...trend.interval],
    p_value: trend.p ?? null,
    reason: trend.reason ?? null,
  }
}

/** When medicines were begun and ended: marks on a chart. */
export function markersOf(medications: readonly MedicationPeriod[]) {
  return medications
    .flatMap(({ id, name, startedOn, endedOn }) => [
      ...(startedOn === undefined ? [] : [{ medication_id: id, name, event: 'start' as const, date: startedOn }]),
      ...(endedOn === undefined ? [] : [{ medication_id: id, name, event: 'stop' as const, date: endedOn }]),
    ])
    .sort((a, b) => (a.date < b.date ? -1 : 1))
    .slice(0, 200)
}

export function evidenceView(evidence: MedicationEvidence) {
  return {
    medication_id: evidence.medicationId,
    name: evidence.name,
    started_on: evidence.startedOn,
    before: { value: evidence.baselineValue, date: evidence.baselineAt.toISOString() },
    latest: { value: evidence.latestValue, date: evidence.latestAt.toISOString() },
    change_percent: evidence.changePercent,
    note: 'What changed since then; other things may have caused it',
  }
}

export function retestView(item: RetestItem) {
  return {
    id: item.id,
    label: item.label,
    interval_days: item.intervalDays,
    reason: item.reason,
    last_on: item.lastOn ?? null,
    due_on: item.dueOn ?? null,
    status: item.status,
  }
}

export function computedView(result: ComputedResult, measuredAt: Date | undefined) {
  return {
    status: result.status,
    value: result.value ?? null,
    unit: result.unit,
    band: result.band ?? null,
    loinc: result.loinc,
    formula: { ...result.formula },
    inputs: { ...result.inputs },
    missing: [...result.missing],
    citations: [...result.citations],
    limits: [...result.limits],
    reason: result.reason ?? null,
    measured_at: measuredAt?.toISOString() ?? null,
  }
}
