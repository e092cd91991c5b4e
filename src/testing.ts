import { compose, migrationsOf } from './compose.ts'
import type { Clock } from './kernel/clock.ts'
import type { Environment } from './kernel/config.ts'
import { systemCaller } from './kernel/context.ts'
import { type EventType, eventTypeName, type InputOf, type Operation, type OutputOf } from './kernel/contract.ts'
import type { Face } from './kernel/http/face.ts'
import { drain, openFace } from './kernel/http/server.ts'
import { newId } from './kernel/ids.ts'
import { type Log, silentLog } from './kernel/log.ts'
import { erasePerson, exportPerson } from './kernel/personal.ts'
import { openPlatform, type Platform } from './kernel/platform.ts'
import type { Notice, OutsidePorts } from './kernel/ports.ts'
import { readFrameSettings } from './kernel/settings.ts'
import { board } from './services.ts'
import { asBuilt } from './testing/asBuilt.ts'
import { FakeClock } from './testing/clock.ts'
import { createDatabase, type TestDatabase } from './testing/database.ts'
import { removeTestFiles, testPorts } from './testing/ports.ts'

export { FakeClock }

/** `one` process or every service in a process-like platform of its own, with real HTTP between them. */
export type Shape = 'one' | 'split'

/** The shape that the suites run in: `SALUS_TEST_SHAPE=split` runs the same suites on the split platform. */
export const testShape: Shape = process.env.SALUS_TEST_SHAPE === 'split' ? 'split' : 'one'

export interface TestAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>
  readonly text: string
  /** The parsed JSON body; undefined when it isn't JSON. Typed by the reader. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read any member and compare it; a wrong one fails the comparison.
  readonly body: any
}

export interface TestRequest {
  readonly body?: unknown
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: Readonly<Record<string, string>>
  /** Sent as it is; give the content type in `headers`. */
  readonly raw?: string | Buffer
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A signed-in person of a test. */
export interface TestPerson {
  readonly accountId: string
  readonly email: string
  readonly password: string
  readonly token: string
  readonly refreshToken: string
  request(method: string, path: string, request?: TestRequest): Promise<TestAnswer>
  get(path: string): Promise<TestAnswer>
  post(path: string, body?: unknown): Promise<TestAnswer>
  put(path: string, body?: unknown): Promise<TestAnswer>
  delete(path: string): Promise<TestAnswer>
}

export interface TestPlatform {
  readonly shape: Shape
  readonly clock: FakeClock
  /** Messages that left the platform, oldest first. */
  readonly notices: Notice[]
  /** The platform that holds the service (the only one, in one process). */
  platformOf(service: string): Platform
  request(method: string, path: string, request?: TestRequest): Promise<TestAnswer>
  /** Registers an account through the public door. Names make e-mail addresses: use made-up ones. */
  person(name: string, options?: { roles?: readonly string[] }): Promise<TestPerson>
  /** Calls an operation as the system, for a person when given. */
  call<Op extends Operation>(operation: Op, input: InputOf<Op>, personId?: string): Promise<OutputOf<Op>>
  /** Data of the announced events of a type, oldest first. */
  eventsOf(type: EventType): Promise<Readonly<Record<string, unknown>>[]>
  /** Rows of any SQL, as the owner of the database: for asserting what is stored. */
  rows(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>
  /** Delivers all events, runs all due jobs, writes all audit rows. */
  settle(): Promise<void>
  erase(personId: string): Promise<Record<string, number>>
  exportAll(personId: string): Promise<Record<string, Readonly<Record<string, readonly object[]>>>>
  /** Listens on a free port of this machine and returns the origin. */
  listen(): Promise<string>
  close(): Promise<void>
}

export interface TestOptions {
  /** Environment variables of the platform. */
  readonly environment?: Environment
  readonly shape?: Shape
  /** Channels that can't deliver. */
  readonly channelsOff?: readonly Notice['channel'][]
  readonly clock?: FakeClock
  /** Where the platform writes its log; nowhere unless given. */
  readonly log?: Log
}

/** Opens a whole platform on a fresh database of its own. Close it in `after`. */
export async function openTestPlatform(options: TestOptions = {}): Promise<TestPlatform> {
  const shape = options.shape ?? testShape
  const clock = options.clock ?? new FakeClock()
  const notices: Notice[] = []
  const ports = testPorts(notices, options.channelsOff ?? [])
  const database = await createDatabase(migrationsOf(board.map((entry) => entry.name)))
  const environment = { ENVIRONMENT: 'test', RATE_LIMIT_PER_MINUTE: '0', ...options.environment }
  const open = (names: readonly string[], peers: ReadonlyMap<string, string>) =>
    openPart({ names, peers, environment, clock, ports, log: options.log ?? silentLog, databaseUrl: database.url })
  const parts = shape === 'one' ? [await open([], new Map())] : await openSplit(open)
  return testPlatform({ shape, clock, notices, parts, database })
}

interface Part {
  readonly platform: Platform
  readonly face: Face
}

interface PartOptions {
  readonly names: readonly string[]
  readonly peers: ReadonlyMap<string, string>
  readonly environment: Environment
  readonly clock: Clock
  readonly ports: OutsidePorts
  readonly log: Log
  readonly databaseUrl: string
}

async function openPart(options: PartOptions): Promise<Part> {
  const { contracts, services, migrations } = await compose(options.names)
  const platform = await openPlatform({
    settings: readFrameSettings(options.environment),
    environment: options.environment,
    contracts,
    migrations,
    services: services.map((service) => asBuilt(service, contracts, options.environment)),
    databaseUrl: options.databaseUrl,
    peers: options.peers,
    internalKey: 'a key that only the processes of this test platform know',
    ports: options.ports,
    clock: options.clock,
    log: options.log,
    isStrict: true,
    isAutomatic: false,
  })
  const isGateway = options.names.length === 0 || options.names.includes('gateway')
  const face = openFace(platform, { isGateway, version: '0.0.0-test', providers: () => [] })
  await face.app.ready()
  return { platform, face }
}

/** Every service on a port of its own, knowing all others; the public door comes last. */
async function openSplit(
  open: (names: readonly string[], peers: Map<string, string>) => Promise<Part>,
): Promise<Part[]> {
  const origins = new Map<string, string>()
  const parts: Part[] = []
  // Ports are known only once all listen: the map that every part holds is filled afterwards.
  const reserved = await Promise.all(board.map(() => freePort()))
  for (const [index, entry] of board.entries()) origins.set(entry.name, `http://127.0.0.1:${reserved[index]}`)
  for (const [index, entry] of board.entries()) {
    const others = new Map([...origins].filter(([name]) => name !== entry.name))
    const part = await open([entry.name], others)
    await part.face.app.listen({ host: '127.0.0.1', port: reserved[index] as number })
    parts.push(part)
  }
  parts.push(await open(['gateway'], origins))
  return parts
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net')
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

interface Parts {
  readonly shape: Shape
  readonly clock: FakeClock
  readonly notices: Notice[]
  readonly parts: readonly Part[]
  readonly database: TestDatabase
}

function testPlatform({ shape, clock, notices, parts, database }: Parts): TestPlatform {
  const door = parts.at(-1) as Part
  const request = (method: string, url: string, given: TestRequest = {}) => inject(door.face, method, url, given)
  const platformOf = (service: string) => {
    const part = parts.find(({ platform }) => platform.options.services.some((one) => one.contract.name === service))
    if (part === undefined) throw new Error(`no part runs ${service}`)
    return part.platform
  }
  const allServices = parts.flatMap(({ platform }) => platform.options.services)
  const personContext = (service: string, personId: string) => platformOf(service).systemContext(service, personId)
  const testing: TestPlatform = {
    shape,
    clock,
    notices,
    platformOf,
    request,
    person: (name, options) => registerPerson(testing, name, options?.roles ?? []),
    call: async (operation, input, personId) =>
      (await platformOf(operation.service).door.call(
        operation,
        input,
        systemCaller(newId(), personId),
        personId,
      )) as never,
    eventsOf: async (type) => {
      const rows = await testing.rows('select data from kernel.outbox where type = $1 order by position', [
        eventTypeName(type),
      ])
      return rows.map((row) => row.data as Record<string, unknown>)
    },
    rows: async (text, values = []) => (await database.owner.query(text, [...values])).rows,
    settle: async () => {
      for (const { platform } of parts) await platform.settle()
      for (const { platform } of parts) await platform.settle()
    },
    erase: (personId) => erasePerson(allServices, personContext, door.platform, personId),
    exportAll: (personId) => exportPerson(allServices, personContext, personId),
    listen: () => door.face.app.listen({ host: '127.0.0.1', port: 0 }),
    close: async () => {
      for (const { face } of [...parts].reverse()) await drain(face, 2000)
      for (const { platform } of [...parts].reverse()) await platform.close()
      await database.drop()
      removeTestFiles(door.platform.options.ports)
    },
  }
  return testing
}

async function inject(face: Face, method: string, url: string, given: TestRequest): Promise<TestAnswer> {
  const headers: Record<string, string> = { ...given.headers }
  if (given.token !== undefined) headers.authorization = `Bearer ${given.token}`
  let payload: string | Buffer | undefined = given.raw
  if (given.body !== undefined) {
    payload = JSON.stringify(given.body)
    headers['content-type'] ??= 'application/json'
  }
  if (given.form !== undefined) {
    payload = new URLSearchParams(given.form).toString()
    headers['content-type'] ??= 'application/x-www-form-urlencoded'
  }
  const answer = await face.app.inject({
    method: method as 'GET',
    url,
    headers,
    ...(payload === undefined ? {} : { payload }),
  })
  return { status: answer.statusCode, headers: answer.headers, text: answer.payload, body: parsed(answer.payload) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

let personCount = 0

async function registerPerson(platform: TestPlatform, name: string, roles: readonly string[]): Promise<TestPerson> {
  personCount += 1
  const email = `${name}.${personCount}@example.test`
  const password = `Passw0rd-${name}`
  const created = await platform.request('POST', '/api/v1/auth/register', {
    body: { email, password, full_name: name },
  })
  if (created.status !== 201) throw new Error(`registering answered ${created.status}: ${created.text}`)
  const accountId = created.body.user.id as string
  if (roles.length > 0) {
    await platform.rows('update auth.account set roles = $2 where user_id = $1', [accountId, [...roles]])
  }
  await platform.settle()
  // Signing in after the roles are set: the token carries what the account is now.
  const session = await platform.request('POST', '/api/v1/auth/login', { body: { email, password } })
  const token = session.body.access_token as string
  const request = (method: string, url: string, given: TestRequest = {}) =>
    platform.request(method, url, { token, ...given })
  return {
    accountId,
    email,
    password,
    token,
    refreshToken: session.body.refresh_token as string,
    request,
    get: (url) => request('GET', url),
    post: (url, body) => request('POST', url, { body: body ?? {} }),
    put: (url, body) => request('PUT', url, { body: body ?? {} }),
    delete: (url) => request('DELETE', url),
  }
}
