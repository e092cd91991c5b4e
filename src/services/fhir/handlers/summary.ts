import { notFound, PlatformError } from '../../../kernel/errors.ts'
import { ALWAYS, type Span } from '../../../shared/span.ts'
import { liesIn } from '../domain/clinicalTime.ts'
import { isObject, type Json, parseJson, type Resource, stringify } from '../domain/json.ts'
import { referenceOf } from '../domain/keys.ts'
import { entriesOf, SECTIONS, summaryBundle } from '../domain/summary.ts'
import type { Answer } from './answers.ts'
import { type Call, Pace } from './call.ts'
import { profiles } from './engines.ts'
import { findAll } from './finding.ts'
import { assertKnown, inputsOf } from './inputs.ts'
import { readResource } from './reading.ts'

/** Types that a summary takes along when something in it refers to them. */
const SUPPORTING = new Set([
  'Medication',
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Device',
  'Specimen',
  'Location',
])
const MOST_SUPPORTING = 200
const IPS_BUNDLE = 'http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips'
/** How each type is ordered, newest first. */
const SORT: Readonly<Record<string, string>> = {
  Condition: '-onset-date',
  MedicationStatement: '-effective',
  MedicationRequest: '-authoredon',
  DeviceUseStatement: '-_lastUpdated',
}

/** `Patient/$summary`: the International Patient Summary of one patient, put together now and not stored. */
export async function summary(call: Call, id: string | undefined): Promise<Answer> {
  const inputs = await inputsOf(call)
  assertKnown(inputs, '$summary', ['identifier', 'profile'])
  const patient = id === undefined ? await patientBy(call, inputs.text('identifier')) : await patientOf(call, id)
  return { status: 200, body: stringify(await documentOf(call, patient)) }
}

/** The summary document of a patient, of what the caller may see of the record and what lies in the span. */
export async function documentOf(call: Call, patient: Resource, span: Span = ALWAYS): Promise<Resource> {
  const resources = new Map<string, Resource[]>()
  for (const type of new Set(SECTIONS.flatMap((section) => section.types))) {
    const found: Resource[] = []
    const query: [string, string][] = [
      ['patient', String(patient.id)],
      ['_sort', SORT[type] ?? '-date'],
    ]
    for await (const page of findAll(call, type, query)) found.push(...page.map((one) => one.resource))
    resources.set(
      type,
      found.filter((one) => liesIn(one, span)),
    )
  }
  const named = SECTIONS.flatMap((section) => entriesOf(section, resources))
  const supporting = await supportingOf(call, named)
  const input = { base: call.base, patient, resources, supporting, now: call.context.now() }
  await new Pace().giveWay()
  const bundle = summaryBundle(input)
  // It says to keep HL7's profile only where it does: a patient without a date of birth can't.
  const isWhole = profiles().check(bundle, IPS_BUNDLE).length === 0
  const { resourceType, ...rest } = bundle
  return isWhole ? { resourceType, meta: { profile: [IPS_BUNDLE] }, ...rest } : bundle
}

const plain = (call: Call): Call => ({ ...call, headers: {}, query: [] })

async function patientOf(call: Call, id: string): Promise<Resource> {
  return parseJson((await readResource(plain(call), 'Patient', id)).body) as Resource
}

async function patientBy(call: Call, identifier: string | undefined): Promise<Resource> {
  if (identifier === undefined)
    throw new PlatformError('bad_request', '$summary needs the id of a patient, or an identifier')
  const found: Resource[] = []
  for await (const page of findAll(call, 'Patient', [['identifier', identifier]]))
    found.push(...page.map((one) => one.resource))
  const [patient] = found
  if (patient === undefined) throw notFound('A patient with this identifier')
  if (found.length > 1) throw new PlatformError('precondition_failed', 'More than one patient has this identifier')
  return patient
}

async function supportingOf(call: Call, named: readonly Resource[]): Promise<Resource[]> {
  const ids = new Map<string, Set<string>>()
  const walk = (value: Json | undefined, depth: number): void => {
    if (Array.isArray(value)) for (const one of value) walk(one, depth)
    else if (isObject(value) && depth < 12) {
      const target = referenceOf(value)
      if (target !== undefined && SUPPORTING.has(target.type)) {
        ids.set(target.type, (ids.get(target.type) ?? new Set()).add(target.id))
      }
      for (const key of Object.keys(value)) walk(value[key], depth + 1)
    }
  }
  for (const one of named) walk(one, 0)
  const found: Resource[] = []
  for (const [type, wanted] of [...ids].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const query: [string, string][] = [
      ['_id', [...wanted].slice(0, MOST_SUPPORTING).join(',')],
      ['_sort', '_id'],
    ]
    for await (const page of findAll(call, type, query)) found.push(...page.map((one) => one.resource))
  }
  return found.slice(0, MOST_SUPPORTING)
}
