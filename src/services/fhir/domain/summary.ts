import { isObject, type Json, type JsonObject, listOf, type Resource } from './json.ts'
import { hash53 } from './values.ts'

/** A section of the International Patient Summary (HL7 IPS 2.0): its LOINC code, its title, what belongs into it. */
export interface Section {
  readonly code: string
  readonly title: string
  /** Whether the summary has it also when nothing is known. */
  readonly isRequired: boolean
  readonly types: readonly string[]
  readonly belongs: (resource: Resource) => boolean
  /** Of each code only the newest. */
  readonly isNewestOnly?: boolean
}

const statusIn =
  (...allowed: readonly string[]) =>
  (resource: Resource) =>
    typeof resource.status === 'string' && allowed.includes(resource.status)

function codesOf(concept: Json | undefined): string[] {
  if (!isObject(concept)) return []
  return listOf(concept.coding).flatMap((one) => (isObject(one) && typeof one.code === 'string' ? [one.code] : []))
}

const isMistaken = (resource: Resource) =>
  codesOf(resource.verificationStatus).some((code) => code === 'entered-in-error' || code === 'refuted')
const isPast = (resource: Resource) =>
  codesOf(resource.clinicalStatus).some((code) => ['inactive', 'remission', 'resolved'].includes(code))
const isOf = (category: string) => (resource: Resource) =>
  listOf(resource.category).some((one) => codesOf(one).includes(category)) &&
  statusIn('final', 'amended', 'corrected', 'preliminary')(resource)

/** In the order in which they are read. */
export const SECTIONS: readonly Section[] = [
  {
    code: '11450-4',
    title: 'Problems',
    isRequired: true,
    types: ['Condition'],
    belongs: (one) => !isMistaken(one) && !isPast(one),
  },
  {
    code: '48765-2',
    title: 'Allergies and intolerances',
    isRequired: true,
    types: ['AllergyIntolerance'],
    belongs: (one) => !isMistaken(one) && !isPast(one),
  },
  {
    code: '10160-0',
    title: 'Medication',
    isRequired: true,
    types: ['MedicationStatement', 'MedicationRequest'],
    belongs: statusIn('active', 'intended', 'on-hold', 'unknown'),
  },
  {
    code: '11369-6',
    title: 'Immunizations',
    isRequired: false,
    types: ['Immunization'],
    belongs: statusIn('completed'),
  },
  {
    code: '30954-2',
    title: 'Results',
    isRequired: false,
    types: ['Observation', 'DiagnosticReport'],
    belongs: (one) =>
      one.resourceType === 'Observation' ? isOf('laboratory')(one) : statusIn('final', 'amended', 'corrected')(one),
    isNewestOnly: true,
  },
  {
    code: '47519-4',
    title: 'Procedures',
    isRequired: false,
    types: ['Procedure'],
    belongs: statusIn('completed', 'in-progress'),
  },
  {
    code: '46264-8',
    title: 'Medical devices',
    isRequired: false,
    types: ['DeviceUseStatement'],
    belongs: statusIn('active'),
  },
  {
    code: '8716-3',
    title: 'Vital signs',
    isRequired: false,
    types: ['Observation'],
    belongs: isOf('vital-signs'),
    isNewestOnly: true,
  },
  {
    code: '29762-2',
    title: 'Social history',
    isRequired: false,
    types: ['Observation'],
    belongs: isOf('social-history'),
    isNewestOnly: true,
  },
  {
    code: '11348-0',
    title: 'Past problems',
    isRequired: false,
    types: ['Condition'],
    belongs: (one) => !isMistaken(one) && isPast(one),
  },
  { code: '18776-5', title: 'Plan of care', isRequired: false, types: ['CarePlan'], belongs: statusIn('active') },
]

/** Entries of one section; a summary is no archive. */
export const MOST_ENTRIES = 100
const LOINC = 'http://loinc.org'

export interface SummaryInput {
  readonly base: string
  readonly patient: Resource
  /** Resources by type, newest first. */
  readonly resources: ReadonlyMap<string, readonly Resource[]>
  /** What those refer to: practitioners, organisations, medications. */
  readonly supporting: readonly Resource[]
  readonly now: Date
}

function isNew(name: string, seen: Set<string>): boolean {
  if (seen.has(name)) return false
  seen.add(name)
  return true
}

/** What an observation or a report is one of: its first code, or its text. */
export function groupOf(resource: Resource): string {
  const code = isObject(resource.code) ? resource.code : {}
  const [coding] = listOf(code.coding)
  return isObject(coding) ? `${String(coding.system ?? '')}|${String(coding.code)}` : `text|${String(code.text)}`
}

/** What stands in a section, newest first; of each code the newest where the section wants it. */
export function entriesOf(section: Section, resources: SummaryInput['resources']): Resource[] {
  const found = section.types.flatMap((type) => (resources.get(type) ?? []).filter(section.belongs))
  const seen = new Set<string>()
  const kept = section.isNewestOnly === true ? found.filter((one) => isNew(groupOf(one), seen)) : found
  return kept.slice(0, MOST_ENTRIES)
}

/** The summary as a FHIR document: the same record at the same moment gives the same document. */
export function summaryBundle({ base, patient, resources, supporting, now }: SummaryInput): Resource {
  const time = now.toISOString()
  const url = (one: Resource) => `${base}/${one.resourceType}/${String(one.id)}`
  const sections = SECTIONS.map((section) => ({ section, entries: entriesOf(section, resources) }))
  const shown = sections.filter(({ section, entries }) => section.isRequired || entries.length > 0)
  const named = [...new Map(shown.flatMap(({ entries }) => entries).map((one) => [url(one), one])).values()]
  const seed = `${url(patient)} ${time} ${named.map((one) => `${url(one)} ${metaVersion(one)}`).join(' ')}`
  const device: Resource = {
    resourceType: 'Device',
    id: 'salus',
    deviceName: [{ name: 'Salus', type: 'user-friendly-name' }],
  }
  const deviceUrl = `urn:uuid:${uuidOf(`${base} device`)}`
  const composition: Resource = {
    resourceType: 'Composition',
    id: uuidOf(`${seed} composition`),
    text: narrative(`<p>Patient summary of ${escaped(nameOf(patient))}, ${escaped(time.slice(0, 10))}</p>`),
    status: 'final',
    type: { coding: [{ system: LOINC, code: '60591-5', display: 'Patient summary Document' }] },
    subject: { reference: `Patient/${String(patient.id)}` },
    date: time,
    author: [{ reference: deviceUrl }],
    title: `Patient summary, ${time.slice(0, 10)}`,
    section: shown.map(({ section, entries }) => sectionOf(section, entries)),
  }
  const entry = [
    // An address like those of the others: only so its references, `Condition/1`, mean the entries beside it.
    { fullUrl: url(composition), resource: composition },
    { fullUrl: url(patient), resource: patient },
    { fullUrl: deviceUrl, resource: device },
    ...named.map((resource) => ({ fullUrl: url(resource), resource })),
    ...supporting.map((resource) => ({ fullUrl: url(resource), resource })),
  ]
  return {
    resourceType: 'Bundle',
    identifier: { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${uuidOf(seed)}` },
    type: 'document',
    timestamp: time,
    entry: entry as unknown as Json[],
  }
}

const metaVersion = (one: Resource) => (isObject(one.meta) ? String(one.meta.versionId) : '')

function sectionOf(section: Section, entries: readonly Resource[]): JsonObject {
  const lines = entries.map(
    (one) => `<li>${escaped([label(one), detail(one)].filter((part) => part !== '').join(': '))}</li>`,
  )
  const nothing = '<p>No information available</p>'
  return {
    title: section.title,
    code: { coding: [{ system: LOINC, code: section.code }] },
    text: narrative(lines.length === 0 ? nothing : `<ul>${lines.join('')}</ul>`),
    ...(entries.length > 0
      ? { entry: entries.map((one) => ({ reference: `${one.resourceType}/${String(one.id)}` })) }
      : {
          emptyReason: {
            coding: [{ system: 'http://terminology.hl7.org/CodeSystem/list-empty-reason', code: 'unavailable' }],
          },
        }),
  }
}

const narrative = (inner: string) => ({
  status: 'generated',
  div: `<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>`,
})

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** What a person or a document wrote is text, never markup. */
function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is left out.
  return text.replaceAll(/[\u0000-\u001f]/g, ' ').replaceAll(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter)
}

function conceptText(concept: Json | undefined): string {
  if (!isObject(concept)) return ''
  const coding = listOf(concept.coding).find((one) => isObject(one))
  const shown = concept.text ?? (isObject(coding) ? (coding.display ?? coding.code) : undefined)
  return typeof shown === 'string' ? shown : ''
}

/** What the resource is about, in words. */
function label(one: Resource): string {
  const reference = [one.medicationReference, one.device].find(isObject)
  const words = [one.code, one.medicationCodeableConcept, one.vaccineCode].map(conceptText).find((text) => text !== '')
  const other = one.title ?? reference?.display
  return words ?? (typeof other === 'string' ? other : one.resourceType)
}

/** Its value and its time. */
function detail(one: Resource): string {
  const parts = [one, ...listOf(one.component)].flatMap((part) => (isObject(part) ? valueText(part) : []))
  const period = [one.effectivePeriod, one.performedPeriod, one.period].find(isObject)
  const times = [
    one.effectiveDateTime,
    one.onsetDateTime,
    one.occurrenceDateTime,
    one.performedDateTime,
    one.authoredOn,
    period?.start,
  ]
  const time = times.find((text) => typeof text === 'string')
  return [parts.join(', '), typeof time === 'string' ? time.slice(0, 10) : ''].filter((text) => text !== '').join(', ')
}

function valueText(part: JsonObject): string[] {
  const quantity = part.valueQuantity
  if (isObject(quantity)) {
    const { value } = quantity
    const number = isObject(value) ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value ?? '')
    return [`${number} ${String(quantity.unit ?? quantity.code ?? '')}`.trim()]
  }
  const text = part.valueString ?? conceptText(part.valueCodeableConcept)
  return typeof text === 'string' && text !== '' ? [text] : []
}

function nameOf(patient: Resource): string {
  const name = listOf(patient.name).find(isObject)
  if (name === undefined) return 'the patient'
  const parts = [...listOf(name.given), name.family].filter((one) => typeof one === 'string')
  if (typeof name.text === 'string') return name.text
  return parts.length === 0 ? 'the patient' : parts.join(' ')
}

/** A UUID of its own for each text, and always the same one. */
function uuidOf(text: string): string {
  const hex = [1, 2, 3].map((part) => hash53(`${part} ${text}`).toString(16).padStart(14, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(12, 15)}-8${hex.slice(15, 18)}-${hex.slice(18, 30)}`
}
