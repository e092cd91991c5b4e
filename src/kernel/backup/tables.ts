import type pg from 'pg'
import { SYSTEM_ROLE } from '../migrate.ts'

/** A table as a backup holds it. */
export interface BackupTable {
  readonly name: string
  /** Columns with content of their own; what is generated comes back by itself. */
  readonly columns: readonly string[]
  /** Whether its rows are closed by person, also to the owner of the database. */
  readonly isForced: boolean
}

/** What the runner of migrations writes by itself when a backup is brought back. */
const LEFT_OUT = ['kernel.migration']

/** Tables of the platform's schemas, those that others point to first. Throws when they point in a circle. */
export async function backupTables(client: pg.ClientBase): Promise<BackupTable[]> {
  const { rows } = await client.query<BackupTable & { needs: string[] }>(TABLES)
  const waiting = rows.filter(({ name }) => !LEFT_OUT.includes(name))
  const ordered: BackupTable[] = []
  const done = new Set(LEFT_OUT)
  while (waiting.length > 0) {
    const ready = waiting.filter(({ name, needs }) => needs.every((one) => one === name || done.has(one)))
    if (ready.length === 0)
      throw new Error(`These tables point at each other: ${waiting.map((one) => one.name).join()}`)
    for (const { name, columns, isForced } of ready) {
      ordered.push({ name, columns, isForced })
      done.add(name)
      waiting.splice(
        waiting.findIndex((one) => one.name === name),
        1,
      )
    }
  }
  return ordered
}

const TABLES = `select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name,
    (select array_agg(quote_ident(a.attname) order by a.attnum) from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
    c.relrowsecurity and c.relforcerowsecurity as "isForced",
    coalesce((select array_agg(distinct quote_ident(fn.nspname) || '.' || quote_ident(fc.relname)) from pg_constraint k
      join pg_class fc on fc.oid = k.confrelid join pg_namespace fn on fn.oid = fc.relnamespace
      where k.conrelid = c.oid and k.contype = 'f'), '{}') as needs
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and n.nspname in (select replace(service, '-', '_') from kernel.migration)
  order by 1`

/** Where each sequence of the platform's schemas stands; null for one that gave nothing yet. */
export async function sequenceValues(client: pg.ClientBase): Promise<{ name: string; value: string | null }[]> {
  const { rows } = await client.query<{ name: string; value: string | null }>(
    `select quote_ident(schemaname) || '.' || quote_ident(sequencename) as name, last_value::text as value
       from pg_sequences where schemaname in (select replace(service, '-', '_') from kernel.migration) order by 1`,
  )
  return rows
}

/** Whether the platform's schemas are there and hold anything about anybody. */
export async function holdsPeople(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ isThere: boolean }>(
    `select to_regclass('kernel.migration') is not null as "isThere"`,
  )
  if (rows[0]?.isThere !== true) return false
  const closed = (await backupTables(client)).filter((table) => table.isForced)
  if (closed.length === 0) return false
  await client.query('begin')
  try {
    await client.query(`set local role ${SYSTEM_ROLE}`)
    const anyRow = closed.map(({ name }) => `exists (select from ${name})`).join(' or ')
    const found = await client.query<{ holds: boolean }>(`select ${anyRow} as holds`)
    return found.rows[0]?.holds === true
  } finally {
    await client.query('rollback')
  }
}
