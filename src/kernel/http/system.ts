import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Language } from '../../shared/languages.ts'
import type { Setting } from '../config.ts'
import type { Contract } from '../contract.ts'
import type { BackupDesk } from '../desk/backups.ts'
import { PlatformError } from '../errors.ts'
import { memoryLimitBytes } from '../memory.ts'
import { equalSecrets } from '../secrets.ts'
import { frameTexts } from '../texts/texts.ts'
import type { Face } from './face.ts'
import { escapeHtml, htmlPage, plainStylesheet, sendHtml, tableOf } from './html.ts'
import { iconSvg } from './icon.ts'
import { type Reader, readerOf } from './reader.ts'

/** A capability of the outside world and what stands in for it while it is off. */
export interface ProviderState {
  readonly name: string
  readonly isOn: boolean
  readonly through: string
  /** Both for people, in their language. */
  readonly inWords: (language: Language) => { readonly name: string; readonly through: string }
}

export interface SystemPageOptions {
  readonly version: string
  /** Outside capabilities, for /services. */
  readonly providers: () => readonly ProviderState[]
  /** Answers `/` to a browser: the client of the platform. The page for developers when there is none. */
  readonly home?: (reply: FastifyReply) => Promise<FastifyReply>
  /** What only the host of this process knows, for the operator. */
  readonly host?: HostFacts
}

export interface HostFacts {
  readonly dataFolder: string
  /** Resident memory of the embedded database, while there is one. */
  readonly databaseMemory: () => Promise<number | undefined>
  /** Settings declared outside the frame and the services, by the name of their part. */
  readonly settings: Readonly<Record<string, Readonly<Record<string, Setting>>>>
  readonly isBackupSealed: boolean
  readonly backups?: BackupDesk
}

/** Mounts /health, /ready, /services, /metrics, and `/N/health` for every public name. */
export function mountSystem(face: Face, options: SystemPageOptions): void {
  const { pages, platform } = face
  const health = () => healthBody(face, options.version)
  pages.get('/health', (_request, reply) => json(reply, 200, health()))
  pages.get('/ready', (_request, reply) => readiness(face, reply))
  pages.get('/services', (_request, reply) => json(reply, 200, servicesBody(face, options)))
  pages.get('/metrics', (request, reply) => metrics(face, request, reply))
  for (const contract of platform.options.contracts) {
    for (const name of contract.names) {
      pages.get(`/${name}/health`, (_request, reply) => serviceHealth(face, contract, name, options.version, reply))
      pages.get(`/${name}/ready`, (_request, reply) => readiness(face, reply))
    }
  }
}

function json(reply: FastifyReply, status: number, body: object): FastifyReply {
  return reply.code(status).header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(body))
}

/** State of one service as this process knows it, without asking anybody. */
export function stateOf(face: Face, contract: Contract): string {
  const { platform } = face
  if (platform.options.services.some((service) => service.contract.name === contract.name)) {
    return platform.upkeep.isDatabaseHealthy ? 'healthy' : 'degraded'
  }
  return platform.peers.get(contract.name)?.health() ?? 'unavailable'
}

function healthBody(face: Face, version: string): object {
  const { platform } = face
  const isDatabaseUp = platform.upkeep.isDatabaseHealthy
  const services = Object.fromEntries(
    platform.options.contracts.flatMap((contract) => contract.names.map((name) => [name, stateOf(face, contract)])),
  )
  return {
    status: isDatabaseUp ? 'healthy' : 'degraded',
    service: 'Salus',
    version,
    timestamp: platform.options.clock.now().toISOString(),
    gateway: 'healthy',
    services: { ...services, database: isDatabaseUp ? 'healthy' : 'unavailable' },
  }
}

/** 200 while the service can be asked; a peer that is known to be away answers 503. */
function serviceHealth(
  face: Face,
  contract: Contract,
  name: string,
  version: string,
  reply: FastifyReply,
): FastifyReply {
  const state = stateOf(face, contract)
  const timestamp = face.platform.options.clock.now().toISOString()
  return json(reply, state === 'unavailable' ? 503 : 200, { status: state, service: name, version, timestamp })
}

async function readiness(face: Face, reply: FastifyReply): Promise<FastifyReply> {
  if (face.isClosing) return json(reply, 503, { status: 'not ready', reason: 'this process is about to stop' })
  try {
    await face.platform.upkeep.probe()
    return json(reply, 200, { status: 'ready' })
  } catch {
    return json(reply, 503, { status: 'not ready', reason: 'the database does not answer' })
  }
}

function servicesBody(face: Face, options: SystemPageOptions): object {
  const { platform } = face
  const services = platform.options.contracts.map((contract) => ({
    name: contract.name,
    names: contract.names,
    summary: contract.summary,
    status: stateOf(face, contract),
    where: platform.peers.has(contract.name) ? 'another process' : 'this process',
    health: `/${contract.names[0]}/health`,
    operations: Object.values(contract.operations).filter((operation) => operation.access.kind !== 'service').length,
  }))
  return { services, providers: options.providers(), gateway: 'healthy', version: options.version }
}

function metrics(face: Face, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { metricsToken, memoryLimitMb } = face.platform.options.settings
  // Through a proxy on this machine, everybody seems to come from this machine.
  const isForwarded = ['x-forwarded-for', 'forwarded', 'x-real-ip'].some((name) => name in request.headers)
  const isAllowed =
    metricsToken === undefined
      ? !isForwarded && ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(request.ip)
      : equalSecrets(request.headers.authorization ?? '', `Bearer ${metricsToken}`)
  if (!isAllowed)
    throw new PlatformError('unauthenticated', 'Metrics need METRICS_TOKEN, or a request from this machine')
  const { rss, heapUsed } = process.memoryUsage()
  const text = face.metrics.expose({
    process_resident_memory_bytes: [{ help: 'Resident memory of this process.', value: rss }],
    nodejs_heap_used_bytes: [{ help: 'Used heap.', value: heapUsed }],
    salus_memory_limit_bytes: [{ help: 'Memory this process may use.', value: memoryLimitBytes(memoryLimitMb) }],
    salus_database_up: [
      { help: 'Whether the last probe reached the database.', value: face.platform.upkeep.isDatabaseHealthy ? 1 : 0 },
    ],
  })
  return reply.header('content-type', 'text/plain; version=0.0.4; charset=utf-8').send(text)
}

/** Mounts `/`: the page for a person, the description for a program. */
export function mountHome(face: Face, options: SystemPageOptions): void {
  const { pages } = face
  pages.get('/assets/icon.svg', (_request, reply) =>
    reply.header('content-type', 'image/svg+xml').header('cache-control', 'public, max-age=86400').send(iconSvg()),
  )
  pages.get('/assets/plain.css', (_request, reply) =>
    reply
      .header('content-type', 'text/css; charset=utf-8')
      .header('cache-control', 'public, max-age=3600')
      .send(plainStylesheet()),
  )
  pages.get('/', (request, reply) => {
    const wantsPage = (request.headers.accept ?? '').includes('text/html')
    if (!wantsPage) return json(reply, 200, homeBody(face, options.version))
    return options.home === undefined ? sendHtml(reply, developersPage(face, readerOf(request))) : options.home(reply)
  })
  pages.get('/developers', (request, reply) => sendHtml(reply, developersPage(face, readerOf(request))))
  pages.get('/status', (request, reply) => sendHtml(reply, statusPage(face, options, readerOf(request))))
}

function homeBody(face: Face, version: string): object {
  const { contracts, settings } = face.platform.options
  return {
    name: 'Salus',
    // The smoke test of the S004 clients compares this value; it names their service, not ours.
    service: 'Audio Transcription API',
    status: 'healthy',
    app: 'Salus',
    version,
    environment: settings.environment,
    endpoints: {
      health: '/health',
      services: '/services',
      documentation: '/docs',
      openapi: '/openapi.json',
      ...Object.fromEntries(contracts.map((contract) => [contract.name, `/api/v1/docs#/${contract.name}`])),
    },
  }
}

function developersPage(face: Face, reader: Reader): string {
  const { contracts } = face.platform.options
  const { developers: t } = frameTexts(reader.language)
  const rows = contracts.map(
    (contract) =>
      `<tr><td><a href="/api/v1/redoc#${contract.name}">${contract.name}</a></td><td><bdi>${escapeHtml(contract.summaryIn[reader.language] ?? contract.summary)}</bdi></td></tr>`,
  )
  return htmlPage(
    t.title,
    `<h1>Salus</h1><p>${t.text}</p>
<div class="card"><p><a class="button" href="/docs">${t.tryIt}</a></p><p class="links"><a href="/api/v1/redoc">${t.reference}</a><a href="/services">${t.services}</a><a href="/health">${t.health}</a></p></div>
<h2>${t.services}</h2><div class="scroll"><table><tbody>${rows.join('')}</tbody></table></div>`,
    reader,
  )
}

/** What runs and what is off, for whoever wonders why something doesn't work. Names are those of the API. */
function statusPage(face: Face, { version, providers }: SystemPageOptions, reader: Reader): string {
  const { contracts, clock } = face.platform.options
  const t = frameTexts(reader.language).status
  const states = contracts.map((contract) => ({ contract, state: stateOf(face, contract) }))
  const isWell = states.every(({ state }) => state === 'healthy')
  const row = (name: string, state: string, text: string) => [
    name,
    escapeHtml(state),
    `<bdi class="soft">${escapeHtml(text)}</bdi>`,
  ]
  const code = (name: string) => `<bdi lang="en" translate="no">${escapeHtml(name)}</bdi>`
  const table = (label: string, rows: readonly (readonly string[])[]) =>
    `<h2>${label}</h2>${tableOf([t.name, t.state, t.about], rows)}`
  const time = clock.now().toISOString().slice(0, 16).replace('T', ' ')
  return htmlPage(
    t.title,
    `<h1>${isWell ? t.well : t.unwell}</h1>
<p class="soft">${escapeHtml(t.version(version, time))}</p><p class="links"><a href="/">${frameTexts(reader.language).back}</a></p>
${table(
  t.services,
  states.map(({ contract, state }) =>
    row(code(contract.name), t.states[state] ?? state, contract.summaryIn[reader.language] ?? contract.summary),
  ),
)}
${table(
  t.outside,
  providers().map(({ isOn, inWords }) => {
    const { name, through } = inWords(reader.language)
    return row(escapeHtml(name), isOn ? t.on : t.off, through)
  }),
)}`,
    reader,
  )
}
