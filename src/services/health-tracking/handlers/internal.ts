import { fieldError } from '../../../kernel/errors.ts'
import type { Handlers } from '../../../kernel/service.ts'
import { metricDefinition } from '../../../shared/metrics.ts'
import type { healthTracking } from '../contract.ts'
import { lastDays, readAnyTime } from '../domain/times.ts'
import type { MeasurementRow } from '../store/measurements.ts'
import { latestStatement, rawSeries } from '../store/series.ts'
import { allDaysOf } from './analytics.ts'
import { factsOf } from './facts.ts'
import { timeOf } from './inputs.ts'

export const internalHandlers: Pick<Handlers<typeof healthTracking>, 'latest' | 'series'> = {
  async latest(context, { metric_types, since }) {
    const from = since === undefined ? new Date(0) : timeOf('since', readAnyTime(since))
    const rows = await context.db.many<MeasurementRow>(latestStatement(context.personId, metric_types, from))
    return {
      items: rows.map((row) => ({
        metric_type: row.metric_type,
        metric_id: row.id,
        value: row.value,
        unit: row.unit,
        canonical_value: row.canonical_value,
        canonical_unit: row.canonical_unit,
        at: row.at.toISOString(),
        source: row.source,
      })),
    }
  },

  async series(context, { metric_type, days, resolution, limit = 1000 }) {
    if (metric_type === 'custom') throw fieldError('metric_type', 'custom metrics share no unit')
    const { zone } = await factsOf(context)
    const period = lastDays(days, context.now(), zone)
    const unit = metricDefinition(metric_type).canonicalUnit
    if (resolution === 'raw') {
      const rows = await rawSeries(context.db, context.personId, metric_type, period, limit)
      const points = rows.map((row) => ({ at: row.at.toISOString(), value: row.canonical_value, n: 1 }))
      return { metric_type, unit, time_zone: zone, points }
    }
    const byMetric = await allDaysOf(context, [metric_type], period)
    const points = (byMetric.get(metric_type) ?? []).slice(-limit)
    return { metric_type, unit, time_zone: zone, points: points.map(({ day, value, n }) => ({ at: day, value, n })) }
  },
}
