import {
  date,
  instant,
  integer,
  list,
  nullable,
  object,
  oneOf,
  optional,
  pageInput,
  type Static,
  Type,
  text,
  uuid,
} from '../../../kernel/fields.ts'
import { METRIC_TYPES } from '../../../shared/metrics/metricDefinition.ts'

export const vitalsOfPerson = { kind: 'person', category: 'vitals' } as const
export const symptomsOfPerson = { kind: 'person', category: 'symptoms' } as const
export const goalsOfPerson = { kind: 'person', category: 'goals' } as const
export const service = { kind: 'service' } as const

/** May be left out, or null as old clients send what they leave out. */
export function maybe<Schema extends Parameters<typeof nullable>[0]>(schema: Schema) {
  return optional(nullable(schema))
}

export const metricType = oneOf(METRIC_TYPES)
export const unit = text(50, { description: 'UCUM code or a unit text the metric takes' })
/** A number that double precision holds; what is possible for the metric is the catalogue's to say. */
export const anyNumber = Type.Number({ minimum: -1e12, maximum: 1e12 })
export const nullableNumber = nullable(Type.Number())
export const nullableText = nullable(Type.String())
export const time = Type.String({ description: 'ISO 8601, UTC' })
export const count = Type.Integer({ minimum: 0 })

/** Which version the caller changes: an `If-Match` header, or `version` in the body. Neither: the newest. */
export const versionFields = {
  version: maybe(integer(1, 2_000_000_000)),
  if_match: optional(text(80)),
}
export const ifMatch = { 'if-match': 'if_match' } as const

/** A period in both spellings; a bare date stands for its whole day in the person's zone. */
export const periodFields = {
  from: optional(instant()),
  to: optional(instant()),
  start_date: optional(instant('as `from`')),
  end_date: optional(instant('as `to`')),
}

/** Keyset paging, and the three older styles. */
export const pagingFields = {
  ...pageInput,
  skip: optional(integer(0, 100_000)),
  offset: optional(integer(0, 100_000, { description: 'as `skip`' })),
  page: optional(integer(1, 10_000, { description: 'from 1; the answer then has total and pages' })),
  size: optional(integer(1, 1000, { description: 'items of a page; as `limit`' })),
}

/** A page of a list; `total`, `page`, `size`, `pages` when a page was asked for by number. */
export function pageOf<Schema extends Parameters<typeof list>[0]>(items: Schema) {
  return object({
    items: list(items),
    next_cursor: nullableText,
    total: optional(count),
    page: optional(count),
    size: optional(count),
    pages: optional(count),
  })
}

/** The PATCH twin of a PUT, at every address the PUT has. */
export function patchTwin(path: string): string[] {
  return [`PATCH /api/v1${path}`, `PATCH /health-tracking/api/v1${path}`, `PATCH /health-tracking${path}`]
}

export const idInput = object({ id: uuid() })

/** How a period of data was looked at: every statistic says it. */
export const Basis = object({
  method: Type.String(),
  n: Type.Integer({ description: 'values that entered' }),
  period_from: date(),
  period_to: date(),
  time_zone: Type.String(),
  missing: list(Type.String(), 40),
})
export type Basis = Static<typeof Basis>

export const Rule = object({ id: Type.String(), version: Type.String() })

/** A level from a published rule, or why there is none. */
export const Assessment = object({
  status: oneOf(['known', 'unknown']),
  vital: Type.String(),
  value: nullableNumber,
  unit: nullableText,
  level: nullable(Type.Integer({ minimum: 0, maximum: 5, description: '0 none to 5 emergency' })),
  level_word: Type.String(),
  band: Type.String(),
  rule: Rule,
  source: Type.String(),
  inputs: Type.Record(Type.String(), Type.Number()),
  reason: nullableText,
  message: nullableText,
  missing: list(Type.String(), 20),
})
export type Assessment = Static<typeof Assessment>
