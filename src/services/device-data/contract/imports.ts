import { command, query, stream } from '../../../kernel/contract.ts'
import {
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
import { also, count, nullableText, nullableTime, person, time } from './shapes.ts'

export const IMPORT_STATES = ['asking', 'waiting', 'running', 'done', 'partly', 'failed', 'cancelled'] as const
export const DATE_ORDERS = ['day-first', 'month-first', 'year-first'] as const

export const Import = object({
  id: uuid(),
  state: oneOf(IMPORT_STATES),
  format: nullable(Type.String({ description: 'what the file is; null for an archive' })),
  file_name: nullableText,
  size_bytes: count,
  bytes_read: count,
  time_zone: Type.String({ description: 'zone of times that name none' }),
  question: nullable(oneOf(['columns', 'date-order'], { description: 'what only the person can say' })),
  taken: count,
  duplicates: count,
  skipped: count,
  failure: nullableText,
  created_at: time,
  started_at: nullableTime,
  ended_at: nullableTime,
})
export type ImportView = Static<typeof Import>

const Column = object({
  column: Type.String(),
  examples: list(Type.String(), 5),
  looks_like: oneOf(['time', 'number', 'text']),
  metric: nullableText,
  unit: nullableText,
})

const Report = object({
  import: Import,
  columns: list(Column, 100),
  taken: list(object({ metric: Type.String(), source: Type.String(), taken: count, duplicates: count })),
  skipped: list(
    object({
      reason: Type.String(),
      what: Type.String({ description: 'a type or column, never a value' }),
      count,
      places: list(Type.String({ description: 'number of the file in its archive : line, record or reading' }), 5),
    }),
  ),
  files: list(
    object({
      index: count,
      name: Type.String(),
      format: nullableText,
      outcome: oneOf(['read', 'partly', 'refused']),
      fault: nullableText,
      place: nullable(Type.Integer()),
    }),
  ),
  unlisted_files: count,
})

const Mapping = object({
  time: list(text(100), 2),
  values: list(object({ column: text(100), metric: text(100), unit: optional(text(40, { minimum: 0 })) }), 100),
  source: optional(text(60, { pattern: '^[a-z0-9][a-z0-9._-]{0,59}$' })),
})

export const importOperations = {
  listImports: query({
    summary: 'Imports of files, the newest first',
    route: 'GET /device-data/imports',
    access: person,
    input: object({ ...pageInput, limit: optional(integer(1, 100, { default: 50 })) }),
    output: object({ items: list(Import, 100), next_cursor: nullableText }),
  }),
  readImport: query({
    summary: 'What an import took, what it left out, and why',
    route: 'GET /device-data/imports/:id',
    access: person,
    input: object({ id: uuid() }),
    output: Report,
    errors: ['not_found'],
  }),
  answerImport: command({
    summary: 'Say which column is what, or whether days or months stand first; the import goes on',
    route: 'POST /device-data/imports/:id/mapping',
    access: person,
    status: 202,
    input: object({ id: uuid(), mapping: optional(Mapping), date_order: optional(oneOf(DATE_ORDERS)) }),
    output: Import,
    errors: ['not_found', 'conflict'],
  }),
  deleteImport: command({
    summary: 'Stop an import that goes on, or remove the report of one that ended; what was taken stays',
    route: 'DELETE /device-data/imports/:id',
    access: person,
    status: 204,
    input: object({ id: uuid() }),
    output: Type.Null(),
    errors: ['not_found'],
  }),
  appleHealthSync: command({
    summary: 'How Apple Health data come in: phones send them, there is no server to ask',
    route: 'POST /apple-health/sync',
    aliases: also('POST /apple-health/sync'),
    access: person,
    input: object({}),
    output: object({ is_pulled: Type.Boolean(), how: Type.String(), last_import: nullable(Import) }),
  }),
  appleHealthData: query({
    summary: 'Days of one HealthKit type, as they were taken',
    route: 'GET /apple-health/data/:type',
    aliases: also('GET /apple-health/data/:type'),
    access: person,
    input: object({ type: text(100), days: optional(integer(1, 366, { default: 30 })) }),
    output: object({
      type: Type.String(),
      data_type: Type.String(),
      unit: Type.String(),
      items: list(
        object({
          day: Type.String(),
          source: Type.String(),
          count,
          minimum: Type.Number(),
          maximum: Type.Number(),
          sum: Type.Number(),
          mean: Type.Number(),
        }),
        5000,
      ),
    }),
    errors: ['not_found'],
  }),
}

const uploadParameters = {
  file_name: 'name of the file, where the body is the file itself',
  time_zone: 'IANA zone of times that name none; the person’s own unless said',
}

export const importStreams = {
  uploadImport: stream({
    summary: 'Give a file to be imported: the body itself or one part of multipart/form-data; answers 202',
    kind: 'command',
    route: 'POST /device-data/imports',
    access: person,
    produces: ['application/json'],
    parameters: uploadParameters,
  }),
  appleHealthImport: stream({
    summary: 'Give an export of Apple Health (export.zip or export.xml)',
    kind: 'command',
    route: 'POST /apple-health/import',
    aliases: also('POST /apple-health/import'),
    access: person,
    produces: ['application/json'],
    parameters: uploadParameters,
  }),
  importEvents: stream({
    summary: 'Progress of an import until it ends or asks (server-sent events)',
    kind: 'query',
    route: 'GET /device-data/imports/:id/events',
    access: person,
    produces: ['text/event-stream'],
  }),
}
