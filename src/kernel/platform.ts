import type pg from 'pg'
import type { Audit } from './audit.ts'
import type { AccessDecider, AccessDecision } from './authorize.ts'
import { Door } from './call.ts'
import type { Clock } from './clock.ts'
import { type Environment, settingValues } from './config.ts'
import { type ContextSource, makeContext, systemCaller } from './context.ts'
import type { Contract, Operation } from './contract.ts'
import { frameControls } from './controls.ts'
import type { Claim } from './database.ts'
import { type Consumer, LocalCarrier, type StoredEvent } from './events.ts'
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
import type { Context, Service } from './service.ts'
import type { FrameSettings } from './settings.ts'
import { sql } from './sql.ts'
import { Upkeep } from './upkeep.ts'

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
export async function openPlatform(options: PlatformOptions): Promise<Platform> {
  await migrate(options.databaseUrl, options.migrations, options.log)
  const { clock, log, settings } = options
  const onError = (error: Error) => log.warn(errorFields(error), 'a database connection was lost')
  const pool = (role: string, connections: number) => openPool({ url: options.databaseUrl, role, connections, onError })
  const servicePool = pool(SERVICE_ROLE, settings.databaseConnections)
  const systemPool = pool(SYSTEM_ROLE, Math.max(2, Math.ceil(settings.databaseConnections / 3)))
  try {
    return await wire(options, servicePool, systemPool, clock, log)
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
): Promise<Platform> {
  await assertPersonalServices(systemPool, options.services)
  const local = new Map(options.services.map((service) => [service.contract.name, service]))
  const serviceSettings = new Map(
    options.services.map((service) => [
      service.contract.name,
      settingValues(service.settings ?? {}, options.environment),
    ]),
  )
  const { databaseUrl, ports: outside } = options
  const keeping = openKeeping({ outside, databaseUrl, systemPool, clock, log })
  const { audit } = keeping
  const carrier = new LocalCarrier(systemPool, clock, log)
  const jobs = new JobRunner(systemPool, clock, log, options.isAutomatic ? PARALLEL_JOBS : 1)
  const peers = new Map([...options.peers].map(([name, origin]) => [name, new Peer(name, origin, options.internalKey)]))
  const upkeep = new Upkeep({
    carrier,
    jobs,
    audit,
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
    servicePool,
    systemPool,
    clock,
    log,
    ports: keeping.ports,
    isDemoMode: options.settings.isDemoMode,
    fingerprintKey: options.internalKey,
    publicUrl: () => platform.publicUrl,
    settingsOf: (service) => serviceSettings.get(service) ?? {},
    contracts: options.contracts,
    audit,
    controls: frameControls(systemPool, () => audit.publicKey),
    call: (operation, input, caller) => door.call(operation, input, caller),
    afterCommit: () => upkeep.poke(),
  }
  const door = new Door({
    isLocal: (service) => local.has(service),
    run: (operation, input, caller) => runLocal(local, source, operation, input, caller),
    peers,
    mayAccess: accessDecider(systemPool, clock),
    audit,
    isStrict: options.isStrict,
  })
  const contextFor = (service: string, caller: Caller) => makeContext(source, service, caller)
  await carrier.subscribe(consumersOf(options, contextFor, keeping))
  await jobs.register(jobsOf(options.services, contextFor))
  if (options.isAutomatic) await upkeep.start()
  return Object.assign(platform, {
    options,
    door,
    audit,
    keeping,
    peers,
    systemPool,
    upkeep,
    contextFor,
    systemContext: (service: string, personId?: string) => contextFor(service, systemCaller(newId(), personId)),
    settle: async () => {
      await upkeep.settle()
      await audit.settle()
    },
    close: async () => {
      await upkeep.close()
      await keeping.close()
      await Promise.all([...peers.values()].map((peer) => peer.close()))
      await Promise.all([servicePool.end(), systemPool.end()])
    },
  })
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

/** One indexed query, the one that the policy on every table asks too; in every process, without asking another service. */
function accessDecider(systemPool: pg.Pool, clock: Clock): AccessDecider {
  return async (accountId, personId, { category, action, purpose, recipient }) => {
    const { rows } = await systemPool.query<AccessDecision>({
      name: 'salus_decide_access',
      text: 'select verdict, source, source_id from kernel.decide_access($1, $2, $3, $4, $5, $6, $7)',
      values: [accountId, personId, category, action, purpose ?? null, recipient ?? null, clock.now()],
    })
    return rows[0] as AccessDecision
  }
}

type ContextFor = (service: string, caller: Caller) => Context

function consumersOf(options: PlatformOptions, contextFor: ContextFor, keeping: Keeping): Consumer[] {
  return options.services.flatMap((service) => [
    ...reactionConsumers(service, contextFor),
    ...erasureConsumers(service, options.contracts, contextFor, keeping),
  ])
}

function reactionConsumers(service: Service, contextFor: ContextFor): Consumer[] {
  return (service.reactions ?? []).map((reaction) => ({
    name: `${service.contract.name}.${reaction.name}`,
    type: reaction.on,
    handle: async (event, done) => {
      const context = contextFor(service.contract.name, systemCaller(event.requestId ?? newId(), event.key))
      await context.transact(async (transaction) => {
        await done(transaction)
        await reaction.handle(context, event, transaction)
      })
    },
  }))
}

/** Under which id a removal is noted: that of the certificate where the announcement names one. */
function certificateOf(event: StoredEvent): string {
  const { certificate_id: named } = event.data as { certificate_id?: unknown }
  return typeof named === 'string' ? named : event.id
}

/** Whoever holds rows about people removes them when a person leaves; a service cannot forget to listen. */
function erasureConsumers(
  service: Service,
  contracts: readonly Contract[],
  contextFor: ContextFor,
  keeping: Keeping,
): Consumer[] {
  const { personal } = service
  if (personal === undefined) return []
  const leaving = contracts.flatMap((contract) => Object.values(contract.events)).filter((type) => type.erasesPerson)
  return leaving.map((type) => ({
    name: `${service.contract.name}.erase-${type.service}`,
    type,
    handle: async (event, done) => {
      const context = contextFor(service.contract.name, systemCaller(newId(), event.key))
      // Before the delivery is done: what is not removed when this process ends is removed at the next delivery.
      await keeping.forget(event.key)
      await context.system('a person left the platform').transact(async (transaction) => {
        await done(transaction)
        const rows = await personal.eraseAll(transaction, event.key)
        await transaction.run(
          sql`select kernel.write_erasure_note(${certificateOf(event)}, ${service.contract.name}, ${JSON.stringify(rows)}::jsonb,
            ${context.now()})`,
        )
        await transaction.run(sql`select kernel.forget(${event.key}, ${event.id}), kernel.forget_rights(${event.key})`)
      })
    },
  }))
}

function jobsOf(services: readonly Service[], contextFor: ContextFor) {
  return services.flatMap((service) =>
    (service.jobs ?? []).map((definition) => ({
      service: service.contract.name,
      definition,
      run: (data: Readonly<Record<string, unknown>>, personId: string | undefined, jobId: string) =>
        definition.run(contextFor(service.contract.name, systemCaller(jobId, personId)), data),
    })),
  )
}
