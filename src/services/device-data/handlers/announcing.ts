import type { DataOf } from '../../../kernel/contract.ts'
import type { Transaction } from '../../../kernel/database.ts'
import { deviceData } from '../contract.ts'
import type { SeriesColumns } from '../domain/columns.ts'
import type { Sample, StoreResult } from '../domain/sample.ts'

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
  await announce(transaction, delivery, contentOf(samples), result)
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
  await announce(transaction, delivery, { types, only: undefined, calibrations: values }, result)
}

const CALIBRATION = 'glucose_calibration'

interface Content {
  readonly types: Readonly<Record<string, number>>
  /** The sample of a delivery of one. */
  readonly only: Sample | undefined
  readonly calibrations: readonly number[]
}

function contentOf(samples: readonly Sample[]): Content {
  const calibrations = samples.flatMap((sample) => (sample.metric === CALIBRATION ? [sample.value] : []))
  return { types: countsOf(samples), only: samples.length === 1 ? samples[0] : undefined, calibrations }
}

async function announce(
  transaction: Transaction,
  delivery: Delivery,
  { types, only, calibrations }: Content,
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
      metadata: { way: delivery.way, taken: result.taken, duplicates: result.duplicates, types },
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
