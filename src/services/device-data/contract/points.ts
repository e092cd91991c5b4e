import { command, query } from '../../../kernel/contract.ts'
import {
  instant,
  integer,
  list,
  nullable,
  object,
  oneOf,
  optional,
  record,
  type Static,
  Type,
  text,
  uuid,
} from '../../../kernel/fields.ts'
import { also, count, deviceId, ENTRIES, nullableNumber, nullableText, person, QUALITIES, time } from './shapes.ts'

export const LARGEST_POINT_BATCH = 1000
export const dataType = text(100, { description: 'a code of the vocabulary or one of its other names' })
const value = Type.Union([Type.Number(), Type.String({ minLength: 1, maxLength: 500 })])

const facts = {
  unit: optional(text(50)),
  quality: optional(oneOf(QUALITIES)),
  raw_value: optional(nullable(Type.Union([Type.Number(), Type.String({ maxLength: 500 })]))),
  tags: optional(list(text(50), 20)),
  metadata: optional(record(50)),
  notes: optional(nullable(text(2000))),
}

export const NewPoint = object({
  device_id: optional(deviceId),
  data_type: dataType,
  value,
  timestamp: optional(instant()),
  end_timestamp: optional(instant('for what lasts')),
  source: optional(oneOf(ENTRIES)),
  source_name: optional(text(60, { description: 'where there is no device: `manual` unless said' })),
  ...facts,
})
export type NewPoint = Static<typeof NewPoint>

export const DataPoint = object({
  id: uuid(),
  user_id: uuid(),
  device_id: nullable(uuid()),
  data_type: Type.String(),
  label: Type.String(),
  value,
  unit: Type.String({ description: 'UCUM' }),
  loinc: nullableText,
  bound: nullable(oneOf(['below', 'above'])),
  timestamp: time,
  end_timestamp: nullable(time),
  offset_minutes: Type.Integer({ description: 'how far the clock of the source was ahead of UTC' }),
  quality: Type.String(),
  source: Type.String({ description: 'how it came about' }),
  source_name: Type.String({ description: 'what measured it' }),
  is_simulated: Type.Boolean(),
  is_validated: Type.Boolean({ description: 'unit and range were checked when it was taken' }),
  raw_value: Type.Unknown(),
  raw_unit: nullableText,
  tags: list(Type.String(), 20),
  metadata: Type.Record(Type.String(), Type.Unknown()),
  notes: nullableText,
})

const period = {
  start_date: optional(instant()),
  end_date: optional(instant()),
}
/** What lists and statistics can be narrowed to. */
export const filter = {
  data_type: optional(dataType),
  device_id: optional(deviceId),
  source_name: optional(text(60)),
  ...period,
}

const Refused = object({ index: count, reason: Type.String() })
const pointInput = object({ id: uuid() })

export const pointOperations = {
  createPoint: command({
    summary: 'Record one value; the same moment of the same source again changes nothing unless the value is larger',
    route: 'POST /data/points',
    aliases: also('POST /data/points'),
    access: person,
    status: 201,
    errors: ['not_found', 'conflict'],
    input: NewPoint,
    output: DataPoint,
  }),
  createPoints: command({
    summary: `Record up to ${LARGEST_POINT_BATCH} values at once; wrong ones are told and the others kept`,
    route: 'POST /data/points/batch',
    aliases: also('POST /data/points/batch'),
    access: person,
    status: 201,
    errors: ['not_found'],
    bodyLimitBytes: 2 * 1024 * 1024,
    input: object({ data_points: Type.Array(NewPoint, { minItems: 1, maxItems: LARGEST_POINT_BATCH }) }),
    output: object({ created: count, duplicates: count, refused: list(Refused), ids: list(uuid()) }),
  }),
  listPoints: query({
    summary: 'Values, newest first',
    route: 'GET /data/points',
    aliases: also('GET /data/points'),
    access: person,
    input: object({ ...filter, limit: optional(integer(1, 1000)), cursor: optional(text(400)) }),
    output: object({ items: list(DataPoint), next_cursor: nullableText }),
  }),
  getPoint: query({
    summary: 'One value',
    route: 'GET /data/points/:id',
    aliases: also('GET /data/points/:id'),
    access: person,
    errors: ['not_found'],
    input: pointInput,
    output: DataPoint,
  }),
  changePoint: command({
    summary: 'Correct a value; later imports do not undo it',
    route: 'PUT /data/points/:id',
    aliases: also('PUT /data/points/:id'),
    access: person,
    errors: ['not_found'],
    input: object({ id: uuid(), value: optional(value), ...facts }),
    output: DataPoint,
  }),
  deletePoint: command({
    summary: 'Remove a value; later imports do not bring it back',
    route: 'DELETE /data/points/:id',
    aliases: also('DELETE /data/points/:id'),
    access: person,
    status: 204,
    errors: ['not_found'],
    input: pointInput,
    output: Type.Null(),
  }),
  recentPoints: query({
    summary: 'The newest values of one type',
    route: 'GET /data/recent/:data_type',
    aliases: also('GET /data/recent/:data_type'),
    access: person,
    errors: ['not_found'],
    input: object({ data_type: dataType, hours: optional(integer(1, 8760)), limit: optional(integer(1, 1000)) }),
    output: object({ data_type: Type.String(), items: list(DataPoint) }),
  }),
  latestOfDevice: query({
    summary: 'The newest value of each type of a device',
    route: 'GET /data/realtime/:device_id/latest',
    aliases: also('GET /data/realtime/:device_id/latest'),
    access: person,
    errors: ['not_found'],
    input: object({ device_id: deviceId }),
    output: object({
      device_id: uuid(),
      items: list(object({ data_type: Type.String(), value: nullableNumber, unit: Type.String(), timestamp: time })),
    }),
  }),
}
