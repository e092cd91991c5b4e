import { execFile } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const ROOT = path.join(import.meta.dirname, '..', '..')
const BUNDLE = path.join(ROOT, 'dist', 'main.js')

let isNoticed = false

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

/**
 * How Salus is started as people run it: what `npm start` runs, without npm in between; production mode, all services in one
 * process. Builds it when it was not built yet, and says so when the sources are newer than what runs.
 */
export async function salusCommand({ port, dataFolder, databaseUrl }: SalusOptions): Promise<SalusCommand> {
  if (!existsSync(BUNDLE)) {
    console.log('Building Salus (dist/main.js is missing) ...')
    await promisify(execFile)('npm', ['run', 'build'], { cwd: ROOT })
  } else if (!isNoticed && (await newestChange(path.join(ROOT, 'src'))) > statSync(BUNDLE).mtimeMs) {
    isNoticed = true
    console.log('Note: src/ is newer than dist/: `npm run build` to measure the sources as they are')
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
  return { command: process.execPath, args: startArguments(), env }
}

/** The arguments that `npm start` gives to node. */
function startArguments(): string[] {
  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    scripts?: { start?: string }
  }
  const given = /^node (.+)$/.exec(scripts?.start ?? '')?.[1]?.split(/\s+/) ?? ['dist/main.js']
  return given.map((argument) => (argument.startsWith('-') ? argument : path.resolve(ROOT, argument)))
}

async function newestChange(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true })
  return Math.max(...names.map((name) => statSync(path.join(folder, name)).mtimeMs))
}
