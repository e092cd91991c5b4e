import { command, query } from '../../../kernel/contract.ts'
import {
  flag,
  instant,
  list,
  nullable,
  number,
  object,
  oneOf,
  optional,
  record,
  type Static,
  Type,
  text,
  uuid,
} from '../../../kernel/fields.ts'
import {
  idInput,
  ifMatch,
  maybe,
  nullableText,
  pageOf,
  pagingFields,
  patchTwin,
  periodFields,
  symptomsOfPerson,
  time,
  versionFields,
} from './common.ts'

export const SYMPTOM_CATEGORIES = [
  'cardiovascular',
  'respiratory',
  'gastrointestinal',
  'neurological',
  'musculoskeletal',
  'dermatological',
  'endocrine',
  'immunological',
  'psychiatric',
  'genitourinary',
  'ophthalmological',
  'otolaryngological',
  'general',
  'pain',
  'fatigue',
  'sleep',
  'mood',
  'cognitive',
  'sexual',
  'reproductive',
] as const

export const SYMPTOM_TRIGGERS = [
  'stress',
  'exercise',
  'food',
  'allergen',
  'medication',
  'alcohol',
  'caffeine',
  'sleep_deprivation',
  'weather',
  'temperature',
  'humidity',
  'altitude',
  'travel',
  'work',
  'relationship',
  'financial',
  'hormonal',
  'infection',
  'injury',
  'surgery',
  'other',
] as const

const SEVERITY_WORDS = ['mild', 'moderate', 'severe', 'critical'] as const
const impact = maybe(oneOf(['none', 'mild', 'moderate', 'severe']))
const words = maybe(list(text(200), 50))

/** What is kept beside the columns that are searched. */
const details = {
  description: maybe(text(2000, { minimum: 0 })),
  impact_on_daily_activities: impact,
  frequency: maybe(
    oneOf(['rarely', 'occasionally', 'frequently', 'constantly', 'intermittent', 'cyclical', 'seasonal']),
  ),
  frequency_count: maybe(number(0, 100_000)),
  frequency_period: maybe(oneOf(['per day', 'per week', 'per month', 'per year', 'day', 'week', 'month', 'year'])),
  duration: maybe(oneOf(['acute', 'subacute', 'chronic', 'episodic', 'persistent'])),
  duration_hours: maybe(number(0, 1_000_000)),
  body_location: maybe(text(200, { minimum: 0 })),
  body_side: maybe(oneOf(['left', 'right', 'bilateral', 'central'])),
  radiation: maybe(text(200, { minimum: 0 })),
  quality: maybe(text(100, { minimum: 0 })),
  triggers: maybe(list(oneOf(SYMPTOM_TRIGGERS), 30)),
  context: maybe(text(1000, { minimum: 0 })),
  associated_symptoms: words,
  relief_factors: words,
  aggravating_factors: words,
  related_conditions: words,
  medications_taken: words,
  treatments_tried: words,
  sleep_impact: impact,
  work_impact: impact,
  social_impact: impact,
  emotional_impact: impact,
  is_recurring: maybe(flag()),
  recurrence_pattern: maybe(text(100, { minimum: 0 })),
  requires_medical_attention: maybe(flag()),
  medical_attention_urgency: maybe(oneOf(['none', 'routine', 'urgent', 'emergency'])),
  medical_attention_received: maybe(flag()),
  medical_attention_date: maybe(instant()),
  medical_attention_notes: maybe(text(1000, { minimum: 0 })),
  symptom_metadata: maybe(record(50)),
}
const SymptomDetails = object(details)
export type SymptomDetails = Static<typeof SymptomDetails>
/** Names of the fields that have no column of their own. */
export const SYMPTOM_DETAIL_FIELDS = Object.keys(details) as readonly (keyof SymptomDetails)[]

const changeable = {
  ...details,
  severity: maybe(oneOf(SEVERITY_WORDS)),
  severity_level: maybe(number(1, 10, { description: 'mild 1-3, moderate 4-6, severe 7-8, critical 9-10' })),
  start_time: maybe(instant()),
  end_time: maybe(instant()),
}

export const Symptom = object({
  id: uuid(),
  version: Type.Integer(),
  user_id: uuid(),
  symptom_name: Type.String(),
  symptom_category: oneOf(SYMPTOM_CATEGORIES),
  severity: oneOf(SEVERITY_WORDS),
  severity_level: nullable(Type.Number({ description: 'null when only the word was given' })),
  severity_ordinal: Type.Integer({ description: '0 none to 5 emergency' }),
  start_time: time,
  end_time: nullable(time),
  created_at: time,
  updated_at: time,
  ...details,
  description: nullableText,
})
export type Symptom = Static<typeof Symptom>

export const symptomOperations = {
  recordSymptom: command({
    summary: 'Write a symptom into the diary',
    route: 'POST /symptoms',
    aliases: [
      'POST /api/v1/symptoms/journal',
      'POST /health-tracking/api/v1/symptoms/journal',
      'POST /health-tracking/symptoms/journal',
    ],
    access: symptomsOfPerson,
    status: 201,
    input: object({
      symptom_name: text(200),
      symptom_category: oneOf(SYMPTOM_CATEGORIES),
      ...changeable,
    }),
    output: Symptom,
  }),
  listSymptoms: query({
    summary: 'Symptoms, newest first',
    route: 'GET /symptoms',
    aliases: [
      'GET /api/v1/symptoms/journal',
      'GET /health-tracking/api/v1/symptoms/journal',
      'GET /health-tracking/symptoms/journal',
    ],
    access: symptomsOfPerson,
    input: object({
      symptom_category: optional(oneOf(SYMPTOM_CATEGORIES)),
      severity: optional(oneOf(SEVERITY_WORDS)),
      ...periodFields,
      ...pagingFields,
    }),
    output: pageOf(Symptom),
  }),
  getSymptom: query({
    summary: 'One symptom',
    route: 'GET /symptoms/:id',
    access: symptomsOfPerson,
    input: idInput,
    output: Symptom,
    errors: ['not_found'],
  }),
  updateSymptom: command({
    summary: 'Correct the fields given',
    route: 'PUT /symptoms/:id',
    aliases: patchTwin('/symptoms/:id'),
    access: symptomsOfPerson,
    headers: ifMatch,
    input: object({
      id: uuid(),
      symptom_name: optional(text(200)),
      symptom_category: optional(oneOf(SYMPTOM_CATEGORIES)),
      ...changeable,
      ...versionFields,
    }),
    output: Symptom,
    errors: ['not_found', 'precondition_failed'],
  }),
  deleteSymptom: command({
    summary: 'Delete a symptom',
    route: 'DELETE /symptoms/:id',
    access: symptomsOfPerson,
    status: 204,
    headers: ifMatch,
    input: object({ id: uuid(), if_match: optional(text(80)) }),
    output: Type.Null(),
    errors: ['not_found', 'precondition_failed'],
  }),
  listSymptomCategories: query({
    summary: 'The words a symptom may be described with',
    route: 'GET /symptoms/categories/list',
    access: symptomsOfPerson,
    input: object({}),
    output: object({
      categories: list(Type.String(), 40),
      triggers: list(Type.String(), 40),
      severities: list(
        object({ word: Type.String(), level_from: Type.Number(), level_to: Type.Number(), ordinal: Type.Integer() }),
        10,
      ),
    }),
  }),
}
