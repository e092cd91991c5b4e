import type { CardLine, CardPart, EmergencyCard } from '../contract/card.ts'

/** What the profile says, as its service answers it. */
export interface ProfileFacts {
  readonly name: string | null
  readonly birth_date: string | null
  readonly age_years: number | null
  readonly blood_type: string | null
  readonly allergies: readonly string[] | null
  readonly conditions: readonly string[] | null
  readonly medications: readonly string[] | null
  readonly contact: {
    readonly name: string | null
    readonly phone: string | null
    readonly relationship: string | null
  } | null
  readonly language: string | null
  readonly updated_at: string | null
}

/** What the records say, as their service answers it. */
export interface RecordFacts {
  readonly facts: readonly (CardLine & { readonly kind: 'blood_group' | 'allergy' | 'condition' | 'medication' })[]
  readonly differing_blood_groups: boolean
}

const PROFILE = '/api/v1/profile'
const ENTRIES = '/api/v1/medical-records/clinical'

/**
 * The card, of what is held and nothing else. `profile` and `records` are undefined where they could not be asked: then
 * nothing is said to be missing there.
 */
export function cardOf(given: {
  readonly profile: ProfileFacts | undefined
  readonly records: RecordFacts | undefined
  readonly notes: string | null
  readonly now: Date
}): EmergencyCard {
  const { profile, records, notes, now } = given
  const part = (kind: 'allergy' | 'condition' | 'medication', said: readonly string[] | null | undefined) =>
    partOf(
      (records?.facts ?? []).filter((fact) => fact.kind === kind),
      said,
      profile?.updated_at ?? null,
    )
  const parts = {
    allergies: part('allergy', profile?.allergies),
    conditions: part('condition', profile?.conditions),
    medications: part('medication', profile?.medications),
  }
  const blood = bloodGroupOf(profile, records)
  const contacts = profile?.contact === null || profile?.contact === undefined ? [] : [profile.contact]
  const unread = [
    ...(profile === undefined ? ['user-profile'] : []),
    ...(records === undefined ? ['medical-records'] : []),
  ]
  const known = {
    name: profile?.name ?? null,
    birth_date: profile?.birth_date ?? null,
    age_years: profile?.age_years ?? null,
    blood_group: blood === 'differs' ? null : blood,
    ...parts,
    contacts,
    language: profile?.language ?? null,
    notes,
  }
  const missing = unread.length > 0 ? [] : missingOf(known, blood === 'differs')
  return { ...known, missing, unread, made_at: now.toISOString() }
}

/** One blood group or none: where sources differ nobody is told one of them. */
function bloodGroupOf(profile: ProfileFacts | undefined, records: RecordFacts | undefined) {
  const fact = records?.facts.find((one) => one.kind === 'blood_group')
  const said = profile?.blood_type ?? undefined
  if (records?.differing_blood_groups === true) return 'differs' as const
  if (fact !== undefined && said !== undefined && plain(fact.text) !== plain(said)) return 'differs' as const
  if (fact !== undefined) return { value: fact.text, source: fact.source }
  return said === undefined ? null : { value: said, source: 'profile' as const }
}

/** `O +`, `O positive` and `O+` are one group. */
const plain = (group: string) =>
  group
    .toUpperCase()
    .replaceAll(/POSITIVE|POS/g, '+')
    .replaceAll(/NEGATIVE|NEG/g, '-')
    .replaceAll('−', '-')
    .replaceAll(/RH|[^ABO0+-]/g, '')
    .replaceAll('0', 'O')

function partOf(facts: readonly CardLine[], said: readonly string[] | null | undefined, at: string | null): CardPart {
  const lines: CardLine[] = facts.map(({ text, detail, source, noted_at }) => ({ text, detail, source, noted_at }))
  const known = new Set(lines.map((line) => line.text.trim().toLowerCase()))
  for (const text of said ?? []) {
    const key = text.trim().toLowerCase()
    if (key === '' || known.has(key)) continue
    known.add(key)
    lines.push({ text, detail: null, source: 'profile', noted_at: at })
  }
  if (lines.length > 0) return { state: 'listed', lines }
  return { state: said !== null && said !== undefined ? 'none' : 'unknown', lines: [] }
}

/** What a helper would want and nobody said, and how to say it. */
function missingOf(card: Omit<EmergencyCard, 'missing' | 'unread' | 'made_at'>, differs: boolean) {
  const ask = (isMissing: boolean, field: string, how: string, where: string) =>
    isMissing ? [{ field, how, where }] : []
  return [
    ...ask(card.name === null, 'name', 'Say your name in the profile', PROFILE),
    ...ask(card.birth_date === null, 'birth_date', 'Say your date of birth in the profile', PROFILE),
    ...ask(
      card.blood_group === null,
      'blood_group',
      differs
        ? 'Your papers or your profile say different blood groups: correct the wrong one'
        : 'Say your blood group in the profile, or confirm it from a paper',
      PROFILE,
    ),
    ...ask(
      card.allergies.state === 'unknown',
      'allergies',
      'Write your allergies, or say in the profile that you have none',
      `${ENTRIES}/allergies`,
    ),
    ...ask(
      card.conditions.state === 'unknown',
      'conditions',
      'Write the conditions you live with, or say in the profile that there are none',
      `${ENTRIES}/conditions`,
    ),
    ...ask(
      card.medications.state === 'unknown',
      'medications',
      'Write the medicines you take, or say in the profile that there are none',
      `${ENTRIES}/medications`,
    ),
    ...ask(card.contacts.length === 0, 'contacts', 'Say in the profile whom to call in an emergency', PROFILE),
    ...ask(
      card.language === null,
      'language',
      'Say in the preferences which language you speak',
      '/api/v1/preferences',
    ),
  ]
}
