import type { Handlers } from '../../../kernel/service.ts'
import { localDay } from '../../../shared/dates.ts'
import { metricDefinition } from '../../../shared/metrics.ts'
import type { healthTracking } from '../contract.ts'
import { tidy } from '../domain/days.ts'
import { labelOf } from '../domain/deviceReadings.ts'
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
  const { courses } = await deviceValues(context, [metricType], localDay(from, zone), zone)
  const until = localDay(to, zone)
  const unit = metricType === 'custom' ? '' : metricDefinition(metricType).canonicalUnit
  const items = courses.flatMap(({ device_type, days }) =>
    days
      .filter(({ day }) => day <= until)
      .map(({ day, value, n, lastAt, source }) => ({
        ...{
          day,
          device_type,
          label: labelOf(metricType, device_type),
          timestamp: lastAt.toISOString(),
          value: tidy(value),
          unit,
          count: n,
          source,
        },
      })),
  )
  return { items: items.sort((left, right) => (left.timestamp < right.timestamp ? 1 : -1)) }
}
