import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { openDatabase } from '../../src/adapters/database/open.ts'
import type { Composition } from '../../src/compose.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { migrate } from '../../src/kernel/migrate.ts'

export interface ColumnFacts {
  readonly name: string
  readonly type: string
  readonly isRequired: boolean
  /** Default, identity or generation as SQL; empty for none. */
  readonly origin: string
}

/** A table as the database itself describes it. */
export interface TableFacts {
  readonly schema: string
  readonly name: string
  readonly kind: 'table' | 'view'
  /** Rows of other people are closed to the services' role. */
  readonly isClosedByRow: boolean
  readonly columns: readonly ColumnFacts[]
  readonly indexes: readonly { readonly name: string; readonly definition: string }[]
  /** Checks and foreign keys. */
  readonly constraints: readonly string[]
}

/** Migrates an empty database, the embedded one or one on the server of `TEST_DATABASE_URL`, and describes its tables. */
export async function readTables(migrations: Composition['migrations']): Promise<TableFacts[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'salus-reports-'))
  const given = process.env.TEST_DATABASE_URL
  const server = await openDatabase({
    ...(given === undefined ? {} : { url: given }),
    dataFolder: folder,
    log: silentLog as never,
  })
  const name = `salus_reports_${process.pid}`
  try {
    await runOnce(server.url, `create database ${name}`)
    const own = new URL(server.url)
    own.pathname = `/${name}`
    await migrate(own.toString(), migrations, silentLog)
    return await describe(own.toString())
  } finally {
    await runOnce(server.url, `drop database if exists ${name} with (force)`)
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function runOnce(url: string, text: string): Promise<void> {
  await connected(url, (client) => client.query(text))
}

async function connected<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const TABLES = `
  select n.nspname as schema, c.relname as name, c.relkind in ('v', 'm') as is_view,
    c.relrowsecurity and c.relforcerowsecurity as is_closed,
    (select coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
        'isRequired', a.attnotnull,
        'origin', case when a.attidentity <> '' then 'identity'
          when a.attgenerated <> '' then 'generated ' || pg_get_expr(d.adbin, d.adrelid)
          else coalesce(pg_get_expr(d.adbin, d.adrelid), '') end) order by a.attnum), '[]')
      from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
    (select coalesce(json_agg(json_build_object('name', i.relname, 'definition', pg_get_indexdef(x.indexrelid),
        'isPrimary', x.indisprimary) order by not x.indisprimary, i.relname collate "C"), '[]')
      from pg_index x join pg_class i on i.oid = x.indexrelid where x.indrelid = c.oid) as indexes,
    (select coalesce(json_agg(pg_get_constraintdef(k.oid) order by k.contype, k.conname collate "C"), '[]')
      from pg_constraint k where k.conrelid = c.oid and k.contype in ('c', 'f', 'x')) as constraints
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
    and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'public')
  order by n.nspname collate "C", c.relname collate "C"`

interface Row {
  readonly schema: string
  readonly name: string
  readonly is_view: boolean
  readonly is_closed: boolean
  readonly columns: readonly ColumnFacts[]
  readonly indexes: readonly { readonly name: string; readonly definition: string; readonly isPrimary: boolean }[]
  readonly constraints: readonly string[]
}

async function describe(url: string): Promise<TableFacts[]> {
  const { rows } = await connected(url, (client) => client.query<Row>(TABLES))
  return rows.map(({ schema, name, is_view, is_closed, columns, indexes, constraints }) => ({
    schema,
    name,
    kind: is_view ? 'view' : 'table',
    isClosedByRow: is_closed,
    columns,
    indexes: indexes.map((index) => ({ name: index.name, definition: indexText(index) })),
    constraints,
  }))
}

/** `primary key (id)`, `unique (a, b)`, `(a) where b`: without what every definition says. */
function indexText({ definition, isPrimary }: { definition: string; isPrimary: boolean }): string {
  const rest = definition.replace(/^CREATE (UNIQUE )?INDEX \S+ ON (ONLY )?\S+ USING /, '').replace(/^btree /, '')
  if (isPrimary) return `primary key ${rest}`
  return definition.startsWith('CREATE UNIQUE') ? `unique ${rest}` : rest
}
