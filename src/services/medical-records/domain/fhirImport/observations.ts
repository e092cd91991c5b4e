import { type ImportedLab, type ImportedResource, type ImportedVital, known, type Skipped, tidy } from '../imported.ts'
import { codingsOf } from './codings.ts'
import { type Json, numberIn, objectOf, objectsOf, textIn } from './json.ts'
import { carried, dayOf, frameOf, plainResource, wordsOf } from './resources.ts'

const STATUS: Readonly<Record<string, ImportedLab['status']>> = {
  registered: 'registered',
  preliminary: 'preliminary',
  final: 'final',
  amended: 'amended',
  corrected: 'corrected',
  cancelled: 'cancelled',
  'entered-in-error': 'entered_in_error',
}
const TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/

/** What a person does or lives in, and what was asked of them: kept as the Observation that it is. */
const LIVES = ['social-history', 'survey', 'sdoh', 'functional-status', 'activity']
const GONE = new Set(['entered-in-error', 'cancelled', 'registered'])

/** An Observation as what its category says it is; one without a category as a laboratory's. Why not, for others. */
export function observationItem(observation: Json): ImportedLab | ImportedVital | ImportedResource | Skipped {
  const categories = objectsOf(observation.category).flatMap((one) => codingsOf(one).map(({ code }) => code ?? ''))
  const isLife = categories.some((one) => LIVES.includes(one))
  const isVital = categories.includes('vital-signs')
  if (categories.includes('laboratory') || !(isLife || isVital)) return labItem(observation)
  const name = wordsOf(observation.code)
  const words = saidBy(observation)
  const time = textIn(observation.effectiveDateTime) ?? textIn(objectOf(observation.effectivePeriod)?.start)
  if (GONE.has(textIn(observation.status) ?? '')) return { where: name ?? 'Observation', why: 'It was withdrawn' }
  if (name === null || words === '') return { where: name ?? 'Observation', why: 'It has no value' }
  if (!isVital) return carried('Observation', observation, [name, words, time])
  const resource = plainResource('Observation', observation)
  const startedOn = dayOf(time)
  if (resource === undefined || startedOn === null) return { where: name, why: 'It has no time, or is too large' }
  return { ...frameOf('Observation', observation, name, startedOn), kind: 'vital', text: words, resource }
}

/** Its value in words, or the values of its components. */
function saidBy(observation: Json): string {
  const own = measuredOf(observation)
  const parts = own === undefined ? objectsOf(observation.component) : [observation]
  const words = parts.map((part) => {
    const measured = measuredOf(part)
    const said = [measured?.value, measured?.unit].filter((one) => one !== undefined && one !== null).join(' ')
    return own === undefined && said !== '' ? [wordsOf(part.code), said].filter(Boolean).join(': ') : said
  })
  return words.filter(Boolean).join(', ').slice(0, 300)
}

/** A laboratory Observation as a result; why not, for others. */
function labItem(observation: Json): ImportedLab | Skipped {
  const coding = codingsOf(observation.code)
  const loinc = coding.find((one) => one.system === 'http://loinc.org')
  const testName = tidy(
    textIn(objectOf(observation.code)?.text) ?? coding.find((one) => one.display !== null)?.display ?? loinc?.code,
    200,
  )
  const where = testName ?? 'Observation'
  const categories = objectsOf(observation.category).flatMap((one) => codingsOf(one).map(({ code }) => code))
  if (categories.length > 0 && !categories.includes('laboratory')) return { where, why: 'It is no laboratory result' }
  const status = known(STATUS, textIn(observation.status)) ?? 'unknown'
  const measured = measuredOf(observation)
  if (testName === null || measured === undefined)
    return { where, why: testName === null ? 'The result has no name' : 'The result has no single value' }
  if (status === 'cancelled' || status === 'entered_in_error')
    return { where, why: 'The laboratory withdrew the result' }
  const time = textIn(observation.effectiveDateTime) ?? textIn(objectOf(observation.effectivePeriod)?.start) ?? ''
  const observedAt = TIME.test(time) ? time : null
  const id = textIn(observation.id) ?? ''
  return {
    kind: 'lab',
    key: [id, loinc?.code ?? testName, observedAt].join('|').slice(0, 400),
    testName,
    testCode: loinc?.code ?? null,
    ...measured,
    rangeText: rangeOf(objectsOf(observation.referenceRange)[0]),
    flag: tidy(objectsOf(observation.interpretation).flatMap(codingsOf)[0]?.code, 10),
    status,
    observedAt,
    labName: tidy(textIn(objectsOf(observation.performer)[0]?.display), 200),
    orderedBy: null,
    externalId: tidy(id, 200),
    notes: tidy(textIn(objectsOf(observation.note)[0]?.text), 2000),
  }
}

function measuredOf(observation: Json): { readonly value: number | string; readonly unit: string | null } | undefined {
  const quantity = objectOf(observation.valueQuantity)
  const value = numberIn(quantity?.value)
  if (quantity !== undefined && value !== undefined) {
    const comparator = textIn(quantity.comparator)?.slice(0, 1) ?? ''
    const isCoded = quantity.system === 'http://unitsofmeasure.org'
    const unit = tidy(isCoded ? (textIn(quantity.code) ?? textIn(quantity.unit)) : textIn(quantity.unit), 50)
    return {
      value: comparator === '<' || comparator === '>' ? `${comparator}${value}` : value,
      unit: unit === '1' ? null : unit,
    }
  }
  const integer = numberIn(observation.valueInteger)
  if (integer !== undefined) return { value: integer, unit: null }
  const concept = objectOf(observation.valueCodeableConcept)
  const words = tidy(textIn(observation.valueString) ?? textIn(concept?.text) ?? codingsOf(concept)[0]?.display, 500)
  return words === null ? undefined : { value: words, unit: null }
}

function rangeOf(range: Json | undefined): string | null {
  const low = numberIn(objectOf(range?.low)?.value)
  const high = numberIn(objectOf(range?.high)?.value)
  if (low !== undefined && high !== undefined) return `${low} - ${high}`
  if (low !== undefined) return `>= ${low}`
  return high === undefined ? tidy(textIn(range?.text), 200) : `<= ${high}`
}
