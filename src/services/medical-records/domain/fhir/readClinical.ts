import type { ClinicalKind } from '../../contract/clinical.ts'
import { codingsOf } from '../fhirImport/codings.ts'
import { type Json, numberIn, objectOf, objectsOf, textIn } from '../fhirImport/json.ts'
import { known } from '../imported.ts'
import { relationOf } from './relations.ts'

/** What of a resource an entry holds; the status is null where the resource leaves it out. */
export interface ReadEntry {
  readonly kind: ClinicalKind
  readonly display: string
  readonly code: string | null
  readonly code_system: string | null
  readonly status: string | null
  readonly started_on: string | null
  readonly ended_on: string | null
  readonly detail: Readonly<Record<string, string | number | boolean>>
  readonly notes: string | null
}

type Said = Omit<ReadEntry, 'display' | 'code' | 'code_system' | 'notes' | 'detail'> & {
  readonly concept: unknown
  readonly detail: Readonly<Record<string, string | number | boolean | null | undefined>>
}

const SEVERITIES: Readonly<Record<string, string>> = {
  '255604002': 'mild',
  '6736007': 'moderate',
  '24484000': 'severe',
  mild: 'mild',
  moderate: 'moderate',
  severe: 'severe',
}
/** Withdrawn, or not so: no entry of the record says that. */
const WITHDRAWN = new Set(['entered-in-error', 'not-taken'])

/**
 * Reads a resource that an entry can hold, whole or in part. Undefined for what no entry says: another type, a withdrawn one,
 * one without a name, or whose status is not told. Values are not judged here.
 */
export function readClinical(resource: Json): ReadEntry | undefined {
  const read = known(READERS, textIn(resource.resourceType))
  const verification = codingsOf(resource.verificationStatus)[0]?.code ?? ''
  if (read === undefined || WITHDRAWN.has(verification) || WITHDRAWN.has(textIn(resource.status) ?? ''))
    return undefined
  const said = read(resource, verification)
  if (said === undefined) return undefined
  const { concept, detail, ...rest } = said
  const codings = codingsOf(concept)
  const coded = codings.find((one) => one.code !== null && one.system !== '' && one.system.length <= 100)
  const display = nameOf(concept, [coded?.display, codings[0]?.display, coded?.code])
  if (display === undefined) return undefined
  const members = Object.entries(detail).filter((one): one is [string, string | number | boolean] => one[1] != null)
  const note = objectsOf(resource.note)[0]
  return {
    ...rest,
    display,
    code: coded?.code ?? null,
    code_system: coded?.system ?? null,
    detail: Object.fromEntries(members),
    notes: fit(textIn(note?.text), 2000),
  }
}

/** The whole name; undefined where there is none, or it is longer than an entry's. */
function nameOf(concept: unknown, others: readonly (string | null | undefined)[]): string | undefined {
  const name = textIn(objectOf(concept)?.text)?.trim() ?? others.find((one) => one != null && one !== '')
  return name == null || name === '' || name.length > 300 ? undefined : name
}

const READERS: Readonly<Record<string, (resource: Json, verification: string) => Said | undefined>> = {
  Condition(one, verification) {
    const clinical = clinicalStatusOf(one)
    if (clinical === null && verification !== 'refuted') return undefined
    return {
      kind: 'conditions',
      concept: one.code,
      status: clinical,
      started_on: dayOf(one.onsetDateTime),
      ended_on: dayOf(one.abatementDateTime),
      detail: {
        severity: severityOf(one.severity),
        verification: verification === '' ? null : verification,
        body_site: wordsOf(objectsOf(one.bodySite)[0], 200),
      },
    }
  },

  AllergyIntolerance(one, verification) {
    const clinical = clinicalStatusOf(one)
    if (clinical === null && verification !== 'refuted') return undefined
    const reaction = objectsOf(one.reaction)[0]
    const [category] = Array.isArray(one.category) ? one.category : []
    return {
      kind: 'allergies',
      concept: one.code,
      status: clinical,
      started_on: dayOf(one.onsetDateTime),
      ended_on: null,
      detail: {
        verification: verification === '' ? null : verification,
        category: textIn(category),
        criticality: textIn(one.criticality)?.replaceAll('-', '_'),
        reaction: wordsOf(objectsOf(reaction?.manifestation)[0], 500),
        severity: textIn(reaction?.severity),
      },
    }
  },

  Immunization(one) {
    const startedOn = dayOf(one.occurrenceDateTime)
    if (startedOn === null) return undefined
    const dose = numberIn(objectsOf(one.protocolApplied)[0]?.doseNumberPositiveInt)
    return {
      kind: 'immunizations',
      concept: one.vaccineCode,
      status: textIn(one.status) ?? null,
      started_on: startedOn,
      ended_on: null,
      detail: {
        lot_number: fit(textIn(one.lotNumber), 60),
        dose_number: dose !== undefined && dose >= 1 && dose <= 100 ? dose : null,
        manufacturer: fit(textIn(objectOf(one.manufacturer)?.display), 200),
        performer: performerOf(one),
        body_site: wordsOf(one.site, 200),
      },
    }
  },

  Procedure(one) {
    if (one.status === 'on-hold') return undefined
    const period = objectOf(one.performedPeriod)
    return {
      kind: 'procedures',
      concept: one.code,
      status: textIn(one.status) ?? null,
      started_on: dayOf(one.performedDateTime ?? period?.start),
      ended_on: dayOf(period?.end),
      detail: {
        body_site: wordsOf(objectsOf(one.bodySite)[0], 200),
        performer: performerOf(one),
        outcome: wordsOf(one.outcome, 500),
        reason: wordsOf(objectsOf(one.reasonCode)[0], 500),
      },
    }
  },

  FamilyMemberHistory(one) {
    const [condition, another] = objectsOf(one.condition)
    // An entry is one illness of one relative.
    if (condition === undefined || another !== undefined || one.status === 'health-unknown') return undefined
    const role = codingsOf(one.relationship)[0]
    const age = objectOf(condition.onsetAge)
    const years = age?.code === 'a' ? numberIn(age.value) : undefined
    return {
      kind: 'family-history',
      concept: condition.code,
      status: textIn(one.status) ?? null,
      started_on: null,
      ended_on: null,
      detail: {
        relationship: relationOf(role?.code, role?.display ?? textIn(objectOf(one.relationship)?.text)),
        is_deceased: typeof one.deceasedBoolean === 'boolean' ? one.deceasedBoolean : null,
        onset_age_years: years !== undefined && Number.isInteger(years) && years >= 0 && years <= 130 ? years : null,
      },
    }
  },

  MedicationStatement(one) {
    const period = objectOf(one.effectivePeriod)
    const dosage = objectsOf(one.dosage)[0]
    return {
      kind: 'medications',
      concept: one.medicationCodeableConcept,
      status: textIn(one.status) ?? null,
      started_on: dayOf(period?.start ?? one.effectiveDateTime),
      ended_on: dayOf(period?.end),
      detail: {
        dosage: fit(textIn(dosage?.text), 500),
        route: wordsOf(dosage?.route, 100),
        reason: wordsOf(objectsOf(one.reasonCode)[0], 500),
      },
    }
  },
}

const clinicalStatusOf = (one: Json) => codingsOf(one.clinicalStatus)[0]?.code ?? null

/** The text if it is not longer than what is kept of it: a shortened one would say something else. */
function fit(text: string | undefined, longest: number): string | null {
  return text === undefined || text.trim() === '' || text.length > longest ? null : text
}

function wordsOf(concept: unknown, longest: number): string | null {
  const text = textIn(objectOf(concept)?.text) ?? codingsOf(concept)[0]?.display
  return fit(text ?? undefined, longest)
}

function severityOf(concept: unknown): string | undefined {
  const text = textIn(objectOf(concept)?.text) ?? codingsOf(concept)[0]?.code ?? ''
  return Object.hasOwn(SEVERITIES, text) ? SEVERITIES[text] : undefined
}

const performerOf = (one: Json) => fit(textIn(objectOf(objectsOf(one.performer)[0]?.actor)?.display), 200)

/** The day of a FHIR date or time, as exact as it is. */
function dayOf(time: unknown): string | null {
  return /^\d{4}(-\d{2}(-\d{2})?)?/.exec(textIn(time) ?? '')?.[0] ?? null
}
