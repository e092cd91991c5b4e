import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { openDatabase } from '../adapters/database/open.ts'
import type { DatabaseServer } from '../adapters/database/port.ts'
import type { Environment } from '../kernel/config.ts'
import { type Log, openLog, silentLog } from '../kernel/log.ts'
import { type FrameSettings, readFrameSettings } from '../kernel/settings.ts'
import { recoverRestore } from './firstRun/recovering.ts'

/** What every command starts from. */
export interface Runtime {
  readonly settings: FrameSettings
  readonly environment: Environment
  readonly log: Log
  readonly dataFolder: string
}

/** Reads the configuration and makes the data folder. Throws one error naming every fault. */
export function openRuntime(environment: Environment): Runtime {
  const settings = readFrameSettings(environment)
  const dataFolder = path.resolve(settings.dataFolder)
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  const log = settings.logLevel === 'silent' ? silentLog : openLog(settings.logLevel)
  return { settings, environment, log, dataFolder }
}

/** Opens the database the configuration names. Throws a sentence for the operator when it can't be. */
export function openRuntimeDatabase({ settings, dataFolder, log }: Runtime): Promise<DatabaseServer> {
  const url = settings.databaseUrl
  return openDatabase({ ...(url === undefined ? {} : { url }), dataFolder, log: log as never })
}

/** A runtime whose database is on its way. */
export interface Opening {
  readonly runtime: Runtime
  readonly database: Promise<DatabaseServer>
}

/**
 * Reads the configuration and begins to open the database, so that it starts while the rest of the platform is read. A
 * restore that was cut is put in order before. Throws one error naming every fault of the configuration.
 */
export function beginOpening(environment: Environment): Opening {
  const runtime = openRuntime(environment)
  // A service apart shares its data folder with others, which may have it open.
  if (environment.SALUS_CHILD !== '1' && environment.SERVICES !== 'gateway') recoverRestore(runtime.dataFolder)
  const database = openRuntimeDatabase(runtime)
  // Whoever awaits it sees the failure; until then it must not count as nobody's.
  database.catch(() => undefined)
  return { runtime, database }
}
