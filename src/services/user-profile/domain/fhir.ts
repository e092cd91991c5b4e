import { accountNameOf, knownOf, type Sections } from './sections.ts'
import type { Data } from './tidy.ts'

/** Plain JSON of a resource. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }
export interface Resource {
  readonly resourceType: string
  readonly [name: string]: Json
}

export const BLOOD_GROUP_ID = 'blood-group'
/** Sections that the Patient is made of. */
export const PATIENT_SECTIONS = ['account', 'profile', 'preferences'] as const

/** A version that grows whenever any of the sections does, and when that was. */
export function patientVersion(sections: Sections): { readonly version: number; readonly updatedAt: Date } {
  const rows = PATIENT_SECTIONS.flatMap((name) => sections[name] ?? [])
  const times = rows.map((row) => row.updated_at.getTime())
  return {
    version: rows.reduce((sum, row) => sum + row.version, 1),
    updatedAt: new Date(Math.max(0, ...times)),
  }
}

/** Codes of HL7's marital status; what it has no code for is a text. */
const MARITAL: Readonly<Record<string, string>> = {
  single: 'S',
  married: 'M',
  divorced: 'D',
  widowed: 'W',
  separated: 'L',
  partnered: 'T',
}
const MARITAL_SYSTEM = 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus'
const MEMBER_NUMBER = { system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MB' }
const EMERGENCY_CONTACT = { system: 'http://terminology.hl7.org/CodeSystem/v2-0131', code: 'C' }

/** What is known of a person as a FHIR R4 Patient. Nothing is assumed: what nobody said is left out. */
export function patientOf(personId: string, sections: Sections): Resource {
  const known = { ...knownOf(sections), account_name: accountNameOf(sections) }
  return {
    resourceType: 'Patient',
    id: personId,
    ...Object.fromEntries(MEMBERS.flatMap(({ name, write }) => asMember(name, write(known, personId)))),
  }
}

function asMember(name: string, value: Json | undefined): [string, Json][] {
  return value === undefined ? [] : [[name, value]]
}

/** A member of Patient: how it is written from what is known, and what it says of a person when it is read. */
interface Member {
  readonly name: string
  readonly fields: readonly string[]
  readonly write: (known: Data, personId: string) => Json | undefined
  readonly read: (value: Json | undefined) => Data
}

const MEMBERS: readonly Member[] = [
  {
    name: 'identifier',
    fields: ['insurance_policy_number', 'insurance_provider'],
    write: (known, personId) => [
      { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${personId}` },
      ...(text(known.insurance_policy_number) === undefined
        ? []
        : [
            compact({
              type: { coding: [MEMBER_NUMBER] },
              value: text(known.insurance_policy_number),
              assigner: wrap('display', text(known.insurance_provider)),
            }),
          ]),
    ],
    read: (value) => {
      const policy = listOf(value).find((one) => codesOf(member(one, 'type')).includes('MB'))
      if (policy === undefined) return { insurance_policy_number: null }
      const provider = member(member(policy, 'assigner'), 'display')
      return {
        insurance_policy_number: member(policy, 'value') ?? null,
        ...(provider === undefined ? {} : { insurance_provider: provider }),
      }
    },
  },
  {
    name: 'name',
    fields: ['first_name', 'middle_name', 'last_name', 'preferred_name'],
    write: (known) => {
      const given = [known.first_name, known.middle_name].flatMap((one) => text(one) ?? [])
      const full = compact({ family: text(known.last_name), given: given.length === 0 ? undefined : given })
      const called = text(known.preferred_name)
      const names: Json[] = []
      if (Object.keys(full).length > 0) names.push({ use: 'official', ...full })
      if (called !== undefined) names.push({ use: 'nickname', given: [called] })
      if (names.length > 0) return names
      const whole = text(known.account_name)
      return whole === undefined ? undefined : [{ text: whole }]
    },
    read: (value) => {
      const names = listOf(value)
      const nickname = names.find((one) => member(one, 'use') === 'nickname')
      // A name that is a text alone is what the account is called; its parts are nobody's to guess.
      const full = names.find(
        (one) => one !== nickname && (member(one, 'family') ?? member(one, 'given')) !== undefined,
      )
      const [first, middle] = listOf(member(full, 'given'))
      return {
        first_name: first ?? null,
        middle_name: middle ?? null,
        last_name: member(full, 'family') ?? null,
        preferred_name: listOf(member(nickname, 'given'))[0] ?? null,
      }
    },
  },
  {
    name: 'telecom',
    fields: ['phone_number', 'email'],
    write: (known) => {
      const points = [
        ['phone', text(known.phone_number)],
        ['email', text(known.email)],
      ].flatMap(([system, value]) => (value === undefined ? [] : [{ system: system as string, value }]))
      return points.length === 0 ? undefined : points
    },
    read: (value) => {
      const first = (system: string) => listOf(value).find((one) => member(one, 'system') === system)
      return {
        phone_number: member(first('phone'), 'value') ?? null,
        email: member(first('email'), 'value') ?? null,
      }
    },
  },
  {
    name: 'gender',
    fields: ['gender'],
    write: (known) => (known.gender === 'prefer_not_to_say' ? 'unknown' : text(known.gender)),
    read: (value) => ({ gender: value === 'unknown' ? 'prefer_not_to_say' : (value ?? null) }),
  },
  {
    name: 'birthDate',
    fields: ['date_of_birth'],
    write: (known) => text(known.date_of_birth),
    // A year alone is no day: the profile can't hold it.
    read: (value) => ({ date_of_birth: typeof value === 'string' && value.length === 10 ? value : null }),
  },
  {
    name: 'address',
    fields: ['address_line_1', 'address_line_2', 'city', 'state', 'postal_code', 'country'],
    write: (known) => {
      const lines = [known.address_line_1, known.address_line_2].flatMap((one) => text(one) ?? [])
      const address = compact({
        line: lines.length === 0 ? undefined : lines,
        city: text(known.city),
        state: text(known.state),
        postalCode: text(known.postal_code),
        country: text(known.country),
      })
      return Object.keys(address).length === 0 ? undefined : [address]
    },
    read: (value) => {
      const [first] = listOf(value)
      const [one, two] = listOf(member(first, 'line'))
      return {
        address_line_1: one ?? null,
        address_line_2: two ?? null,
        city: member(first, 'city') ?? null,
        state: member(first, 'state') ?? null,
        postal_code: member(first, 'postalCode') ?? null,
        country: member(first, 'country') ?? null,
      }
    },
  },
  {
    name: 'maritalStatus',
    fields: ['marital_status'],
    write: (known) => {
      const code = MARITAL[String(known.marital_status)]
      return code === undefined ? undefined : { coding: [{ system: MARITAL_SYSTEM, code }] }
    },
    read: (value) => {
      const codes = codesOf(value)
      return { marital_status: Object.keys(MARITAL).find((word) => codes.includes(MARITAL[word] as string)) ?? null }
    },
  },
  {
    name: 'contact',
    fields: ['emergency_contact_name', 'emergency_contact_phone', 'emergency_contact_relationship'],
    write: (known) => {
      const [name, phone] = [text(known.emergency_contact_name), text(known.emergency_contact_phone)]
      const relationship = text(known.emergency_contact_relationship)
      if (name === undefined && phone === undefined) return undefined
      return [
        compact({
          relationship: [compact({ coding: [EMERGENCY_CONTACT], text: relationship })],
          name: wrap('text', name),
          telecom: phone === undefined ? undefined : [{ system: 'phone', value: phone }],
        }),
      ]
    },
    read: (value) => {
      const [first] = listOf(value)
      const relationship = listOf(member(first, 'relationship')).map((one) => member(one, 'text'))
      const phone = listOf(member(first, 'telecom')).find((one) => member(one, 'system') === 'phone')
      return {
        emergency_contact_name: member(member(first, 'name'), 'text') ?? null,
        emergency_contact_phone: member(phone, 'value') ?? null,
        emergency_contact_relationship: relationship.find((one) => typeof one === 'string') ?? null,
      }
    },
  },
  {
    name: 'communication',
    fields: ['language'],
    write: (known) => {
      const code = text(known.language)
      if (code === undefined) return undefined
      return [{ language: { coding: [{ system: 'urn:ietf:bcp:47', code }] }, preferred: true }]
    },
    read: (value) => ({ language: codesOf(member(listOf(value)[0], 'language'))[0] ?? null }),
  },
]

/**
 * What a Patient says anew of the person: members that read as those of now are left alone, so that what a client read
 * and sends back changes nothing. `placeOf` gives the member of a field, for refusals.
 */
export function profileChangeOf(patient: Resource, personId: string, sections: Sections): Data {
  const before = patientOf(personId, sections)
  const change: Record<string, unknown> = {}
  for (const { name, read } of MEMBERS) {
    if (JSON.stringify(patient[name] ?? null) === JSON.stringify(before[name] ?? null)) continue
    const known = knownOf(sections)
    for (const [field, value] of Object.entries(read(patient[name]))) {
      if ((known[field] ?? null) !== value) change[field] = value
    }
  }
  return change
}

/** Where in a Patient a field of the profile stands: `Patient.birthDate`. */
export function placeOf(field: string): string {
  const found = MEMBERS.find(({ fields }) => fields.includes(field))
  return found === undefined ? 'Patient' : `Patient.${found.name}`
}

/** The ABO and Rh group as an Observation (LOINC 882-1); undefined while nobody said it. */
export function bloodGroupOf(personId: string, sections: Sections): Resource | undefined {
  const group = text(knownOf(sections).blood_type)
  if (group === undefined) return undefined
  const code = { system: 'http://loinc.org', code: '882-1', display: 'ABO and Rh group [Type] in Blood' }
  return {
    resourceType: 'Observation',
    id: BLOOD_GROUP_ID,
    status: 'final',
    code: { coding: [code], text: 'Blood group' },
    subject: { reference: `Patient/${personId}` },
    valueCodeableConcept: { text: group },
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function wrap(name: string, value: string | undefined): Json | undefined {
  return value === undefined ? undefined : { [name]: value }
}

function compact(members: Readonly<Record<string, Json | undefined>>): Record<string, Json> {
  return Object.fromEntries(Object.entries(members).filter((entry): entry is [string, Json] => entry[1] !== undefined))
}

function member(value: Json | undefined, name: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, Json>>)[name]
    : undefined
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : []
}

function codesOf(concept: Json | undefined): string[] {
  return listOf(member(concept, 'coding')).flatMap((one) => text(member(one, 'code')) ?? [])
}
