import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'

const ROOT = path.join(import.meta.dirname, '..', '..')
const LAUNCHER = path.join(ROOT, 'tools', 'launch.mjs')
const BUNDLE = path.join(ROOT, 'dist', 'main.js')

export interface SalusOptions {
  readonly port: number
  readonly dataFolder: string
  /** Absent: the embedded database in the data folder. */
  readonly databaseUrl?: string
  /** The bundle itself, without the launcher's look at what is installed and built. */
  readonly isDirect?: boolean
}

export interface SalusCommand {
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

/** Builds what runs, if the sources changed since. Throws with what the build said when it fails. */
export async function buildSalus(): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [LAUNCHER, 'help'], { cwd: ROOT, env: ownEnvironment() })
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string }
    throw new Error(`Salus can not be built: ${(stderr || message).trim().split('\n').slice(0, 12).join('\n  ')}`)
  }
}

/**
 * How Salus is started as people run it: what `npm start` runs, without npm in between (the launcher becomes the server, under
 * the same process id); production mode, all services in one process.
 */
export function salusCommand({ port, dataFolder, databaseUrl, isDirect }: SalusOptions): SalusCommand {
  const env: NodeJS.ProcessEnv = {
    ...ownEnvironment(),
    ENVIRONMENT: 'production',
    HOST: '127.0.0.1',
    PORT: String(port),
    SALUS_DATA: dataFolder,
    // A load test is one caller far above any sensible limit; the counting itself stays in the path.
    RATE_LIMIT_PER_MINUTE: '10000000',
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  }
  return { command: process.execPath, args: [isDirect === true ? BUNDLE : LAUNCHER, 'start'], env }
}

/** Nothing of the caller's environment that could configure the platform, or make the launcher believe in npm above it. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG, TZ } = process.env
  return { PATH, HOME, LANG, TZ, NODE_ENV: 'production' }
}
