import { addDays } from '../../../shared/dates.ts'
import type { StoredRange } from './healthAttributes.ts'
import { dayOf, LONGEST_PREGNANCY_DAYS } from './profile.ts'
import { ageOf, computedOf, dataOf, knownOf, type Sections } from './sections.ts'
import type { Data } from './tidy.ts'

/** A birth this long after the due date would have been two weeks overdue already. */
const OVERDUE_DAYS = 14

/** Conditions that the health attributes ask for by switch. */
const CONDITION_FLAGS: readonly (readonly [flag: string, condition: string])[] = [
  ['has_diabetes', 'diabetes'],
  ['has_hypertension', 'hypertension'],
  ['has_heart_disease', 'heart disease'],
  ['has_asthma', 'asthma'],
  ['has_arthritis', 'arthritis'],
  ['has_depression', 'depression'],
  ['has_anxiety', 'anxiety'],
  ['has_sleep_apnea', 'sleep apnea'],
]

/**
 * Whether the person is pregnant today, as far as was said; null when nobody said, or when what was said is over.
 * @param today the day where the person is
 */
export function isPregnant(profile: Data, today: string): boolean | null {
  const { pregnancy_status: status, pregnancy_due_date: due, pregnancy_stated_on: stated } = profile
  if (status === 'not_pregnant' || status === 'not_applicable') return false
  if (status !== 'pregnant') return null
  if (typeof due === 'string') return today <= addDays(due, OVERDUE_DAYS) ? true : null
  if (typeof stated === 'string') return today <= addDays(stated, LONGEST_PREGNANCY_DAYS) ? true : null
  return null
}

/** Conditions the person named and those they switched on, each once. */
export function conditionsOf(profile: Data, health: Data): string[] {
  const named = texts(profile.conditions)
  const seen = new Set(named.map((condition) => condition.toLowerCase()))
  const switched = CONDITION_FLAGS.filter(([flag, condition]) => health[flag] === true && !seen.has(condition))
  return [...named, ...switched.map(([, condition]) => condition)]
}

/** The facts that other services compute with: what is known, null for the rest, and the names of what is missing. */
export function factsOf(personId: string, sections: Sections, now: Date) {
  const known = knownOf(sections)
  const profile = dataOf(sections, 'profile')
  const health = dataOf(sections, 'health-attributes')
  const sex = known.sex_at_birth === 'unknown' ? null : (known.sex_at_birth ?? null)
  const single = {
    birth_date: known.date_of_birth ?? null,
    sex_at_birth: sex,
    height_cm: known.height_cm ?? null,
    weight_kg: known.weight_kg ?? null,
    activity_level: known.activity_level ?? null,
    blood_type: known.blood_type ?? null,
    is_pregnant: isPregnant(profile, dayOf(now, known.timezone)),
    is_smoker: health.smoking_status ?? null,
    time_zone: known.timezone ?? null,
    units: known.units ?? null,
    language: known.language ?? null,
  }
  const lists = ['conditions', 'allergies', 'medications']
  return {
    person_id: personId,
    display_name: computedOf(sections, now).display_name,
    ...single,
    age_years: ageOf(known, now),
    conditions: conditionsOf(profile, health),
    allergies: texts(profile.allergies),
    medications: texts(profile.medications),
    pregnancy_stated_on: profile.pregnancy_stated_on ?? null,
    pregnancy_due_date: dueDateOf(profile),
    personal_reference_ranges: rangesOf(health),
    // Without a choice it goes by the country, so it is no fact, and nothing that is missing.
    ...chosenOf(dataOf(sections, 'preferences')),
    missing: [
      ...Object.entries(single).flatMap(([name, value]) => (value === null ? [name] : [])),
      ...lists.filter((name) => (profile[name] ?? null) === null),
    ],
  }
}

/** How values and dates are read, as far as it was chosen. */
function chosenOf(preferences: Data) {
  const { glucose_unit, hba1c_unit, laboratory_units, date_format, time_format } = preferences
  return {
    glucose_unit: glucose_unit ?? null,
    hba1c_unit: hba1c_unit ?? null,
    laboratory_units: laboratory_units ?? null,
    date_format: date_format ?? null,
    time_format: time_format ?? null,
  }
}

/** The due date of the pregnancy that is said: one left over from before tells nothing. */
function dueDateOf({ pregnancy_status: status, pregnancy_due_date: due }: Data): string | null {
  return status === 'pregnant' && typeof due === 'string' ? due : null
}

function rangesOf(health: Data) {
  const ranges = (health.reference_ranges ?? []) as readonly StoredRange[]
  return ranges.map(({ metric_type, low, high, unit }) => ({ metric_type, low, high, unit }))
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
