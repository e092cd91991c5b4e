import { query } from '../../../kernel/contract.ts'
import {
  flag,
  integer,
  list,
  nullable,
  number,
  object,
  oneOf,
  optional,
  record,
  Type,
  text,
} from '../../../kernel/fields.ts'
import { type ChangeOf, groupOperations, head, original, shown, times } from './sections.ts'

export const HEALTH_GOALS = [
  'weight_loss',
  'weight_gain',
  'maintenance',
  'muscle_gain',
  'cardiovascular_health',
  'diabetes_management',
  'blood_pressure_control',
  'sleep_improvement',
  'stress_reduction',
  'general_wellness',
] as const

/** Yes, no, or null: nobody said. */
export const riskFlags = {
  smoking_status: flag({ description: 'smokes at present' }),
  family_history_diabetes: flag(),
  family_history_heart_disease: flag(),
  family_history_cancer: flag(),
  family_history_hypertension: flag(),
}

export const conditionFlags = {
  has_diabetes: flag(),
  has_hypertension: flag(),
  has_heart_disease: flag(),
  has_asthma: flag(),
  has_arthritis: flag(),
  has_depression: flag(),
  has_anxiety: flag(),
  has_sleep_apnea: flag(),
}

/** A baseline as the person knows it; measurements over time are health-tracking's. */
const baseline = {
  body_fat_percentage: number(0, 100),
  muscle_mass_kg: number(0, 200),
  body_water_percentage: number(0, 100),
  waist_circumference_cm: number(30, 200),
  hip_circumference_cm: number(30, 200),
  resting_heart_rate: integer(30, 200, { description: 'beats a minute' }),
  blood_pressure_systolic: integer(70, 300, { description: 'mmHg' }),
  blood_pressure_diastolic: integer(40, 200, { description: 'mmHg' }),
  oxygen_saturation: number(70, 100, { description: '%' }),
  body_temperature: number(30, 45, { description: '°C' }),
}

const goals = {
  primary_health_goal: oneOf(HEALTH_GOALS),
  secondary_health_goals: list(oneOf(HEALTH_GOALS), 10),
  target_weight_kg: number(20, 500),
  target_bmi: number(10, 100),
  target_resting_heart_rate: integer(30, 200),
  target_blood_pressure_systolic: integer(70, 300),
  target_blood_pressure_diastolic: integer(40, 200),
}

const activityGoals = {
  daily_step_goal: integer(1000, 50_000),
  weekly_workout_goal: integer(0, 7),
  daily_active_minutes_goal: integer(0, 300),
  weekly_cardio_minutes_goal: integer(0, 1000),
}

const lifestyle = {
  alcohol_consumption: text(50),
  sleep_hours_per_night: number(0, 24),
  sedentary_hours_per_day: number(0, 24),
  stress_level: text(50),
  diet_type: text(50),
  exercise_frequency: text(50),
}

/** What is usual or agreed for this person; it goes before the ranges of the population. */
export const ReferenceRange = object({
  metric_type: text(60, { description: 'a metric of health-tracking' }),
  low: optional(nullable(number(-1e6, 1e6))),
  high: optional(nullable(number(-1e6, 1e6))),
  unit: optional(text(50, { description: "the metric's own unit unless given; answers show it in UCUM" })),
  note: optional(nullable(text(500, { description: 'who said so' }))),
})

export const healthFields = {
  ...baseline,
  ...goals,
  ...activityGoals,
  ...riskFlags,
  ...conditionFlags,
  ...lifestyle,
  reference_ranges: list(ReferenceRange, 100),
  custom_health_data: record(50, 'free members of a client; at most 16 KiB'),
}
export type HealthChange = ChangeOf<typeof healthFields>
export const HealthAttributes = object({ ...head, ...shown(healthFields), ...times })

export const healthGroup = {
  path: 'health-attributes',
  noun: 'the health attributes',
  category: 'health_records',
  fields: healthFields,
  extras: {},
  view: HealthAttributes,
  computed: [],
} as const

const group = groupOperations(healthGroup)

export const healthOperations = {
  readHealthAttributes: group.read,
  saveHealthAttributes: group.create,
  replaceHealthAttributes: group.replace,
  changeHealthAttributes: group.change,
  clearHealthAttributes: group.clear,
  validateHealthAttributes: group.validate,
  exportHealthAttributes: group.export,
  importHealthAttributes: group.import,
  summarizeHealthAttributes: query({
    summary: 'Goals, risks and personal ranges in a few members',
    route: 'GET /health-attributes/summary',
    aliases: original('GET', 'health-attributes/me/summary'),
    access: { kind: 'person', category: 'health_records' },
    input: object({}),
    output: object({
      ...head,
      primary_health_goal: nullable(goals.primary_health_goal),
      secondary_health_goals: goals.secondary_health_goals,
      risk_flags: Type.Array(Type.String(), { description: 'names of the flags that are on' }),
      unknown_flags: Type.Array(Type.String(), { description: 'names of the flags nobody has answered' }),
      reference_range_count: Type.Integer(),
      updated_at: times.updated_at,
    }),
  }),
}
