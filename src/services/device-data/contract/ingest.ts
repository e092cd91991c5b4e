import { command, query } from '../../../kernel/contract.ts'
import {
  date,
  instant,
  integer,
  list,
  nullable,
  object,
  optional,
  record,
  Type,
  text,
  uuid,
} from '../../../kernel/fields.ts'
import { count, nullableText, nullableTime, person, time } from './shapes.ts'

const Task = object({
  task_id: uuid(),
  source: Type.String(),
  status: Type.String(),
  days: count,
  accepted: count,
  skipped: count,
  detail: nullableText,
  created_at: time,
  updated_at: time,
})

export const ingestOperations = {
  ingest: command({
    summary: 'Take what a phone or a maker’s app has: up to 500 values, one a metric and day or moment',
    route: 'POST /health-data/ingest',
    access: person,
    bodyLimitBytes: 1024 * 1024,
    input: object({
      source: text(60),
      sync_timestamp: optional(instant()),
      data_points: Type.Array(
        object({
          metric_type: text(100),
          date: optional(date()),
          start: optional(instant()),
          end: optional(instant()),
          value_json: Type.Union([Type.Number(), record(20)]),
          unit: optional(text(50)),
        }),
        { maxItems: 500 },
      ),
    }),
    output: object({
      accepted: count,
      skipped: count,
      duplicates: count,
      refused: list(object({ index: count, reason: Type.String() })),
      sync_timestamp: time,
    }),
  }),
  initialSync: command({
    summary:
      'Fetch the last days of a connected maker, or open a back-fill that a phone sends; asking again changes nothing',
    route: 'POST /health-data/initial-sync',
    access: person,
    status: 202,
    errors: ['not_found', 'unavailable', 'conflict'],
    input: object({ source: text(60), days: optional(integer(1, 365, { default: 90 })) }),
    output: Task,
  }),
  syncTask: query({
    summary: 'How far a sync is',
    route: 'GET /health-data/sync-status/:task_id',
    access: person,
    errors: ['not_found'],
    input: object({ task_id: uuid() }),
    output: Task,
  }),
  watermark: query({
    summary: 'Up to where the data of each source go',
    route: 'GET /health-data/sync-watermark',
    access: person,
    input: object({ source: optional(text(60)) }),
    output: object({
      items: list(
        object({ source: Type.String(), last_sample_at: nullableTime, last_sync_at: nullable(time), metrics: count }),
      ),
    }),
  }),
  deleteSource: command({
    summary: 'Remove all that a source gave',
    route: 'DELETE /health-data/source/:source',
    access: person,
    errors: ['not_found'],
    input: object({ source: text(60) }),
    output: object({ source: Type.String(), series: count, samples: count, recordings: count }),
  }),
}
