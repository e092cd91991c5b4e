import type { CriticalContent, DiagnosisContent, LabContent, MedicationContent } from './findings.ts'
import { findRange, readNumber } from './numbers.ts'

/** Values as a person wrote them down, in the shape of S001. */
export interface GivenValues {
  readonly diagnosis?: string | null | undefined
  readonly medications?: readonly GivenMedication[] | undefined
  readonly test_results?: readonly GivenResult[] | undefined
  readonly critical_info?: readonly CriticalContent[] | undefined
}

interface GivenMedication {
  readonly name: string
  readonly dosage?: string | null | undefined
  readonly frequency?: string | null | undefined
  readonly duration?: string | null | undefined
  readonly instructions?: string | null | undefined
}

interface GivenResult {
  readonly test_name: string
  readonly result_value: string | number
  readonly unit?: string | null | undefined
  readonly reference_range?: string | null | undefined
  readonly is_abnormal?: boolean | null | undefined
}

export type GivenContent =
  | { readonly kind: 'lab'; readonly content: LabContent }
  | { readonly kind: 'medication'; readonly content: MedicationContent }
  | { readonly kind: 'diagnosis'; readonly content: DiagnosisContent }
  | { readonly kind: 'critical_info'; readonly content: CriticalContent }

/** Which kinds of values were given: their earlier ones are replaced, also by none. */
export function givenKinds(given: GivenValues): GivenContent['kind'][] {
  const kinds = [
    ['diagnosis', given.diagnosis],
    ['medication', given.medications],
    ['lab', given.test_results],
    ['critical_info', given.critical_info],
  ] as const
  return kinds.filter(([, value]) => value !== undefined).map(([kind]) => kind)
}

/** What was given as values of the record. */
export function givenContents(given: GivenValues, observedOn: string | null): GivenContent[] {
  const diagnosis = (given.diagnosis ?? '').trim()
  return [
    ...(diagnosis === '' ? [] : [{ kind: 'diagnosis' as const, content: { text: diagnosis } }]),
    ...(given.medications ?? []).map(({ name, dosage, frequency, duration, instructions }) => ({
      kind: 'medication' as const,
      content: {
        name,
        dosage: dosage || null,
        frequency: frequency || null,
        duration: duration || null,
        instructions: instructions || null,
      },
    })),
    ...(given.test_results ?? []).map((result) => ({ kind: 'lab' as const, content: labOf(result, observedOn) })),
    ...(given.critical_info ?? []).map(({ info_type, value }) => ({
      kind: 'critical_info' as const,
      content: { info_type, value },
    })),
  ]
}

function labOf(result: GivenResult, observedOn: string | null): LabContent {
  const printed = String(result.result_value).trim()
  const number = readNumber(printed)
  const isNumber = number !== undefined && number.doubts.length === 0
  const range = findRange(result.reference_range ?? '')
  return {
    test_name: result.test_name.trim(),
    value: isNumber ? number.value : null,
    comparator: isNumber ? (number.comparator ?? null) : null,
    value_text: isNumber ? null : printed,
    unit: result.unit || null,
    reference_low: range?.low ?? null,
    reference_high: range?.high ?? null,
    reference_text: result.reference_range || null,
    flag: null,
    observed_on: observedOn,
  }
}

/** Whether a result lies outside the range that is printed with it; null where nothing tells. */
export function isAbnormal({ value, flag, reference_low: low, reference_high: high }: LabContent): boolean | null {
  if (value !== null && (low !== null || high !== null)) {
    return (low !== null && value < low) || (high !== null && value > high)
  }
  return flag === null ? null : true
}
