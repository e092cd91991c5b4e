import { allMetrics } from '../../../shared/metrics.ts'
import type { SaidPart } from '../../../shared/recordWords.ts'

/** A patient summary as a page shows it. All texts are as the document has them: data, never markup. */
export interface ReadableSummary {
  readonly name: string
  readonly birthDate: string
  readonly madeAt: string
  readonly sections: readonly ReadableSection[]
}

export interface ReadableSection {
  readonly title: string
  /** LOINC, by which other languages call the section. */
  readonly code: string
  readonly rows: readonly ReadableRow[]
}

export interface ReadableRow {
  readonly what: string
  /** What was measured, where it is of the catalogue: other languages name it. */
  readonly code: string
  /** As the document says it, whole. */
  readonly value: string
  /** The parts of the value, for other languages and units. */
  readonly said: readonly ReadablePart[]
  /** The reference range of the source, as it says it. */
  readonly range: string
  /** Its numbers, where the source gave no words. */
  readonly bounds: { readonly low: ReadablePart | undefined; readonly high: ReadablePart | undefined } | undefined
  /** How the value stands to its range; empty where that can't be told. */
  readonly verdict: '' | 'below' | 'within' | 'above' | 'flagged'
  readonly at: string
}

/** A part of a value; a component of a measurement has a name of its own. */
export interface ReadablePart extends SaidPart {
  readonly name?: { readonly code: string; readonly text: string }
}

type Item = Readonly<Record<string, unknown>>

const MOST_ROWS = 200
const MOST_SECTIONS = 40
const LONGEST = 500

/**
 * Reads a summary document; numbers in it are texts, as they were written (`1.00` stays so). What is malformed is left
 * out, whatever it is. Undefined for what is no summary.
 */
export function readSummary(document: unknown): ReadableSummary | undefined {
  if (!isItem(document) || document.resourceType !== 'Bundle') return undefined
  const resources = items(document.entry).flatMap((entry) => (isItem(entry.resource) ? [entry.resource] : []))
  const composition = resources.find((one) => one.resourceType === 'Composition')
  if (composition === undefined) return undefined
  const byName = new Map(resources.map((one) => [`${text(one.resourceType)}/${text(one.id)}`, one]))
  const patient = resources.find((one) => one.resourceType === 'Patient')
  return {
    name: patient === undefined ? '' : nameOf(patient),
    birthDate: text(patient?.birthDate),
    madeAt: text(composition.date),
    sections: items(composition.section)
      .slice(0, MOST_SECTIONS)
      .map((section) => ({
        title: text(section.title),
        code: codeOf(section.code),
        rows: items(section.entry)
          .slice(0, MOST_ROWS)
          .flatMap((entry) => {
            const resource = byName.get(text(entry.reference))
            return resource === undefined ? [] : [rowOf(resource, byName)]
          }),
      })),
  }
}

function rowOf(resource: Item, byName: ReadonlyMap<string, Item>): ReadableRow {
  const kind = [codeOf(resource.clinicalStatus), text(resource.status)].find((one) => one !== '') ?? ''
  const found = [
    ...valuesOf(resource),
    ...[text(resource.conclusion), ...reactions(resource)].map((one) => ({ text: one })),
    ...(text(resource.criticality) === 'high' ? [{ code: 'high risk' }] : []),
    ...[...items(resource.dosage), ...items(resource.dosageInstruction)].map((one) => ({ text: text(one.text) })),
    severityOf(resource.severity),
  ].filter((one) => spoken(one) !== '')
  const isStatusOnly =
    found.length === 0 && ['Condition', 'Procedure', 'CarePlan'].includes(text(resource.resourceType))
  const said = isStatusOnly
    ? [{ code: kind }]
    : found.map((one) => ('text' in one ? { ...one, text: clipped(one.text ?? '') } : one))
  return {
    what: whatOf(resource, byName),
    code: measured(resource.code),
    value: clipped(said.map(spoken).join('; ')),
    said,
    ...rangeOf(resource),
    at: timeOf(resource),
  }
}

/** A part as the document says it. */
function spoken({ name, text: own, code }: ReadablePart): string {
  return [name?.text ?? '', own ?? code ?? ''].filter((one) => one !== '').join(' ')
}

const SEVERITIES = ['mild', 'moderate', 'severe']
function severityOf(value: unknown): ReadablePart {
  const word = concept(value)
  return SEVERITIES.includes(word.toLowerCase()) ? { code: word.toLowerCase() } : { text: word }
}

/** The metric of a LOINC code; `blood_pressure` for the panel of both numbers, empty for what the catalogue has not. */
function measured(value: unknown): string {
  const codes = isItem(value) ? items(value.coding).map((coding) => text(coding.code)) : []
  if (codes.includes('85354-9')) return 'blood_pressure'
  return codes.map((code) => METRIC_OF.get(code)).find((one) => one !== undefined) ?? ''
}

const METRIC_OF: ReadonlyMap<string, string> = new Map(
  allMetrics().flatMap(({ type, loinc, loincByUnit }) =>
    [loinc, ...Object.values(loincByUnit ?? {})].flatMap((code) => (code === undefined ? [] : [[code, type] as const])),
  ),
)

function codeOf(value: unknown): string {
  const coding = isItem(value) ? items(value.coding)[0] : undefined
  return text(coding?.code) || concept(value)
}

function whatOf(resource: Item, byName: ReadonlyMap<string, Item>): string {
  const reference = [resource.medicationReference, resource.device].find(isItem)
  const target = reference === undefined ? undefined : byName.get(text(reference.reference))
  const words = [
    concept(resource.code),
    concept(resource.medicationCodeableConcept),
    concept(resource.vaccineCode),
    concept(target?.code),
    text(reference?.display),
    text(resource.title),
    text(resource.resourceType),
  ]
  return clipped(words.find((one) => one !== '') ?? '')
}

function valuesOf(resource: Item): ReadablePart[] {
  const parts = items(resource.component).flatMap((part) =>
    valuesOf(part).map((value) => ({ ...value, name: { code: measured(part.code), text: concept(part.code) } })),
  )
  const own = [text(resource.valueString), concept(resource.valueCodeableConcept), text(resource.valueInteger)]
  const quantity = isItem(resource.valueQuantity) ? [amountOf(resource.valueQuantity, measured(resource.code))] : []
  return [...quantity, ...own.filter((one) => one !== '').map((one) => ({ text: one })), ...parts.slice(0, 20)]
}

/** A bound (`<5`) and what is no number stay as they were written. */
function amountOf(quantity: Item, metric_type: string): ReadablePart {
  const written = amount(quantity)
  const number = numberIn(quantity)
  if (number === undefined || text(quantity.comparator) !== '') return { text: written }
  return { number, unit: text(quantity.code) || text(quantity.unit), metric_type, text: written }
}

/** A number with its unit, and the comparator of a bound. */
function amount(quantity: Item): string {
  const unit = text(quantity.unit) || text(quantity.code)
  const number = `${text(quantity.comparator)}${text(quantity.value)}`
  return number === '' ? '' : `${number} ${unit}`.trim()
}

/** The range that the source gave, and what the source's own flag, else the numbers in the same unit, say of the value. */
function rangeOf(resource: Item): Pick<ReadableRow, 'range' | 'bounds' | 'verdict'> {
  const [given] = items(resource.referenceRange)
  const low = isItem(given?.low) ? given.low : undefined
  const high = isItem(given?.high) ? given.high : undefined
  const numbers = [low === undefined ? '' : amount(low), high === undefined ? '' : amount(high)]
  const words = numbers[0] !== '' && numbers[1] !== '' ? numbers.join(' – ') : bound(numbers)
  const range = clipped(text(given?.text) || words)
  const flags = items(resource.interpretation).flatMap((one) => items(one.coding).map((coding) => text(coding.code)))
  const metric = measured(resource.code)
  const part = (one: Item | undefined) => (one === undefined ? undefined : amountOf(one, metric))
  const bounds = text(given?.text) !== '' || range === '' ? undefined : { low: part(low), high: part(high) }
  return { range, bounds, verdict: flagged(flags) || compared(resource.valueQuantity, low, high) }
}

const bound = ([low = '', high = '']: readonly string[]) =>
  low !== '' ? `from ${low}` : high !== '' ? `up to ${high}` : ''

const FLAGS: Readonly<Record<string, ReadableRow['verdict']>> = {
  L: 'below',
  LL: 'below',
  H: 'above',
  HH: 'above',
  N: 'within',
  A: 'flagged',
  AA: 'flagged',
}

function flagged(codes: readonly string[]): ReadableRow['verdict'] {
  const found = codes.find((code) => Object.hasOwn(FLAGS, code))
  return found === undefined ? '' : (FLAGS[found] as ReadableRow['verdict'])
}

/** Bounds (`<5`), other units and what is no number are not compared. */
function compared(value: unknown, low: Item | undefined, high: Item | undefined): ReadableRow['verdict'] {
  if (!isItem(value) || text(value.comparator) !== '' || (low === undefined && high === undefined)) return ''
  const number = numberIn(value)
  const isSameUnit = [low, high].every(
    (one) => one === undefined || unitOf(one) === '' || unitOf(one) === unitOf(value),
  )
  if (number === undefined || !isSameUnit) return ''
  const [least, most] = [low, high].map((one) => (one === undefined ? undefined : numberIn(one)))
  if (least !== undefined && number < least) return 'below'
  if (most !== undefined && number > most) return 'above'
  return least === undefined && most === undefined ? '' : 'within'
}

const unitOf = (quantity: Item) => text(quantity.unit) || text(quantity.code)

function numberIn(quantity: Item): number | undefined {
  const written = text(quantity.value)
  const number = Number(written)
  return written === '' || !Number.isFinite(number) ? undefined : number
}

function reactions(resource: Item): string[] {
  return items(resource.reaction)
    .slice(0, 10)
    .flatMap((one) => [...items(one.manifestation).map(concept), text(one.description)])
    .filter((one) => one !== '')
}

function timeOf(resource: Item): string {
  const period = [resource.effectivePeriod, resource.performedPeriod, resource.period].find(isItem)
  const times = [
    resource.effectiveDateTime,
    resource.onsetDateTime,
    resource.occurrenceDateTime,
    resource.performedDateTime,
    resource.authoredOn,
    resource.recordedDate,
    period?.start,
  ]
  return (times.map(text).find((one) => one !== '') ?? '').slice(0, 10)
}

function nameOf(patient: Item): string {
  const [name] = items(patient.name)
  if (name === undefined) return ''
  const given = Array.isArray(name.given) ? name.given.map(text) : []
  return clipped(text(name.text) || [...given, text(name.family)].filter((one) => one !== '').join(' '))
}

function concept(value: unknown): string {
  if (!isItem(value)) return ''
  const coding = items(value.coding)[0]
  return text(value.text) || text(coding?.display) || text(coding?.code)
}

const isItem = (value: unknown): value is Item => typeof value === 'object' && value !== null && !Array.isArray(value)
const items = (value: unknown): Item[] => (Array.isArray(value) ? value.filter(isItem) : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const clipped = (value: string) => (value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value)
