import type { Handlers } from '../../../kernel/service.ts'
import { localDay } from '../../../shared/dates.ts'
import { metricDefinition } from '../../../shared/metrics.ts'
import type { healthTracking } from '../contract.ts'
import { tidy } from '../domain/days.ts'
import { lastDays } from '../domain/times.ts'
import { deviceValues } from './deviceValues.ts'
import { factsOf } from './facts.ts'
import { periodOf } from './inputs.ts'

/** Where a list names no period. */
const RECENT_DAYS = 90

export const deviceDays: Handlers<typeof healthTracking>['deviceDays'] = async (
  context,
  { metric_type: metricType, ...input },
) => {
  const { zone } = await factsOf(context)
  const recent = lastDays(RECENT_DAYS, context.now(), zone)
  const { from = recent.startsAt, to = recent.endsAt } = await periodOf(input, async () => zone)
  const { days } = await deviceValues(context, [metricType], localDay(from, zone), zone)
  const until = localDay(to, zone)
  const unit = metricType === 'custom' ? '' : metricDefinition(metricType).canonicalUnit
  const items = (days.get(metricType) ?? [])
    .filter(({ day }) => day <= until)
    .map(({ day, value, n, lastAt, source }) => ({
      ...{ day, timestamp: lastAt.toISOString(), value: tidy(value), unit, count: n, source },
    }))
  return { items: items.reverse() }
}
