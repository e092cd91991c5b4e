import { command, query } from '../../../kernel/contract.ts'
import { nullable, object, oneOf, Type, text, uuid } from '../../../kernel/fields.ts'
import { dateFields, laboratoryFields } from './preferences.ts'
import { profileFields, profileGroup, profileView } from './profile.ts'
import { changeInput, head, shown } from './sections.ts'

export const RELATIONSHIPS = ['self', 'child', 'partner', 'parent', 'sibling', 'other'] as const
export type Relationship = (typeof RELATIONSHIPS)[number]
export const MEMBER_ROLES = ['self', 'guardian', 'manager'] as const

/** More than any household or small practice keeps under one account. */
export const MAXIMUM_PROFILES = 50

const account = { kind: 'account' } as const
const person = { kind: 'person', category: 'personal_info' } as const

const membership = {
  relationship: oneOf(RELATIONSHIPS, { description: 'of the person to the holder of the account' }),
  role: oneOf(MEMBER_ROLES),
  is_own: Type.Boolean({ description: 'the profile of the account holder' }),
}

const { date_of_birth, sex_at_birth } = shown(profileFields)

const Card = object({
  ...head,
  display_name: profileView.display_name,
  ...membership,
  date_of_birth,
  age_years: profileView.age_years,
  sex_at_birth,
  units: profileView.units,
  ...laboratoryFields,
  ...shown(dateFields),
  completion_percentage: profileView.completion_percentage,
  created_at: nullable(Type.String()),
})

export const FamilyProfile = object({ ...profileView, ...membership })

const name = text(100, { description: 'kept as preferred_name unless that is given' })
const change = {
  ...changeInput({ ...profileGroup, computed: profileGroup.computed.filter((one) => one !== 'display_name') })
    .properties,
  display_name: name,
}

export const familyOperations = {
  listProfiles: query({
    summary: 'The profiles of the account: its own first, then those it keeps for others',
    route: 'GET /profiles',
    access: account,
    input: object({}),
    output: object({ items: Type.Array(Card) }),
  }),
  createProfile: command({
    summary: 'Keep a record for somebody who has no account: a child, a parent',
    route: 'POST /profiles',
    access: account,
    status: 201,
    input: object({ ...change, relationship: membership.relationship }),
    output: FamilyProfile,
    errors: ['already_exists', 'conflict'],
  }),
  readFamilyProfile: query({
    summary: 'One profile of the account',
    route: 'GET /profiles/:profile_id',
    access: person,
    input: object({}),
    output: FamilyProfile,
    errors: ['not_found'],
  }),
  replaceFamilyProfile: command({
    summary: 'Replace one profile of the account: what is not given is cleared, the relationship stays unless given',
    route: 'PUT /profiles/:profile_id',
    access: person,
    headers: { 'if-match': 'if_match' },
    input: object({ ...change, relationship: Type.Optional(membership.relationship) }),
    output: FamilyProfile,
    errors: ['not_found', 'precondition_failed'],
  }),
  removeProfile: command({
    summary: 'Remove a person the account keeps: access ends at once, everything about them is erased',
    route: 'DELETE /profiles/:profile_id',
    access: { kind: 'person', category: 'rights' },
    status: 204,
    input: object({}),
    output: Type.Null(),
    errors: ['not_found', 'conflict'],
  }),
}

/** Person ids, for the events. */
export const personId = uuid('the person')
