import { DatabaseSync } from 'node:sqlite'
import type { Sink } from '../domain/formats/reading.ts'
import { sourceNames } from '../domain/formats/sources.ts'

const HEALTH_CONNECT = 'health-connect'

interface TableKind {
  readonly table: string
  readonly metric: string
  readonly unit: string
  readonly column: string
  readonly isInterval?: boolean
}

/** Columns and units as the database of Android keeps them. */
const TABLES: readonly TableKind[] = [
  { table: 'steps_record_table', metric: 'steps_count', unit: '{steps}', column: 'count', isInterval: true },
  { table: 'distance_record_table', metric: 'distance_walked', unit: 'm', column: 'distance', isInterval: true },
  {
    table: 'floors_climbed_record_table',
    metric: 'floors_climbed',
    unit: '{count}',
    column: 'floors',
    isInterval: true,
  },
  { table: 'weight_record_table', metric: 'body_weight', unit: 'g', column: 'weight' },
  { table: 'height_record_table', metric: 'height', unit: 'm', column: 'height' },
  { table: 'body_fat_record_table', metric: 'body_fat_percentage', unit: '%', column: 'percentage' },
  { table: 'resting_heart_rate_record_table', metric: 'resting_heart_rate', unit: '/min', column: 'beats_per_minute' },
  {
    table: 'heart_rate_variability_rmssd_record_table',
    metric: 'hrv_rmssd',
    unit: 'ms',
    column: 'heart_rate_variability_millis',
  },
  { table: 'blood_pressure_record_table', metric: 'blood_pressure_systolic', unit: 'mm[Hg]', column: 'systolic' },
  { table: 'blood_pressure_record_table', metric: 'blood_pressure_diastolic', unit: 'mm[Hg]', column: 'diastolic' },
  { table: 'blood_glucose_record_table', metric: 'blood_glucose', unit: 'mmol/L', column: 'level' },
  { table: 'oxygen_saturation_record_table', metric: 'oxygen_saturation', unit: '%', column: 'percentage' },
  { table: 'respiratory_rate_record_table', metric: 'respiratory_rate', unit: '/min', column: 'rate' },
  { table: 'body_temperature_record_table', metric: 'body_temperature', unit: 'Cel', column: 'temperature' },
]

/** Accounts of the unit of these differ: nothing is taken that might be wrong by a factor. */
const UNSURE = ['active_calories_burned_record_table', 'total_calories_burned_record_table']

const STAGES: Readonly<Record<number, string>> = {
  1: 'sleep_wake_time',
  2: 'sleep_asleep',
  4: 'light_sleep',
  5: 'deep_sleep',
  6: 'rem_sleep',
  7: 'sleep_wake_time',
}

interface Row {
  readonly at: unknown
  readonly until: unknown
  readonly zone: unknown
  readonly value: unknown
  readonly app: unknown
}

/**
 * Reads the database that Health Connect exports, from memory and without writing; true when it was one. Throws what
 * SQLite throws for a database that is damaged.
 */
export function readHealthConnect(bytes: Uint8Array, sink: Sink): boolean {
  const database = new DatabaseSync(':memory:')
  try {
    database.deserialize(bytes)
    database.enableDefensive(true)
    database.exec('pragma query_only = on; pragma trusted_schema = off')
    return new Reader(database, sink).read()
  } finally {
    database.close()
  }
}

class Reader {
  private readonly database: DatabaseSync
  private readonly sink: Sink
  private readonly columns = new Map<string, ReadonlySet<string>>()
  private readonly sourceName = sourceNames(HEALTH_CONNECT)
  private number = 0

  constructor(database: DatabaseSync, sink: Sink) {
    this.database = database
    this.sink = sink
    // Views could compute for ever: only what is a table is read.
    const tables = database.prepare("select name from sqlite_master where type = 'table'").all() as { name: string }[]
    for (const { name } of tables) {
      if (!/^\w{1,80}$/.test(name)) continue
      const columns = database.prepare(`select name from pragma_table_info('${name}')`).all() as { name: string }[]
      this.columns.set(name, new Set(columns.map((column) => column.name)))
    }
  }

  private has(table: string, ...columns: readonly string[]): boolean {
    return columns.every((column) => this.columns.get(table)?.has(column) === true)
  }

  read(): boolean {
    if (![...this.columns.keys()].some((name) => name.endsWith('_record_table'))) return false
    for (const kind of TABLES) this.table(kind)
    this.heartRates()
    this.sleep()
    for (const table of UNSURE) {
      if (!this.has(table)) continue
      const rows = this.database.prepare(`select 1 from ${table}`).iterate()
      for (const _ of rows) this.sink.skip('unknown-unit', table, this.next())
    }
    return true
  }

  private next(): number {
    this.number += 1
    return this.number
  }

  private table({ table, metric, unit, column, isInterval = false }: TableKind): void {
    const time = isInterval ? 'start_time' : 'time'
    if (!this.has(table, time, column)) return
    const zone = isInterval ? 'start_zone_offset' : 'zone_offset'
    const parts = [`t.${time} as at`, isInterval ? 't.end_time as until' : 'null as until', `t.${column} as value`]
    parts.push(this.has(table, zone) ? `t.${zone} as zone` : 'null as zone')
    this.rows(metric, unit, `select ${parts.join(', ')}, ${this.appOf(table, 't')} from ${table} t`)
  }

  /** The name of the app that wrote a row, where the database tells it. */
  private appOf(table: string, alias: string): string {
    const isTold = this.has(table, 'app_info_id') && this.has('application_info_table', 'row_id', 'package_name')
    if (!isTold) return 'null as app'
    return `(select a.package_name from application_info_table a where a.row_id = ${alias}.app_info_id) as app`
  }

  private rows(metric: string, unit: string, statement: string): void {
    for (const row of this.database.prepare(statement).iterate()) this.take(metric, unit, row as unknown as Row)
  }

  private take(metric: string, unit: string, { at, until, zone, value, app }: Row) {
    const number = this.next()
    if (typeof at !== 'number' || !(at > 0)) return this.sink.skip('bad-time', metric, number)
    if (typeof value !== 'number') return this.sink.skip('not-a-number', metric, number)
    const endMs = typeof until === 'number' && until > at ? until : undefined
    const zoneOffsetMinutes = typeof zone === 'number' ? Math.round(zone / 60) : undefined
    const source = this.sourceName(typeof app === 'string' ? app : undefined)
    this.sink.reading({ metric, unit, value, startMs: at, endMs, source, zoneOffsetMinutes })
  }

  private heartRates(): void {
    const series = 'heart_rate_record_series_table'
    if (!this.has(series, 'epoch_millis', 'beats_per_minute', 'parent_key')) return
    const parent = 'heart_rate_record_table'
    const isJoined = this.has(parent, 'row_id')
    const join = isJoined ? `left join ${parent} p on p.row_id = s.parent_key` : ''
    const zone = isJoined && this.has(parent, 'start_zone_offset') ? 'p.start_zone_offset' : 'null'
    const app = isJoined ? this.appOf(parent, 'p') : 'null as app'
    this.rows(
      'heart_rate',
      '/min',
      `select s.epoch_millis as at, null as until, s.beats_per_minute as value, ${zone} as zone, ${app} from ${series} s ${join}`,
    )
  }

  private sleep(): void {
    const table = 'sleep_stages_table'
    if (!this.has(table, 'stage_start_time', 'stage_end_time', 'stage_type')) return
    const statement = `select stage_start_time as at, stage_end_time as until, stage_type as value from ${table}`
    for (const row of this.database.prepare(statement).iterate() as Iterable<unknown>) {
      const { at, until, value } = row as Row
      const metric = STAGES[Number(value)]
      if (metric === undefined) this.sink.skip('unknown-type', 'sleep stage', this.next())
      else {
        const minutes = (Number(until) - Number(at)) / 60_000
        this.take(metric, 'min', { at, until, zone: null, value: minutes > 0 ? minutes : null, app: null })
      }
    }
  }
}
