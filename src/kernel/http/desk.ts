import path from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { InputOf, Operation, OutputOf } from '../contract.ts'
import { backupState } from '../desk/backupState.ts'
import type { BackupDesk, BackupWork } from '../desk/backups.ts'
import { desk } from '../desk/contract.ts'
import { MemorySamples } from '../desk/memorySamples.ts'
import { lastBackup, migrationList, settingList } from '../desk/setup.ts'
import { readWork, retryDelivery, retryJob } from '../desk/work.ts'
import { PlatformError, validationError } from '../errors.ts'
import { memoryLimitBytes } from '../memory.ts'
import { faultsOf, matches } from '../schema.ts'
import { beforeDeadline, callerOf } from './exchange.ts'
import type { Face } from './face.ts'
import { mapInput } from './input.ts'
import { pathsOf, splitRoute } from './paths.ts'
import { type SystemPageOptions, stateOf } from './system.ts'

type Desk = typeof desk.operations
type DeskHandlers = { readonly [Name in keyof Desk]: (input: InputOf<Desk[Name]>) => Promise<OutputOf<Desk[Name]>> }

/** Mounts what the frame offers whoever runs the platform; the door decides who that is, as it does for every service. */
export function mountDesk(face: Face, options: SystemPageOptions): void {
  const samples = new MemorySamples(face.platform.options.clock)
  face.app.addHook('onClose', async () => samples.close())
  const handlers = handlersOf(face, options, samples, face.platform.options.clock.now().toISOString())
  for (const [name, operation] of Object.entries(desk.operations)) {
    const handler = handlers[name as keyof DeskHandlers] as (input: unknown) => Promise<unknown>
    const { method, path: route } = splitRoute(operation.route as string)
    face.pages.add(method, `/api/v1${route}`, (request, reply) =>
      serve(face, operation as Operation, handler, request, reply.code(operation.status)),
    )
  }
}

async function serve(
  face: Face,
  operation: Operation,
  handler: (input: unknown) => Promise<unknown>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { door, audit } = face.platform
  const caller = await callerOf(face, request, reply, operation)
  const bound = await door.authorized(operation, caller)
  const { params, query, headers, body } = request
  const bodyKind = body === undefined || body === null ? undefined : 'json'
  const parts = {
    params: params as Record<string, string>,
    query: query as Record<string, string>,
    headers,
    body,
    bodyKind,
  }
  const { input } = mapInput(operation, parts as never, bound.principal)
  if (!matches(operation.input, input)) throw validationError(faultsOf(operation.input, input))
  const answer = await beforeDeadline(handler(input), bound.deadline)
  if (operation.kind === 'command') audit.record(operation, bound, undefined, 'allowed')
  // What the desk shows is of this moment, and nobody else's.
  return reply
    .header('cache-control', 'no-store')
    .header('content-type', 'application/json; charset=utf-8')
    .send(JSON.stringify(answer))
}

function handlersOf(face: Face, options: SystemPageOptions, samples: MemorySamples, startedAt: string): DeskHandlers {
  const { platform } = face
  const { systemPool, upkeep, recentLog } = platform
  const now = () => platform.options.clock.now()
  return {
    overview: () => overview(face, options, samples, startedAt),
    work: () => readWork(systemPool, now()),
    retryJob: async ({ id }) => {
      await retryJob(systemPool, id, now())
      upkeep.poke()
      return { message: 'It is tried again' }
    },
    retryDelivery: async ({ event_id, consumer }) => {
      await retryDelivery(systemPool, event_id, consumer, now())
      upkeep.poke()
      return { message: 'It is delivered again' }
    },
    setup: () => setup(face, options),
    ...backupHandlers(options.host?.backups),
    logs: async ({ request_id, level, limit }) => ({
      lines: recentLog.read({ requestId: request_id, level, limit }).map((line) => ({
        at: line.at.toISOString(),
        level: line.level,
        message: line.message,
        request_id: line.requestId ?? null,
        fields: line.fields,
      })),
    }),
  }
}

type BackupHandlers = Pick<DeskHandlers, 'backups' | 'makeBackup' | 'checkBackup' | 'drillBackup'>

function backupHandlers(backups: BackupDesk | undefined): BackupHandlers {
  const begin = async (kind: BackupWork, name?: string) => {
    if (backups === undefined) throw new PlatformError('conflict', 'This process has no data folder')
    return { name: (await backups.begin(kind, name)).name }
  }
  return {
    backups: () => backupState(backups),
    makeBackup: () => begin('backup'),
    checkBackup: ({ name }) => begin('check', name),
    drillBackup: ({ name }) => begin('drill', name),
  }
}

async function overview(
  face: Face,
  options: SystemPageOptions,
  samples: MemorySamples,
  startedAt: string,
): Promise<OutputOf<Desk['overview']>> {
  const { platform } = face
  const { settings, clock } = platform.options
  const { rss, heapUsed } = process.memoryUsage()
  const [size, databaseProcess] = await Promise.all([
    platform.systemPool.query<{ bytes: number }>('select pg_database_size(current_database()) as bytes'),
    options.host?.databaseMemory(),
  ])
  return {
    version: options.version,
    node: process.version,
    environment: settings.environment,
    started_at: startedAt,
    now: clock.now().toISOString(),
    memory: {
      limit_bytes: memoryLimitBytes(settings.memoryLimitMb),
      rss_bytes: rss,
      heap_bytes: heapUsed,
      database_process_bytes: databaseProcess ?? null,
      by_minute: [...samples.read()],
    },
    database_bytes: size.rows[0]?.bytes ?? 0,
    services: serviceStates(face),
    outside: options.providers().map(({ name, isOn, through }) => ({ name, is_on: isOn, through })),
  }
}

function serviceStates(face: Face): OutputOf<Desk['overview']>['services'] {
  const { platform } = face
  const { contracts } = platform.options
  const owners = new Map(
    contracts.flatMap((contract) =>
      [...Object.values(contract.operations), ...Object.values(contract.streams)].flatMap((one) =>
        pathsOf(contract, one).map(({ path: route }) => [route, contract.name] as const),
      ),
    ),
  )
  const traffic = face.metrics.byGroup((route) => owners.get(route))
  return contracts.map((contract) => {
    const known = traffic.get(contract.name)
    return {
      name: contract.name,
      summary: contract.summary,
      status: stateOf(face, contract),
      where: platform.peers.has(contract.name) ? 'another process' : 'this process',
      requests: known?.requests ?? 0,
      refused: known?.refused ?? 0,
      failed: known?.failed ?? 0,
      p50_ms: known?.p50Ms ?? null,
      p95_ms: known?.p95Ms ?? null,
    }
  })
}

async function setup({ platform }: Face, { host }: SystemPageOptions): Promise<OutputOf<Desk['setup']>> {
  const { environment, services, contracts } = platform.options
  const folder = host === undefined ? undefined : path.join(host.dataFolder, 'backups')
  const [migrations, last] = await Promise.all([
    migrationList(platform.systemPool),
    folder === undefined ? null : lastBackup(folder),
  ])
  const here = new Set(services.map((service) => service.contract.name))
  return {
    settings: settingList(environment, services, host?.settings ?? {}),
    elsewhere: contracts.map((contract) => contract.name).filter((name) => !here.has(name)),
    migrations,
    backup: {
      folder: folder ?? null,
      command: 'npm run salus -- backup',
      is_sealed: host?.isBackupSealed ?? false,
      last,
    },
  }
}
