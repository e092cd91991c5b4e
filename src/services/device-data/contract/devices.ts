import { command, query } from '../../../kernel/contract.ts'
import {
  flag,
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
import {
  also,
  CONNECTION_TYPES,
  count,
  DEVICE_STATUSES,
  DEVICE_TYPES,
  deviceId,
  nullableNumber,
  nullableText,
  nullableTime,
  pagingFields,
  person,
  time,
} from './shapes.ts'

const deviceType = oneOf(DEVICE_TYPES)
const status = oneOf(DEVICE_STATUSES)
const connection = oneOf(CONNECTION_TYPES)

const facts = {
  manufacturer: optional(nullable(text(100))),
  model: optional(nullable(text(100))),
  serial_number: optional(nullable(text(100))),
  mac_address: optional(nullable(text(17, { pattern: '^([0-9A-Fa-f]{2}[:-]?){5}[0-9A-Fa-f]{2}$' }))),
  firmware_version: optional(nullable(text(50))),
  battery_level: optional(nullable(integer(0, 100))),
  sync_interval_hours: optional(integer(1, 168)),
  supported_data_types: optional(list(text(100), 300)),
  settings: optional(record(50)),
  metadata: optional(record(50)),
}

export const NewDevice = object({
  name: text(100),
  device_type: deviceType,
  connection_type: optional(connection),
  status: optional(status),
  is_primary: optional(flag()),
  ...facts,
})

export const DeviceChange = object({
  name: optional(text(100)),
  device_type: optional(deviceType),
  connection_type: optional(connection),
  status: optional(status),
  is_active: optional(flag()),
  ...facts,
})
export type DeviceChange = Static<typeof DeviceChange>

export const Device = object({
  id: uuid(),
  user_id: uuid(),
  name: Type.String(),
  device_type: Type.String(),
  connection_type: Type.String(),
  status: Type.String(),
  source: Type.String({ description: 'name under which its samples are kept' }),
  manufacturer: nullableText,
  model: nullableText,
  serial_number: nullableText,
  mac_address: nullableText,
  firmware_version: nullableText,
  battery_level: nullableNumber,
  is_primary: Type.Boolean(),
  is_active: Type.Boolean(),
  sync_interval_hours: Type.Integer(),
  supported_data_types: list(Type.String(), 300),
  settings: Type.Record(Type.String(), Type.Unknown()),
  metadata: Type.Record(Type.String(), Type.Unknown()),
  last_sync_at: nullableTime,
  last_used_at: nullableTime,
  created_at: time,
  updated_at: time,
})

export const DeviceHealth = object({
  device_id: uuid(),
  status: Type.String(),
  is_healthy: nullable(Type.Boolean({ description: 'null: the device has not said enough to tell' })),
  battery_level: nullableNumber,
  last_sync_at: nullableTime,
  last_sample_at: nullableTime,
  hours_since_sync: nullableNumber,
  issues: list(Type.String(), 20),
  unknown: list(Type.String(), 20),
})

const one = { input: object({ id: deviceId }), access: person, errors: ['not_found'] } as const

export const deviceOperations = {
  createDevice: command({
    summary: 'Add a device',
    route: 'POST /devices',
    aliases: also('POST /devices'),
    access: person,
    status: 201,
    input: NewDevice,
    output: Device,
    errors: ['already_exists'],
  }),
  listDevices: query({
    summary: 'Devices, newest first',
    route: 'GET /devices',
    aliases: also('GET /devices'),
    access: person,
    input: object({
      ...pagingFields,
      device_type: optional(deviceType),
      status: optional(status),
      is_active: optional(flag()),
    }),
    output: object({ items: list(Device), total: count, page: count, size: count, pages: count }),
  }),
  getDevice: query({
    summary: 'One device',
    route: 'GET /devices/:id',
    aliases: also('GET /devices/:id'),
    ...one,
    output: Device,
  }),
  replaceDevice: command({
    summary: 'Change a device',
    route: 'PUT /devices/:id',
    aliases: [
      ...also('PUT /devices/:id', 'PATCH /devices/:id'),
      'PATCH /api/v1/devices/:id',
      'PATCH /device-data/api/v1/devices/:id',
    ],
    access: person,
    errors: ['not_found'],
    input: object({ id: deviceId, ...DeviceChange.properties }),
    output: Device,
  }),
  deleteDevice: command({
    summary: 'Remove a device and its connection; its samples stay, unless `with_data` is true',
    route: 'DELETE /devices/:id',
    aliases: also('DELETE /devices/:id'),
    access: person,
    status: 204,
    errors: ['not_found'],
    input: object({ id: deviceId, with_data: optional(flag()) }),
    output: Type.Null(),
  }),
  connectDevice: command({
    summary: 'Mark a device as in use; a maker’s account is connected through /integrations',
    route: 'POST /devices/:id/connect',
    aliases: also('POST /devices/:id/connect'),
    ...one,
    output: Device,
  }),
  disconnectDevice: command({
    summary: 'Mark a device as not in use',
    route: 'POST /devices/:id/disconnect',
    aliases: also('POST /devices/:id/disconnect'),
    ...one,
    output: Device,
  }),
  syncDevice: command({
    summary: 'Fetch what the maker has; a device without a connected account is refused',
    route: 'POST /devices/:id/sync',
    aliases: also('POST /devices/:id/sync'),
    ...one,
    status: 202,
    errors: ['not_found', 'conflict', 'unavailable'],
    output: object({ device_id: uuid(), status: Type.String(), task_id: uuid() }),
  }),
  setPrimary: command({
    summary: 'Make a device the first of its type',
    route: 'POST /devices/:id/set-primary',
    aliases: also('POST /devices/:id/set-primary'),
    ...one,
    output: Device,
  }),
  deviceHealth: query({
    summary: 'How a device does, from what it said',
    route: 'GET /devices/:id/health',
    aliases: also('GET /devices/:id/health'),
    ...one,
    output: DeviceHealth,
  }),
  deviceStatistics: query({
    summary: 'Devices by type, status and connection',
    route: 'GET /devices/statistics/summary',
    aliases: also('GET /devices/statistics/summary'),
    access: person,
    input: object({}),
    output: object({
      total_devices: count,
      active_devices: count,
      by_type: Type.Record(Type.String(), count),
      by_status: Type.Record(Type.String(), count),
      by_connection_type: Type.Record(Type.String(), count),
      total_samples: count,
      sources: count,
    }),
  }),
  deviceTypes: query({
    summary: 'Types a device may have',
    route: 'GET /devices/types/supported',
    aliases: also('GET /devices/types/supported'),
    access: { kind: 'public' },
    input: object({}),
    output: object({ device_types: list(Type.String(), 100), statuses: list(Type.String(), 20) }),
  }),
  connectionTypes: query({
    summary: 'Ways a device may be connected',
    route: 'GET /devices/connection-types/supported',
    aliases: also('GET /devices/connection-types/supported'),
    access: { kind: 'public' },
    input: object({}),
    output: object({ connection_types: list(Type.String(), 20) }),
  }),
}
