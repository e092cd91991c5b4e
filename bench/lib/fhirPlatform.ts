import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import { openDiskFiles } from '../../src/adapters/files/disk.ts'
import { compose } from '../../src/compose.ts'
import { newId } from '../../src/kernel/ids.ts'
import { silentLog } from '../../src/kernel/log.ts'
import { openPlatform, type Platform } from '../../src/kernel/platform.ts'
import type { RawAnswer } from '../../src/kernel/raw.ts'
import { readFrameSettings } from '../../src/kernel/settings.ts'
import { serve } from '../../src/services/fhir/handlers/dispatch.ts'

/** One FHIR request, by a person in their own record. */
export interface FhirRequest {
  readonly method: string
  readonly url: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** The FHIR service inside this process, without HTTP: what is measured is the server, not the way to it. */
export interface FhirPlatform {
  readonly platform: Platform
  ask(personId: string, request: FhirRequest): Promise<RawAnswer>
  close(): Promise<void>
}

export async function openFhirPlatform(databaseUrl: string, folder: string): Promise<FhirPlatform> {
  const environment = { ENVIRONMENT: 'production', PUBLIC_URL: 'http://127.0.0.1' }
  const platform = await openPlatform({
    settings: readFrameSettings(environment),
    environment,
    ...(await compose([])),
    databaseUrl,
    peers: new Map(),
    internalKey: 'a key of the bench',
    ports: {
      secrets: { tokenKey: 'a token key of the bench that is long enough' },
      notifications: { channels: { email: undefined, sms: undefined }, send: async () => undefined },
      keys: { audit: 'a key of the bench', master: () => ['a master key of the bench'] },
      openFiles: (encryption) => openDiskFiles(path.join(folder, 'files'), encryption),
    },
    clock: { now: () => new Date() },
    log: silentLog,
    isStrict: false,
    isAutomatic: false,
  })
  platform.publicUrl = 'http://127.0.0.1'
  return { platform, ask: (personId, request) => ask(platform, personId, request), close: () => platform.close() }
}

function ask(
  platform: Platform,
  personId: string,
  { method, url, body, headers: given }: FhirRequest,
): Promise<RawAnswer> {
  const principal = {
    accountId: personId,
    roles: [],
    scopes: ['*'],
    method: 'session' as const,
    seq: 0,
    sessionId: null,
    subject: personId,
    claims: {},
    isDemo: false,
  }
  const action = method === 'GET' ? ('read' as const) : ('write' as const)
  const context = platform.contextFor('fhir', {
    principal,
    personId,
    origin: 'request',
    requestId: newId(),
    traceparent: undefined,
    deadline: Date.now() + 60_000,
    address: '127.0.0.1',
    userAgent: 'bench',
    idempotencyKey: undefined,
    grounds: { category: 'health_records', action, purpose: undefined, recipient: undefined },
  })
  const headers = given ?? (body === undefined ? {} : { 'content-type': 'application/fhir+json' })
  const stream = Readable.from(body === undefined ? [] : [Buffer.from(body)])
  return serve(context, { method, url, params: {}, query: {}, headers, body: stream })
}

const SAMPLES = path.join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'synthea')

export interface Sample {
  readonly text: string
  readonly resources: number
}

/** Synthetic patients as transactions, smallest first. */
export function readSamples(): Sample[] {
  return readdirSync(SAMPLES)
    .filter((name) => name.endsWith('.json.gz'))
    .map((name) => gunzipSync(readFileSync(path.join(SAMPLES, name))).toString('utf8'))
    .map((text) => ({ text, resources: (JSON.parse(text) as { entry: object[] }).entry.length }))
    .sort((a, b) => a.resources - b.resources)
}
