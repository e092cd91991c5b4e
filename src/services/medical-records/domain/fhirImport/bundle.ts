import {
  type FileWithdrawal,
  type ImportedFile,
  type ImportedItem,
  type ImportedPatient,
  ImportFault,
  type ItemPlace,
  known,
  MOST_ITEMS,
  MOST_SKIPPED,
  type Skipped,
  tidy,
} from '../imported.ts'
import { clinicalItem, familyItems } from './entries.ts'
import { type Json, objectOf, objectsOf, textIn } from './json.ts'
import { observationItem } from './observations.ts'
import { paperItems, reportItem } from './papers.ts'
import { carriedItem } from './resources.ts'
import { isWithdrawn, standing } from './withdrawn.ts'

/** JSON is read in one piece: larger files would keep others waiting. */
export const LARGEST_FHIR_BYTES = 3_000_000
const STEPS = 200
const QUIET = new Set([
  'Patient',
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Provenance',
  'Location',
  'Medication',
  'Specimen',
])

type Taken = ImportedItem | Skipped | undefined
const READERS: Readonly<Record<string, (resource: Json) => Taken | readonly Taken[]>> = {
  Observation: observationItem,
  DiagnosticReport: reportItem,
  DocumentReference: paperItems,
  FamilyMemberHistory: familyItems,
  Encounter: carriedItem,
  CarePlan: carriedItem,
  Goal: carriedItem,
  Device: carriedItem,
}

/**
 * Reads FHIR R4 as JSON: a Bundle, a list of resources, or one. Laboratory values, vital signs and ways of life, conditions,
 * allergies, immunisations, procedures, medicines, illnesses in the family, reports, papers, visits, plans, goals and devices
 * are taken; other resources are named as skipped.
 * @throws ImportFault for what is no FHIR, is too large, or is about more than one person
 */
export function* readFhir(bytes: Uint8Array): Generator<void, ImportedFile> {
  if (bytes.length > LARGEST_FHIR_BYTES)
    throw new ImportFault(`FHIR is read up to ${LARGEST_FHIR_BYTES} bytes; send it in parts`)
  const skipped: Skipped[] = []
  const items: ImportedItem[] = []
  const places: Record<string, ItemPlace> = {}
  const withdrawn: FileWithdrawal[] = []
  let patient: ImportedPatient | undefined
  for (const [index, resource] of resourcesOf(bytes).entries()) {
    if (index % STEPS === STEPS - 1) yield
    const type = textIn(resource.resourceType) ?? ''
    if (type === 'Patient') {
      if (patient !== undefined) throw new ImportFault('The file is about more than one person')
      patient = patientOf(resource)
    }
    if (isWithdrawn(resource)) withdrawn.push(...withdrawalOf(type, resource))
    const read = readOf(type, resource)
    const isKnown = QUIET.has(type) || Object.hasOwn(READERS, type)
    if (read === undefined && !isKnown) {
      skipped.push({ where: tidy(type, 60) ?? 'resource', why: 'This kind of resource is not taken' })
    }
    const taken = listOf(read)
    skipped.push(...taken.filter((one) => 'why' in one))
    const brought = taken.filter((one) => 'kind' in one)
    items.push(...brought)
    Object.assign(places, placesOf(type, resource, brought))
    if (items.length > MOST_ITEMS) throw new ImportFault(`The file has more than ${MOST_ITEMS} entries`)
  }
  return {
    format: 'fhir',
    sender: null,
    patient: patient ?? { name: null, birthDate: null, sex: null },
    items,
    skipped: skipped.slice(0, MOST_SKIPPED),
    places,
    withdrawn,
    acknowledgement: null,
  }
}

type Read = Taken | readonly Taken[]

const readOf = (type: string, resource: Json): Read => known(READERS, type)?.(resource) ?? clinicalItem(type, resource)

function listOf(read: Read): readonly (ImportedItem | Skipped)[] {
  const all = Array.isArray(read) ? (read as readonly Taken[]) : [read as Taken]
  return all.filter((one) => one !== undefined)
}

const referenceOf = (type: string, resource: Json) => {
  const id = textIn(resource.id) ?? ''
  return id === '' ? null : `${type}/${id}`.slice(0, 300)
}

/** Each illness of a relative is a part of its own, whatever its place in the list. */
function placesOf(type: string, resource: Json, items: readonly ImportedItem[]): Record<string, ItemPlace> {
  const reference = referenceOf(type, resource)
  if (reference === null) return {}
  const counts = new Map<string, number>()
  const places = items.map((item) => {
    const part = item.kind === 'family_history' ? `${item.kind}|${item.code ?? item.display}` : item.kind
    const count = (counts.get(part) ?? 0) + 1
    counts.set(part, count)
    return [`${item.kind}|${item.key}`, { reference, part: count === 1 ? part : `${part}|${count}` }] as const
  })
  return Object.fromEntries(places)
}

/** What is withdrawn, by where it lies and by the keys that it had while it stood. */
function withdrawalOf(type: string, resource: Json): FileWithdrawal[] {
  const reference = referenceOf(type, resource)
  const stood = listOf(readOf(type, standing(resource))).filter((one) => 'kind' in one)
  return [
    ...(reference === null ? [] : [{ kind: null, key: null, reference }]),
    ...stood.map(({ kind, key }) => ({ kind, key, reference: null })),
  ]
}

function resourcesOf(bytes: Uint8Array): readonly Json[] {
  let root: unknown
  try {
    root = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new ImportFault('The file is no JSON in UTF-8')
  }
  const resources = Array.isArray(root) ? objectsOf(root) : bundled(objectOf(root))
  if (resources.length === 0 || resources.some((one) => typeof one.resourceType !== 'string')) {
    throw new ImportFault('The file is no FHIR: a Bundle, a list of resources, or one')
  }
  return resources
}

function bundled(root: Json | undefined): readonly Json[] {
  if (root === undefined) return []
  if (root.resourceType !== 'Bundle') return [root]
  return objectsOf(root.entry)
    .map((entry) => objectOf(entry.resource))
    .filter((one) => one !== undefined)
}

function patientOf(patient: Json): ImportedPatient {
  const [name] = objectsOf(patient.name)
  const given = Array.isArray(name?.given) ? name.given.filter((one) => typeof one === 'string').join(' ') : ''
  const gender = textIn(patient.gender)
  return {
    name: tidy(textIn(name?.text) ?? `${given} ${textIn(name?.family) ?? ''}`, 200),
    birthDate: /^\d{4}(-\d{2}(-\d{2})?)?$/.exec(textIn(patient.birthDate) ?? '')?.[0] ?? null,
    sex: gender === 'female' || gender === 'male' ? gender : null,
  }
}
