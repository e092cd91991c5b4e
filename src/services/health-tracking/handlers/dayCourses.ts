import type { InputOf } from '../../../kernel/contract.ts'
import { fieldError } from '../../../kernel/errors.ts'
import type { Handlers } from '../../../kernel/service.ts'
import { addDays, localDayBounds } from '../../../shared/dates.ts'
import type { MetricType } from '../../../shared/metrics/metricDefinition.ts'
import { metricDefinition } from '../../../shared/metrics.ts'
import { LONGEST_COURSE_DAYS } from '../contract/internal.ts'
import type { healthTracking } from '../contract.ts'
import { type DayPoint, tidy } from '../domain/days.ts'
import type { Period } from '../domain/times.ts'
import { allDaysOf } from './analytics.ts'
import { deviceValues } from './deviceValues.ts'

type Asked = InputOf<(typeof healthTracking)['operations']['dayCourses']>

export const courseHandlers: Pick<Handlers<typeof healthTracking>, 'dayCourses' | 'deviceCourses'> = {
  async dayCourses(context, asked) {
    const types = typesOf(asked)
    return { courses: coursesOf(asked, types, await allDaysOf(context, types, periodOf(asked))) }
  },

  async deviceCourses(context, asked) {
    const types = typesOf(asked)
    const { zone } = periodOf(asked)
    return { courses: coursesOf(asked, types, (await deviceValues(context, types, asked.from, zone)).days) }
  },
}

function typesOf({ metric_types, from, until }: Asked): MetricType[] {
  if (until < from) throw fieldError('until', 'lies before the first day')
  if (until > addDays(from, LONGEST_COURSE_DAYS))
    throw fieldError('until', `lies more than ${LONGEST_COURSE_DAYS} days after the first day`)
  if (metric_types.includes('custom')) throw fieldError('metric_types', 'custom metrics share no unit')
  return [...new Set(metric_types)]
}

function coursesOf(
  { from, until }: Asked,
  types: readonly MetricType[],
  byMetric: ReadonlyMap<MetricType, readonly DayPoint[]>,
) {
  return types.flatMap((type) => {
    const days = (byMetric.get(type) ?? []).filter(({ day }) => day >= from && day <= until)
    if (days.length === 0) return []
    const unit = metricDefinition(type).canonicalUnit
    return [{ metric_type: type, unit, days: days.map(({ day, value, n }) => ({ day, value: tidy(value), n })) }]
  })
}

function periodOf({ from, until, zone }: Asked): Period {
  try {
    const { startsAt } = localDayBounds(from, zone)
    return { zone, firstDay: from, lastDay: until, startsAt, endsAt: localDayBounds(until, zone).endsAt }
  } catch (error) {
    throw error instanceof RangeError ? fieldError('zone', 'is no time zone') : error
  }
}
