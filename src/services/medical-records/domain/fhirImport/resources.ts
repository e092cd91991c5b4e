import type { CarriedType } from '../../contract/carried.ts'
import { type ImportedResource, type Skipped, tidy } from '../imported.ts'
import { codingsOf } from './codings.ts'
import { type Json, numberIn, objectOf, objectsOf, textIn } from './json.ts'

const LARGEST_CHARACTERS = 20_000
const DEEPEST = 12
/** What is somebody else's, or another record's: ids, references, narratives and what only the sender understands. */
const LEFT_OUT = new Set([
  'id',
  'meta',
  'text',
  'contained',
  'extension',
  'reference',
  'subject',
  'patient',
  'implicitRules',
])
const WITHDRAWN = new Set(['entered-in-error', 'cancelled', 'not-done', 'rejected', 'revoked'])

/** A visit, plan, goal or device, to be kept as the resource that it is; why not, for those that are withdrawn or say nothing. */
export function carriedItem(resource: Json): ImportedResource | Skipped {
  const type = String(resource.resourceType) as CarriedType
  const status = textIn(resource.status) ?? textIn(resource.lifecycleStatus) ?? ''
  if (WITHDRAWN.has(status)) return { where: type, why: 'It was withdrawn' }
  return carried(type, resource, NAMES[type]?.(resource) ?? [])
}

/** The item of a resource with its name, what it says and its day. */
export function carried(
  type: CarriedType,
  resource: Json,
  [display, text = '', startedOn]: readonly (string | null | undefined)[],
): ImportedResource | Skipped {
  if (display === null || display === undefined) return { where: type, why: 'It has no name' }
  const plain = plainResource(type, resource)
  if (plain === undefined)
    return { where: display, why: 'It is too large, or says something that only its sender understands' }
  const day = dayOf(startedOn)
  return { ...frameOf(type, resource, display, day), kind: 'resource', type, text: text ?? '', resource: plain }
}

/** What every item of a resource has: the id at its sender makes it the same thing in another file. */
export function frameOf(type: string, resource: Json, display: string, startedOn: string | null) {
  const id = textIn(resource.id) ?? ''
  const key = [type, id === '' ? `${display}|${startedOn}` : id].join('|').slice(0, 400)
  return { key, display, startedOn }
}

/** The resource without what means nothing in another record; undefined for one that is too large or has unknown modifiers. */
export function plainResource(type: string, resource: Json): Json | undefined {
  if (JSON.stringify(resource).includes('"modifierExtension"')) return undefined
  const plain = { ...(plainValue(resource, 0) as Json), resourceType: type }
  return JSON.stringify(plain).length > LARGEST_CHARACTERS ? undefined : plain
}

function plainValue(value: unknown, depth: number): unknown {
  if (Array.isArray(value)) {
    const kept = depth > DEEPEST ? [] : value.map((one) => plainValue(one, depth + 1)).filter(isSaid)
    return kept.length === 0 ? undefined : kept
  }
  const object = objectOf(value)
  if (object === undefined) return value ?? undefined
  if (depth > DEEPEST) return undefined
  const isConcept = 'coding' in object
  const entries = Object.entries(object)
    // The words of a concept are no narrative.
    .filter(([name]) => !(LEFT_OUT.has(name) && !(name === 'text' && (depth > 0 || isConcept))))
    .map(([name, one]) => [name, plainValue(one, depth + 1)] as const)
    .filter(([, one]) => isSaid(one))
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

const isSaid = (value: unknown) => value !== undefined && value !== null

/** Name, what it says, and its day. */
const NAMES: Readonly<Partial<Record<CarriedType, (one: Json) => readonly (string | null | undefined)[]>>> = {
  Encounter: (one) => [
    wordsOf(objectsOf(one.type)[0]) ?? wordsOf(objectOf(one.serviceType)) ?? classOf(one) ?? 'Visit',
    tidy(textIn(objectOf(one.serviceProvider)?.display) ?? wordsOf(objectsOf(one.reasonCode)[0]), 300),
    textIn(objectOf(one.period)?.start),
  ],
  CarePlan: (one) => [
    tidy(textIn(one.title), 300) ?? wordsOf(objectsOf(one.category)[0]) ?? tidy(textIn(one.description), 300),
    tidy(textIn(one.description), 300),
    textIn(objectOf(one.period)?.start) ?? textIn(one.created),
  ],
  Goal: (one) => [
    wordsOf(objectOf(one.description)),
    objectsOf(one.target).map(targetOf).filter(Boolean).join('; '),
    textIn(one.startDate),
  ],
  Device: (one) => [
    tidy(textIn(objectsOf(one.deviceName)[0]?.name), 300) ?? wordsOf(objectOf(one.type)),
    tidy([one.manufacturer, one.modelNumber, one.lotNumber].map(textIn).filter(Boolean).join(' '), 300),
    textIn(one.manufactureDate),
  ],
}

function targetOf(target: Json): string {
  const { value, unit } = objectOf(target.detailQuantity) ?? {}
  return [wordsOf(objectOf(target.measure)), numberIn(value), textIn(unit)].filter(isSaid).join(' ')
}

function classOf(encounter: Json): string | null {
  const one = objectOf(encounter.class)
  return tidy(textIn(one?.display) ?? textIn(one?.code), 100)
}

/** The words of a CodeableConcept; null for none. */
export function wordsOf(concept: unknown): string | null {
  return tidy(textIn(objectOf(concept)?.text) ?? codingsOf(concept).find((one) => one.display !== null)?.display, 300)
}

/** A FHIR date or time as exact as it is; null for anything else. */
export function dayOf(time: string | null | undefined): string | null {
  return /^\d{4}(-\d{2}(-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?)?)?$/.exec(time ?? '')?.[0] ?? null
}
