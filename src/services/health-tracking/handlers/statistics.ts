import type { Handlers } from '../../../kernel/service.ts'
import { localDay } from '../../../shared/dates.ts'
import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import { metricDefinition } from '../../../shared/metrics.ts'
import type { healthTracking } from '../contract.ts'
import { tidy } from '../domain/days.ts'
import { VALUES_METHOD, withDeviceDays } from '../domain/figures.ts'
import { lastDays } from '../domain/times.ts'
import { type DaysByMetric, daysOf, statisticsOf } from '../store/series.ts'
import { MEASURABLE } from './analytics.ts'
import { deviceValues, earliestDay } from './deviceValues.ts'
import { factsOf } from './facts.ts'
import { periodOf } from './inputs.ts'

/** A source that is named is one of what was entered: devices, whose days are of the source that counts most, are left out. */
export const summarizeMetrics: Handlers<typeof healthTracking>['summarizeMetrics'] = async (
  context,
  { days = 30, metric_type: metricType, source, ...input },
) => {
  const { zone } = await factsOf(context)
  const recent = lastDays(days, context.now(), zone)
  const { from = recent.startsAt, to = recent.endsAt } = await periodOf(input, async () => zone)
  const [firstDay, lastDay] = [localDay(from, zone), localDay(to, zone)]
  const types = metricType === undefined ? MEASURABLE : [metricType]
  const [rows, devices] = await Promise.all([
    statisticsOf(context.db, { userId: context.personId, metricType, source, from, to }),
    source === undefined ? deviceValues(context, types, firstDay, zone) : undefined,
  ])
  const measured = [...(devices?.days ?? [])].flatMap(([type, points]) => {
    const within = points.filter(({ day }) => day >= firstDay && day <= lastDay)
    return within.length === 0 ? [] : [[type, within] as const]
  })
  const shared = measured.map(([type]) => type).filter((type) => rows.some((row) => row.metric_type === type))
  const period = { zone, firstDay, lastDay, startsAt: from, endsAt: new Date(to.getTime() + 1) }
  const entered: DaysByMetric =
    shared.length === 0 ? new Map() : await daysOf(context.db, context.personId, shared, period)
  const figures = new Map(rows.map((row) => [row.metric_type, { ...row, method: VALUES_METHOD }]))
  for (const [type, within] of measured) {
    const joined = withDeviceDays(type, figures.get(type), entered.get(type) ?? [], within)
    figures.set(type, { metric_type: type, ...joined })
  }
  const earliest = earliestDay(context.now(), zone)
  return {
    period_from: from.toISOString(),
    period_to: to.toISOString(),
    metrics: [...figures.values()].sort(byName).map(({ latest_at, first_at, ...row }) => ({
      ...row,
      mean: tidy(row.mean),
      median: tidy(row.median),
      unit: metricDefinition(row.metric_type).canonicalUnit,
      latest_at: latest_at.toISOString(),
      first_at: first_at.toISOString(),
    })),
    left_out: [
      ...(devices === undefined || devices.lack !== undefined ? ['devices'] : []),
      ...(devices?.lack === undefined && devices !== undefined && firstDay < earliest
        ? [`devices before ${earliest}`]
        : []),
    ],
  }
}

function byName(left: { readonly metric_type: MetricType }, right: { readonly metric_type: MetricType }): number {
  return left.metric_type < right.metric_type ? -1 : 1
}
