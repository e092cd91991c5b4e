import { checkDay, parseDate } from '../../../../shared/dates.ts'
import type { ClinicalKind } from '../../contract/clinical.ts'

/** The word of a kind in the database. */
export type StoredKind = 'condition' | 'allergy' | 'immunization' | 'procedure' | 'family_history' | 'medication'

export interface KindRules {
  readonly stored: StoredKind
  /** FHIR R4 resource type it is shown as. */
  readonly resourceType: string
  /** FHIR R4 words; the first is taken when none is given. */
  readonly statuses: readonly string[]
  readonly fields: readonly string[]
  readonly required: readonly string[]
}

export const KIND_RULES: Readonly<Record<ClinicalKind, KindRules>> = {
  conditions: {
    stored: 'condition',
    resourceType: 'Condition',
    statuses: ['active', 'recurrence', 'relapse', 'inactive', 'remission', 'resolved'],
    fields: ['severity', 'verification', 'body_site'],
    required: [],
  },
  allergies: {
    stored: 'allergy',
    resourceType: 'AllergyIntolerance',
    statuses: ['active', 'inactive', 'resolved'],
    fields: ['severity', 'verification', 'category', 'criticality', 'reaction'],
    required: [],
  },
  immunizations: {
    stored: 'immunization',
    resourceType: 'Immunization',
    statuses: ['completed', 'not-done'],
    fields: ['body_site', 'lot_number', 'dose_number', 'manufacturer', 'performer'],
    required: ['started_on'],
  },
  procedures: {
    stored: 'procedure',
    resourceType: 'Procedure',
    statuses: ['completed', 'in-progress', 'preparation', 'not-done', 'stopped', 'unknown'],
    fields: ['body_site', 'performer', 'outcome', 'reason'],
    required: [],
  },
  'family-history': {
    stored: 'family_history',
    resourceType: 'FamilyMemberHistory',
    statuses: ['completed', 'partial', 'health-unknown'],
    fields: ['relationship', 'is_deceased', 'onset_age_years'],
    required: ['relationship'],
  },
  medications: {
    stored: 'medication',
    resourceType: 'MedicationStatement',
    statuses: ['active', 'completed', 'stopped', 'on-hold', 'intended', 'unknown'],
    fields: ['dosage', 'route', 'reason', 'performer'],
    required: [],
  },
}

export interface EntryFault {
  readonly field: string
  readonly detail: string
  readonly allowed?: readonly string[]
}

/** The address of a stored kind. */
export function kindOf(stored: StoredKind): ClinicalKind {
  return (Object.keys(KIND_RULES) as ClinicalKind[]).find((kind) => KIND_RULES[kind].stored === stored) ?? 'conditions'
}

/** What an entry says, before it is kept. */
export interface StatedEntry {
  readonly status: string
  readonly code: string | null
  readonly code_system: string | null
  readonly started_on: string | null
  readonly ended_on: string | null
  readonly detail: Readonly<Record<string, unknown>>
}

/**
 * What is wrong with an entry of this kind; undefined for nothing.
 * @param today `YYYY-MM-DD`: what began or was given can't lie ahead of it
 */
export function entryFault(kind: ClinicalKind, entry: StatedEntry, today: string): EntryFault | undefined {
  const rules = KIND_RULES[kind]
  if (!rules.statuses.includes(entry.status)) {
    return { field: 'status', detail: 'must be one of the allowed values', allowed: rules.statuses }
  }
  const foreign = Object.keys(entry.detail).find((field) => !rules.fields.includes(field))
  if (foreign !== undefined) return { field: foreign, detail: `does not belong to ${kind}`, allowed: rules.fields }
  const said: Record<string, unknown> = { ...entry.detail, started_on: entry.started_on }
  const missing = rules.required.find((field) => said[field] === undefined || said[field] === null)
  if (missing !== undefined) return { field: missing, detail: 'is required here' }
  if ((entry.code === null) !== (entry.code_system === null)) {
    return { field: entry.code === null ? 'code' : 'code_system', detail: 'code and code_system go together' }
  }
  return dateFault('started_on', entry.started_on, today) ?? endFault(entry, today)
}

function endFault({ started_on, ended_on }: StatedEntry, today: string): EntryFault | undefined {
  if (ended_on === null) return undefined
  const fault = dateFault('ended_on', ended_on, addYears(today, 5))
  if (fault !== undefined) return fault
  const shared = Math.min(started_on?.length ?? 0, ended_on.length)
  const isBefore = started_on !== null && ended_on.slice(0, shared) < started_on.slice(0, shared)
  return isBefore ? { field: 'ended_on', detail: 'lies before started_on' } : undefined
}

function dateFault(field: string, text: string | null, latest: string): EntryFault | undefined {
  if (text === null) return undefined
  const whole = `${text}${'-01-01'.slice(text.length === 4 ? 0 : text.length === 7 ? 3 : 6)}`
  if (parseDate(whole) === undefined) return { field, detail: 'is not a date that exists' }
  const verdict = checkDay(whole, latest)
  if (verdict === 'ok') return undefined
  return { field, detail: verdict === 'too-early' ? 'lies before the year 1900' : 'lies in the future' }
}

function addYears(day: string, years: number): string {
  return `${Number(day.slice(0, 4)) + years}-12-31`
}
