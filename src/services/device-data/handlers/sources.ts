import type { Context } from '../../../kernel/service.ts'
import { priorityOf } from '../domain/priority.ts'
import { seriesExtents } from '../store/reads.ts'
import { listSeries, type SeriesRow } from '../store/series.ts'

export const sourceHandlers = { listSources }

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
