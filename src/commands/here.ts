import type { DatabaseServer } from '../adapters/database/port.ts'
import { notificationSettings } from '../adapters/notifications/open.ts'
import { compose } from '../compose.ts'
import type { Environment } from '../kernel/config.ts'
import { systemCaller } from '../kernel/context.ts'
import type { Face } from '../kernel/http/face.ts'
import { drain, openFace } from '../kernel/http/server.ts'
import type { HostFacts } from '../kernel/http/system.ts'
import { newId } from '../kernel/ids.ts'
import { memoryLimitBytes } from '../kernel/memory.ts'
import type { Platform } from '../kernel/platform.ts'
import { auth } from '../services/auth/contract.ts'
import { backupSettings } from './backup.ts'
import { banner } from './banner.ts'
import { mountDemo } from './demoDoor.ts'
import { providersOf } from './providers.ts'
import {
  forgetRunning,
  noteRunning,
  openRuntime,
  openRuntimeDatabase,
  openServices,
  type Runtime,
  VERSION,
} from './runtime.ts'
import { mountWeb, sendClient } from './webDoor.ts'

/** Runs the platform in this process until it is told to stop. Resolves with the exit code. */
export async function startHere(environment: Environment): Promise<number> {
  const runtime = openRuntime(environment)
  const stop = stopSignal()
  // The services are read while the database starts.
  const [database] = await Promise.all([openRuntimeDatabase(runtime), compose(runtime.settings.services)])
  const isChild = environment.SALUS_CHILD === '1'
  if (!isChild) noteRunning(runtime.dataFolder, database.url)
  try {
    const platform = await openServices(runtime, database.url, true)
    try {
      const { face, demoPath } = await openDoor(platform, runtime, database)
      if (isChild) process.send?.('ready')
      else await printBanner(platform, runtime, demoPath, await database.memoryBytes())
      await stop
      const isClean = await drain(face, runtime.settings.shutdownSeconds * 1000)
      return isClean ? 0 : reportCut(runtime)
    } finally {
      await platform.close()
    }
  } finally {
    await database.stop()
    if (!isChild) forgetRunning(runtime.dataFolder)
  }
}

/** Requests that had to be cut are said, and are no failure: the stop itself was clean. */
function reportCut({ log, settings }: Runtime): number {
  log.warn({ shutdownSeconds: settings.shutdownSeconds }, 'requests still running at the deadline were cut')
  return 0
}

/** Puts the HTTP face on the platform and listens. */
export async function openDoor(
  platform: Platform,
  runtime: Runtime,
  database?: Pick<DatabaseServer, 'memoryBytes'>,
): Promise<{ face: Face; demoPath: string | undefined }> {
  const { settings } = runtime
  const isGateway = settings.services.length === 0 || settings.services.includes('gateway')
  let demoPath: string | undefined
  const face = openFace(platform, {
    isGateway,
    version: VERSION,
    providers: () => providersOf(runtime, platform),
    home: sendClient,
    host: hostFacts(runtime, database),
    extras: isGateway
      ? [
          (opened) => {
            demoPath = mountDemo(opened)
          },
          mountWeb,
        ]
      : [],
  })
  await listen(face, settings)
  const { port } = face.app.server.address() as { port: number }
  if (platform.publicUrl === '') platform.publicUrl = `http://localhost:${port}`
  return { face, demoPath }
}

function hostFacts({ dataFolder, environment }: Runtime, database?: Pick<DatabaseServer, 'memoryBytes'>): HostFacts {
  return {
    dataFolder,
    databaseMemory: async () => database?.memoryBytes(),
    settings: { notifications: notificationSettings, backups: backupSettings },
    isBackupSealed: (environment[backupSettings.passphrase.variable] ?? '') !== '',
  }
}

async function listen(face: Face, { host, port }: Runtime['settings']): Promise<void> {
  try {
    await face.app.listen({ host, port })
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EADDRINUSE') throw error
    throw new Error(`Port ${port} is taken: stop what listens there, or set PORT to another one.`, { cause: error })
  }
}

async function printBanner(
  platform: Platform,
  runtime: Runtime,
  demoPath: string | undefined,
  databaseBytes: number | undefined,
) {
  const setupPath = await setupLink(platform)
  const lines = banner({
    url: platform.publicUrl,
    setupPath,
    demoPath,
    dataFolder: runtime.settings.databaseUrl === undefined ? runtime.dataFolder : 'PostgreSQL server (DATABASE_URL)',
    memoryBytes: process.memoryUsage().rss + (databaseBytes ?? 0),
    memoryLimitBytes: memoryLimitBytes(runtime.settings.memoryLimitMb),
    providers: providersOf(runtime, platform),
    services: platform.options.contracts.map((contract) => contract.name),
    isDemoMode: runtime.settings.isDemoMode,
    // Asked of the environment: in the split shape the door does not run the service whose setting it is.
    isInsecure: /^(1|true|yes|on)$/i.test(runtime.environment.ALLOW_INSECURE_SESSION_AUTH ?? ''),
  })
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** The one-time link for the first administrator, while there is none. */
async function setupLink(platform: Platform): Promise<string | undefined> {
  const { path } = (await platform.door.call(auth.operations.createSetupLink, {}, systemCaller(newId()))) as {
    path: string | null
  }
  return path ?? undefined
}

let stopping: Promise<void> | undefined

/** Resolves at the first SIGINT or SIGTERM, or when the process that started this one is gone. Later signals change nothing. */
export function stopSignal(): Promise<void> {
  stopping ??= new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
    if (process.send !== undefined) process.on('disconnect', () => resolve())
    // Listening to the channel must not keep an ended service alive.
    process.channel?.unref()
  })
  return stopping
}
