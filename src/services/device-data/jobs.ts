import type { Context, JobDefinition } from '../../kernel/service.ts'
import { deviceData } from './contract.ts'
import { announceDelivery, base } from './handlers/announcing.ts'
import { apiOf } from './handlers/makerAccess.ts'
import { noticeJob } from './handlers/notices.ts'
import { zoneOf } from './handlers/person.ts'
import { queueSync, requireMaker } from './handlers/syncs.ts'
import { type Maker, MakerBroken, MakerBusy, type MakerPage, MakerRefused } from './providers/maker.ts'
import { type ConnectionRow, dueConnections, findConnection, moveWatermark, noteOutcome } from './store/connections.ts'
import { type DeviceRow, findDevice, noteSync } from './store/devices.ts'
import { storeSamples } from './store/samples.ts'
import { sealDueDays } from './store/sealing.ts'
import { noteTask } from './store/tasks.ts'

const DAY_MS = 86_400_000
const FIRST_DAYS = 90
/** What a maker still changes: the last days are read again. */
const OVERLAP_MS = 2 * DAY_MS
const LARGEST_SLICE = 5000

interface SyncData {
  readonly device_id: string
  readonly task_id?: string
  readonly days?: number
}

interface Sync {
  readonly context: Context
  readonly device: DeviceRow
  readonly connection: ConnectionRow
  readonly maker: Maker
  readonly taskId: string | undefined
}

const sync: JobDefinition = {
  name: 'sync',
  summary: 'Reads what a maker has that is not here yet',
  leaseSeconds: 600,
  async run(context, data) {
    const { device_id, task_id, days } = data as unknown as SyncData
    const device = await findDevice(context.db, device_id)
    const connection = await findConnection(context.db, device_id)
    if (device === undefined || connection === undefined || connection.status === 'disconnected') return
    const run = { context, device, connection, maker: requireMaker(context, connection.provider), taskId: task_id }
    try {
      await readAll(run, days)
      await finish(run, { status: 'connected', error: null, retryAfter: null })
    } catch (error) {
      await failed(run, error, data)
    }
  },
}

async function readAll({ context, device, connection, maker, taskId }: Sync, days: number | undefined): Promise<void> {
  const zone = await zoneOf(context)
  const now = context.now()
  const first = new Date(now.getTime() - (days ?? FIRST_DAYS) * DAY_MS)
  const fromOf = (kind: string) => {
    const read = Date.parse(connection.watermark[kind] ?? '')
    return days !== undefined || Number.isNaN(read) ? first : new Date(read - OVERLAP_MS)
  }
  const readUntil = (kind: string) => {
    const read = Date.parse(connection.watermark[kind] ?? '')
    return Number.isNaN(read) ? undefined : new Date(read)
  }
  for await (const page of maker.read(await apiOf(context, maker, connection), { fromOf, readUntil, until: now })) {
    await storePage(context, device, page, { zone, taskId })
  }
}

/** A page, and how far it reaches, in one transaction: a crash goes on where it was. */
async function storePage(
  context: Context,
  device: DeviceRow,
  page: MakerPage,
  { zone, taskId }: { zone: string; taskId: string | undefined },
): Promise<void> {
  const now = context.now()
  const { personId } = context
  for (let from = 0; from === 0 || from < page.samples.length; from += LARGEST_SLICE) {
    const slice = page.samples
      .slice(from, from + LARGEST_SLICE)
      .map((one) => ({ ...one, source: device.source, entry: 'device_sync' as const }))
    const isLast = from + LARGEST_SLICE >= page.samples.length
    await context.transact(async (transaction) => {
      const result = await storeSamples(transaction, { personId, now, zone, mode: 'replace' }, slice)
      await announceDelivery(transaction, { personId, now, device, way: 'sync' }, slice, result)
      if (isLast && page.completeUntil !== undefined)
        await moveWatermark(transaction, device.id, page.kind, page.completeUntil, now)
      if (taskId === undefined) return
      const skipped = result.duplicates + result.refused.length
      await transaction.run(noteTask(taskId, { status: 'running', accepted: result.taken, skipped }, now))
    })
  }
}

/** Asks the maker for nothing but whether the token is good: the first page of the last day. */
export async function testConnection(context: Context, maker: Maker, connection: ConnectionRow): Promise<void> {
  const until = context.now()
  const pages = maker.read(await apiOf(context, maker, connection), {
    fromOf: () => new Date(until.getTime() - DAY_MS),
    readUntil: () => undefined,
    until,
  })
  await pages.next()
  await pages.return()
}

interface Outcome {
  readonly status: string
  readonly error: string | null
  readonly retryAfter: Date | null
}

async function finish({ context, device, taskId }: Sync, outcome: Outcome): Promise<void> {
  const now = context.now()
  const isDone = outcome.error === null
  await context.transact(async (transaction) => {
    await noteOutcome(transaction, device.id, { ...outcome, syncedAt: isDone ? now : null }, now)
    await noteSync(transaction, device.id, isDone ? 'active' : 'error', isDone ? now : null, now)
    if (taskId !== undefined) {
      const status = isDone ? 'done' : outcome.retryAfter === null ? 'failed' : 'queued'
      await transaction.run(noteTask(taskId, { status, detail: outcome.error }, now))
    }
    await transaction.publish(deviceData.events.syncEvent, {
      ...base({ personId: context.personId, now, device }, 'sync_event'),
      metadata: { status: outcome.status, error: outcome.error },
    })
  })
}

/** What failed is told to the person; busy makers are asked again when they said, a lost right is not. */
async function failed(run: Sync, error: unknown, data: object): Promise<void> {
  const { context, device } = run
  if (error instanceof MakerBusy) {
    const retryAfter = new Date(context.now().getTime() + error.retryAfterSeconds * 1000)
    await finish(run, { status: 'connected', error: 'The maker asked to come back later', retryAfter })
    await context.transact((transaction) =>
      transaction.enqueue('sync', data, { runAt: retryAfter, key: `retry/${device.id}` }),
    )
    return
  }
  if (error instanceof MakerRefused)
    return finish(run, {
      status: 'expired',
      error: 'The maker no longer gives access: connect again',
      retryAfter: null,
    })
  if (error instanceof MakerBroken) return finish(run, { status: 'connected', error: error.message, retryAfter: null })
  throw error
}

const syncDue: JobDefinition = {
  name: 'sync-due',
  summary: 'Queues the syncs that are due',
  everySeconds: 900,
  async run(context) {
    const due = await dueConnections(context.system('connections of everybody that are due').db, context.now())
    for (const { user_id, device_id } of due) {
      const owner = context.forPerson(user_id, 'the sync they asked for')
      const device = await findDevice(owner.db, device_id)
      if (device === undefined) continue
      await queueSync(owner, device, undefined).catch((error: Error) =>
        context.log.warn({ device_id, reason: error.name }, 'a sync that is due could not be queued'),
      )
    }
  },
}

const seal: JobDefinition = {
  name: 'seal',
  summary: 'Puts the samples of days gone by into compressed chunks',
  everySeconds: 3600,
  leaseSeconds: 900,
  run: (context) => sealDueDays(context),
}

export const jobs = [sync, syncDue, seal, noticeJob] as const
