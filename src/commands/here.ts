import type { DatabaseServer } from '../adapters/database/port.ts'
import { notificationSettings } from '../adapters/notifications/open.ts'
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
import { openBackupDesk } from './backupDesk.ts'
import { banner } from './banner.ts'
import { mountDemo } from './demoDoor.ts'
import { homeOf, mountDoors } from './firstRun/doors.ts'
import { type Interlude, openInterlude } from './firstRun/interlude.ts'
import { type RestoreEnd, type RestoreRequest, restoreInstead } from './firstRun/restoring.ts'
import { mountRestore } from './firstRun/upload.ts'
import { beginOpening, type Opening, openRuntime, type Runtime } from './opening.ts'
import { providersOf } from './providers.ts'
import { composeRuntime, forgetRunning, noteRunning, openServices, VERSION } from './runtime.ts'
import { mountWeb } from './webDoor.ts'

/** How a run ended: by a stop, or because a backup takes its place. */
interface RunEnd {
  readonly code: number
  readonly restoring?: RestoreRequest
  readonly port: number
}

/**
 * Runs the platform in this process until it is told to stop, also across a restore; `opening` is its database on the way,
 * begun before this module was read. Resolves with the exit code.
 */
export async function startHere(environment: Environment, opening = beginOpening(environment)): Promise<number> {
  let before: Before = {}
  for (let own = environment, next: Opening | undefined = opening; ; next = undefined) {
    const { code, restoring, port } = await run(own, before, next ?? beginOpening(own))
    if (restoring === undefined) return code
    // Whoever waits for the restore finds the platform where it was, also when the port was any free one.
    own = { ...environment, PORT: String(port) }
    const interlude = await openInterlude(openRuntime(own).settings.host, port)
    before = { interlude, restored: await restoreInstead(own, restoring, interlude.progress) }
  }
}

/** What a run takes over from the restore before it. */
interface Before {
  readonly interlude?: Interlude
  readonly restored?: RestoreEnd
}

async function run(environment: Environment, before: Before, opening: Opening): Promise<RunEnd> {
  const { runtime } = opening
  const stop = stopSignal()
  // The services are read while the database starts.
  const [database, composition] = await Promise.all([opening.database, composeRuntime(runtime)])
  const isChild = environment.SALUS_CHILD === '1'
  if (!isChild) noteRunning(runtime.dataFolder, database.url)
  try {
    const platform = await openServices(runtime, database.url, true, composition)
    try {
      const { face, demoPath, port, restoring } = await openDoor(platform, runtime, database, before)
      if (isChild) process.send?.('ready')
      else await printBanner(platform, runtime, demoPath, await database.memoryBytes())
      const asked = await Promise.race([stop, restoring])
      const isClean = await drain(face, runtime.settings.shutdownSeconds * 1000)
      const code = isClean ? 0 : reportCut(runtime)
      return { code, port, ...(asked === undefined ? {} : { restoring: asked }) }
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

interface OpenedDoor {
  readonly face: Face
  readonly demoPath: string | undefined
  readonly port: number
  /** Resolves when somebody who may has brought a backup that is to take this platform's place. */
  readonly restoring: Promise<RestoreRequest>
}

/** Puts the HTTP face on the platform and listens. */
async function openDoor(
  platform: Platform,
  runtime: Runtime,
  database: Pick<DatabaseServer, 'memoryBytes'>,
  before: Before,
): Promise<OpenedDoor> {
  const { settings, dataFolder } = runtime
  const isGateway = settings.services.length === 0 || settings.services.includes('gateway')
  let demoPath: string | undefined
  const { promise: restoring, resolve } = Promise.withResolvers<RestoreRequest>()
  // Only a platform that has its database in the data folder, and runs whole, can put another one in its place.
  const isWhole = settings.databaseUrl === undefined && settings.services.length === 0
  const face = openFace(platform, {
    isGateway,
    version: VERSION,
    providers: () => providersOf(runtime, platform),
    home: homeOf(platform),
    host: hostFacts(runtime, database),
    extras: isGateway
      ? [
          (opened) => {
            const house = mountDemo(opened)
            demoPath = house?.path
            mountDoors(opened, house, before.restored)
            mountRestore(opened, { dataFolder, restore: isWhole ? resolve : undefined })
          },
          mountWeb,
        ]
      : [],
  })
  await before.interlude?.close()
  await listen(face, settings)
  const { port } = face.app.server.address() as { port: number }
  if (platform.publicUrl === '') platform.publicUrl = `http://localhost:${port}`
  return { face, demoPath, port, restoring }
}

function hostFacts(runtime: Runtime, database: Pick<DatabaseServer, 'memoryBytes'>): HostFacts {
  const { dataFolder, environment } = runtime
  return {
    dataFolder,
    databaseMemory: async () => database.memoryBytes(),
    settings: { notifications: notificationSettings, backups: backupSettings },
    backups: openBackupDesk(runtime),
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
