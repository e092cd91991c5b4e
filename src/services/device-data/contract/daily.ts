import { query } from '../../../kernel/contract.ts'
import { date, instant, list, nullable, object, Type, text } from '../../../kernel/fields.ts'
import { count, person, time } from './shapes.ts'

/** Two years and a month: as far as any statistic of the platform looks back. */
export const LARGEST_DAILY_DAYS = 800

const Course = object({
  data_type: Type.String(),
  unit: Type.String(),
  latest: nullable(
    object({
      value: Type.Number({ description: 'of what adds up, the sum of that day so far' }),
      at: time,
      source_name: Type.String(),
    }),
  ),
  days: list(
    object({
      day: date(),
      value: Type.Number({ description: 'sum, mean or last of the day, as the metric asks' }),
      minimum: Type.Number(),
      maximum: Type.Number(),
      mean: Type.Number(),
      last_value: Type.Number(),
      last_at: time,
      count,
      source_name: Type.String(),
    }),
    LARGEST_DAILY_DAYS + 2,
  ),
})

export const dailyOperations = {
  daily: query({
    summary:
      'Several metrics at once: the newest value, and one figure a local day, of the source that counts most; never simulated ones',
    route: 'GET /device-data/daily',
    access: person,
    input: object({
      data_types: list(text(60), 60),
      from: date('first local day'),
      until: date('last local day'),
    }),
    output: object({ items: list(Course, 60) }),
  }),
  held: query({
    summary: 'Which of some readings of a source are kept here with that very value, by their place',
    access: { kind: 'service' },
    input: object({
      data_type: text(60),
      source_name: text(60),
      readings: list(object({ at: instant(), value: Type.Number() }), 1000),
    }),
    output: object({ held: list(count, 1000) }),
  }),
}
