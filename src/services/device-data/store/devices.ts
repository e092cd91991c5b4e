import type { Database, Transaction } from '../../../kernel/database.ts'
import { nothing, sql } from '../../../kernel/sql.ts'

export interface DeviceRow {
  readonly id: string
  readonly user_id: string
  readonly name: string
  readonly device_type: string
  readonly connection_type: string
  readonly status: string
  readonly source: string
  readonly manufacturer: string | null
  readonly model: string | null
  readonly serial_number: string | null
  readonly mac_address: string | null
  readonly firmware_version: string | null
  readonly battery_percent: number | null
  readonly is_primary: boolean
  readonly is_active: boolean
  readonly sync_interval_hours: number
  readonly supported_data_types: string[]
  readonly settings: Record<string, unknown>
  readonly metadata: Record<string, unknown>
  readonly last_sync_at: Date | null
  readonly last_used_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
}

const columns = sql`id, user_id, name, device_type, connection_type, status, source, manufacturer, model, serial_number,
  mac_address, firmware_version, battery_percent, is_primary, is_active, sync_interval_hours, supported_data_types,
  settings, metadata, last_sync_at, last_used_at, created_at, updated_at`

/** Adds a device; undefined when its source name is taken. */
export function insertDevice(transaction: Transaction, row: DeviceRow): Promise<DeviceRow | undefined> {
  return transaction.one<DeviceRow>(
    sql`insert into device_data.device (${columns}) values (${row.id}, ${row.user_id}, ${row.name}, ${row.device_type},
      ${row.connection_type}, ${row.status}, ${row.source}, ${row.manufacturer}, ${row.model}, ${row.serial_number},
      ${row.mac_address}, ${row.firmware_version}, ${row.battery_percent}, ${row.is_primary}, ${row.is_active},
      ${row.sync_interval_hours}, ${row.supported_data_types}, ${JSON.stringify(row.settings)}, ${JSON.stringify(row.metadata)},
      ${row.last_sync_at}, ${row.last_used_at}, ${row.created_at}, ${row.updated_at})
    on conflict (user_id, source) do nothing returning ${columns}`,
  )
}

/** Source names of the person that begin with a text. */
export async function sourcesLike(db: Database, start: string): Promise<string[]> {
  const rows = await db.many<{ source: string }>(
    sql`select source from device_data.device where starts_with(source, ${start}) limit 1000`,
  )
  return rows.map((row) => row.source)
}

export interface DeviceFilter {
  readonly deviceType?: string | undefined
  readonly status?: string | undefined
  readonly isActive?: boolean | undefined
}

/** A page of devices, newest first, and how many there are in all. */
export async function pageOfDevices(
  db: Database,
  filter: DeviceFilter,
  skip: number,
  limit: number,
): Promise<{ rows: DeviceRow[]; total: number }> {
  const where = sql`where true
    ${filter.deviceType === undefined ? nothing : sql`and device_type = ${filter.deviceType}`}
    ${filter.status === undefined ? nothing : sql`and status = ${filter.status}`}
    ${filter.isActive === undefined ? nothing : sql`and is_active = ${filter.isActive}`}`
  const [rows, totals] = await db.batch([
    sql`select ${columns} from device_data.device ${where} order by created_at desc, id desc offset ${skip} limit ${limit}`,
    sql`select count(*)::int as total from device_data.device ${where}`,
  ])
  return { rows: rows as DeviceRow[], total: (totals?.[0] as { total: number } | undefined)?.total ?? 0 }
}

export function findDevice(db: Database, id: string): Promise<DeviceRow | undefined> {
  return db.one<DeviceRow>(sql`select ${columns} from device_data.device where id = ${id}`)
}

/** Devices by the source that their samples carry. */
export function devicesOfSources(db: Database, sources: readonly string[]): Promise<DeviceRow[]> {
  return db.many<DeviceRow>(
    sql`select ${columns} from device_data.device where source = any(${[...sources]}::text[]) limit 1000`,
  )
}

/** Writes all that may change of a device. */
export function updateDevice(db: Database, row: DeviceRow): Promise<DeviceRow | undefined> {
  return db.one<DeviceRow>(
    sql`update device_data.device set name = ${row.name}, device_type = ${row.device_type},
        connection_type = ${row.connection_type}, status = ${row.status}, manufacturer = ${row.manufacturer},
        model = ${row.model}, serial_number = ${row.serial_number}, mac_address = ${row.mac_address},
        firmware_version = ${row.firmware_version}, battery_percent = ${row.battery_percent}, is_active = ${row.is_active},
        sync_interval_hours = ${row.sync_interval_hours}, supported_data_types = ${row.supported_data_types},
        settings = ${JSON.stringify(row.settings)}, metadata = ${JSON.stringify(row.metadata)},
        is_primary = is_primary and device_type = ${row.device_type}, updated_at = ${row.updated_at}, version = version + 1
      where id = ${row.id} returning ${columns}`,
  )
}

/** Makes a device the first of its type. */
export async function makePrimary(transaction: Transaction, id: string, now: Date): Promise<DeviceRow | undefined> {
  await transaction.run(
    sql`update device_data.device set is_primary = false, updated_at = ${now}, version = version + 1
      where is_primary and id <> ${id} and device_type = (select device_type from device_data.device where id = ${id})`,
  )
  return transaction.one<DeviceRow>(
    sql`update device_data.device set is_primary = true, updated_at = ${now}, version = version + 1 where id = ${id} returning ${columns}`,
  )
}

/** Notes a sync, or its failure, with the device. */
export async function noteSync(db: Database, id: string, status: string, at: Date | null, now: Date): Promise<void> {
  await db.run(
    sql`update device_data.device set status = ${status}, last_sync_at = coalesce(${at}, last_sync_at), updated_at = ${now}, version = version + 1
      where id = ${id}`,
  )
}

export async function deleteDevice(transaction: Transaction, id: string): Promise<boolean> {
  return (await transaction.run(sql`delete from device_data.device where id = ${id}`)) > 0
}

export interface DeviceCounts {
  readonly device_type: string
  readonly status: string
  readonly connection_type: string
  readonly is_active: boolean
  readonly n: number
}

/** How many devices of each kind, and how many samples and sources there are. */
export async function deviceCounts(
  db: Database,
): Promise<{ counts: DeviceCounts[]; samples: number; sources: number }> {
  const [counts, samples] = await db.batch([
    sql`select device_type, status, connection_type, is_active, count(*)::int as n from device_data.device group by 1, 2, 3, 4`,
    sql`select coalesce(sum(n), 0)::float8 as samples,
        (select count(distinct source)::int from device_data.series) as sources from device_data.day`,
  ])
  const { samples: total = 0, sources = 0 } = (samples?.[0] ?? {}) as { samples?: number; sources?: number }
  return { counts: counts as DeviceCounts[], samples: total, sources }
}
