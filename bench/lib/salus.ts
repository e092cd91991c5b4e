import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'

const ROOT = path.join(import.meta.dirname, '..', '..')
const BUNDLE = path.join(ROOT, 'dist', 'main.js')

export interface SalusOptions {
  readonly port: number
  readonly dataFolder: string
  /** Absent: the embedded database in the data folder. */
  readonly databaseUrl?: string
}

export interface SalusCommand {
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

/** How Salus is started as people run it: the built bundle, production mode, all services in one process. Builds it if it is missing. */
export async function salusCommand({ port, dataFolder, databaseUrl }: SalusOptions): Promise<SalusCommand> {
  if (!existsSync(BUNDLE)) {
    console.log('Building Salus (dist/main.js is missing) ...')
    await promisify(execFile)('npm', ['run', 'build'], { cwd: ROOT })
  }
  const { PATH, HOME, LANG, TZ } = process.env
  const env: NodeJS.ProcessEnv = {
    PATH,
    HOME,
    LANG,
    TZ,
    NODE_ENV: 'production',
    ENVIRONMENT: 'production',
    HOST: '127.0.0.1',
    PORT: String(port),
    SALUS_DATA: dataFolder,
    // A load test is one caller far above any sensible limit; the counting itself stays in the path.
    RATE_LIMIT_PER_MINUTE: '10000000',
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  }
  return { command: process.execPath, args: ['--enable-source-maps', BUNDLE], env }
}
