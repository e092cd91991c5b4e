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
  // A connection lost meanwhile fails the query that is on its way; without a listener it would end the process.
  client.on('error', () => undefined)
  await client.connect()
  try {
    const pending = services.flatMap((one) => one.migrations)
    if (await isUpToDate(client, pending)) return services.map(({ service }) => ({ service, applied: [] }))
    await client.query('set statement_timeout = 0')
    // Concurrent starts wait here for each other, however long it takes, and find the work done.
    await client.query('select pg_advisory_lock($1)', [LOCK])
    await ensureRoles(client)
    await prepareFrame(client)
    const done: MigratedService[] = []
    for (const { service, migrations } of services) {
      const applied = await migrateService(client, service, migrations)
      if (applied.length > 0) log.info({ service, applied }, 'migrated')
      if (applied.length > 0 && service === 'kernel') await secureAll(client)
      done.push({ service, applied })
    }
    return done
  } finally {
    await client.end()
  }
}

/** The usual start: one query tells that nothing is to do. */
async function isUpToDate(client: pg.Client, migrations: readonly Migration[]): Promise<boolean> {
  try {
    const { rows } = await client.query<{ service: string; name: string; checksum: string }>(
      'select service, name, checksum from kernel.migration',
    )
    const ran = new Set(rows.map((row) => `${row.service}/${row.name}/${row.checksum}`))
    return migrations.every((one) => ran.has(`${one.service}/${one.name}/${one.checksum}`))
  } catch (error) {
    if ((error as { code?: unknown }).code === UNDEFINED_TABLE) return false
    throw error
  }
}

const UNDEFINED_TABLE = '42P01'

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

/** A frame that asks more at every table asks it at those that are there already too, of whichever process they are. */
async function secureAll(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ service: string }>('select distinct service from kernel.migration')
  for (const { service } of rows) await secureSchema(client, service)
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
    // In the same transaction: no table about people is ever there without its lock.
    await secureSchema(client, service)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw new Error(`Migration ${service}/${name} failed and was undone: ${(error as Error).message}`, { cause: error })
  }
}

/** Makes the two roles and lets the owner act as them. Throws a sentence for the administrator where it may not. */
async function ensureRoles(client: pg.Client): Promise<void> {
  try {
    for (const role of [SERVICE_ROLE, SYSTEM_ROLE]) {
      // The start of another database of the same server may be making them too.
      await client.query(`do $$ begin
        if not exists (select from pg_roles where rolname = '${role}') then create role ${role} nologin; end if;
        exception when duplicate_object or unique_violation then null;
      end $$`)
      if (!(await mayActAs(client, role))) await client.query(`grant ${role} to current_user`)
    }
  } catch (error) {
    throw new Error(
      'The database user may not create the roles salus_service and salus_system. Let an administrator run: create role ' +
        'salus_service nologin; create role salus_system nologin; grant salus_service, salus_system to <user>;',
      { cause: error },
    )
  }
}

async function mayActAs(client: pg.Client, role: string): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>(
    `select pg_has_role(current_user, $1, case when current_setting('server_version_num')::int >= 160000
       then 'SET' else 'MEMBER' end) as may`,
    [role],
  )
  return rows[0]?.may === true
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
    // Answers of all people are kept there: services claim keys and read nothing.
    await client.query(`grant insert on kernel.idempotency to ${SERVICE_ROLE}`)
    await closeAppendOnly(client)
    const { rows: holds } = await client.query("select to_regclass('kernel.person_hold') is not null as present")
    // Asked at every statement in a person's own record; a function with the owner's rights would cost more than it hides.
    if (holds[0]?.present === true) await client.query(`grant select on kernel.person_hold to ${SERVICE_ROLE}`)
    return
  }
  await client.query(`grant select, insert, update, delete on all tables in schema ${schema} to ${SERVICE_ROLE}`)
  for (const table of await personalTables(client, schema)) await closeTable(client, schema, table)
  for (const view of await viewsOf(client, schema)) {
    // A view would otherwise read with the rights of the owner, who sees everybody's rows.
    await client.query(`alter view ${schema}.${view} set (security_invoker = true)`)
  }
}

/** Tables of the frame whose comment says `append-only` lose changing and removing; functions that say so, services. */
async function closeAppendOnly(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ statement: string }>(
    `select format('revoke update, delete, truncate on kernel.%I from ${SYSTEM_ROLE}', relname) as statement
       from pg_class where relnamespace = 'kernel'::regnamespace and obj_description(oid, 'pg_class') like 'append-only%'
     union all
     select format('revoke execute on function %s from public, ${SERVICE_ROLE}', oid::regprocedure)
       from pg_proc where pronamespace = 'kernel'::regnamespace and obj_description(oid, 'pg_proc') like 'system only%'`,
  )
  for (const { statement } of rows) await client.query(statement)
}

interface PersonalTable {
  readonly name: string
  readonly column: 'user_id' | 'account_id'
  readonly kind: 'table' | 'copy'
  readonly isClosed: boolean
}

/** Tables of the schema that hold rows about a person (`user_id`) or an account (`account_id`). */
async function personalTables(client: pg.Client, schema: string): Promise<PersonalTable[]> {
  const { rows } = await client.query<{ name: string; kind: string; has_user: boolean; policy: string | null }>(
    `select c.relname as name, c.relkind as kind, bool_or(a.attname = 'user_id') as has_user,
       (select pg_get_expr(p.polqual, p.polrelid) from pg_policy p where p.polrelid = c.oid and p.polname = 'owner_only'
          and c.relrowsecurity and c.relforcerowsecurity) as policy
       from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
      where n.nspname = $1 and c.relkind in ('r', 'p', 'm') and a.attname in ('user_id', 'account_id')
        and not a.attisdropped
      group by c.oid, c.relname, c.relkind`,
    [schema],
  )
  return rows.map((row) => {
    const column = row.has_user ? 'user_id' : 'account_id'
    return {
      name: row.name,
      column,
      kind: row.kind === 'm' ? 'copy' : 'table',
      isClosed: row.policy === RULE[column],
    }
  })
}

/** Which rows a scope sees, as the database writes it back: asked once a statement, not once a row. */
const RULE = {
  user_id: '(user_id = ( SELECT kernel.visible_person() AS visible_person))',
  account_id: '(account_id = ( SELECT kernel.account() AS account))',
} as const

async function closeTable(client: pg.Client, schema: string, { name, column, kind, isClosed }: PersonalTable) {
  if (kind === 'copy') throw new Error(`${schema}.${name}: a materialized view about people can't be closed by row`)
  if (isClosed) return
  const table = `${schema}.${name}`
  await client.query(`alter table ${table} enable row level security`)
  await client.query(`alter table ${table} force row level security`)
  await client.query(`drop policy if exists owner_only on ${table}`)
  await client.query(`drop policy if exists system_all on ${table}`)
  await client.query(`create policy owner_only on ${table} to ${SERVICE_ROLE} using ${RULE[column]}`)
  await client.query(`create policy system_all on ${table} to ${SYSTEM_ROLE} using (true)`)
}

async function viewsOf(client: pg.Client, schema: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relkind = 'v'`,
    [schema],
  )
  return rows.map((row) => row.name)
}
