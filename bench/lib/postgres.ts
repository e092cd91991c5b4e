import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chown, mkdir } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'
import { freePort, type Server, startServer } from './processes.ts'

const run = promisify(execFile)
const DEBIAN_FOLDER = '/usr/lib/postgresql'

export interface Postgres {
  readonly server: Server
  readonly version: string
  /** Makes an empty database, owned by a role without special rights; returns its address. */
  createDatabase(name: string): Promise<string>
  /** The statement's rows, as the superuser, in the given database. */
  query(database: string, text: string): Promise<Record<string, unknown>[]>
}

/** Where the server's programs are: `--pg-bin`, Debian's newest, or the folder of `initdb` on the path. */
function binFolder(asked: string | undefined): string {
  const debian = existsSync(DEBIAN_FOLDER)
    ? readdirSync(DEBIAN_FOLDER)
        .toSorted((a, b) => Number(b) - Number(a))
        .map((version) => path.join(DEBIAN_FOLDER, version, 'bin'))
    : []
  const onPath = (process.env.PATH ?? '').split(path.delimiter)
  const found = [...(asked === undefined ? [...debian, ...onPath] : [asked])].find((folder) =>
    existsSync(path.join(folder, 'initdb')),
  )
  if (found === undefined)
    throw new Error('No PostgreSQL server here: apt-get install postgresql, or --pg-bin=<folder of initdb>')
  return found
}

/** PostgreSQL refuses to run as root: then it runs as the user `postgres` of the package. */
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((one) => one.startsWith('postgres:'))
  if (line === undefined) throw new Error('Root may not run PostgreSQL and there is no user "postgres"')
  const [, , uid, gid] = line.split(':').map(Number)
  return { uid: uid as number, gid: gid as number }
}

/** A server of our own in a new folder, with PostgreSQL's default configuration (fsync on), on 127.0.0.1. Gone at the end. */
export async function startPostgres(folder: string, askedBin: string | undefined): Promise<Postgres> {
  const bin = binFolder(askedBin)
  const user = serverUser()
  const home = path.join(folder, 'postgres')
  const data = path.join(home, 'data')
  await mkdir(home)
  if (user !== undefined) await chown(home, user.uid, user.gid)
  const init = ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '--auth=trust']
  await run(path.join(bin, 'initdb'), init, { cwd: home, ...user })
  const port = await freePort()
  const where = [
    '-D',
    data,
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `port=${port}`,
    '-c',
    `unix_socket_directories=${home}`,
  ]
  const options = { cwd: home, env: process.env, logFile: path.join(folder, 'postgres.log'), ...user }
  const server = startServer('PostgreSQL', path.join(bin, 'postgres'), where, { ...options, stopSignal: 'SIGINT' })
  const address = (role: string, database: string) => `postgresql://${role}@127.0.0.1:${port}/${database}`
  const query = (database: string, text: string) => queryOnce(address('postgres', database), text)
  await waitUntilReady(server, () => query('postgres', 'select 1'))
  await query('postgres', 'create role bench login createrole')
  const shown = await query('postgres', 'show server_version')
  return {
    server,
    version: String(shown[0]?.server_version),
    query,
    createDatabase: async (name) => {
      await query('postgres', `create database ${name} owner bench`)
      return address('bench', name)
    },
  }
}

async function queryOnce(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

async function waitUntilReady(server: Server, probe: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < 300 && !server.hasEnded(); tries++) {
    const isReady = await probe().then(
      () => true,
      () => false,
    )
    if (isReady) return
    await sleep(50)
  }
  throw new Error(`PostgreSQL did not start:\n${server.lastLines()}`)
}
