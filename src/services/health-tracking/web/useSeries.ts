import { useEffect, useState } from 'preact/hooks'
import { type Answer, useQuery } from '../../../web/client/cache.ts'
import { call, lookedAt } from '../../../web/client/endpoint.ts'
import { deviceDays, listMetrics } from './endpoints.ts'
import type { Metric, MetricType, Shown } from './words.ts'

/** As many as one answer holds. */
const PAGE = 1000
/** More points than a screen has pixels tell nothing more. */
const LARGEST = 100_000

export interface Period {
  readonly from: string
  readonly to?: string
}

interface Series {
  readonly items: readonly Shown[]
  /** Whether older ones of the period are still on their way, or were too many. */
  readonly isWhole: boolean
}

/**
 * Every measurement of a period and every day of devices, newest first: the first page at once, the rest as it comes.
 * `undefined` asks nothing.
 */
export function useSeries(metric: MetricType | undefined, period: Period): Answer<Series> {
  const question = metric === undefined ? undefined : { metric_type: metric, ...period, limit: PAGE }
  const first = useQuery(listMetrics, question)
  const devices = useQuery(deviceDays, metric && { metric_type: metric, ...period })
  const [rest, setRest] = useState<{
    readonly of: unknown
    readonly items: readonly Metric[]
    readonly isDone: boolean
  }>()
  const page = first.value
  useEffect(() => {
    if (page === undefined || question === undefined || page.next_cursor === null) return
    let isHere = true
    const person = lookedAt.get()
    const read = async () => {
      const items: Metric[] = []
      for (let cursor: string | null = page.next_cursor; cursor !== null && items.length < LARGEST - PAGE; ) {
        const next = await call(listMetrics, { ...question, cursor })
        // Whose record is shown may have changed while it was read.
        if (!isHere || lookedAt.get() !== person) return
        items.push(...next.items)
        cursor = next.next_cursor
        setRest({ of: page, items: [...items], isDone: cursor === null })
      }
    }
    // What came stays on the screen; the note below it says that it is not all.
    void read().catch(() => undefined)
    return () => {
      isHere = false
    }
  }, [page])
  if (page === undefined) return { ...first, value: undefined } as Answer<Series>
  const known = rest?.of === page ? rest : undefined
  const days = devices.value?.items.map((day) => ({
    ...day,
    ...{
      id: `${day.day} ${day.device_type}`,
      metric_type: metric as MetricType,
      canonical_value: day.value,
      canonical_unit: day.unit,
    },
    // Of a pair, the numbers of one day stand together.
    ...{ vital_id: day.day, notes: null, status: 'ok' as const },
  }))
  const items: Shown[] = [...page.items, ...(known?.items ?? []), ...(days ?? [])]
  if (days?.length) items.sort((left, right) => right.timestamp.localeCompare(left.timestamp))
  return { ...first, value: { items, isWhole: page.next_cursor === null || known?.isDone === true } } as Answer<Series>
}
