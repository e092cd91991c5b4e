import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import type { Log } from './log.ts'

/** One SQL file of a service. */
export interface Migration {
  readonly service: string
  readonly name: string
  readonly text: string
  readonly checksum: string
}

export interface MigratedService {
  readonly service: string
  readonly applied: readonly string[]
}

const LOCK = 7_211_053
/** Sees the rows of the person in scope only. */
export const SERVICE_ROLE = 'salus_service'
/** Sees all rows; for sign-in, jobs and erasure. */
export const SYSTEM_ROLE = 'salus_system'

/** Reads `NNNN_name.sql` files of a folder in order; an absent folder has none. */
export function readMigrations(service: string, folder: string): Migration[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => /^\d{4}_[a-z0-9_]+\.sql$/.test(file))
    .sort()
    .map((file) => {
      const text = readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n')
      return { service, name: file.slice(0, -4), text, checksum: createHash('sha256').update(text).digest('hex') }
    })
}

/** Schema of a service: its name with underscores. */
export function schemaOf(service: string): string {
  return service.replaceAll('-', '_')
}

/**
 * Brings the schemas of the given services up to date, each file in a transaction of its own under one advisory lock.
 * Throws, leaving the file's schema as it was, when a file fails or one that already ran was changed.
 */
export async function migrate(
  url: string,
  services: readonly { readonly service: string; readonly migrations: readonly Migration[] }[],
  log: Log,
): Promise<readonly MigratedService[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const pending = services.flatMap((one) => one.migrations)
    if (await isUpToDate(client, pending)) return services.map(({ service }) => ({ service, applied: [] }))
    // Concurrent starts wait here for each other, and find the work done.
    await client.query('select pg_advisory_lock($1)', [LOCK])
    await client.query('set statement_timeout = 0')
    await ensureRoles(client)
    await prepareFrame(client)
    const done: MigratedService[] = []
    for (const { service, migrations } of services) {
      const applied = await migrateService(client, service, migrations)
      if (applied.length > 0) {
        log.info({ service, applied }, 'migrated')
        await secureSchema(client, service)
      }
      done.push({ service, applied })
    }
    return done
  } finally {
    await client.end()
  }
}

/** The usual start: one query tells that nothing is to do. */
async function isUpToDate(client: pg.Client, migrations: readonly Migration[]): Promise<boolean> {
  const { rows: tables } = await client.query("select to_regclass('kernel.migration') as present")
  if (tables[0].present === null) return false
  const { rows } = await client.query<{ service: string; name: string; checksum: string }>(
    'select service, name, checksum from kernel.migration',
  )
  const ran = new Set(rows.map((row) => `${row.service}/${row.name}/${row.checksum}`))
  return migrations.every((one) => ran.has(`${one.service}/${one.name}/${one.checksum}`))
}

async function prepareFrame(client: pg.Client): Promise<void> {
  await client.query('create schema if not exists kernel')
  await client.query(`create table if not exists kernel.migration (
    service text not null, name text not null, checksum text not null, applied_at timestamptz not null default now(),
    primary key (service, name))`)
}

async function migrateService(client: pg.Client, service: string, migrations: readonly Migration[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from kernel.migration where service = $1',
    [service],
  )
  const known = new Map(rows.map((row) => [row.name, row.checksum]))
  const applied: string[] = []
  for (const migration of migrations) {
    const checksum = known.get(migration.name)
    if (checksum === migration.checksum) continue
    if (checksum !== undefined) {
      throw new Error(`Migration ${service}/${migration.name} was changed after it ran; add a new file instead`)
    }
    await applyMigration(client, migration)
    applied.push(migration.name)
  }
  return applied
}

async function applyMigration(client: pg.Client, migration: Migration): Promise<void> {
  const { service, name, checksum } = migration
  try {
    await client.query('begin')
    await client.query(`create schema if not exists ${schemaOf(service)}`)
    await client.query(`set local search_path = ${schemaOf(service)}, public`)
    await client.query(migration.text)
    await client.query('insert into kernel.migration (service, name, checksum) values ($1, $2, $3)', [
      service,
      name,
      checksum,
    ])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw new Error(`Migration ${service}/${name} failed and was undone: ${(error as Error).message}`, { cause: error })
  }
}

/** Makes the two roles and lets the owner act as them. Throws a sentence for the administrator where it may not. */
async function ensureRoles(client: pg.Client): Promise<void> {
  try {
    for (const role of [SERVICE_ROLE, SYSTEM_ROLE]) {
      await client.query(`do $$ begin
        if not exists (select from pg_roles where rolname = '${role}') then create role ${role} nologin; end if;
        if not (select rolsuper from pg_roles where rolname = current_user) then grant ${role} to current_user; end if;
      end $$`)
    }
  } catch (error) {
    throw new Error(
      'The database user may not create the roles salus_service and salus_system. Let an administrator run: create role ' +
        'salus_service nologin; create role salus_system nologin; grant salus_service, salus_system to <user>;',
      { cause: error },
    )
  }
}

/** Opens a service's schema to the two roles, and closes every table about a person to all rows but that person's. */
async function secureSchema(client: pg.Client, service: string): Promise<void> {
  const schema = schemaOf(service)
  const { rows: present } = await client.query('select 1 from pg_namespace where nspname = $1', [schema])
  if (present.length === 0) return
  await client.query(`grant usage on schema ${schema} to ${SERVICE_ROLE}, ${SYSTEM_ROLE}`)
  await client.query(`grant all on all tables in schema ${schema} to ${SYSTEM_ROLE}`)
  await client.query(`grant execute on all functions in schema ${schema} to ${SERVICE_ROLE}, ${SYSTEM_ROLE}`)
  await client.query(`grant usage, select on all sequences in schema ${schema} to ${SERVICE_ROLE}, ${SYSTEM_ROLE}`)
  if (schema === 'kernel') {
    await client.query(`grant select, insert, update on kernel.idempotency to ${SERVICE_ROLE}`)
    await client.query(`grant insert on kernel.audit to ${SERVICE_ROLE}`)
    return
  }
  await client.query(`grant select, insert, update, delete on all tables in schema ${schema} to ${SERVICE_ROLE}`)
  for (const table of await personalTables(client, schema)) {
    await closeTable(client, `${schema}.${table.name}`, table.column)
  }
}

interface PersonalTable {
  readonly name: string
  readonly column: 'user_id' | 'account_id'
}

/** Tables of the schema that hold rows about a person (`user_id`) or an account (`account_id`). */
export async function personalTables(client: pg.Client, schema: string): Promise<PersonalTable[]> {
  const { rows } = await client.query<{ name: string; has_user: boolean }>(
    `select c.relname as name, bool_or(a.attname = 'user_id') as has_user
       from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
      where n.nspname = $1 and c.relkind in ('r', 'p') and a.attname in ('user_id', 'account_id') and not a.attisdropped
      group by c.relname`,
    [schema],
  )
  return rows.map((row) => ({ name: row.name, column: row.has_user ? 'user_id' : 'account_id' }))
}

async function closeTable(client: pg.Client, table: string, column: 'user_id' | 'account_id'): Promise<void> {
  const owner = column === 'user_id' ? 'kernel.person()' : 'kernel.account()'
  await client.query(`alter table ${table} enable row level security`)
  await client.query(`alter table ${table} force row level security`)
  await client.query(`drop policy if exists owner_only on ${table}`)
  await client.query(`drop policy if exists system_all on ${table}`)
  await client.query(`create policy owner_only on ${table} to ${SERVICE_ROLE} using (${column} = ${owner})`)
  await client.query(`create policy system_all on ${table} to ${SYSTEM_ROLE} using (true)`)
}
