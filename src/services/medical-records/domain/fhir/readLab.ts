import { toUcum } from '../../../../shared/units.ts'
import type { LabStatus } from '../../contract/labShapes.ts'
import { codingsOf } from '../fhirImport/codings.ts'
import { type Json, numberIn, objectOf, objectsOf, textIn } from '../fhirImport/json.ts'

/** What of a laboratory Observation a result holds, as the public API takes it; null for what the resource leaves out. */
export interface ReadLab {
  readonly test_name: string
  readonly test_code: string | null
  readonly value: number | string
  readonly unit: string | null
  readonly reference_range_low: number | null
  readonly reference_range_high: number | null
  readonly reference_range_text: string | null
  readonly abnormal: boolean | undefined
  readonly critical: boolean | undefined
  readonly test_date: string
  readonly result_date: string | null
  readonly lab_name: string | null
  readonly status: LabStatus
  readonly external_id: string | null
  readonly notes: string | null
}

const UCUM = 'http://unitsofmeasure.org'
const CRITICAL = new Set(['LL', 'HH', 'AA'])
const ABNORMAL = new Set(['L', 'H', 'A', ...CRITICAL])
const STATUSES: ReadonlySet<string> = new Set(
  'registered preliminary final amended corrected cancelled entered_in_error unknown'.split(' '),
)

/**
 * Reads an Observation of the category laboratory with one value, at a time. Undefined for any other, panels with components
 * among them; values are not judged here.
 */
export function readLab(resource: Json): ReadLab | undefined {
  const categories = objectsOf(resource.category).flatMap((one) => codingsOf(one).map(({ code }) => code))
  const time = textIn(resource.effectiveDateTime)
  const status = textIn(resource.status)?.replaceAll('-', '_') ?? ''
  if (resource.resourceType !== 'Observation' || !categories.includes('laboratory')) return undefined
  if (time === undefined || time.length < 10 || !STATUSES.has(status) || resource.component !== undefined)
    return undefined
  const codings = codingsOf(resource.code)
  const loinc = codings.find((one) => one.system === 'http://loinc.org')?.code ?? null
  const name =
    textIn(objectOf(resource.code)?.text)?.trim() ?? codings.find((one) => one.display !== null)?.display ?? loinc
  const measured = measuredIn(resource)
  if (name === null || name === '' || name.length > 200 || measured === undefined) return undefined
  const flags = objectsOf(resource.interpretation).flatMap((one) => codingsOf(one).map(({ code }) => code ?? ''))
  return {
    test_name: name,
    test_code: loinc,
    ...measured,
    ...rangeOf(objectsOf(resource.referenceRange)[0]),
    abnormal: flags.some((flag) => ABNORMAL.has(flag)) ? true : undefined,
    critical: flags.some((flag) => CRITICAL.has(flag)) ? true : undefined,
    test_date: time,
    result_date: textIn(resource.issued) ?? null,
    lab_name: fit(objectsOf(resource.performer)[0]?.display, 200),
    status: status as LabStatus,
    external_id: fit(objectsOf(resource.identifier)[0]?.value, 200),
    notes: fit(objectsOf(resource.note)[0]?.text, 2000),
  }
}

function measuredIn(resource: Json): Pick<ReadLab, 'value' | 'unit'> | undefined {
  const quantity = objectOf(resource.valueQuantity)
  const value = numberIn(quantity?.value)
  if (quantity !== undefined && value !== undefined) {
    const comparator = textIn(quantity.comparator)?.slice(0, 1) ?? ''
    return { value: comparator === '' ? value : `${comparator}${value}`, unit: unitOf(quantity) }
  }
  const words = fit(resource.valueString, 500)
  return words === null ? undefined : { value: words, unit: null }
}

/** The words of the client where they mean what the code says. */
function unitOf(quantity: Json): string | null {
  const code = quantity.system === UCUM ? textIn(quantity.code) : undefined
  const words = textIn(quantity.unit)
  const isSame = words !== undefined && (code === undefined || words === code || toUcum(words) === code)
  return fit(isSame ? words : (code ?? words), 50)
}

function rangeOf(range: Json | undefined) {
  return {
    reference_range_low: numberIn(objectOf(range?.low)?.value) ?? null,
    reference_range_high: numberIn(objectOf(range?.high)?.value) ?? null,
    reference_range_text: fit(range?.text, 200),
  }
}

function fit(value: unknown, longest: number): string | null {
  const text = textIn(value)
  return text === undefined || text.trim() === '' || text.length > longest ? null : text
}
