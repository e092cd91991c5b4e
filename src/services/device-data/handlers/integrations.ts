import type { InputOf } from '../../../kernel/contract.ts'
import { PlatformError } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import { deviceData } from '../contract.ts'
import { METRICS } from '../domain/vocabulary.ts'
import { testConnection } from '../jobs.ts'
import { MakerBroken, MakerBusy, MakerRefused } from '../providers/maker.ts'
import { FILE_MAKERS, isConfigured } from '../providers/makers.ts'
import { connectedDevices, endConnection, findConnection } from '../store/connections.ts'
import { findDevice, noteSync, updateDevice } from '../store/devices.ts'
import { seriesExtents } from '../store/reads.ts'
import { listSeries } from '../store/series.ts'
import { tasksOf } from '../store/tasks.ts'
import { base } from './announcing.ts'
import { deviceOf } from './devices.ts'
import { providerOf } from './oauth.ts'
import { allMakers, makerNamed, queueSync, requireConnection, requireMaker } from './syncs.ts'

type Inputs = typeof deviceData.operations
const TOPIC = 'device-data-events'
const APPLE_SOURCES = /^(apple|iphone|ipad|healthkit)|apple-watch|iphone/

export const integrationHandlers = {
  supportedIntegrations,
  discoverDevices: async () => ({
    items: [],
    reason: 'A server can’t see the Bluetooth or local network of a person. Phones find devices and send their values.',
  }),
  bulkSync,
  async disconnectIntegration(context: Context, { device_id }: InputOf<Inputs['disconnectIntegration']>) {
    await deviceOf(context, device_id)
    await endConnection(context.db, device_id, context.now())
    await noteSync(context.db, device_id, 'disconnected', null, context.now())
    return infoOf(context, device_id)
  },
  integrationInfo: (context: Context, { device_id }: InputOf<Inputs['integrationInfo']>) => infoOf(context, device_id),
  testIntegration,
  async syncIntegration(context: Context, { device_id, days }: InputOf<Inputs['syncIntegration']>) {
    const device = await deviceOf(context, device_id)
    return { device_id, status: 'queued', task_id: await queueSync(context, device, days) }
  },
  async integrationSyncStatus(context: Context, { device_id }: InputOf<Inputs['integrationSyncStatus']>) {
    const device = await deviceOf(context, device_id)
    const [info, tasks] = await Promise.all([infoOf(context, device_id), tasksOf(context.db, device.source, 20)])
    const items = tasks.map(({ id, status, accepted, skipped, detail, created_at }) => ({
      ...{ task_id: id, status, accepted, skipped, detail, created_at: created_at.toISOString() },
    }))
    return { device_id, status: info.status, last_sync_at: info.last_sync_at, last_error: info.last_error, items }
  },
  async syncSchedule(context: Context, { device_id, sync_interval_hours }: InputOf<Inputs['syncSchedule']>) {
    const device = await deviceOf(context, device_id)
    await updateDevice(context.db, { ...device, sync_interval_hours, updated_at: context.now() })
    const connection = await findConnection(context.db, device_id)
    const last = connection?.status === 'connected' ? connection.last_sync_at : undefined
    const next = last == null ? null : new Date(last.getTime() + sync_interval_hours * 3_600_000).toISOString()
    return { device_id, sync_interval_hours, next_sync_at: next }
  },
  eventStatus: async () => ({
    topic: TOPIC,
    aliases: ['device-data'],
    delivery: 'at least once, in order for a person, from an outbox in the database',
    carrier: 'the platform’s own; the operator sees on the operations page whether Kafka carries it on',
  }),
  async testEvent(context: Context, { device_id }: InputOf<Inputs['testEvent']>) {
    const device = device_id === undefined ? undefined : await deviceOf(context, device_id)
    const data = {
      ...base({ personId: context.personId, now: context.now(), device }, 'sync_event'),
      metadata: { is_test: true },
    }
    await context.transact((transaction) => transaction.publish(deviceData.events.syncEvent, data))
    return { announced: true, topic: TOPIC, event_type: 'sync_event' }
  },
  agentsHealth: async () => ({
    items: [
      { name: 'plausibility', kind: 'rule', does: 'refuses values outside what a metric can be' },
      {
        name: 'anomaly',
        kind: 'rule',
        does: 'finds days far from the person’s own usual (median and MAD), when asked',
      },
      { name: 'calibration', kind: 'rule', does: 'announces calibrations of glucose sensors' },
      { name: 'sync', kind: 'job', does: 'fetches from connected makers when it is due' },
      { name: 'seal', kind: 'job', does: 'compresses days gone by' },
    ],
  }),
  async appleHealthTypes() {
    const items = METRICS.flatMap((metric) =>
      metric.healthKit.map((type) => ({
        healthkit_type: type,
        data_type: metric.code,
        unit: metric.unit,
        loinc: metric.loinc ?? null,
      })),
    )
    return { items }
  },
  async appleHealthStatus(context: Context) {
    const [all, extents] = await Promise.all([listSeries(context.db), seriesExtents(context.db)])
    const series = all.filter((one) => APPLE_SOURCES.test(one.source))
    const ids = new Set(series.map((one) => one.id))
    const last = series.reduce((newest, one) => Math.max(newest, one.last_sample_ms ?? 0), 0)
    return {
      is_connected: null,
      sources: [...new Set(series.map((one) => one.source))],
      total_points: extents.filter((one) => ids.has(one.series_id)).reduce((total, one) => total + one.n, 0),
      last_sample_at: last === 0 ? null : new Date(last).toISOString(),
      how: 'Apple gives Health data to apps on the phone only: import the export of the Health app, or let an app send to /health-data/ingest.',
    }
  },
}

async function supportedIntegrations(context: Context) {
  const makers = allMakers(context).map((maker) => ({
    provider: maker.name,
    label: maker.label,
    way: 'oauth',
    is_configured: isConfigured(maker),
    data_types: [...maker.dataTypes],
    hint: isConfigured(maker)
      ? 'Connect the device and sign in.'
      : 'Not configured on this server; its export can be imported as a file.',
  }))
  const files = Object.entries(FILE_MAKERS).map(([provider, { label, hint }]) => ({
    ...{ provider, label, way: 'file', is_configured: true, data_types: [], hint },
  }))
  const nightscout = {
    ...{ provider: 'nightscout', label: 'Nightscout uploaders', way: 'upload', is_configured: true },
    data_types: ['continuous_glucose', 'blood_glucose', 'glucose_calibration', 'insulin_event', 'carb_event'],
    hint: 'Make a secret with POST /device-data/uploaders and give it to the uploader with the address /nightscout.',
  }
  return { items: [...makers, ...files, nightscout] }
}

async function bulkSync(context: Context) {
  const connected = await connectedDevices(context.db)
  const queued: string[] = []
  for (const { device_id, provider } of connected) {
    const maker = makerNamed(context, provider)
    const device = maker !== undefined && isConfigured(maker) ? await findDevice(context.db, device_id) : undefined
    if (device === undefined) continue
    await queueSync(context, device, undefined)
    queued.push(device_id)
  }
  return { queued: queued.length, devices: queued, skipped: connected.length - queued.length }
}

async function infoOf(context: Context, deviceId: string) {
  const device = await deviceOf(context, deviceId)
  const connection = await findConnection(context.db, deviceId)
  const provider = connection?.provider ?? providerOf(device)
  const maker = provider === undefined ? undefined : makerNamed(context, provider)
  return {
    device_id: deviceId,
    provider: provider ?? null,
    provider_label: maker?.label ?? null,
    status: connection?.status ?? 'not_connected',
    is_configured: maker !== undefined && isConfigured(maker),
    scopes: connection?.scopes.split(/[ ,]+/).filter((scope) => scope !== '') ?? [],
    last_sync_at: connection?.last_sync_at?.toISOString() ?? null,
    last_error: connection?.last_error ?? null,
    retry_after: connection?.retry_after?.toISOString() ?? null,
    sync_interval_hours: device.sync_interval_hours,
    watermark: connection?.watermark ?? {},
  }
}

async function testIntegration(context: Context, { device_id }: InputOf<Inputs['testIntegration']>) {
  const device = await deviceOf(context, device_id)
  const connection = await requireConnection(context, device)
  const maker = requireMaker(context, connection.provider)
  const answer = { device_id, provider: maker.name }
  try {
    await testConnection(context, maker, connection)
    return { ...answer, is_working: true, detail: 'The maker answered.' }
  } catch (error) {
    if (error instanceof MakerRefused)
      return { ...answer, is_working: false, detail: 'The maker no longer gives access: connect again.' }
    if (error instanceof MakerBusy)
      return { ...answer, is_working: true, detail: 'The maker asked to come back later.' }
    if (error instanceof MakerBroken) throw new PlatformError('bad_upstream', error.message)
    throw error
  }
}
