import type { DataOf } from '../../../kernel/contract.ts'
import type { Transaction } from '../../../kernel/database.ts'
import { deviceData } from '../contract.ts'
import type { SeriesColumns } from '../domain/columns.ts'
import { type PointKey, pointId } from '../domain/points.ts'
import type { Sample, StoreResult } from '../domain/sample.ts'
import { metricOf } from '../domain/vocabulary.ts'
import { listSeries } from '../store/series.ts'

type DeviceEvent = DataOf<typeof deviceData.events.rawDataReceived>

export interface Delivery {
  readonly personId: string
  readonly now: Date
  readonly device?: { readonly id: string; readonly name: string } | undefined
  readonly pointId?: string | undefined
  readonly way: string
}

/** Announces what came in, once for a delivery: a single value with its fields, many as counts by type. */
export async function announceDelivery(
  transaction: Transaction,
  delivery: Delivery,
  samples: readonly Sample[],
  result: StoreResult,
): Promise<void> {
  const refused = new Set(result.refused.map((one) => one.index))
  const kept = refused.size === 0 ? samples : samples.filter((_one, index) => !refused.has(index))
  await announce(transaction, delivery, contentOf(kept), result)
}

/** The same for columns. */
export async function announceColumns(
  transaction: Transaction,
  delivery: Delivery,
  series: readonly SeriesColumns[],
  result: StoreResult,
): Promise<void> {
  const types: Record<string, number> = {}
  for (const { metric, columns } of series) types[metric] = (types[metric] ?? 0) + columns.values.length
  const values = series.flatMap(({ metric, columns }) => (metric === CALIBRATION ? [...columns.values] : []))
  await announce(
    transaction,
    delivery,
    { types, newest: newestInColumns(series), only: undefined, calibrations: values },
    result,
  )
}

const CALIBRATION = 'glucose_calibration'

interface Content {
  readonly types: Readonly<Record<string, number>>
  /** The newest value of each metric that is measured at moments, for whoever judges readings. */
  readonly newest: readonly NewestReading[]
  /** The sample of a delivery of one. */
  readonly only: Sample | undefined
  readonly calibrations: readonly number[]
}

function contentOf(samples: readonly Sample[]): Content {
  const calibrations = samples.flatMap((sample) => (sample.metric === CALIBRATION ? [sample.value] : []))
  return {
    types: countsOf(samples),
    newest: newestIn(samples),
    only: samples.length === 1 ? samples[0] : undefined,
    calibrations,
  }
}

async function announce(
  transaction: Transaction,
  delivery: Delivery,
  { types, newest, only, calibrations }: Content,
  result: StoreResult,
): Promise<void> {
  if (result.taken > 0) {
    await transaction.publish(deviceData.events.rawDataReceived, {
      ...base(delivery, 'raw_data_received'),
      data_point_id: delivery.pointId ?? null,
      data_type: only?.metric ?? null,
      value: only?.value ?? null,
      unit: only?.unit ?? null,
      quality: only?.quality ?? null,
      metadata: {
        ...{ way: delivery.way, taken: result.taken, duplicates: result.duplicates, types },
        newest: await named(transaction, newest, delivery.now),
      },
    })
  }
  const last = calibrations.at(-1)
  if (last !== undefined && result.taken > 0) {
    await transaction.publish(deviceData.events.calibrationEvent, {
      ...base(delivery, 'calibration_event'),
      data_type: CALIBRATION,
      value: last,
      unit: 'mg/dL',
      metadata: { calibrations: calibrations.length },
    })
  }
  if (result.refused.length > 0) {
    await transaction.publish(deviceData.events.dataQualityIssue, {
      ...base(delivery, 'data_quality_issue'),
      metadata: { way: delivery.way, refused: result.refused.length, reasons: reasonsOf(result) },
    })
  }
}

/** An event of a device without a value. */
export function base(
  delivery: Pick<Delivery, 'personId' | 'now' | 'device'>,
  type: DeviceEvent['event_type'],
): DeviceEvent {
  return {
    user_id: delivery.personId,
    event_type: type,
    timestamp: delivery.now.toISOString(),
    device_id: delivery.device?.id ?? null,
    device_name: delivery.device?.name ?? null,
    data_point_id: null,
    data_type: null,
    value: null,
    unit: null,
    quality: null,
    metadata: {},
  }
}

interface NewestReading {
  readonly data_type: string
  readonly value: number
  readonly unit: string
  readonly at: string
  readonly source_name: string
  readonly durationMs: number
}

const MOST_NEWEST = 20
/** Nobody judges what happened longer ago: it needs no name. */
const JUDGED_MS = 48 * 3_600_000

/** The readings with the id of each data point; null for old ones, so that an import of years asks for none. */
async function named(transaction: Transaction, newest: readonly NewestReading[], now: Date) {
  const isYoung = ({ at }: NewestReading) => Date.parse(at) > now.getTime() - JUDGED_MS
  const metrics = [...new Set(newest.filter(isYoung).map((one) => one.data_type))]
  const series = metrics.length === 0 ? [] : await listSeries(transaction, { metrics })
  return newest.map(({ durationMs, ...reading }) => {
    const { data_type, source_name, at } = reading
    const one = isYoung({ durationMs, ...reading })
      ? series.find(({ metric, source }) => metric === data_type && source === source_name)
      : undefined
    const startMs = Date.parse(at)
    return { ...reading, data_point_id: one === undefined ? null : pointId({ seriesId: one.id, startMs, durationMs }) }
  })
}

function newestIn(samples: readonly Sample[]): NewestReading[] {
  const newest = new Map<string, Sample>()
  for (const sample of samples) {
    if (sample.startMs >= (newest.get(sample.metric)?.startMs ?? Number.NEGATIVE_INFINITY))
      newest.set(sample.metric, sample)
  }
  return [...newest.values()].flatMap(readingOf)
}

function newestInColumns(series: readonly SeriesColumns[]): NewestReading[] {
  return newestIn(
    series.flatMap(({ metric, source, columns: { startMs, durationMs, values } }) => {
      let last = 0
      for (let index = 1; index < startMs.length; index++) {
        if ((startMs[index] as number) >= (startMs[last] as number)) last = index
      }
      if (startMs.length === 0) return []
      const at = startMs[last] as number
      const endMs = at + (durationMs[last] as number)
      return [{ metric, source, unit: '', startMs: at, endMs, value: values[last] as number }]
    }),
  ).slice(0, MOST_NEWEST)
}

/** Made-up values judge nobody, and sums of a day or an interval are no readings. */
function readingOf({ metric, source, startMs, endMs = startMs, value }: Sample): NewestReading[] {
  const known = metricOf(metric)
  if (known === undefined || known.kind !== 'instant' || source === 'simulated') return []
  const at = new Date(startMs).toISOString()
  return [{ data_type: metric, value, unit: known.unit, at, source_name: source, durationMs: endMs - startMs }]
}

/** Tells that the person changed a value, or (without a value) removed it, so that nobody judges by what it was. */
export async function announceCorrection(
  transaction: Transaction,
  { personId, now }: Pick<Delivery, 'personId' | 'now'>,
  point: { readonly key: PointKey; readonly metric: string; readonly source: string; readonly value?: number },
): Promise<void> {
  await transaction.publish(deviceData.events.dataProcessed, {
    ...base({ personId, now }, 'data_processed'),
    data_point_id: pointId(point.key),
    data_type: point.metric,
    value: point.value ?? null,
    unit: metricOf(point.metric)?.unit ?? null,
    metadata: {
      change: point.value === undefined ? 'removed' : 'corrected',
      at: new Date(point.key.startMs).toISOString(),
      source_name: point.source,
    },
  })
}

function countsOf(samples: readonly Sample[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { metric } of samples) counts[metric] = (counts[metric] ?? 0) + 1
  return counts
}

function reasonsOf({ refused }: StoreResult): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { reason } of refused) counts[reason] = (counts[reason] ?? 0) + 1
  return counts
}
