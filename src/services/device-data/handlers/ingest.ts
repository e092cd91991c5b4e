import type { InputOf } from '../../../kernel/contract.ts'
import { fieldError, notFound } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import type { deviceData } from '../contract.ts'
import { readIngest } from '../domain/ingest.ts'
import { sourceName } from '../domain/priority.ts'
import type { Sample } from '../domain/sample.ts'
import { removeRecordingsOf } from '../store/recordings.ts'
import { storeSamples } from '../store/samples.ts'
import { deleteSource, listSeries } from '../store/series.ts'
import { findTask, insertTask, lastSyncs, openTask, type TaskRow } from '../store/tasks.ts'
import { announceDelivery } from './announcing.ts'
import { announceSource } from './fhir.ts'
import { zoneOf } from './person.ts'
import { announceRecordings } from './recordings.ts'
import { connectedDeviceOf, queueSync } from './syncs.ts'

type Inputs = typeof deviceData.operations

export const ingestHandlers = {
  ingest,
  initialSync,
  async syncTask(context: Context, { task_id }: InputOf<Inputs['syncTask']>) {
    return taskView((await findTask(context.db, task_id)) ?? raise('Sync task'))
  },
  async watermark(context: Context, { source }: InputOf<Inputs['watermark']>) {
    const wanted = source === undefined ? undefined : sourceField(source)
    const [series, syncs] = await Promise.all([listSeries(context.db, { source: wanted }), lastSyncs(context.db)])
    const bySource = new Map<string, { last: number | null; metrics: number }>()
    for (const one of series) {
      const { last, metrics } = bySource.get(one.source) ?? { last: null, metrics: 0 }
      const newest = one.last_sample_ms === null ? last : Math.max(last ?? one.last_sample_ms, one.last_sample_ms)
      bySource.set(one.source, { last: newest, metrics: metrics + 1 })
    }
    const items = [...bySource].map(([name, { last, metrics }]) => ({
      source: name,
      last_sample_at: last === null ? null : new Date(last).toISOString(),
      last_sync_at: syncs.get(name)?.toISOString() ?? null,
      metrics,
    }))
    return { items }
  },
  async deleteSource(context: Context, { source }: InputOf<Inputs['deleteSource']>) {
    const name = sourceField(source)
    const removed = await context.transact(async (transaction) => {
      await announceSource(transaction, context.personId, name)
      const traces = await removeRecordingsOf(transaction, name)
      await announceRecordings(transaction, context.personId, traces)
      return { ...(await deleteSource(transaction, name)), recordings: traces.length }
    })
    if (removed.series + removed.recordings === 0) throw notFound('Source')
    return { source: name, ...removed }
  },
}

async function ingest(context: Context, { source, data_points }: InputOf<Inputs['ingest']>) {
  const { personId } = context
  const now = context.now()
  const name = sourceField(source)
  const zone = await zoneOf(context)
  const refused: { index: number; reason: string }[] = []
  const samples: Sample[] = []
  for (const [index, point] of data_points.entries()) {
    const read = readIngest(point, name, zone, now)
    if ('reason' in read) refused.push({ index, reason: read.reason })
    else samples.push(read.sample)
  }
  const result = await context.transact(async (transaction) => {
    // Figures of a day are sent again while the day runs: the newer is the better.
    const stored = await storeSamples(transaction, { personId, now, zone, mode: 'replace' }, samples)
    await announceDelivery(transaction, { personId, now, way: 'ingest' }, samples, stored)
    return stored
  })
  return {
    accepted: result.taken,
    skipped: refused.length + result.duplicates + result.refused.length,
    duplicates: result.duplicates,
    refused,
    sync_timestamp: now.toISOString(),
  }
}

async function initialSync(context: Context, { source, days = 90 }: InputOf<Inputs['initialSync']>) {
  const name = sourceField(source)
  const open = await openTask(context.db, name)
  if (open !== undefined) return taskView(open)
  const device = await connectedDeviceOf(context, name)
  if (device !== undefined) {
    const id = await queueSync(context, device, days)
    return taskView((await findTask(context.db, id)) ?? raise('Sync task'))
  }
  const now = context.now()
  const task: TaskRow = {
    id: context.newId(),
    source: name,
    status: 'waiting_for_client',
    accepted: 0,
    skipped: 0,
    days,
    detail: `Send the last ${days} days of ${name} to /health-data/ingest; this server cannot fetch them itself.`,
    created_at: now,
    updated_at: now,
  }
  await insertTask(context.db, context.personId, task)
  return taskView(task)
}

function taskView({ id, created_at, updated_at, ...row }: TaskRow) {
  return { task_id: id, ...row, created_at: created_at.toISOString(), updated_at: updated_at.toISOString() }
}

function sourceField(text: string): string {
  const name = sourceName(text)
  if (name === undefined) throw fieldError('source', 'has no letter or digit')
  if (name === 'simulated') throw fieldError('source', 'is the name of simulated data')
  return name
}

function raise(what: string): never {
  throw notFound(what)
}
