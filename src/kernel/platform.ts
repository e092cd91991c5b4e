import type pg from 'pg'
import type { Audit } from './audit.ts'
import { Door } from './call.ts'
import type { Clock } from './clock.ts'
import { type Environment, settingValues } from './config.ts'
import { type ContextSource, makeContext, systemCaller } from './context.ts'
import type { Contract, Operation } from './contract.ts'
import { frameControls } from './controls.ts'
import type { Claim } from './database.ts'
import { accessDecider } from './decider.ts'
import { LocalCarrier } from './events.ts'
import { runFrameOperation } from './frameOperations.ts'
import { bodyHash, claimKey, type IdempotentRequest } from './idempotency.ts'
import { newId } from './ids.ts'
import { JobRunner } from './jobs.ts'
import { type Keeping, openKeeping } from './keeping.ts'
import { errorFields, type Log } from './log.ts'
import { type Migration, migrate, SERVICE_ROLE, SYSTEM_ROLE } from './migrate.ts'
import { Peer } from './peer.ts'
import { assertPersonalServices } from './personal.ts'
import { openPool } from './pool.ts'
import type { OutsidePorts } from './ports.ts'
import type { Caller } from './principal.ts'
import { RecentLog } from './recentLog.ts'
import type { Context, Service } from './service.ts'
import type { FrameSettings } from './settings.ts'
import { Upkeep } from './upkeep.ts'
import { consumersOf, jobsOf } from './wiring.ts'

export interface PlatformOptions {
  readonly settings: FrameSettings
  readonly environment: Environment
  /** Contracts of all services of the platform, here or elsewhere, in start order. */
  readonly contracts: readonly Contract[]
  /** Services that run in this process, in start order. */
  readonly services: readonly Service[]
  readonly databaseUrl: string
  readonly migrations: readonly { readonly service: string; readonly migrations: readonly Migration[] }[]
  readonly peers: ReadonlyMap<string, string>
  readonly internalKey: string
  readonly ports: OutsidePorts
  readonly clock: Clock
  readonly log: Log
  /** Clones values and checks answers at every call. */
  readonly isStrict: boolean
  /** Runs deliveries and jobs by itself; tests settle by hand. */
  readonly isAutomatic: boolean
}

/** An open platform: services, data and the door between them. The HTTP face is put on it by `kernel/http`. */
export interface Platform {
  readonly options: PlatformOptions
  readonly door: Door
  readonly audit: Audit
  readonly keeping: Keeping
  readonly peers: ReadonlyMap<string, Peer>
  readonly systemPool: pg.Pool
  readonly upkeep: Upkeep
  /** The newest lines of the log, for the operator. */
  readonly recentLog: RecentLog
  /** Address under which people reach the platform; set when it listens. */
  publicUrl: string
  contextFor(service: string, caller: Caller): Context
  /** The context of work nobody's request asked for. */
  systemContext(service: string, personId?: string): Context
  /** Delivers all events, runs all due jobs, writes all audit rows. */
  settle(): Promise<void>
  close(): Promise<void>
}

/** So many jobs run side by side in one process. */
const PARALLEL_JOBS = 3

/** Migrates, opens the pools, and wires services, events and jobs. Throws, leaving nothing open, when any step fails. */
export async function openPlatform(given: PlatformOptions): Promise<Platform> {
  const recentLog = new RecentLog(given.clock)
  const options = { ...given, log: recentLog.over(given.log) }
  await migrate(options.databaseUrl, options.migrations, options.log)
  const { clock, log, settings } = options
  const onError = (error: Error) => log.warn(errorFields(error), 'a database connection was lost')
  const pool = (role: string, connections: number) => openPool({ url: options.databaseUrl, role, connections, onError })
  const servicePool = pool(SERVICE_ROLE, settings.databaseConnections)
  const systemPool = pool(SYSTEM_ROLE, Math.max(2, Math.ceil(settings.databaseConnections / 3)))
  try {
    return Object.assign(await wire(options, servicePool, systemPool, clock, log), { recentLog })
  } catch (error) {
    await Promise.all([servicePool.end(), systemPool.end()])
    throw error
  }
}

async function wire(
  options: PlatformOptions,
  servicePool: pg.Pool,
  systemPool: pg.Pool,
  clock: Clock,
  log: Log,
): Promise<Omit<Platform, 'recentLog'>> {
  await assertPersonalServices(systemPool, options.services)
  const local = new Map(options.services.map((service) => [service.contract.name, service]))
  const { databaseUrl, ports: outside } = options
  const keeping = openKeeping({ outside, databaseUrl, systemPool, clock, log })
  const carrier = new LocalCarrier(systemPool, clock, log)
  const jobs = new JobRunner(systemPool, clock, log, options.isAutomatic ? PARALLEL_JOBS : 1)
  const peers = new Map([...options.peers].map(([name, origin]) => [name, new Peer(name, origin, options.internalKey)]))
  const upkeep = new Upkeep({
    carrier,
    jobs,
    audit: keeping.audit,
    keeping,
    databaseUrl,
    systemPool,
    hasPeers: peers.size > 0,
    clock,
    log,
  })
  const platform = { publicUrl: options.settings.publicUrl?.replace(/\/$/, '') ?? '' } as {
    -readonly [Key in keyof Platform]: Platform[Key]
  }
  const source: ContextSource = {
    ...sharedSource(options, keeping, servicePool, systemPool),
    publicUrl: () => platform.publicUrl,
    call: (operation, input, caller) => door.call(operation, input, caller),
    afterCommit: () => upkeep.poke(),
  }
  const door = new Door({
    isLocal: (service) => local.has(service),
    run: (operation, input, caller) => runLocal(local, source, operation, input, caller),
    peers,
    mayAccess: accessDecider(systemPool, clock),
    audit: keeping.audit,
    isStrict: options.isStrict,
  })
  const contextFor = (service: string, caller: Caller) => makeContext(source, service, caller)
  await carrier.subscribe(consumersOf(options, contextFor, keeping))
  await jobs.register(jobsOf(options.services, contextFor))
  if (options.isAutomatic) await upkeep.start()
  return Object.assign(platform, {
    options,
    door,
    audit: keeping.audit,
    keeping,
    peers,
    systemPool,
    upkeep,
    contextFor,
    systemContext: (service: string, personId?: string) => contextFor(service, systemCaller(newId(), personId)),
    settle: () => upkeep.settle().then(() => keeping.audit.settle()),
    close: () => closeAll(upkeep, keeping, peers, [servicePool, systemPool]),
  })
}

/** In this order: nothing new begins, what runs ends, what is known is written. */
async function closeAll(
  upkeep: Upkeep,
  keeping: Keeping,
  peers: ReadonlyMap<string, Peer>,
  pools: readonly pg.Pool[],
): Promise<void> {
  await upkeep.close()
  await keeping.close()
  await Promise.all([...peers.values()].map((peer) => peer.close()))
  await Promise.all(pools.map((pool) => pool.end()))
}

/** What every context is given and nothing that is made here changes. */
function sharedSource(
  options: PlatformOptions,
  keeping: Keeping,
  servicePool: pg.Pool,
  systemPool: pg.Pool,
): Omit<ContextSource, 'publicUrl' | 'call' | 'afterCommit'> {
  const settings = new Map(
    options.services.map((service) => [
      service.contract.name,
      settingValues(service.settings ?? {}, options.environment),
    ]),
  )
  return {
    servicePool,
    systemPool,
    clock: options.clock,
    log: options.log,
    ports: keeping.ports,
    isDemoMode: options.settings.isDemoMode,
    fingerprintKey: options.internalKey,
    settingsOf: (service) => settings.get(service) ?? {},
    contracts: options.contracts,
    audit: keeping.audit,
    controls: frameControls(systemPool, () => keeping.audit.publicKey),
  }
}

function runLocal(
  local: ReadonlyMap<string, Service>,
  source: ContextSource,
  operation: Operation,
  input: unknown,
  caller: Caller,
): Promise<unknown> {
  const service = local.get(operation.service)
  const handler = service?.handlers[operation.name]
  if (service !== undefined && handler === undefined) {
    const contextOf = (personId?: string) =>
      makeContext(source, operation.service, personId === undefined ? caller : systemCaller(newId(), personId))
    const answer = runFrameOperation(service, operation, contextOf, input)
    if (answer !== undefined) return answer
  }
  if (handler === undefined) throw new Error(`${operation.service}.${operation.name} has no handler`)
  const isRepeatable = operation.kind === 'command' && caller.idempotencyKey !== undefined
  const claim = isRepeatable
    ? claimOnce(idempotentRequest(operation, input, caller, source.fingerprintKey), source.clock)
    : undefined
  return handler(makeContext(source, operation.service, caller, claim), input as never)
}

/** What an idempotency key stands for: this caller, this operation, this input. */
export function idempotentRequest(
  operation: Operation,
  input: unknown,
  caller: Caller,
  fingerprintKey: string,
): IdempotentRequest {
  return {
    accountKey: caller.principal?.accountId ?? `address:${caller.address}`,
    key: caller.idempotencyKey ?? '',
    operation: `${operation.service}.${operation.name}`,
    bodyHash: bodyHash([input, caller.personId ?? null], fingerprintKey),
  }
}

/** The claim of one request: once it is committed, further transactions of the request belong to it. */
function claimOnce(request: IdempotentRequest, clock: Clock): Claim {
  let isHeld = false
  return {
    take: async (transaction) => {
      if (!isHeld) await claimKey(transaction, request, clock)
    },
    committed: () => {
      isHeld = true
    },
  }
}
