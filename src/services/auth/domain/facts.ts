import type { Static } from 'typebox'
import type { Facts } from '../contract/shapes.ts'

const FACTS = [
  'age',
  'gender',
  'blood_group',
  'allergies',
  'conditions',
  'emergency_contact',
  'emergency_phone',
] as const
const PREFERENCES = [
  'language',
  'emergency_enabled',
  'medicine_reminders',
  'notification_enabled',
  'dark_mode',
] as const

/** The facts about a person among the given fields; only what was given. */
export function factsOf(input: Readonly<Record<string, unknown>>): Static<typeof Facts> {
  return pick(input, FACTS)
}

/** The preferences among the given fields; only what was given. */
export function preferencesOf(input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return pick(input, PREFERENCES)
}

function pick(input: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => input[name] !== undefined).map((name) => [name, input[name]]))
}
