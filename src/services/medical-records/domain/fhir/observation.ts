import type { LabResult } from '../../contract/labShapes.ts'

/** What an Observation is rendered from. */
export type ObservationFacts = Pick<
  LabResult,
  | 'id'
  | 'user_id'
  | 'test_name'
  | 'test_code'
  | 'loinc'
  | 'value'
  | 'comparator'
  | 'value_text'
  | 'unit'
  | 'ucum_unit'
  | 'reference_range_low'
  | 'reference_range_high'
  | 'reference_range_text'
  | 'interpretation'
  | 'severity_level'
  | 'judged_by'
  | 'test_date'
  | 'result_date'
  | 'lab_name'
  | 'status'
  | 'notes'
  | 'external_id'
>

const STATUS: Readonly<Record<LabResult['status'], string>> = {
  registered: 'registered',
  preliminary: 'preliminary',
  final: 'final',
  amended: 'amended',
  corrected: 'corrected',
  cancelled: 'cancelled',
  entered_in_error: 'entered-in-error',
  unknown: 'unknown',
}
const INTERPRETATION: Readonly<Record<string, readonly [string, string]>> = {
  low: ['L', 'Low'],
  normal: ['N', 'Normal'],
  high: ['H', 'High'],
  critical_low: ['LL', 'Critical low'],
  critical_high: ['HH', 'Critical high'],
  abnormal: ['A', 'Abnormal'],
}
const UCUM = 'http://unitsofmeasure.org'

/** A laboratory result as an R4 Observation (category laboratory, interpretation of HL7 v3, ranges in the unit reported). */
export function observationOf(
  lab: ObservationFacts,
): { readonly resourceType: 'Observation' } & Record<string, unknown> {
  const word = INTERPRETATION[lab.interpretation]
  return without({
    resourceType: 'Observation' as const,
    identifier: lab.external_id === null ? undefined : [{ value: lab.external_id }],
    status: STATUS[lab.status],
    category: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] },
    ],
    code: {
      ...(lab.loinc === null ? {} : { coding: [{ system: 'http://loinc.org', code: lab.loinc }] }),
      text: lab.test_name,
    },
    subject: { reference: `Patient/${lab.user_id}` },
    effectiveDateTime: lab.test_date,
    issued: lab.result_date ?? undefined,
    performer: lab.lab_name === null ? undefined : [{ display: lab.lab_name }],
    ...valueMembers(lab),
    interpretation:
      word === undefined
        ? undefined
        : [
            {
              coding: [
                {
                  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation',
                  code: word[0],
                  display: word[1],
                },
              ],
            },
          ],
    referenceRange: rangeOf(lab),
    note: lab.notes === null ? undefined : [{ text: lab.notes }],
  })
}

function valueMembers(lab: ObservationFacts): Record<string, unknown> {
  if (typeof lab.value === 'number') return { valueQuantity: quantity(lab.value, lab, lab.comparator) }
  return lab.value_text === null ? {} : { valueString: lab.value_text }
}

function quantity(value: number, lab: ObservationFacts, comparator: '<' | '>' | null) {
  return without({
    value,
    comparator: comparator ?? undefined,
    unit: lab.unit ?? undefined,
    system: lab.ucum_unit === null ? undefined : UCUM,
    code: lab.ucum_unit ?? undefined,
  })
}

function rangeOf(lab: ObservationFacts): unknown[] | undefined {
  const range = lab.judged_by.range
  const isOurs = range !== null && range.source.kind !== 'report'
  const low = lab.reference_range_low ?? (isOurs ? range.low : null)
  const high = lab.reference_range_high ?? (isOurs ? range.high : null)
  const text = isOurs ? range.source.citation : lab.reference_range_text
  if (low === null && high === null && text === null) return undefined
  return [
    without({
      low: low === null ? undefined : quantity(low, lab, null),
      high: high === null ? undefined : quantity(high, lab, null),
      text: text ?? undefined,
    }),
  ]
}

/** The members that say something. */
export function without<Members extends Record<string, unknown>>(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Members
}
