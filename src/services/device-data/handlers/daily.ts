import type { InputOf } from '../../../kernel/contract.ts'
import { fieldError } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import { LARGEST_DAILY_DAYS } from '../contract/daily.ts'
import type { deviceData } from '../contract.ts'
import { courseOf, partsOf } from '../domain/dailyCourse.ts'
import { dayNumber } from '../domain/days.ts'
import { metricNamed } from '../domain/vocabulary.ts'
import { coursesOf } from '../store/courses.ts'
import { pointsByDay } from '../store/reads.ts'
import { listSeries } from '../store/series.ts'

/** Samples of all lengths count: only when they began, and their value, tells a reading. */
export async function held(
  context: Context,
  { data_type, source_name, readings }: InputOf<typeof deviceData.operations.held>,
) {
  const times = readings.map((one) => Date.parse(one.at))
  const series = await listSeries(context.db, { metrics: [data_type], source: source_name })
  const ids = series.map((one) => one.id)
  const found = new Set<string>()
  const range = { fromMs: Math.min(...times), untilMs: Math.max(...times) + 1 }
  for await (const points of pointsByDay(context.db, ids, range)) {
    for (const { startMs, value } of points) found.add(`${startMs} ${value}`)
  }
  return { held: readings.flatMap(({ value }, index) => (found.has(`${times[index]} ${value}`) ? [index] : [])) }
}

/** Metrics without a value in the period and without a last one are left out. */
export async function daily(
  context: Context,
  { data_types, from, until }: InputOf<typeof deviceData.operations.daily>,
) {
  const length = dayNumber(until) - dayNumber(from)
  if (!(length >= 0)) throw fieldError('from', 'lies after the end')
  if (length > LARGEST_DAILY_DAYS) throw fieldError('from', `lies more than ${LARGEST_DAILY_DAYS} days before the end`)
  const metrics = data_types.map((name, index) => {
    const metric = metricNamed(name)
    if (metric === undefined)
      throw fieldError(`data_types.${index}`, 'is not known; see /api/v1/device-data/vocabulary')
    return metric
  })
  const codes = [...new Set(metrics.flatMap(({ code }) => partsOf(code)))]
  const { courses, orders } = await coursesOf(context.db, codes, from, until)
  const items = [...new Set(metrics)].flatMap((metric) => {
    const { latest, days } = courseOf(metric, courses, orders)
    if (latest === undefined && days.length === 0) return []
    return [
      {
        data_type: metric.code,
        unit: metric.unit,
        latest:
          latest === undefined
            ? null
            : { value: latest.value, at: new Date(latest.atMs).toISOString(), source_name: latest.source },
        days: days.map(({ day, value, minimum, maximum, mean, lastValue, lastMs, n, source }) => ({
          ...{
            day,
            value,
            minimum,
            maximum,
            mean,
            last_value: lastValue,
            last_at: new Date(lastMs).toISOString(),
            count: n,
          },
          source_name: source,
        })),
      },
    ]
  })
  return { items }
}
