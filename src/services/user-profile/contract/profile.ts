import { query } from '../../../kernel/contract.ts'
import {
  date,
  integer,
  list,
  nullable,
  number,
  object,
  oneOf,
  optional,
  type Static,
  Type,
  text,
} from '../../../kernel/fields.ts'
import { type ChangeOf, groupOperations, head, original, shown, times } from './sections.ts'

export const GENDERS = ['male', 'female', 'other', 'prefer_not_to_say'] as const
export const SEXES = ['female', 'male', 'intersex', 'unknown'] as const
const MARITAL_STATUSES = ['single', 'married', 'divorced', 'widowed', 'separated', 'partnered'] as const
export const BLOOD_TYPES = ['A+', 'A-', 'B+', 'B-', 'AB+', 'AB-', 'O+', 'O-'] as const
export const ACTIVITY_LEVELS = [
  'sedentary',
  'lightly_active',
  'moderately_active',
  'very_active',
  'extremely_active',
] as const
export const PREGNANCY_STATUSES = ['pregnant', 'not_pregnant', 'not_applicable', 'unknown'] as const
export const UNIT_SYSTEMS = ['metric', 'imperial'] as const

export const phone = text(20, { minimum: 3, pattern: '^\\+?[0-9 ()-]+$' })
const statements = list(text(200), 100)

const FamilyCondition = object({
  relation: text(60),
  condition: text(200),
  age_at_onset: optional(nullable(integer(0, 130))),
  note: optional(nullable(text(500))),
})

/** How a person reads the platform. They stand in the profile and in the preferences; both show the one value. */
export const localeFields = {
  language: text(20, { pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$', description: 'BCP 47: en, hi, pt-BR' }),
  timezone: text(50, { description: 'IANA name: Asia/Kolkata' }),
  units: oneOf(UNIT_SYSTEMS),
}

/** What a person says about themselves. Nothing has a default: what nobody said is unknown. */
export const profileFields = {
  first_name: text(100),
  middle_name: text(100),
  last_name: text(100),
  preferred_name: text(100),
  date_of_birth: date('YYYY-MM-DD; not in the future, not more than 130 years ago'),
  gender: oneOf(GENDERS),
  sex_at_birth: oneOf(SEXES, { description: 'for formulas that need it; never derived from gender' }),
  marital_status: oneOf(MARITAL_STATUSES),
  email: Type.String({ format: 'email', maxLength: 254, description: 'for contact; sign-in is changed under /auth' }),
  phone_number: phone,
  address_line_1: text(255),
  address_line_2: text(255),
  city: text(100),
  state: text(100),
  postal_code: text(20),
  country: text(100),
  emergency_contact_name: text(200),
  emergency_contact_phone: phone,
  emergency_contact_relationship: text(100),
  blood_type: oneOf(BLOOD_TYPES),
  height_cm: number(30, 300, { description: '50 to 300; less only for a child whose date_of_birth is known' }),
  weight_kg: number(0.3, 500, { description: '20 to 500; less only for a child whose date_of_birth is known' }),
  activity_level: oneOf(ACTIVITY_LEVELS),
  allergies: list(text(200), 100),
  medications: statements,
  conditions: statements,
  family_history: list(FamilyCondition, 100),
  pregnancy_status: oneOf(PREGNANCY_STATUSES),
  pregnancy_due_date: date(),
  pregnancy_stated_on: date('the day the status was said; today unless given'),
  occupation: text(200),
  employer: text(200),
  education_level: text(100),
  insurance_provider: text(200),
  insurance_policy_number: text(100),
  ...localeFields,
}
export type ProfileChange = ChangeOf<typeof profileFields> & Static<typeof Measures>

const measure = (limit: number) => optional(nullable(number(0, limit)))
/** A height or weight in a unit of the client's choice, stored in cm and kg. */
const measureFields = {
  height: measure(5000),
  height_unit: optional(text(20, { description: 'cm, m, in, ft; needed with height' })),
  weight: measure(500_000),
  weight_unit: optional(text(20, { description: 'kg, lbs, g, stone; needed with weight' })),
}
const Measures = object(measureFields)

const computed = {
  display_name: nullable(Type.String({ description: 'the preferred name, else the full name' })),
  full_name: nullable(Type.String()),
  age_years: nullable(Type.Integer()),
  completion_percentage: Type.Integer({ minimum: 0, maximum: 100 }),
}

export const profileView = { ...head, ...computed, ...shown(profileFields), ...times }
export const Profile = object(profileView)

export const profileGroup = {
  path: 'profile',
  noun: 'the profile',
  category: 'personal_info',
  fields: profileFields,
  extras: measureFields,
  view: Profile,
  computed: Object.keys(computed),
} as const

const access = { kind: 'person', category: 'personal_info' } as const
const group = groupOperations(profileGroup)

export const profileOperations = {
  readProfile: group.read,
  saveProfile: group.create,
  replaceProfile: group.replace,
  changeProfile: group.change,
  clearProfile: group.clear,
  validateProfile: group.validate,
  exportProfile: group.export,
  importProfile: group.import,
  summarizeProfile: query({
    summary: 'Who this is, in a few members',
    route: 'GET /profile/summary',
    aliases: original('GET', 'profile/me/summary'),
    access,
    input: object({}),
    output: object({
      ...head,
      display_name: computed.display_name,
      first_name: profileView.first_name,
      last_name: profileView.last_name,
      preferred_name: profileView.preferred_name,
      email: profileView.email,
      date_of_birth: profileView.date_of_birth,
      age_years: computed.age_years,
      gender: profileView.gender,
      sex_at_birth: profileView.sex_at_birth,
      is_complete: Type.Boolean(),
      completion_percentage: computed.completion_percentage,
      updated_at: times.updated_at,
    }),
  }),
  readCompletion: query({
    summary: 'What the profile still lacks, and what each missing part is good for',
    route: 'GET /profile/completion',
    aliases: original('GET', 'profile/me/completion'),
    access,
    input: object({}),
    output: object({
      completion_percentage: computed.completion_percentage,
      is_complete: Type.Boolean(),
      missing_fields: Type.Array(Type.String()),
      next_steps: Type.Array(Type.String()),
    }),
  }),
}
