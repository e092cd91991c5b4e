import { query } from '../../../kernel/contract.ts'
import { list, nullable, object, oneOf, optional, Type, uuid } from '../../../kernel/fields.ts'
import { preferenceFields } from './preferences.ts'
import { ACTIVITY_LEVELS, UNIT_SYSTEMS } from './profile.ts'

const service = { kind: 'service' } as const

const PersonalRange = object({
  metric_type: Type.String(),
  low: nullable(Type.Number()),
  high: nullable(Type.Number()),
  unit: Type.String({ description: 'UCUM, the canonical unit of the metric' }),
})

/** What calculations may take for a fact. Nothing is assumed: what nobody said is null, and named in `missing`. */
export const Facts = object({
  person_id: uuid(),
  display_name: nullable(Type.String()),
  birth_date: nullable(Type.String()),
  age_years: nullable(Type.Integer({ description: "completed years today, in the person's zone (UTC while unknown)" })),
  sex_at_birth: nullable(oneOf(['female', 'male', 'intersex'])),
  height_cm: nullable(Type.Number()),
  weight_kg: nullable(Type.Number()),
  activity_level: nullable(oneOf(ACTIVITY_LEVELS)),
  blood_type: nullable(Type.String()),
  conditions: list(Type.String()),
  allergies: list(Type.String()),
  medications: list(Type.String()),
  is_pregnant: nullable(Type.Boolean()),
  pregnancy_stated_on: nullable(Type.String({ description: 'the older, the less it says' })),
  pregnancy_due_date: nullable(Type.String({ description: 'only while the profile says pregnant' })),
  is_smoker: nullable(Type.Boolean()),
  time_zone: nullable(Type.String({ description: 'IANA' })),
  units: nullable(oneOf(UNIT_SYSTEMS)),
  glucose_unit: nullable(oneOf(['mg/dL', 'mmol/L'], { description: 'as the person chose; null until they do' })),
  hba1c_unit: nullable(preferenceFields.hba1c_unit),
  laboratory_units: nullable(preferenceFields.laboratory_units),
  date_format: nullable(preferenceFields.date_format),
  time_format: nullable(preferenceFields.time_format),
  language: nullable(Type.String({ description: 'BCP 47' })),
  personal_reference_ranges: list(PersonalRange),
  missing: list(Type.String(), 30),
})

const said = nullable(Type.String())

/** What helps in an emergency, as the person said it. A list is null where nobody said anything, `[]` where there is none. */
const EmergencyFacts = object({
  name: said,
  birth_date: said,
  age_years: nullable(Type.Integer()),
  blood_type: said,
  allergies: nullable(list(Type.String())),
  conditions: nullable(list(Type.String())),
  medications: nullable(list(Type.String())),
  contact: nullable(object({ name: said, phone: said, relationship: said })),
  language: said,
  updated_at: said,
})

/** Operations for the frame and other services; none is on HTTP. */
export const internalOperations = {
  facts: query({
    summary: 'Facts about the person of the call, or about `person_id` for whom the calling service vouches',
    access: service,
    input: object({ person_id: optional(uuid()) }),
    output: Facts,
  }),
  displayNames: query({
    summary: 'What people are called, for whom the calling service vouches; null for those who gave no name',
    access: service,
    input: object({ person_ids: list(uuid(), 200) }),
    output: object({ names: list(object({ person_id: uuid(), display_name: said }), 200) }),
  }),
  emergencyFacts: query({
    summary: 'What the profile says that helps in an emergency, for whoever may see the emergency part',
    access: { kind: 'person', category: 'emergency' },
    input: object({}),
    output: EmergencyFacts,
  }),
}
