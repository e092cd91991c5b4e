import { readClinical } from '../fhir/readClinical.ts'
import { type ImportedEntry, known, type Skipped, tidy } from '../imported.ts'
import { codingsOf } from './codings.ts'
import { type Json, objectOf, objectsOf, textIn } from './json.ts'

interface Said {
  readonly concept: unknown
  readonly status: string
  readonly start: unknown
  readonly end?: unknown
  readonly detail?: Readonly<Record<string, string | null>>
}

const NOT_SO = new Set(['refuted', 'entered-in-error', 'not-done', 'not-taken', 'cancelled'])
/** Words of a medicine's status that the record has too; others are said to go on. */
const MEDICINE = new Set(['stopped', 'completed', 'on-hold', 'intended', 'unknown'])
const OVER = new Set(['resolved', 'inactive', 'remission', 'completed', 'stopped'])

/** A resource about a condition, allergy, immunisation, procedure or medicine; undefined for other types. */
export function clinicalItem(type: string, resource: Json): ImportedEntry | Skipped | undefined {
  const verification = codingsOf(resource.verificationStatus)[0]?.code ?? ''
  const status = textIn(resource.status) ?? codingsOf(resource.clinicalStatus)[0]?.code ?? ''
  const read = known(READERS, type)
  if (read === undefined) return undefined
  if (status === 'draft') return { where: type, why: 'It is a draft' }
  if (NOT_SO.has(verification) || NOT_SO.has(status)) return { where: type, why: 'It says that it is not so' }
  const [kind, said] = read(resource, status)
  return itemOf(type, kind, resource, said)
}

const READERS: Readonly<Record<string, (resource: Json, status: string) => readonly [ImportedEntry['kind'], Said]>> = {
  Condition: (one, status) => [
    'condition',
    {
      concept: one.code,
      status: OVER.has(status) ? 'resolved' : 'active',
      start: one.onsetDateTime,
      end: one.abatementDateTime,
    },
  ],
  AllergyIntolerance: (one, status) => [
    'allergy',
    {
      concept: one.code,
      status: OVER.has(status) ? 'resolved' : 'active',
      start: one.onsetDateTime,
      detail: { reaction: reactionOf(one) },
    },
  ],
  Immunization: (one) => [
    'immunization',
    {
      concept: one.vaccineCode,
      status: 'completed',
      start: one.occurrenceDateTime,
      detail: { lot_number: tidy(textIn(one.lotNumber), 60) },
    },
  ],
  Procedure: (one, status) => [
    'procedure',
    {
      concept: one.code,
      status: status === 'in-progress' ? status : 'completed',
      start: one.performedDateTime ?? objectOf(one.performedPeriod)?.start,
      end: objectOf(one.performedPeriod)?.end,
    },
  ],
  MedicationStatement: medicine,
  MedicationRequest: medicine,
}

function medicine(one: Json, status: string): readonly ['medication', Said] {
  const dosage = objectsOf(one.dosage ?? one.dosageInstruction)[0]
  const period = objectOf(one.effectivePeriod)
  return [
    'medication',
    {
      concept: one.medicationCodeableConcept ?? namedBy(one),
      status: MEDICINE.has(status) ? status : 'active',
      start: period?.start ?? one.effectiveDateTime ?? one.authoredOn,
      end: period?.end,
      detail: { dosage: tidy(textIn(dosage?.text), 500) },
    },
  ]
}

/** The name of a medicine that is a resource of its own, within or beside this one. */
function namedBy(one: Json): Json | undefined {
  const reference = objectOf(one.medicationReference)
  const id = textIn(reference?.reference) ?? ''
  const within = objectsOf(one.contained).find((other) => id === `#${textIn(other.id)}`)
  const display = textIn(reference?.display)
  return objectOf(within?.code) ?? (display === undefined ? undefined : { text: display })
}

/** An entry for each illness of a relative. */
export function familyItems(resource: Json): readonly (ImportedEntry | Skipped)[] {
  const where = 'FamilyMemberHistory'
  const illnesses = objectsOf(resource.condition).slice(0, 50)
  if (illnesses.length === 0) return [{ where, why: 'It names no illness' }]
  return illnesses.map((condition, index) => {
    const read = readClinical({ ...resource, resourceType: where, condition: [condition] })
    if (read === undefined) return { where, why: 'It says that it is not so, or has no name' }
    const { display, code, code_system: codeSystem, detail, notes } = read
    const coded = code === null || codeSystem === null ? { code: null, codeSystem: null } : { code, codeSystem }
    const key = [where, textIn(resource.id) ?? String(detail.relationship), code ?? display, index]
      .join('|')
      .slice(0, 400)
    const dates = { startedOn: null, endedOn: null }
    return {
      kind: 'family_history',
      key,
      display,
      ...coded,
      status: read.status ?? 'completed',
      ...dates,
      detail,
      notes,
    }
  })
}

function itemOf(type: string, kind: ImportedEntry['kind'], resource: Json, said: Said): ImportedEntry | Skipped {
  const codings = codingsOf(said.concept)
  const coded = codings.find((one) => one.code !== null && /^(https?:\/\/|urn:)/.test(one.system))
  const display = tidy(textIn(objectOf(said.concept)?.text) ?? coded?.display ?? codings[0]?.display, 300)
  if (display === null) return { where: type, why: 'It has no name' }
  const startedOn = dayOf(said.start)
  if (kind === 'immunization' && startedOn === null) return { where: type, why: 'It has no date' }
  const id = textIn(resource.id) ?? ''
  const detail = Object.entries(said.detail ?? {}).filter((one): one is [string, string] => one[1] !== null)
  return {
    kind,
    key: [id, coded?.code ?? display, id === '' ? startedOn : ''].join('|').slice(0, 400),
    display,
    code: coded?.code ?? null,
    codeSystem: coded === undefined ? null : coded.system.slice(0, 100),
    status: said.status,
    startedOn,
    endedOn: dayOf(said.end),
    detail: Object.fromEntries(detail),
    notes: tidy(textIn(objectsOf(resource.note)[0]?.text), 2000),
  }
}

function reactionOf(allergy: Json): string | null {
  const manifestation = objectsOf(objectsOf(allergy.reaction)[0]?.manifestation)[0]
  return tidy(textIn(manifestation?.text) ?? codingsOf(manifestation)[0]?.display, 500)
}

function dayOf(time: unknown): string | null {
  return /^\d{4}(-\d{2}(-\d{2})?)?/.exec(textIn(time) ?? '')?.[0] ?? null
}
