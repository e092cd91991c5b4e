import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, mock, test } from 'node:test'
import pg from 'pg'
import { createDatabase, type TestDatabase } from '../testing/database.ts'
import {
  type Frame,
  frameMigrations,
  identityService,
  migrationsFrom,
  openFrame,
  recordedLog,
  until,
} from '../testing/frame.ts'
import { notes, notesMigrations, notesService } from '../testing/notes.ts'
import { migrate, readMigrations } from './migrate.ts'
import { defineService } from './service.ts'

const ASHA = '0197c000-0000-7000-8000-000000000001'
const NOTE_SQL = notesMigrations.migrations[0]?.text ?? ''
const LOCK = 7_211_053

const FRAME_FILES = frameMigrations().migrations.map(({ name }) => name)

describe('migrations', () => {
  let database: TestDatabase
  let open: Frame[] = []
  beforeEach(async () => {
    database = await createDatabase()
    open = []
  })
  afterEach(async () => {
    for (const frame of open) await frame.close()
    await database.drop()
  })

  const rows = async (text: string) => (await database.owner.query(text)).rows
  const step = (...texts: string[]) => [frameMigrations(), migrationsFrom('notes', NOTE_SQL, ...texts)]
  const run = (...texts: string[]) => migrate(database.url, step(...texts), recordedLog())

  async function start(more: Parameters<typeof openFrame>[0]['migrations'] = [notesMigrations]): Promise<Frame> {
    const services = [identityService(), notesService()]
    const frame = await openFrame({ services, migrations: more, database })
    open.push(frame)
    return frame
  }

  test('four starts at once on an empty database all come up, and each file ran once', async () => {
    await Promise.all([start(), start(), start(), start()])
    const ran = await rows('select service, name from kernel.migration order by 1, 2')
    assert.deepEqual(ran, [
      ...FRAME_FILES.map((name) => ({ service: 'kernel', name })),
      { service: 'notes', name: '0001_step' },
    ])
    for (const frame of open) {
      assert.equal(
        (await frame.request('POST', '/notes', { body: { body: 'x' }, as: { accountId: ASHA } })).status,
        201,
      )
    }
  })

  test('a start that waits for another one waits longer than any statement may take', async () => {
    const holder = await database.owner.connect()
    try {
      await holder.query('select pg_advisory_lock($1)', [LOCK])
      const name = new URL(database.url).pathname.slice(1)
      await database.owner.query(`alter database ${name} set statement_timeout = '20ms'`)
      const waiting = run()
      await until('the start has waited for longer than a statement may', async () => {
        const { rows: seen } = await database.owner.query(
          `select 1 from pg_stat_activity where datname = $1 and wait_event = 'advisory'
             and now() - query_start > interval '60 ms'`,
          [name],
        )
        return seen.length === 1
      })
      await holder.query('select pg_advisory_unlock($1)', [LOCK])
      assert.deepEqual(await waiting, [
        { service: 'kernel', applied: FRAME_FILES },
        { service: 'notes', applied: ['0001_step'] },
      ])
    } finally {
      holder.release(true)
    }
  })

  test('a file that fails leaves everything as it was, says why, and the old platform goes on serving', async () => {
    const old = await start()
    const as = { accountId: ASHA }
    const broken = `create table notes.half_made (user_id uuid not null); alter table notes.note drop column body;
      select nonsense from notes.note`
    await assert.rejects(
      run(broken),
      /Migration notes\/0002_step failed and was undone: column "nonsense" does not exist/,
    )
    assert.equal((await old.request('POST', '/notes', { body: { body: 'still here' }, as })).status, 201)
    assert.equal((await old.request('GET', '/notes', { as })).body[0].body, 'still here')
    assert.deepEqual(await rows("select to_regclass('notes.half_made') as made"), [{ made: null }])
    assert.deepEqual(await rows("select 1 from kernel.migration where name = '0002_step'"), [])
    assert.deepEqual((await run('alter table notes.note add column mood text')).at(-1)?.applied, ['0002_step'])
    assert.equal((await old.request('GET', '/notes', { as })).status, 200)
  })

  test('a file that was changed after it ran is refused by name', async () => {
    await run()
    const changed = [frameMigrations(), migrationsFrom('notes', `${NOTE_SQL} -- better`)]
    await assert.rejects(migrate(database.url, changed, recordedLog()), /notes\/0001_step was changed after it ran/)
  })

  test('a database that is newer than the program is left alone', async () => {
    await run('alter table notes.note add column mood text')
    assert.deepEqual(
      (await run()).flatMap(({ applied }) => applied),
      [],
    )
  })

  test('a second start does nothing, and one query tells so', async () => {
    await run()
    const before = await rows('select service, name, applied_at from kernel.migration order by 1')
    const queries = mock.method(pg.Client.prototype, 'query')
    try {
      await run()
      assert.equal(queries.mock.callCount(), 1)
    } finally {
      queries.mock.restore()
    }
    assert.deepEqual(await rows('select service, name, applied_at from kernel.migration order by 1'), before)
  })

  test('line ends of another system change nothing; other files of the folder are none', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'salus-migrations-'))
    try {
      const written = (name: string, files: Record<string, string>) => {
        mkdirSync(path.join(folder, name))
        for (const [file, text] of Object.entries(files)) writeFileSync(path.join(folder, name, file), text)
        return readMigrations('notes', path.join(folder, name))
      }
      const unix = written('unix', { '0002_b.sql': 'select 2;\n', '0001_a.sql': 'select 1;\nselect 2;\n' })
      const windows = written('windows', { '0001_a.sql': 'select 1;\r\nselect 2;\r\n', '0002_b.sql': 'select 2;\r\n' })
      assert.deepEqual(unix, windows)
      assert.deepEqual(
        unix.map(({ name }) => name),
        ['0001_a', '0002_b'],
      )
      assert.deepEqual(
        written('other', { 'notes.txt': 'x', '1_a.sql': 'x', '0001_A.sql': 'x', '0001_a.sql~': 'x' }),
        [],
      )
      assert.deepEqual(readMigrations('notes', path.join(folder, 'absent')), [])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  const OF_A_PERSON = '(user_id = ( SELECT kernel.visible_person() AS visible_person))'
  const policies = () =>
    rows(`select c.relname as table, pg_get_expr(p.polqual, p.polrelid) as rule
      from pg_policy p join pg_class c on c.oid = p.polrelid
      where p.polname = 'owner_only' and c.relrowsecurity and c.relforcerowsecurity order by 1`)

  test('every table with user_id or account_id is closed by row, partitions and later columns too', async () => {
    await run(
      `create table notes.device (account_id uuid not null);
       create table notes.shared (user_id uuid not null, account_id uuid not null);
       create table notes.reading (user_id uuid not null, at date not null) partition by range (at);
       create table notes.reading_2026 partition of notes.reading for values from ('2026-01-01') to ('2027-01-01');
       create table notes.word (word text primary key);`,
    )
    const closed = [
      { table: 'device', rule: '(account_id = ( SELECT kernel.account() AS account))' },
      { table: 'note', rule: OF_A_PERSON },
      { table: 'reading', rule: OF_A_PERSON },
      { table: 'reading_2026', rule: OF_A_PERSON },
      { table: 'shared', rule: OF_A_PERSON },
    ]
    assert.deepEqual(await policies(), closed)
    await run(
      `create table notes.device (account_id uuid not null);
       create table notes.shared (user_id uuid not null, account_id uuid not null);
       create table notes.reading (user_id uuid not null, at date not null) partition by range (at);
       create table notes.reading_2026 partition of notes.reading for values from ('2026-01-01') to ('2027-01-01');
       create table notes.word (word text primary key);`,
      'alter table notes.word add column user_id uuid; alter table notes.device add column user_id uuid;',
    )
    const later = closed.map((one) => (one.table === 'device' ? { ...one, rule: OF_A_PERSON } : one))
    assert.deepEqual(await policies(), [...later, { table: 'word', rule: OF_A_PERSON }])
  })

  test('a materialized view about people, which no policy can close, is refused with its whole file', async () => {
    await run()
    const copy =
      'create table notes.more (id int); create materialized view notes.copy as select user_id from notes.note'
    await assert.rejects(run(copy), /notes\.copy: a materialized view about people/)
    assert.deepEqual(await rows("select to_regclass('notes.more') as made"), [{ made: null }])
  })

  test('a service with rows about people and nothing to give out and remove them stops the start', async () => {
    const { handlers } = notesService()
    const careless = defineService({ contract: notes, needs: [], handlers: handlers as never })
    await assert.rejects(
      openFrame({ services: [careless], migrations: [notesMigrations], database }),
      /notes keeps rows about people \(note\) but its manifest has no "personal"/,
    )
    await until('the refused start left no connection', async () => {
      const left = await rows(
        "select 1 from pg_stat_activity where datname = current_database() and backend_type = 'client backend'",
      )
      return left.length === database.owner.totalCount
    })
  })

  test('a database user that may make no roles works once an administrator has made them, and is told before', async () => {
    const user = `plain_${process.pid}`
    const name = new URL(database.url).pathname.slice(1)
    await run()
    await database.owner.query(`create role ${user} login password 'of-this-test' nocreaterole nosuperuser`)
    // An owner that is no superuser gives away only to a role that it is in.
    await database.owner.query(`grant ${user} to current_user`)
    await database.owner.query('drop schema notes cascade; drop schema kernel cascade')
    await database.owner.query(`alter database ${name} owner to ${user}`)
    const url = new URL(database.url)
    url.username = user
    url.password = 'of-this-test'
    const own = { ...database, url: url.toString() }
    try {
      await assert.rejects(migrate(own.url, step(), recordedLog()), /Let an administrator run: create role/)
      await database.owner.query(`grant salus_service, salus_system to ${user}`)
      const frame = await openFrame({
        services: [identityService(), notesService()],
        migrations: [notesMigrations],
        database: own,
      })
      assert.equal((await frame.request('GET', '/notes', { as: { accountId: ASHA } })).status, 200)
      await frame.close()
    } finally {
      await database.owner.query(`alter database ${name} owner to current_user`)
      await database.owner.query(`drop owned by ${user} cascade`)
      await database.owner.query(`drop role ${user}`)
    }
  })
})
