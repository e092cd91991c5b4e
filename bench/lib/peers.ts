import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { onOneCore } from './core.ts'
import { freePort, type Server, startServer } from './processes.ts'
import { pythonWith } from './python.ts'
import { buildSalus, salusCommand } from './salus.ts'
import { mustCall, waitUntilHealthy } from './web.ts'

const PEERS_FOLDER = path.join(import.meta.dirname, '..', 'peers')
const START_LIMIT_MS = 30_000

export type PeerKey = 'salus' | 'node' | 'fastapi' | 'fastapi_tuned'

export interface Peer {
  readonly key: PeerKey
  readonly title: string
  /** Starts the peer on its own database. Throws when it can not run here. */
  start(place: Place): Promise<Started>
  /** The headers of a new person's requests; peers without accounts need none. */
  signIn?(port: number, index: number): Promise<Readonly<Record<string, string>>>
}

export interface Place {
  readonly folder: string
  readonly databaseUrl: string
}

export interface Started {
  readonly server: Server
  readonly port: number
}

const salus: Peer = {
  key: 'salus',
  title: 'Salus',
  async start({ folder, databaseUrl }) {
    await buildSalus()
    const port = await freePort()
    const dataFolder = path.join(folder, 'salus-data')
    await mkdir(dataFolder)
    const { command, args, env } = salusCommand({ port, dataFolder, databaseUrl })
    return started('Salus', port, command, args, { env, logFile: path.join(folder, 'salus.log') })
  },
  async signIn(port, index) {
    const json = { email: `bench-${index}@example.com`, password: `Bench-Pass-${index}!`, full_name: 'Bench Person' }
    const answer = await mustCall(port, 201, { method: 'POST', path: '/api/v1/auth/register', json })
    return { authorization: `Bearer ${String(answer.access_token)}` }
  },
}

const raw: Peer = {
  key: 'node',
  title: 'raw node:http + pg',
  async start({ folder, databaseUrl }) {
    const port = await freePort()
    const env = { ...process.env, PORT: String(port), DATABASE_URL: databaseUrl, NODE_ENV: 'production' }
    const script = path.join(PEERS_FOLDER, 'node', 'server.ts')
    return started('node peer', port, process.execPath, [script], { env, logFile: path.join(folder, 'node.log') })
  },
}

/** The same app with two settings of its connection pool: the sources' own, and one that never opens a connection under load. */
function fastapi(key: PeerKey, title: string, poolSize: number, overflow: number): Peer {
  return {
    key,
    title,
    async start({ folder, databaseUrl }) {
      const cwd = path.join(PEERS_FOLDER, 'fastapi')
      const python = await pythonWith(cwd)
      const port = await freePort()
      const env = {
        ...process.env,
        DATABASE_URL: databaseUrl.replace(/^postgresql:/, 'postgresql+psycopg:'),
        POOL_SIZE: String(poolSize),
        POOL_OVERFLOW: String(overflow),
        PYTHONDONTWRITEBYTECODE: '1',
      }
      const uvicorn = ['-m', 'uvicorn', 'app:app', '--host', '127.0.0.1', '--port', String(port), '--workers', '1']
      const options = ['--loop', 'uvloop', '--http', 'httptools', '--log-level', 'warning', '--no-access-log']
      const where = { env, cwd, logFile: path.join(folder, `${key}.log`) }
      return started(title, port, python, [...uvicorn, ...options], where)
    },
  }
}

async function started(
  name: string,
  port: number,
  command: string,
  args: readonly string[],
  options: Parameters<typeof startServer>[3],
): Promise<Started> {
  const server = startServer(name, ...onOneCore(command, args), options)
  await waitUntilHealthy(server, port, START_LIMIT_MS)
  return { server, port }
}

/** In the order of the report. */
export const peers: readonly Peer[] = [
  salus,
  raw,
  fastapi('fastapi', 'FastAPI + SQLAlchemy, pool 5 + 10', 5, 10),
  fastapi('fastapi_tuned', 'FastAPI + SQLAlchemy, pool 15', 15, 0),
]
