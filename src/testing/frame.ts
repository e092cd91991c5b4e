import { createHash } from 'node:crypto'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Environment } from '../kernel/config.ts'
import { type Contract, defineContract, query } from '../kernel/contract.ts'
import { PlatformError } from '../kernel/errors.ts'
import { object, Type } from '../kernel/fields.ts'
import type { Face } from '../kernel/http/face.ts'
import { drain, openFace } from '../kernel/http/server.ts'
import type { Log } from '../kernel/log.ts'
import { type Migration, readMigrations } from '../kernel/migrate.ts'
import { openPlatform, type Platform } from '../kernel/platform.ts'
import { Credential, Principal } from '../kernel/principal.ts'
import { defineService, type Service } from '../kernel/service.ts'
import { readFrameSettings } from '../kernel/settings.ts'
import { FakeClock } from './clock.ts'
import { createDatabase, type TestDatabase } from './database.ts'
import { removeTestFiles, testPorts } from './ports.ts'

const KERNEL_MIGRATIONS = fileURLToPath(new URL('../kernel/migrations', import.meta.url))

/** The SQL files of the frame itself. */
export const frameMigrations = () => ({
  service: 'kernel',
  migrations: readMigrations('kernel', path.resolve(KERNEL_MIGRATIONS)),
})

/** SQL of a made-up service as its migration files `0001_step`, `0002_step`... */
export function migrationsFrom(service: string, ...texts: readonly string[]) {
  const migrations: Migration[] = texts.map((text, index) => ({
    service,
    name: `${String(index + 1).padStart(4, '0')}_step`,
    text,
    checksum: createHash('sha256').update(text).digest('hex'),
  }))
  return { service, migrations }
}

/** One line of the log of a test: level, fields and message as one JSON text. */
export interface RecordedLines extends Log {
  readonly lines: string[]
}

/** A log that keeps its lines for the test. */
export function recordedLog(): RecordedLines {
  const lines: string[] = []
  const at = (level: string) => (fields: object, message?: string) =>
    void lines.push(JSON.stringify({ level, ...fields, message }))
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/** Members of a made-up principal; the account id is all that is needed. */
export type PrincipalParts = { readonly accountId: string } & Partial<Principal>

/** A token that the identity service of a test frame reads as this principal. */
export function tokenOf(parts: PrincipalParts): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

/** A whole principal from its parts. */
export function principalOf(parts: PrincipalParts): Principal {
  return {
    roles: ['patient'],
    scopes: ['*'],
    method: 'session',
    seq: 7,
    sessionId: null,
    subject: parts.accountId,
    claims: {},
    isDemo: false,
    ...parts,
  }
}

export const identity = defineContract({
  name: 'identity',
  summary: 'Stands in for sign-in in tests of the frame.',
  operations: {
    resolve: query({
      summary: 'Who a credential belongs to',
      access: { kind: 'service' },
      input: Credential,
      output: Principal,
    }),
    whoAmI: query({
      summary: 'The account and the person of the call',
      route: 'GET /identity/me',
      access: { kind: 'account' },
      input: object({}),
      output: object({ account_id: Type.String() }),
    }),
  },
  provides: { authentication: 'resolve' },
})

/** The identity service: whoever a token names is who they are. */
export function identityService(): Service {
  return defineService({
    contract: identity,
    needs: [],
    handlers: {
      async resolve(_context, { token }) {
        const parts = readToken(token)
        if (parts === undefined) throw new PlatformError('invalid_token', 'The token is not valid')
        return principalOf(parts)
      },
      async whoAmI(context) {
        return { account_id: context.accountId }
      },
    },
  })
}

function readToken(token: string): PrincipalParts | undefined {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString())
  } catch {
    return undefined
  }
}

export interface FrameOptions {
  readonly services: readonly Service[]
  /** Contracts of services that run elsewhere, or nowhere. */
  readonly otherContracts?: readonly Contract[]
  readonly migrations?: readonly { readonly service: string; readonly migrations: readonly Migration[] }[]
  readonly peers?: ReadonlyMap<string, string>
  readonly environment?: Environment
  readonly clock?: FakeClock
  readonly log?: Log
  readonly isStrict?: boolean
  readonly isAutomatic?: boolean
  readonly isGateway?: boolean
  /** Another frame's database instead of a fresh one; it is left alone at the end. */
  readonly database?: TestDatabase
  readonly extras?: readonly ((face: Face) => void)[]
}

export interface FrameRequest {
  readonly body?: unknown
  readonly raw?: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
  readonly as?: PrincipalParts | string
}

export interface FrameAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests read any member and compare it; a wrong one fails the comparison.
  readonly body: any
}

/** A frame with made-up services on a database of its own. */
export interface Frame {
  readonly platform: Platform
  readonly face: Face
  readonly clock: FakeClock
  readonly database: TestDatabase
  request(method: string, url: string, request?: FrameRequest): Promise<FrameAnswer>
  rows(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>
  /** Listens on a free port of this machine; returns the origin. */
  listen(): Promise<string>
  close(): Promise<void>
}

/** The key by which the processes of a test know each other. */
export const INTERNAL_KEY = 'a key that only the processes of this test know'

/** Opens a frame. Close it in `after`, or at the end of the test. */
export async function openFrame(options: FrameOptions): Promise<Frame> {
  const clock = options.clock ?? new FakeClock()
  const migrations = [frameMigrations(), ...(options.migrations ?? [])]
  const database = options.database ?? (await createDatabase(migrations))
  const environment = { ENVIRONMENT: 'test', RATE_LIMIT_PER_MINUTE: '0', ...options.environment }
  const platform = await openPlatform({
    settings: readFrameSettings(environment),
    environment,
    contracts: [...options.services.map((service) => service.contract), ...(options.otherContracts ?? [])],
    services: options.services,
    databaseUrl: database.url,
    migrations,
    peers: options.peers ?? new Map(),
    internalKey: INTERNAL_KEY,
    ports: testPorts(),
    clock,
    log: options.log ?? recordedLog(),
    isStrict: options.isStrict ?? true,
    isAutomatic: options.isAutomatic ?? false,
  })
  const { isGateway = true, extras = [] } = options
  const face = await openedFace(platform, { isGateway, version: '0.0.0-test', providers: () => [], extras })
  return {
    platform,
    face,
    clock,
    database,
    request: (method, url, request) => inject(face, method, url, request ?? {}),
    rows: async (text, values = []) => (await database.owner.query(text, [...values])).rows,
    listen: () => face.app.listen({ host: '127.0.0.1', port: 0 }),
    close: async () => {
      await drain(face, 2000)
      await platform.close()
      removeTestFiles(platform.options.ports)
      if (options.database === undefined) await database.drop()
    },
  }
}

/** A face that does not open leaves no platform open behind it. */
async function openedFace(platform: Platform, options: Parameters<typeof openFace>[1]): Promise<Face> {
  try {
    const face = openFace(platform, options)
    await face.app.ready()
    return face
  } catch (error) {
    await platform.close()
    throw error
  }
}

async function inject(face: Face, method: string, url: string, given: FrameRequest): Promise<FrameAnswer> {
  const headers: Record<string, string> = { ...given.headers }
  if (given.as !== undefined)
    headers.authorization = `Bearer ${typeof given.as === 'string' ? given.as : tokenOf(given.as)}`
  let payload: string | Buffer | undefined = given.raw
  if (given.body !== undefined) {
    payload = JSON.stringify(given.body)
    headers['content-type'] ??= 'application/json'
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

/** Waits until `condition` gives something; throws naming `what` when it doesn't within `limitMs`. */
export async function until<Value>(
  what: string,
  condition: () => Promise<Value | undefined | false> | Value | undefined | false,
  limitMs = 20_000,
): Promise<Value> {
  const end = performance.now() + limitMs
  while (performance.now() < end) {
    const value = await condition()
    if (value !== undefined && value !== false) return value
    await delay(5)
  }
  throw new Error(`not within ${limitMs} ms: ${what}`)
}
