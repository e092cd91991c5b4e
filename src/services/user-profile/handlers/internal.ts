import type { InputOf, OutputOf } from '../../../kernel/contract.ts'
import { fieldError } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import type { userProfile } from '../contract.ts'
import { emergencyFactsOf } from '../domain/emergency.ts'
import { factsOf } from '../domain/facts.ts'
import { bySection, computedOf } from '../domain/sections.ts'
import { readSections, sectionsOfPeople } from '../store.ts'

type Operations = typeof userProfile.operations
type Facts = OutputOf<Operations['facts']>

const FACT_SECTIONS = ['account', 'profile', 'preferences', 'health-attributes'] as const

export const internalHandlers = { facts, displayNames, emergencyFacts }

async function facts(context: Context, { person_id }: InputOf<Operations['facts']>): Promise<Facts> {
  const personId = person_id ?? context.caller.personId
  if (personId === undefined) throw fieldError('person_id', 'is required where the call is about nobody')
  const isOfCall = personId === context.caller.personId
  const { db } = isOfCall ? context : context.system('the calling service vouches for the person it names')
  const sections = bySection(await readSections(db, personId, FACT_SECTIONS))
  // Stored members were validated when they were written.
  return factsOf(personId, sections, context.now()) as Facts
}

async function displayNames(context: Context, { person_ids }: InputOf<Operations['displayNames']>) {
  const { db } = context.system('the calling service vouches for the people it names')
  const rows = await sectionsOfPeople(db, person_ids, ['account', 'profile'])
  const byPerson = Map.groupBy(rows, (row) => row.user_id)
  const nameOf = (id: string) => computedOf(bySection(byPerson.get(id) ?? []), context.now()).display_name ?? null
  return { names: person_ids.map((person_id) => ({ person_id, display_name: nameOf(person_id) })) }
}

/** Row policies let through what the caller's right to the emergency part opens, and nothing once it ended. */
async function emergencyFacts(context: Context): Promise<OutputOf<Operations['emergencyFacts']>> {
  const sections = bySection(await readSections(context.db, context.personId, ['account', 'profile', 'preferences']))
  return emergencyFactsOf(sections, context.now())
}
