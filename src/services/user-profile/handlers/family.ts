import { announceCall } from '../../../kernel/context.ts'
import type { InputOf, OutputOf } from '../../../kernel/contract.ts'
import { fieldError, notFound, PlatformError } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import { MAXIMUM_PROFILES, RELATIONSHIPS, type Relationship } from '../contract/family.ts'
import { userProfile } from '../contract.ts'
import {
  bySection,
  computedOf,
  dataOf,
  knownOf,
  LOCALE_FIELDS,
  pick,
  roleFor,
  type SectionRow,
  type Sections,
} from '../domain/sections.ts'
import { laboratoryDefaults, withDefaults } from '../domain/settings.ts'
import type { Data } from '../domain/tidy.ts'
import { expectedVersions } from '../domain/versions.ts'
import { insertProfile, listKept, type MembershipRow, readKept, removePerson, setRelationship } from '../store.ts'
import { fieldsOf, readChange, saveChange } from './groups.ts'
import { profile } from './profile.ts'
import { profileView } from './views.ts'

type Operations = typeof userProfile.operations
type Card = OutputOf<Operations['listProfiles']>['items'][number]

const SHOWN_SECTIONS = ['account', 'profile', 'preferences'] as const

export const familyHandlers = {
  listProfiles,
  createProfile,
  readFamilyProfile,
  replaceFamilyProfile,
  removeProfile,
}

async function listProfiles(context: Context) {
  const { db } = context.system('names of the people this account keeps: rows of several persons')
  const { own, kept } = await listKept(db, context.accountId, SHOWN_SECTIONS)
  return {
    items: [
      cardOf(context, context.accountId, own, undefined),
      ...kept.map((one) => cardOf(context, one.person_id, one.sections, one)),
    ],
  }
}

function cardOf(
  context: Context,
  personId: string,
  rows: readonly SectionRow[],
  membership: (MembershipRow & { readonly kept_since: Date }) | undefined,
): Card {
  const sections = bySection(rows)
  const computed = computedOf(sections, context.now())
  const { date_of_birth, sex_at_birth, units } = pick(knownOf(sections), ['date_of_birth', 'sex_at_birth', 'units'])
  const preferences = dataOf(sections, 'preferences')
  const laboratoryUnits = withDefaults(laboratoryDefaults(knownOf(sections).country), preferences)
  return {
    id: personId,
    user_id: personId,
    version: sections.profile?.version ?? 0,
    display_name: computed.display_name,
    ...membershipView(membership),
    date_of_birth,
    age_years: computed.age_years,
    sex_at_birth,
    units,
    ...laboratoryUnits,
    ...pick(preferences, ['date_format', 'time_format']),
    completion_percentage: computed.completion_percentage,
    created_at: (membership?.kept_since ?? sections.account?.created_at)?.toISOString() ?? null,
  } as Card
}

function membershipView(membership: MembershipRow | undefined) {
  return membership === undefined
    ? { relationship: 'self' as const, role: 'self' as const, is_own: true }
    : { relationship: membership.relationship, role: membership.role, is_own: false }
}

async function createProfile(context: Context, input: InputOf<Operations['createProfile']>) {
  const { relationship } = input
  if (relationship === 'self') {
    throw new PlatformError('already_exists', 'The profile of the account holder exists already')
  }
  const data = await readChange(context, profile, namedFields(input), 'replace')
  const personId = context.newId()
  const person = context.forPerson(personId, 'the person that this account begins to keep')
  const membership = { relationship, role: roleFor(relationship) }
  const { db } = context.system('a person begins: nobody has a right to the record before')
  const rows = await insertProfile(
    db,
    {
      membershipId: context.newId(),
      accountId: context.accountId,
      personId,
      ...membership,
      documents: documentsOf(data),
      maximum: MAXIMUM_PROFILES,
    },
    announceCall(person, userProfile.events.profileChanged, { user_id: personId, fields: Object.keys(data) }),
    context.now(),
  )
  if (rows === undefined) {
    throw new PlatformError('conflict', `An account keeps at most ${MAXIMUM_PROFILES} profiles`)
  }
  return familyView(person, bySection(rows), membership)
}

/** The name an account gives a person is what the person is called, unless that is said as well. */
function namedFields(input: { readonly display_name: string; readonly preferred_name?: unknown }): Data {
  return fieldsOf(profile, { ...input, preferred_name: input.preferred_name ?? input.display_name })
}

function documentsOf(data: Data) {
  const isLocale = (name: string) => (LOCALE_FIELDS as readonly string[]).includes(name)
  const own = Object.entries(data).filter(([name]) => !isLocale(name))
  const locale = Object.entries(data).filter(([name]) => isLocale(name))
  return [
    { section: 'profile' as const, data: Object.fromEntries(own) },
    ...(locale.length === 0 ? [] : [{ section: 'preferences' as const, data: Object.fromEntries(locale) }]),
  ]
}

function familyView(context: Context, sections: Sections, membership: MembershipRow | undefined) {
  return { ...profileView(context.personId, sections, context.now()), ...membershipView(membership) }
}

async function readFamilyProfile(context: Context) {
  const { accountId, personId } = context
  const { rows, membership } = await readKept(context.db, accountId, personId, SHOWN_SECTIONS)
  return familyView(context, bySection(rows), membershipOrOwn(context, membership))
}

/** Whoever sees the record of another person without keeping it finds it under /profile, not here. */
function membershipOrOwn(context: Context, membership: MembershipRow | undefined): MembershipRow | undefined {
  if (membership === undefined && context.personId !== context.accountId) throw notFound('Profile')
  return membership
}

async function replaceFamilyProfile(context: Context, input: InputOf<Operations['replaceFamilyProfile']>) {
  const isOwn = context.personId === context.accountId
  checkRelationship(input.relationship, isOwn)
  const data = await readChange(context, profile, namedFields(input), 'replace')
  const options = { expected: expectedVersions(input) }
  if (isOwn) return familyView(context, await saveChange(context, profile, data, 'replace', options), undefined)
  const { relationship = null } = input
  const role = relationship === null ? null : roleFor(relationship)
  // First the right to keep the person, then the record: what is refused leaves nothing behind.
  return context.transact(async (transaction) => {
    const membership = await setRelationship(transaction, context.accountId, context.personId, relationship, role)
    if (membership === undefined) throw notFound('Profile')
    const sections = await saveChange(context, profile, data, 'replace', { ...options, within: transaction })
    return familyView(context, sections, membership)
  })
}

function checkRelationship(relationship: Relationship | undefined, isOwn: boolean): void {
  if (relationship === undefined || (relationship === 'self') === isOwn) return
  const allowed = isOwn ? ['self'] : RELATIONSHIPS.filter((one) => one !== 'self')
  throw fieldError('relationship', 'does not fit this profile', allowed)
}

async function removeProfile(context: Context) {
  const { accountId, personId } = context
  if (personId === accountId) {
    throw new PlatformError('conflict', 'This is the profile of the account itself; delete the account instead')
  }
  const announcement = announceCall(context, userProfile.events.profileRemoved, { user_id: personId })
  const { db } = context.system('the person leaves: the access of every account ends')
  if (!(await removePerson(db, accountId, personId, announcement, context.now()))) throw notFound('Profile')
  return null
}
