import { command, query, stream } from '../../../kernel/contract.ts'
import { flag, integer, list, nullable, object, optional, record, Type, text, uuid } from '../../../kernel/fields.ts'
import { also, count, deviceId, nullableText, nullableTime, person, time } from './shapes.ts'

const Integration = object({
  device_id: uuid(),
  provider: nullableText,
  provider_label: nullableText,
  status: Type.String({ description: 'not_connected, waiting, connected, error or expired' }),
  is_configured: Type.Boolean({ description: 'whether the operator has set the keys of the maker' }),
  scopes: list(Type.String(), 50),
  last_sync_at: nullableTime,
  last_error: nullableText,
  retry_after: nullableTime,
  sync_interval_hours: count,
  watermark: Type.Record(Type.String(), Type.String()),
})

const Provider = object({
  provider: Type.String(),
  label: Type.String(),
  way: Type.String({ description: 'oauth, file or upload' }),
  is_configured: Type.Boolean(),
  data_types: list(Type.String(), 50),
  hint: Type.String(),
})

const one = { access: person, input: object({ device_id: deviceId }) } as const

export const integrationOperations = {
  supportedIntegrations: query({
    summary: 'Makers, and by which way their data come in',
    route: 'GET /integrations/supported',
    aliases: also('GET /integrations/supported'),
    access: person,
    input: object({}),
    output: object({ items: list(Provider, 50) }),
  }),
  discoverDevices: command({
    summary: 'Devices that this server can find for itself: none, and why',
    route: 'POST /integrations/discover',
    aliases: also('POST /integrations/discover', 'GET /integrations/discover'),
    access: person,
    input: object({}),
    output: object({ items: list(record(10)), reason: Type.String() }),
  }),
  bulkSync: command({
    summary: 'Fetch from every connected maker',
    route: 'POST /integrations/bulk-sync',
    aliases: also('POST /integrations/bulk-sync'),
    access: person,
    status: 202,
    input: object({}),
    output: object({ queued: count, devices: list(uuid(), 200), skipped: count }),
  }),
  disconnectIntegration: command({
    summary: 'End the connection and forget the tokens; samples stay',
    route: 'POST /integrations/:device_id/disconnect',
    aliases: also('POST /integrations/:device_id/disconnect'),
    ...one,
    errors: ['not_found'],
    output: Integration,
  }),
  integrationInfo: query({
    summary: 'The connection of a device',
    route: 'GET /integrations/:device_id/info',
    aliases: also('GET /integrations/:device_id/info', 'GET /oauth/:device_id/status').concat(
      'GET /api/v1/oauth/:device_id/status',
    ),
    ...one,
    errors: ['not_found'],
    output: Integration,
  }),
  testIntegration: command({
    summary: 'Ask the maker whether the connection works',
    route: 'POST /integrations/:device_id/test',
    aliases: also('POST /integrations/:device_id/test'),
    ...one,
    errors: ['not_found', 'unavailable', 'conflict', 'bad_upstream'],
    timeoutMs: 30_000,
    output: object({ device_id: uuid(), provider: Type.String(), is_working: Type.Boolean(), detail: Type.String() }),
  }),
  syncIntegration: command({
    summary: 'Fetch what is new at the maker',
    route: 'POST /integrations/:device_id/sync',
    aliases: also('POST /integrations/:device_id/sync'),
    access: person,
    status: 202,
    errors: ['not_found', 'unavailable', 'conflict'],
    input: object({ device_id: deviceId, days: optional(integer(1, 365)) }),
    output: object({ device_id: uuid(), status: Type.String(), task_id: uuid() }),
  }),
  integrationSyncStatus: query({
    summary: 'The last syncs of a device',
    route: 'GET /integrations/:device_id/sync-status',
    aliases: also('GET /integrations/:device_id/sync-status'),
    ...one,
    errors: ['not_found'],
    output: object({
      device_id: uuid(),
      status: Type.String(),
      last_sync_at: nullableTime,
      last_error: nullableText,
      items: list(
        object({
          task_id: uuid(),
          status: Type.String(),
          accepted: count,
          skipped: count,
          detail: nullableText,
          created_at: time,
        }),
      ),
    }),
  }),
  syncSchedule: command({
    summary: 'How often a device is synced, in hours from 1 to 168',
    route: 'PUT /integrations/:device_id/sync-schedule',
    aliases: also('PUT /integrations/:device_id/sync-schedule', 'POST /integrations/:device_id/sync-schedule').concat(
      'POST /api/v1/integrations/:device_id/sync-schedule',
    ),
    access: person,
    errors: ['not_found'],
    input: object({ device_id: deviceId, sync_interval_hours: integer(1, 168) }),
    output: object({ device_id: uuid(), sync_interval_hours: count, next_sync_at: nullableTime }),
  }),
  eventStatus: query({
    summary: 'Where events of devices go',
    route: 'GET /device-data/events/status',
    aliases: also('GET /kafka/status'),
    access: { kind: 'account' },
    input: object({}),
    output: object({
      topic: Type.String(),
      aliases: list(Type.String(), 10),
      delivery: Type.String(),
      carrier: Type.String(),
    }),
  }),
  testEvent: command({
    summary: 'Announce a sync event that says it is a test',
    route: 'POST /device-data/events/test-event',
    aliases: also('POST /kafka/test-event'),
    access: person,
    input: object({ device_id: optional(deviceId) }),
    errors: ['not_found'],
    output: object({ announced: Type.Boolean(), topic: Type.String(), event_type: Type.String() }),
  }),
  agentsHealth: query({
    summary: 'The rules that watch device data; there are no language models here',
    route: 'GET /device-data/agents/health',
    aliases: also('GET /agents/health'),
    access: { kind: 'account' },
    input: object({}),
    output: object({ items: list(object({ name: Type.String(), kind: Type.String(), does: Type.String() }), 20) }),
  }),
  appleHealthTypes: query({
    summary: 'HealthKit types that are understood, and what they become',
    route: 'GET /apple-health/supported-types',
    aliases: also('GET /apple-health/supported-types'),
    access: { kind: 'public' },
    input: object({}),
    output: object({
      items: list(
        object({ healthkit_type: Type.String(), data_type: Type.String(), unit: Type.String(), loinc: nullableText }),
        500,
      ),
    }),
  }),
  appleHealthStatus: query({
    summary: 'What came from Apple Health so far',
    route: 'GET /apple-health/status',
    aliases: also('GET /apple-health/status'),
    access: person,
    input: object({}),
    output: object({
      is_connected: nullable(Type.Boolean()),
      sources: list(Type.String()),
      total_points: count,
      last_sample_at: nullableTime,
      how: Type.String(),
    }),
  }),
  createUploader: command({
    summary: 'A secret for a Nightscout-compatible uploader; shown this once',
    route: 'POST /device-data/uploaders',
    access: { kind: 'person', category: 'devices' },
    status: 201,
    showsSecret: true,
    input: object({ label: text(100), may_read: optional(flag({ default: false })) }),
    output: object({
      id: uuid(),
      label: Type.String(),
      may_read: Type.Boolean(),
      api_secret: Type.String(),
      base_url: Type.String(),
      created_at: time,
    }),
    errors: ['conflict'],
  }),
  listUploaders: query({
    summary: 'Uploaders that may write',
    route: 'GET /device-data/uploaders',
    access: person,
    input: object({}),
    output: object({
      items: list(
        object({
          id: uuid(),
          label: Type.String(),
          may_read: Type.Boolean(),
          created_at: time,
          last_used_at: nullableTime,
        }),
        50,
      ),
    }),
  }),
  deleteUploader: command({
    summary: 'End an uploader’s right',
    route: 'DELETE /device-data/uploaders/:id',
    access: person,
    status: 204,
    errors: ['not_found'],
    input: object({ id: uuid() }),
    output: Type.Null(),
  }),
}

export const integrationStreams = {
  deviceStream: stream({
    summary: 'New values of a device as server-sent events',
    kind: 'query',
    route: 'GET /data/stream/:device_id',
    aliases: also('GET /data/stream/:device_id'),
    access: person,
    produces: ['text/event-stream'],
    parameters: { seconds: 'how long at most, 1 to 300', data_type: 'only this type' },
  }),
  dataExport: stream({
    summary: 'All values of a device as newline-delimited JSON',
    kind: 'query',
    route: 'GET /integrations/:device_id/data-export',
    aliases: also('GET /integrations/:device_id/data-export'),
    access: person,
    produces: ['application/x-ndjson'],
    parameters: { start_date: 'from', end_date: 'until', data_type: 'only this type' },
  }),
}
