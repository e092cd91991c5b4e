import { PlatformError } from '../../../kernel/errors.ts'
import { fhir } from '../contract.ts'
import { type Resource, stringify } from '../domain/json.ts'
import { entriesOf, SECTIONS } from '../domain/summary.ts'
import { type Answer, bundleText, entryText } from './answers.ts'
import type { Call } from './call.ts'
import { type FoundEntry, findAll } from './finding.ts'
import { everything } from './operations.ts'
import { readResource } from './reading.ts'

/** Headers of S001's clients: who asks, for whom, why. */
const HEADERS = [
  'x-hospital-id',
  'x-doctor-id',
  'x-purpose',
  'x-patient-id',
  'x-ambulance-id',
  'x-sos-event-id',
] as const
type Header = (typeof HEADERS)[number]
const NAME = /^[\w .:@/-]{1,80}$/

function headersOf(call: Call): ReadonlyMap<Header, string> {
  const found = new Map<Header, string>()
  for (const name of HEADERS) {
    const text = call.headers[name]
    if (text === undefined) continue
    if (typeof text !== 'string' || !NAME.test(text)) throw new PlatformError('bad_request', `${name} is malformed`)
    found.set(name, text)
  }
  return found
}

const isEmergency = (call: Call) => call.path[0] === 'Bundle' && call.path[1] === 'emergency'

/**
 * For a hospital that says who it is: throws 403 unless the person shares the record with hospitals, and says in the
 * audit who asked and why. Returns the headers of the answer; undefined for everybody else.
 */
export async function hospitalHeaders(call: Call): Promise<Readonly<Record<string, string>> | undefined> {
  const headers = headersOf(call)
  const hospital = headers.get('x-hospital-id') ?? headers.get('x-ambulance-id')
  if (hospital === undefined) return undefined
  const [type, id] = call.path
  const patient = headers.get('x-patient-id')
  if (patient !== undefined && type === 'Patient' && id !== undefined && id !== patient) {
    throw new PlatformError('bad_request', 'X-Patient-Id is not the patient of the address')
  }
  // In an emergency the right to the record is enough: consent can't be waited for, and break-glass is told to the person.
  if (!isEmergency(call)) await call.context.call(fhir.operations.sharedWithHospital, {})
  const reason = [...headers].map(([name, text]) => `${name}=${text}`).join(' ')
  call.context.audit({ action: isEmergency(call) ? 'emergency_read' : 'shared_with_hospital', reason })
  return { 'x-dpdp-compliant': 'true', 'x-fhir-version': '4.0.1' }
}

const EMERGENCY = SECTIONS.filter((section) => section.isRequired)
const BLOOD_GROUP = 'http://loinc.org|882-1,http://loinc.org|883-9'

/** `Bundle/emergency/{patient}`: who it is, allergies, problems, medication and blood group. Throws 400 without its headers. */
export async function emergencyBundle(call: Call, id: string): Promise<Answer> {
  const headers = headersOf(call)
  const isNamed = headers.has('x-hospital-id') || headers.has('x-ambulance-id')
  const isOwn = call.context.caller.principal?.accountId === call.personId
  if (!isOwn && !(isNamed && headers.has('x-sos-event-id'))) {
    throw new PlatformError('bad_request', 'Give X-Ambulance-Id or X-Hospital-Id, and X-Sos-Event-Id')
  }
  const plain = { ...call, headers: {}, query: [] }
  const patient = await readResource(plain, 'Patient', id)
  const found = new Map<string, FoundEntry>()
  const resources = new Map<string, Resource[]>()
  const collect = async (type: string, query: [string, string][]) => {
    for await (const page of findAll(plain, type, [['patient', id], ...query])) {
      for (const entry of page) found.set(`${type}/${String(entry.resource.id)}`, entry)
      resources.set(type, [...(resources.get(type) ?? []), ...page.map((entry) => entry.resource)])
    }
  }
  for (const type of new Set(EMERGENCY.flatMap((section) => section.types))) await collect(type, [])
  await collect('Observation', [
    ['code', BLOOD_GROUP],
    ['_sort', '-date'],
  ])
  const named = [
    ...EMERGENCY.flatMap((section) => entriesOf(section, resources)),
    ...(resources.get('Observation') ?? []).slice(0, 1),
  ]
  const entries = named.flatMap((one) => found.get(`${one.resourceType}/${String(one.id)}`) ?? [])
  const texts = [
    entryText({ fullUrl: `${call.base}/Patient/${id}`, resource: patient.body }),
    ...entries.map((entry) => entryText({ fullUrl: entry.fullUrl, resource: stringify(entry.resource) })),
  ]
  return { status: 200, body: bundleText({ type: 'collection', timestamp: call.context.now().toISOString() }, texts) }
}

/** `Bundle/{patient}?include=Observation,Condition`: the whole record, or what is named of it. */
export function wholeBundle(call: Call, id: string, include: string): Promise<Answer> {
  const types = include.split(',').filter((type) => type !== '' && type !== 'all' && type !== '*')
  return everything(
    { ...call, method: 'GET', query: types.length === 0 ? [] : [['_type', ['Patient', ...types].join(',')]] },
    id,
  )
}
