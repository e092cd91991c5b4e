import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { DatabaseServer } from '../adapters/database/port.ts'
import { openDiskFiles } from '../adapters/files/disk.ts'
import { notificationSettings, openNotifications } from '../adapters/notifications/open.ts'
import { type Composition, compose } from '../compose.ts'
import { systemClock } from '../kernel/clock.ts'
import { type Environment, settingValues } from '../kernel/config.ts'
import { openPlatform, type Platform } from '../kernel/platform.ts'
import type { OutsidePorts } from '../kernel/ports.ts'
import { keptSecret, masterSecrets, peerMap } from '../kernel/settings.ts'
import { openRuntime, openRuntimeDatabase, type Runtime } from './opening.ts'

/** Version of the platform, as /health and the documents say it. */
export const VERSION = '0.1.0'

/** The outside world, as configured. */
export function openPorts({ settings, environment, log, dataFolder }: Runtime): OutsidePorts {
  return {
    secrets: { tokenKey: keptSecret(dataFolder, 'token', settings.secretKey) },
    keys: {
      audit: keptSecret(dataFolder, 'audit', settings.auditKey),
      master: () => masterSecrets(dataFolder, settings),
    },
    openFiles: (encryption) => openDiskFiles(path.join(dataFolder, 'files'), encryption),
    notifications: openNotifications({
      settings: settingValues(notificationSettings, environment),
      isDemoMode: settings.isDemoMode,
      log,
    }),
  }
}

/** What of the board `SERVICES` names. */
export function composeRuntime({ settings, environment }: Runtime): Promise<Composition> {
  return compose(settings.services, environment)
}

/** Opens the services of `composition` on the database at `databaseUrl`. */
export async function openServices(
  runtime: Runtime,
  databaseUrl: string,
  isAutomatic: boolean,
  composition: Composition,
): Promise<Platform> {
  const { settings, environment, log, dataFolder } = runtime
  return openPlatform({
    settings,
    environment,
    ...composition,
    databaseUrl,
    peers: peerMap(settings.peers),
    internalKey: keptSecret(dataFolder, 'internal', settings.internalKey),
    ports: openPorts(runtime),
    clock: systemClock,
    log,
    isStrict: settings.isStrict,
    isAutomatic,
  })
}

/** Where a running platform notes its database, so that commands beside it reach the same data. */
function noteFile(dataFolder: string): string {
  return path.join(dataFolder, 'running.json')
}

/** Notes the running platform's database (readable by its owner only). */
export function noteRunning(dataFolder: string, databaseUrl: string): void {
  writeFileSync(noteFile(dataFolder), JSON.stringify({ pid: process.pid, databaseUrl }), { mode: 0o600 })
}

export function forgetRunning(dataFolder: string): void {
  rmSync(noteFile(dataFolder), { force: true })
}

/** The database of the platform that runs on this data folder, or undefined when none does. */
export function runningDatabase(dataFolder: string): string | undefined {
  if (!existsSync(noteFile(dataFolder))) return undefined
  const note = JSON.parse(readFileSync(noteFile(dataFolder), 'utf8')) as { pid: number; databaseUrl: string }
  try {
    process.kill(note.pid, 0)
    return note.databaseUrl
  } catch {
    // The note outlived its process: it was killed.
    return undefined
  }
}

/** Runs `work` on the platform's data: beside a running platform, or with the database opened for the moment. */
export async function withPlatform<Result>(
  environment: Environment,
  work: (platform: Platform, runtime: Runtime) => Promise<Result>,
): Promise<Result> {
  const runtime = openRuntime(environment)
  const running = runtime.settings.databaseUrl ?? runningDatabase(runtime.dataFolder)
  const database: DatabaseServer | undefined = running === undefined ? await openRuntimeDatabase(runtime) : undefined
  try {
    const composition = await composeRuntime(runtime)
    const platform = await openServices(runtime, running ?? (database as DatabaseServer).url, false, composition)
    try {
      return await work(platform, runtime)
    } finally {
      await platform.settle()
      await platform.close()
    }
  } finally {
    await database?.stop()
  }
}
