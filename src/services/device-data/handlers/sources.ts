import type { InputOf } from '../../../kernel/contract.ts'
import { fieldError, notFound } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import type { deviceData } from '../contract.ts'
import { priorityOf, sourceName, USUAL_ORDER } from '../domain/priority.ts'
import { listOrders, removeOrder, saveOrder } from '../store/orders.ts'
import { seriesExtents } from '../store/reads.ts'
import { listSeries, type SeriesRow } from '../store/series.ts'
import { metricField } from './inputs.ts'

type Inputs = typeof deviceData.operations

export const sourceHandlers = { listSources, listSourceOrders, setSourceOrder, resetSourceOrder }

async function listSourceOrders(context: Context) {
  const rows = await listOrders(context.db)
  const items = rows.map(({ metric, sources, updated_at }) => orderView(metric, sources, updated_at))
  return { usual: USUAL_ORDER.map((one) => ({ ...one })), items }
}

/** Sources need not have given anything yet: a new watch can be put first before its first sync. */
async function setSourceOrder(context: Context, { data_type, sources }: InputOf<Inputs['setSourceOrder']>) {
  const metric = metricIn(data_type)
  if (sources.length === 0) throw fieldError('sources', 'names no source')
  const names = sources.map((one, index) => {
    const name = sourceName(one)
    if (name === undefined) throw fieldError(`sources.${index}`, 'is no name of a source')
    return name
  })
  if (new Set(names).size < names.length) throw fieldError('sources', 'names a source twice')
  const now = context.now()
  await saveOrder(context.db, context.personId, { metric, sources: names, updated_at: now })
  return orderView(metric, names, now)
}

async function resetSourceOrder(context: Context, { data_type }: InputOf<Inputs['resetSourceOrder']>) {
  if (!(await removeOrder(context.db, metricIn(data_type)))) throw notFound('Order')
  return null
}

function metricIn(dataType: string | undefined): string {
  return dataType === undefined ? '' : metricField(dataType).code
}

function orderView(metric: string, sources: readonly string[], at: Date) {
  return { data_type: metric === '' ? null : metric, sources: [...sources], updated_at: at.toISOString() }
}

/** What gave values, with how much each counts where several measured the same. */
async function listSources(context: Context) {
  const [series, extents] = await Promise.all([listSeries(context.db), seriesExtents(context.db)])
  const extentOf = new Map(extents.map((one) => [one.series_id, one]))
  const bySource = new Map<string, SeriesRow[]>()
  for (const one of series) bySource.set(one.source, [...(bySource.get(one.source) ?? []), one])
  const items = [...bySource].map(([source, rows]) => {
    const spans = rows.flatMap((row) => extentOf.get(row.id) ?? [])
    const newestMs = rows.reduce((last, row) => Math.max(last, row.last_sample_ms ?? 0), 0)
    return {
      source_name: source,
      priority: priorityOf(source),
      metrics: rows.map((row) => row.metric),
      count: spans.reduce((total, span) => total + span.n, 0),
      first_day: spans.map((span) => span.first_day).sort()[0] ?? null,
      last_day:
        spans
          .map((span) => span.last_day)
          .sort()
          .at(-1) ?? null,
      latest_at: newestMs === 0 ? null : new Date(newestMs).toISOString(),
      is_simulated: rows.some((row) => row.is_simulated),
    }
  })
  items.sort((left, right) => right.priority - left.priority || right.count - left.count)
  return { items }
}
