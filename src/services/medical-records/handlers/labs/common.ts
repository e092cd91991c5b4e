import type { DataOf, EventType } from '../../../../kernel/contract.ts'
import type { Transaction } from '../../../../kernel/database.ts'
import { fieldError, PlatformError } from '../../../../kernel/errors.ts'
import { fhirChange } from '../../../../kernel/projection.ts'
import type { Context } from '../../../../kernel/service.ts'
import { ageInYears, checkInstant, daysBetween, localDay, parseInstant } from '../../../../shared/dates.ts'
import { userProfile } from '../../../user-profile/contract.ts'
import { labsFhir, records } from '../../contract/records.ts'
import { medicalRecords } from '../../contract.ts'
import type { RangePerson } from '../../domain/analytes/ranges.ts'
import { pregnancyAt } from '../../domain/labs/pregnancy.ts'

/** What ranges and equations may know of the person of the call. */
export interface LabFacts {
  readonly zone: string
  /** How the person is called. */
  readonly name?: string | undefined
  readonly birthDate: string | undefined
  readonly sex: 'female' | 'male' | undefined
  readonly isPregnant: boolean | undefined
  /** The day that was said. */
  readonly pregnancyStatedOn: string | undefined
  /** Of the pregnancy that was said. */
  readonly dueDate: string | undefined
  readonly conditions: readonly string[]
  readonly medications: readonly string[]
}

const NOTHING_KNOWN: LabFacts = {
  zone: 'UTC',
  birthDate: undefined,
  sex: undefined,
  isPregnant: undefined,
  pregnancyStatedOn: undefined,
  dueDate: undefined,
  conditions: [],
  medications: [],
}
const AWAY: ReadonlySet<string> = new Set(['unavailable', 'timeout', 'bad_upstream'])

/** The facts; while the profile is away nothing is known, and nothing assumed. */
export async function labFactsOf(context: Context): Promise<LabFacts> {
  try {
    return await knownFactsOf(context)
  } catch (error) {
    if (error instanceof PlatformError && AWAY.has(error.code)) return NOTHING_KNOWN
    throw error
  }
}

/** The facts; throws while the profile is away. */
export async function knownFactsOf(context: Context): Promise<LabFacts> {
  const facts = await context.call(userProfile.operations.facts, { person_id: context.personId })
  return {
    zone: facts.time_zone ?? 'UTC',
    name: facts.display_name ?? undefined,
    birthDate: facts.birth_date ?? undefined,
    sex: facts.sex_at_birth === 'female' || facts.sex_at_birth === 'male' ? facts.sex_at_birth : undefined,
    isPregnant: facts.is_pregnant ?? undefined,
    pregnancyStatedOn: facts.pregnancy_stated_on ?? undefined,
    dueDate: facts.pregnancy_due_date ?? undefined,
    conditions: facts.conditions,
    medications: facts.medications,
  }
}

/** The person as a range sees them on the day of a test. */
export function personAt(facts: LabFacts, at: Date): RangePerson {
  const day = localDay(at, facts.zone)
  const { birthDate, sex } = facts
  const ageYears = birthDate === undefined ? undefined : ageInYears(birthDate, day)
  const ageDays = birthDate === undefined || ageYears === undefined ? undefined : daysBetween(birthDate, day)
  return { ageYears, ageDays, sex, ...pregnancyAt(facts, day) }
}

/** The instant of a field: naive is UTC; not before 1900, not ahead of now. Throws 422. */
export function pastInstant(field: string, text: string, now: Date): Date {
  const at = anyInstant(field, text)
  const verdict = checkInstant(at, now)
  if (verdict === 'ok') return at
  // A bare date is its midnight UTC: today's date is today everywhere.
  if (verdict === 'in-the-future' && text.length === 10 && at.getTime() - now.getTime() < 86_400_000) return now
  throw fieldError(field, verdict === 'too-early' ? 'lies before the year 1900' : 'lies in the future')
}

/** The instant of a bound; a bare date as an end is the end of its day (UTC). Throws 422. */
export function anyInstant(field: string, text: string, isEnd = false): Date {
  const at = parseInstant(text, { naive: 'utc', dateOnly: true })
  if (at === undefined) throw fieldError(field, 'is not a date and time that exists')
  return isEnd && text.length === 10 ? new Date(at.getTime() + 86_399_999) : at
}

/** The version of an If-Match or a body; null for whichever there is. Throws 422 for text that is none. */
export function wantedVersion(input: { readonly version?: number; readonly if_match?: string }): number | null {
  const text = input.if_match?.trim()
  if (text === undefined || text === '*') return input.version ?? null
  const match = /^(?:W\/)?"?(\d{1,9})"?$/.exec(text)
  if (match === null) throw fieldError('if_match', 'must be an entity tag such as W/"3"')
  return Number(match[1])
}

/** 412 when the caller means another version than the row has. */
export function checkVersion(input: { readonly version?: number; readonly if_match?: string }, current: number): void {
  const wanted = wantedVersion(input)
  if (wanted !== null && wanted !== current) throw changedMeanwhile()
}

export function changedMeanwhile(): PlatformError {
  return new PlatformError('precondition_failed', 'It was changed in between; read it again')
}

interface Paging {
  readonly page?: number
  readonly size?: number
  readonly skip?: number
  readonly limit?: number
}

export function pagingOf({ page = 1, size, skip, limit }: Paging) {
  const length = size ?? limit ?? 50
  return {
    skip: skip ?? (page - 1) * length,
    limit: length,
    page: skip === undefined ? page : Math.floor(skip / length) + 1,
  }
}

export function numbered<Item>(items: Item[], total: number, { limit, page }: { limit: number; page: number }) {
  return { items, total, page, size: limit, pages: Math.ceil(total / limit) }
}

/** A fact of the record, announced with the fields that S002 documents, and to whoever shows it as FHIR. */
export async function announceChange(
  context: Context,
  transaction: Transaction,
  type: EventType,
  change: {
    readonly resourceType: string
    readonly ids: readonly string[]
    readonly status: string
    readonly more?: object
  },
): Promise<void> {
  await transaction.publish(type, {
    event_type: type.name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    event_timestamp: context.now().toISOString(),
    source: 'medical-records',
    user_id: context.personId,
    data: {
      resource_type: change.resourceType,
      resource_ids: change.ids.slice(0, 5000),
      status: change.status,
      ...change.more,
    },
    extra_metadata: {},
  } as DataOf<EventType>)
}

/** Says which rows that are seen as FHIR resources changed: results in a word of their own, as they are opened. */
export async function announceFhir(
  context: Context,
  transaction: Transaction,
  resources: readonly { readonly type: string; readonly id: string }[],
): Promise<void> {
  const { fhirChanged } = medicalRecords.events
  const results = resources.filter(({ type }) => type === 'Observation')
  const others = resources.filter(({ type }) => type !== 'Observation')
  if (results.length > 0) await transaction.publish(fhirChanged, fhirChange(context.personId, labsFhir, results))
  if (others.length > 0) await transaction.publish(fhirChanged, fhirChange(context.personId, records, others))
}
