import type { InputOf } from '../../../kernel/contract.ts'
import { notFound, PlatformError } from '../../../kernel/errors.ts'
import type { Context, Handlers } from '../../../kernel/service.ts'
import { CONNECTION_TYPES, DEVICE_STATUSES, DEVICE_TYPES } from '../contract/shapes.ts'
import type { deviceData } from '../contract.ts'
import { healthOf } from '../domain/deviceHealth.ts'
import { sourceName } from '../domain/priority.ts'
import {
  type DeviceRow,
  deleteDevice,
  deviceCounts,
  findDevice,
  insertDevice,
  makePrimary,
  pageOfDevices,
  sourcesLike,
  updateDevice,
} from '../store/devices.ts'
import { removeRecordingsOf } from '../store/recordings.ts'
import { deleteSource, listSeries } from '../store/series.ts'
import { announceDevice, announceSource } from './fhir.ts'
import { announceRecordings } from './recordings.ts'
import { queueSync } from './syncs.ts'

type Names = keyof typeof deviceData.operations
type DeviceHandlers = Pick<
  Handlers<typeof deviceData>,
  Extract<Names, `${string}evice${string}` | 'setPrimary' | 'connectionTypes'>
>

export const deviceHandlers = {
  createDevice,
  listDevices,
  getDevice: async (context, { id }) => viewOf(await deviceOf(context, id)),
  replaceDevice,
  async deleteDevice(context, { id, with_data = false }) {
    const device = await deviceOf(context, id)
    await context.transact(async (transaction) => {
      if (with_data) {
        await announceSource(transaction, context.personId, device.source)
        await deleteSource(transaction, device.source)
        const traces = await removeRecordingsOf(transaction, device.source)
        await announceRecordings(transaction, context.personId, traces)
      }
      await deleteDevice(transaction, id)
      await announceDevice(transaction, context.personId, id)
    })
    return null
  },
  connectDevice: (context, { id }) => setStatus(context, id, 'active', true),
  disconnectDevice: (context, { id }) => setStatus(context, id, 'disconnected', false),
  async syncDevice(context, { id }) {
    const device = await deviceOf(context, id)
    const task = await queueSync(context, device, undefined)
    return { device_id: id, status: 'queued', task_id: task }
  },
  async setPrimary(context, { id }) {
    const row = await context.transact((transaction) => makePrimary(transaction, id, context.now()))
    return viewOf(row ?? missing())
  },
  async deviceHealth(context, { id }) {
    const device = await deviceOf(context, id)
    const series = await listSeries(context.db, { source: device.source })
    const newest = series.reduce((last, one) => Math.max(last, one.last_sample_ms ?? 0), 0)
    const health = healthOf({
      batteryPercent: device.battery_percent,
      status: device.status,
      lastSyncMs: device.last_sync_at?.getTime(),
      lastSampleMs: newest === 0 ? undefined : newest,
      syncIntervalHours: device.sync_interval_hours,
      nowMs: context.now().getTime(),
    })
    return {
      device_id: id,
      status: device.status,
      is_healthy: health.isHealthy ?? null,
      battery_level: device.battery_percent,
      last_sync_at: device.last_sync_at?.toISOString() ?? null,
      last_sample_at: newest === 0 ? null : new Date(newest).toISOString(),
      hours_since_sync: health.hoursSinceNews ?? null,
      issues: health.issues,
      unknown: health.unknown,
    }
  },
  async deviceStatistics(context) {
    const { counts, samples, sources } = await deviceCounts(context.db)
    const by = (name: 'device_type' | 'status' | 'connection_type') => {
      const sums: Record<string, number> = {}
      for (const row of counts) sums[row[name]] = (sums[row[name]] ?? 0) + row.n
      return sums
    }
    const sum = (rows: typeof counts) => rows.reduce((total, row) => total + row.n, 0)
    return {
      total_devices: sum(counts),
      active_devices: sum(counts.filter((row) => row.is_active)),
      by_type: by('device_type'),
      by_status: by('status'),
      by_connection_type: by('connection_type'),
      total_samples: samples,
      sources,
    }
  },
  deviceTypes: async () => ({ device_types: [...DEVICE_TYPES], statuses: [...DEVICE_STATUSES] }),
  connectionTypes: async () => ({ connection_types: [...CONNECTION_TYPES] }),
} satisfies Partial<DeviceHandlers>

async function createDevice(context: Context, input: InputOf<typeof deviceData.operations.createDevice>) {
  const now = context.now()
  const wanted = sourceName(input.name) ?? 'device'
  const taken = new Set(await sourcesLike(context.db, wanted))
  let source = wanted
  for (let number = 2; taken.has(source); number++) source = `${wanted}-${number}`
  const row: DeviceRow = {
    id: context.newId(),
    user_id: context.personId,
    name: input.name,
    device_type: input.device_type,
    connection_type: input.connection_type ?? 'manual',
    status: input.status ?? 'active',
    source,
    ...factsOf(input),
    is_primary: false,
    is_active: true,
    last_sync_at: null,
    last_used_at: null,
    created_at: now,
    updated_at: now,
  }
  const made = await context.transact(async (transaction) => {
    const inserted = await insertDevice(transaction, row)
    await announceDevice(transaction, context.personId, row.id)
    return inserted !== undefined && input.is_primary === true ? makePrimary(transaction, row.id, now) : inserted
  })
  if (made === undefined)
    throw new PlatformError('already_exists', 'A device with this name was added at the same time')
  return viewOf(made)
}

type Facts = Pick<
  DeviceRow,
  | 'manufacturer'
  | 'model'
  | 'serial_number'
  | 'mac_address'
  | 'firmware_version'
  | 'battery_percent'
  | 'sync_interval_hours'
  | 'supported_data_types'
  | 'settings'
  | 'metadata'
>

function factsOf(input: Omit<InputOf<typeof deviceData.operations.replaceDevice>, 'id'>, before?: DeviceRow): Facts {
  const given = <Value>(value: Value | undefined, old: Value | undefined, otherwise: Value) => value ?? old ?? otherwise
  const orNull = <Value>(value: Value | null | undefined, old: Value | null | undefined) =>
    value === undefined ? (old ?? null) : value
  return {
    manufacturer: orNull(input.manufacturer, before?.manufacturer),
    model: orNull(input.model, before?.model),
    serial_number: orNull(input.serial_number, before?.serial_number),
    mac_address: orNull(input.mac_address, before?.mac_address),
    firmware_version: orNull(input.firmware_version, before?.firmware_version),
    battery_percent: orNull(input.battery_level, before?.battery_percent),
    sync_interval_hours: given(input.sync_interval_hours, before?.sync_interval_hours, 24),
    supported_data_types: given(input.supported_data_types, before?.supported_data_types, []),
    settings: given(input.settings, before?.settings, {}),
    metadata: given(input.metadata, before?.metadata, {}),
  }
}

async function listDevices(context: Context, input: InputOf<typeof deviceData.operations.listDevices>) {
  const size = input.size ?? input.limit ?? 100
  const page = input.page ?? 1
  const skip = input.page === undefined ? (input.skip ?? input.offset ?? 0) : (page - 1) * size
  const filter = { deviceType: input.device_type, status: input.status, isActive: input.is_active }
  const { rows, total } = await pageOfDevices(context.db, filter, skip, size)
  return { items: rows.map(viewOf), total, page: Math.floor(skip / size) + 1, size, pages: Math.ceil(total / size) }
}

async function replaceDevice(context: Context, { id, ...input }: InputOf<typeof deviceData.operations.replaceDevice>) {
  const before = await deviceOf(context, id)
  const row = await changed(context, {
    ...before,
    name: input.name ?? before.name,
    device_type: input.device_type ?? before.device_type,
    connection_type: input.connection_type ?? before.connection_type,
    status: input.status ?? before.status,
    is_active: input.is_active ?? before.is_active,
    ...factsOf(input, before),
    updated_at: context.now(),
  })
  return viewOf(row ?? missing())
}

async function setStatus(context: Context, id: string, status: string, isActive: boolean) {
  const before = await deviceOf(context, id)
  const row = await changed(context, { ...before, status, is_active: isActive, updated_at: context.now() })
  return viewOf(row ?? missing())
}

function changed(context: Context, row: DeviceRow): Promise<DeviceRow | undefined> {
  return context.transact(async (transaction) => {
    await announceDevice(transaction, context.personId, row.id)
    return updateDevice(transaction, row)
  })
}

/** A device of the person; throws 404 for any other id. */
export async function deviceOf(context: Context, id: string): Promise<DeviceRow> {
  return (await findDevice(context.db, id)) ?? missing()
}

function missing(): never {
  throw notFound('Device')
}

function viewOf({ battery_percent, ...row }: DeviceRow) {
  return {
    ...row,
    battery_level: battery_percent,
    last_sync_at: row.last_sync_at?.toISOString() ?? null,
    last_used_at: row.last_used_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
