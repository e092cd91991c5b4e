import { query } from '../../../kernel/contract.ts'
import {
  instant,
  integer,
  list,
  nullable,
  object,
  oneOf,
  optional,
  type Static,
  Type,
  text,
} from '../../../kernel/fields.ts'
import { count, nullableNumber, nullableText, person } from './shapes.ts'

/** A computed figure with all that is needed to check it, or the reason why there is none. */
export const Figure = object({
  name: Type.String(),
  value: nullableNumber,
  unit: Type.String(),
  formula: Type.String({ description: 'id and version' }),
  enough: Type.Boolean(),
  needs: Type.String({ description: 'the least data it can be computed from' }),
  inputs: Type.Record(Type.String(), Type.Unknown()),
  missing: list(Type.String(), 20),
  citation: Type.String(),
  limits: Type.String(),
})
export type Figure = Static<typeof Figure>

const basis = {
  enough: Type.Boolean(),
  reason: nullableText,
  period_from: Type.String(),
  period_to: Type.String(),
  time_zone: Type.String(),
  source_name: nullableText,
  is_simulated: Type.Boolean(),
  figures: list(Figure, 40),
}

const period = {
  days: optional(integer(1, 365)),
  end_date: optional(instant()),
  source_name: optional(text(60)),
}

const Night = object({
  date: Type.String({ description: 'local day of waking' }),
  asleep_minutes: Type.Number(),
  in_bed_minutes: nullableNumber,
  efficiency_percent: nullableNumber,
  bedtime: Type.String(),
  wake_time: Type.String(),
  midpoint_minute: Type.Number({ description: 'minutes after local midnight of the day of waking' }),
  deep_minutes: nullableNumber,
  rem_minutes: nullableNumber,
  light_minutes: nullableNumber,
  awake_minutes: nullableNumber,
})

const Excursion = object({
  at: Type.String(),
  baseline: nullableNumber,
  peak: nullableNumber,
  excursion: nullableNumber,
  minutes_to_peak: nullableNumber,
  area: nullableNumber,
  carbs_g: nullableNumber,
  reason: nullableText,
})

export const analyticsOperations = {
  glucoseAnalytics: query({
    summary: 'Time in range, GMI, variability, risk indices, episodes and meals of a continuous glucose sensor',
    route: 'GET /device-data/analytics/glucose',
    access: person,
    timeoutMs: 20_000,
    input: object({ ...period, targets: optional(oneOf(['adult', 'older', 'pregnancy'])) }),
    output: object({
      ...basis,
      unit: Type.String(),
      readings: count,
      days_with_data: count,
      coverage_percent: Type.Number(),
      bands: list(
        object({ name: Type.String(), percent: Type.Number(), target: nullableText, is_met: nullable(Type.Boolean()) }),
        10,
      ),
      episodes: list(
        object({
          kind: Type.String(),
          started_at: Type.String(),
          minutes: Type.Number(),
          is_prolonged: Type.Boolean(),
        }),
        500,
      ),
      meals: list(Excursion, 200),
    }),
  }),
  hrvAnalytics: query({
    summary: 'Heart rate variability: from beats where there are, else the balance of the maker’s daily figure',
    route: 'GET /device-data/analytics/hrv',
    access: person,
    timeoutMs: 20_000,
    input: object(period),
    output: object({ ...basis, beats: count, artefacts: count }),
  }),
  sleepAnalytics: query({
    summary: 'Sleep by night of waking: duration, efficiency, regularity',
    route: 'GET /device-data/analytics/sleep',
    access: person,
    timeoutMs: 20_000,
    input: object(period),
    output: object({ ...basis, nights: list(Night, 370) }),
  }),
  restingHeartRate: query({
    summary: 'Resting heart rate: of the device, else the quiet tenth of the night',
    route: 'GET /device-data/analytics/resting-heart-rate',
    access: person,
    timeoutMs: 20_000,
    input: object(period),
    output: object({
      ...basis,
      days: list(object({ date: Type.String(), value: Type.Number(), origin: oneOf(['measured', 'derived']) }), 370),
    }),
  }),
  bloodPressureAnalytics: query({
    summary: 'Blood pressure by the home protocol: mornings and evenings of a week without its first day',
    route: 'GET /device-data/analytics/blood-pressure',
    access: person,
    input: object(period),
    output: object({
      ...basis,
      readings: count,
      category: nullableText,
      days: list(
        object({ date: Type.String(), readings: count, systolic: Type.Number(), diastolic: Type.Number() }),
        370,
      ),
    }),
  }),
}
