import { command, query } from '../../../kernel/contract.ts'
import { integer, list, object, optional, pageInput, Type, uuid } from '../../../kernel/fields.ts'
import { count, nullableText, person, time } from './shapes.ts'

/** As many values as one trace may have. */
const MOST_TRACE_VALUES = 300_000

const recordingFields = {
  id: uuid(),
  kind: Type.String({ description: '`ecg`' }),
  source_name: Type.String(),
  started_at: time,
  offset_minutes: Type.Integer({ description: 'how far the clock of the device was ahead of UTC' }),
  duration_seconds: Type.Number(),
  rate_hz: Type.Number({ description: 'values a second' }),
  count,
  classification: nullableText,
  symptoms: nullableText,
  device: nullableText,
  software: nullableText,
  lead: nullableText,
}

const Recording = object(recordingFields)

export const recordingOperations = {
  listRecordings: query({
    summary: 'Traces that devices recorded (ECG), the newest first; words are those of the device',
    route: 'GET /device-data/recordings',
    access: person,
    input: object({ ...pageInput, limit: optional(integer(1, 200, { default: 50 })) }),
    output: object({ items: list(Recording, 200), next_cursor: nullableText }),
  }),
  readRecording: query({
    summary: 'One recording with its trace; nothing of it is interpreted here',
    route: 'GET /device-data/recordings/:id',
    access: person,
    errors: ['not_found'],
    input: object({ id: uuid() }),
    output: object({
      ...recordingFields,
      unit: Type.String({ description: 'UCUM' }),
      values: list(Type.Number(), MOST_TRACE_VALUES),
    }),
  }),
  deleteRecording: command({
    summary: 'Remove a recording; later imports do not bring it back',
    route: 'DELETE /device-data/recordings/:id',
    access: person,
    status: 204,
    errors: ['not_found'],
    input: object({ id: uuid() }),
    output: Type.Null(),
  }),
}
