import type { InputOf } from '../../../kernel/contract.ts'
import { notFound, PlatformError, validationError } from '../../../kernel/errors.ts'
import type { FieldFault } from '../../../kernel/schema.ts'
import type { Context, Handlers } from '../../../kernel/service.ts'
import type { Limits, MetricDefinition } from '../../../shared/metrics/metricDefinition.ts'
import { METRIC_TYPES } from '../../../shared/metrics/metricDefinition.ts'
import { allMetrics, allowedUnits } from '../../../shared/metrics.ts'
import type { Metric, NewMetric } from '../contract/metrics.ts'
import type { healthTracking } from '../contract.ts'
import { readNumber, sameReadingTolerance } from '../domain/reading.ts'
import { readMoment } from '../domain/times.ts'
import { vitalOfMetric } from '../domain/vitalParts.ts'
import { forgetReadingStatement } from '../store/alerts.ts'
import {
  correctStatement,
  deleteStatement,
  findMeasurement,
  type MeasurementRow,
  type NewMeasurement,
  pageOfMeasurements,
} from '../store/measurements.ts'
import { factsOf } from './facts.ts'
import { changedMeanwhile, checkVersion, given, isKeyConflict, pagingOf, periodOf } from './inputs.ts'
import { pageFrom } from './paging.ts'
import { announceObservations } from './projection.ts'
import { correctedEvents, deletedEvents, keyOf, reconsidered, record } from './recording.ts'
import { summarizeMetrics } from './statistics.ts'
import { isVitalPart, metricOf } from './views.ts'

type MetricHandlers = Pick<
  Handlers<typeof healthTracking>,
  | 'recordMetric'
  | 'recordMetrics'
  | 'listMetrics'
  | 'getMetric'
  | 'updateMetric'
  | 'deleteMetric'
  | 'listMetricTypes'
  | 'summarizeMetrics'
>

export const metricHandlers: MetricHandlers = {
  async recordMetric(context, input) {
    const row = recordOf(context, input)
    return shown(row, await record(context, [row]))
  },

  async recordMetrics(context, { items }) {
    const rows: NewMeasurement[] = []
    const faults: FieldFault[] = []
    for (const [index, item] of items.entries()) {
      const read = rowOf(context, item, `items.${index}.`)
      if ('faults' in read) faults.push(...read.faults)
      else rows.push(read.row)
    }
    if (faults.length > 0) throw validationError(faults.slice(0, 100))
    const recorded = await record(context, rows)
    const stored = recorded.written.size
    return { stored, duplicates: rows.length - stored, items: rows.map((row) => shown(row, recorded)) }
  },

  async listMetrics(context, input) {
    const paging = pagingOf(input)
    const period = await periodOf(input, async () => (await factsOf(context)).zone)
    const { metric_type: metricType, source } = input
    const filter = { userId: context.personId, metricType, source, ...period }
    const { rows, total } = await pageOfMeasurements(context.db, filter, paging)
    return pageFrom(rows, paging, (row) => [row.at.toISOString(), row.id], metricOf, total)
  },

  async getMetric(context, { id }) {
    return metricOf(await existing(context, id))
  },

  updateMetric,

  async deleteMetric(context, { id, ...input }) {
    const row = await existing(context, id)
    refuseVitalPart(row)
    const version = checkVersion({ ...input }, row.version)
    await context.transact(async (transaction) => {
      const gone = await transaction.many(
        deleteStatement(context.personId, [id], version, deletedEvents(context, [row])),
      )
      if (gone.length === 0) throw changedMeanwhile()
      await transaction.batch([
        forgetReadingStatement(context.personId, [id], 'the reading was deleted', context.now()),
        announceObservations(context, [id]),
      ])
    })
    return null
  },

  async listMetricTypes() {
    return { items: allMetrics().map(infoOf), metric_types: [...METRIC_TYPES] }
  },

  summarizeMetrics,
}

/** A body as the row to write. Throws 422 naming what is wrong. */
export function recordOf(context: Context, input: NewMetric): NewMeasurement {
  const read = rowOf(context, input, '')
  if ('faults' in read) throw validationError(read.faults)
  return read.row
}

/** A body as the row to write, or what is wrong with it. */
function rowOf(
  context: Context,
  input: NewMetric,
  prefix: string,
): { readonly row: NewMeasurement } | { readonly faults: readonly FieldFault[] } {
  const names = { value: `${prefix}value`, unit: `${prefix}unit` }
  const { metric_type, value, unit, timestamp, metric_metadata: metadata } = input
  const read = readNumber(metric_type, value, unit, names, customName(metadata))
  const faults: FieldFault[] = 'faults' in read ? [...read.faults] : []
  const moment = timestamp ? readMoment(timestamp, context.now()) : { at: context.now() }
  if ('fault' in moment) faults.push({ field: `${prefix}timestamp`, detail: moment.fault })
  if ('faults' in read || 'fault' in moment) return { faults }
  const { reading } = read
  return {
    row: {
      id: context.newId(),
      metric_type,
      series: reading.series,
      value,
      unit: reading.unit,
      canonical_value: reading.canonicalValue,
      canonical_unit: reading.canonicalUnit,
      loinc: reading.loinc,
      at: moment.at,
      source: input.source ?? 'manual',
      device_id: input.device_id ?? null,
      notes: input.notes ?? null,
      metadata: metadata ?? null,
      is_unusual: reading.isUnusual,
      warnings: reading.warnings.length === 0 ? null : reading.warnings,
      vital_type: vitalOfMetric(metric_type) ?? null,
      lead_id: null,
      details: null,
      tolerance: sameReadingTolerance(metric_type),
    },
  }
}

/** Custom metrics are told apart by the name in their metadata. */
function customName(metadata: Readonly<Record<string, unknown>> | null | undefined): string {
  const name = metadata?.name
  return typeof name === 'string' ? name.slice(0, 100) : ''
}

function shown(row: NewMeasurement, { written, existing }: Awaited<ReturnType<typeof record>>): Metric {
  const fresh = written.get(row.id)
  if (fresh !== undefined) return metricOf(fresh)
  const before = existing.get(keyOf(row))
  if (before === undefined) throw new PlatformError('conflict', 'The reading was deleted while it was recorded again')
  return { ...metricOf(before), duplicate_of: before.id }
}

async function updateMetric(
  context: Context,
  input: InputOf<typeof healthTracking.operations.updateMetric>,
): Promise<Metric> {
  const row = await existing(context, input.id)
  refuseVitalPart(row)
  checkVersion(input, row.version)
  const corrected = correctedRow(context, row, input)
  const effects = await reconsidered(context, [row.id], [corrected])
  try {
    return await context.transact(async (transaction) => {
      const after = await transaction.one<MeasurementRow>(
        correctStatement(context.personId, row, corrected, correctedEvents(context, [corrected])),
      )
      if (after === undefined) throw changedMeanwhile()
      await transaction.batch([...effects, announceObservations(context, [row.id])])
      return metricOf(after)
    })
  } catch (error) {
    if (isKeyConflict(error)) throw new PlatformError('conflict', 'The same reading is recorded already')
    throw error
  }
}

function correctedRow(
  context: Context,
  row: MeasurementRow,
  input: InputOf<typeof healthTracking.operations.updateMetric>,
): MeasurementRow {
  const metadata = given(input.metric_metadata, row.metadata)
  const value = input.value ?? row.value
  const read = readNumber(
    row.metric_type,
    value,
    input.unit ?? row.unit,
    { value: 'value', unit: 'unit' },
    customName(metadata),
  )
  const moment = input.timestamp ? readMoment(input.timestamp, context.now()) : { at: row.at }
  if ('fault' in moment) throw validationError([{ field: 'timestamp', detail: moment.fault }])
  if ('faults' in read) throw validationError(read.faults)
  const { reading } = read
  return {
    ...row,
    value,
    unit: reading.unit,
    canonical_value: reading.canonicalValue,
    canonical_unit: reading.canonicalUnit,
    loinc: reading.loinc,
    series: reading.series,
    at: moment.at,
    source: input.source ?? row.source,
    device_id: given(input.device_id, row.device_id),
    notes: given(input.notes, row.notes),
    metadata,
    is_unusual: reading.isUnusual,
    warnings: reading.warnings.length === 0 ? null : reading.warnings,
  }
}

async function existing(context: Context, id: string): Promise<MeasurementRow> {
  const row = await findMeasurement(context.db, context.personId, id)
  if (row === undefined) throw notFound('Metric')
  return row
}

function refuseVitalPart(row: MeasurementRow): void {
  if (!isVitalPart(row)) return
  throw new PlatformError('conflict', 'It is part of a vital sign; change or delete that under /vitals', {
    extra: { vital_id: row.lead_id ?? row.id },
  })
}

function infoOf(definition: MetricDefinition) {
  return {
    metric_type: definition.type,
    label: definition.label,
    group: definition.group,
    canonical_unit: definition.canonicalUnit,
    default_unit: definition.defaultUnit,
    units: [...allowedUnits(definition)],
    loinc: definition.loinc ?? null,
    hard_limits: limitsOf(definition.hardLimits),
    unusual_limits: limitsOf(definition.unusualLimits),
    reference:
      definition.reference === undefined
        ? null
        : {
            low: definition.reference.low ?? null,
            high: definition.reference.high ?? null,
            citation: definition.reference.citation,
          },
    better: definition.better,
    day_total: definition.dayTotal,
  }
}

function limitsOf(limits: Limits | undefined) {
  if (limits === undefined) return null
  return { low: limits.low ?? null, high: limits.high ?? null, source: limits.source }
}
