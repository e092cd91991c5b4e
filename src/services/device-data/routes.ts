import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { fieldError } from '../../kernel/errors.ts'
import { isUuid } from '../../kernel/ids.ts'
import type { RawAnswer, RawRequest } from '../../kernel/raw.ts'
import type { Context, StreamHandler } from '../../kernel/service.ts'
import { deviceOf } from './handlers/devices.ts'
import { metricField, rangeOf } from './handlers/inputs.ts'
import { nightscoutRoutes } from './handlers/nightscout.ts'
import { nightscoutV3Routes } from './handlers/nightscoutV3.ts'
import { noticeRoutes } from './handlers/notices.ts'
import { beginSignIn, finishSignIn } from './handlers/oauth.ts'
import { pointViews } from './handlers/pointViews.ts'
import { textsOf } from './handlers/rawBody.ts'
import type { DeviceRow } from './store/devices.ts'
import { newestPoints, pointsByDay } from './store/reads.ts'
import { listSeries } from './store/series.ts'

const MOST_SECONDS = 300
const POLL_MS = 2000
const MOST_NEW = 500

/** What is not JSON in and out: sign-in at makers, streams, exports and the uploads of Nightscout. */
export const routes: Readonly<Record<string, StreamHandler>> = {
  ...nightscoutRoutes,
  ...nightscoutV3Routes,
  async oauthAuthorize(context, request) {
    const device = await deviceIn(context, request)
    const { url, cookie } = await beginSignIn(context, device, request.query.provider?.toLowerCase())
    return { status: 302, headers: { location: url, 'set-cookie': cookie, 'cache-control': 'no-store' }, body: '' }
  },
  connectIntegration: connect,
  reconnectIntegration: connect,
  ...noticeRoutes,
  oauthCallback: finishSignIn,
  deviceStream,
  dataExport,
}

/** Answers where to sign in, and marks the browser that is to come back. */
async function connect(context: Context, request: RawRequest): Promise<RawAnswer> {
  const device = await deviceIn(context, request)
  const { provider, return_to } = await textsOf(request, ['provider', 'return_to'])
  const begun = await beginSignIn(context, device, provider?.toLowerCase(), return_to)
  const body = {
    device_id: device.id,
    provider: begun.provider,
    status: 'waiting',
    authorization_url: begun.url,
    expires_at: begun.expiresAt.toISOString(),
  }
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'set-cookie': begun.cookie,
    'cache-control': 'no-store',
  }
  return { status: 200, headers, body: JSON.stringify(body) }
}

async function deviceIn(context: Context, { params }: RawRequest): Promise<DeviceRow> {
  const id = params.device_id ?? ''
  if (!isUuid(id)) throw fieldError('device_id', 'must be a UUID')
  return deviceOf(context, id)
}

function metricsIn({ query }: RawRequest): string[] | undefined {
  return query.data_type === undefined ? undefined : [metricField(query.data_type).code]
}

async function deviceStream(context: Context, request: RawRequest): Promise<RawAnswer> {
  const device = await deviceIn(context, request)
  const seconds = Number(request.query.seconds ?? 60)
  if (!(seconds >= 1 && seconds <= MOST_SECONDS)) throw fieldError('seconds', `must be from 1 to ${MOST_SECONDS}`)
  const metrics = metricsIn(request)
  const last = Number(request.headers['last-event-id'])
  const sinceMs = Number.isSafeInteger(last) ? last + 1 : context.now().getTime()
  const body = Readable.from(newValues(context, device, { metrics, sinceMs, untilMs: Date.now() + seconds * 1000 }))
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' }
  return { headers, body }
}

interface Watch {
  readonly metrics: readonly string[] | undefined
  readonly sinceMs: number
  readonly untilMs: number
}

/** Values of the device as they come, as events whose id is their time: a client that comes back names the last one. */
async function* newValues(context: Context, device: DeviceRow, watch: Watch): AsyncGenerator<string, void> {
  yield ': values of the device follow\n\n'
  for (let fromMs = watch.sinceMs; ; ) {
    const series = await listSeries(context.db, { metrics: watch.metrics, source: device.source })
    const range = { fromMs, untilMs: context.now().getTime() + 300_000 }
    const points = (
      await newestPoints(
        context.db,
        series.map((one) => one.id),
        range,
        MOST_NEW,
      )
    ).reverse()
    for (const view of await pointViews(context, series, points)) {
      const at = Date.parse(view.timestamp)
      yield `id: ${at}\nevent: data_point\ndata: ${JSON.stringify(view)}\n\n`
      fromMs = at + 1
    }
    const leftMs = watch.untilMs - Date.now()
    if (leftMs <= 0) return
    await wait(Math.min(POLL_MS, leftMs))
    if (points.length === 0) yield ': nothing new\n\n'
  }
}

async function dataExport(context: Context, request: RawRequest): Promise<RawAnswer> {
  const device = await deviceIn(context, request)
  const series = await listSeries(context.db, { metrics: metricsIn(request), source: device.source })
  const { start_date, end_date } = request.query
  const period = {
    ...(start_date === undefined ? {} : { start_date }),
    ...(end_date === undefined ? {} : { end_date }),
  }
  const range = rangeOf(period, context.now(), 36_500)
  async function* lines(): AsyncGenerator<string, void> {
    for await (const page of pointsByDay(
      context.db,
      series.map((one) => one.id),
      range,
      1,
    )) {
      for (let from = 0; from < page.length; from += MOST_NEW) {
        const views = await pointViews(context, series, page.slice(from, from + MOST_NEW))
        yield views.map((view) => `${JSON.stringify(view)}\n`).join('')
      }
    }
  }
  const headers = {
    'content-type': 'application/x-ndjson; charset=utf-8',
    'content-disposition': 'attachment; filename="device-data.ndjson"',
  }
  return { headers, body: Readable.from(lines()) }
}
