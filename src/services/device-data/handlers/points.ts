import type { InputOf } from '../../../kernel/contract.ts'
import { fieldError, notFound, PlatformError } from '../../../kernel/errors.ts'
import { decodeCursor, encodeCursor } from '../../../kernel/fields.ts'
import type { Context } from '../../../kernel/service.ts'
import type { NewPoint } from '../contract/points.ts'
import type { deviceData } from '../contract.ts'
import { flagsOf, marksOf } from '../domain/flags.ts'
import { isSleepMetric } from '../domain/intake.ts'
import { type PointKey, pointId, pointKey } from '../domain/points.ts'
import { sourceName } from '../domain/priority.ts'
import { offsetOf, readReading } from '../domain/reading.ts'
import type { Refusal, Sample } from '../domain/sample.ts'
import type { DeviceMetric } from '../domain/vocabulary/types.ts'
import { canonicalValue, isPlausible, metricOf } from '../domain/vocabulary.ts'
import type { DeviceRow } from '../store/devices.ts'
import {
  type Annotation,
  annotate,
  annotationsOf,
  correctPoint,
  findPoint,
  forgetCorrections,
  removeAnnotation,
} from '../store/points.ts'
import { newestPoints } from '../store/reads.ts'
import { storeSamples } from '../store/samples.ts'
import { findSeries, listSeries, type SeriesRow } from '../store/series.ts'
import { announceCorrection, announceDelivery } from './announcing.ts'
import { deviceOf } from './devices.ts'
import { metricField, rangeOf, seriesFor } from './inputs.ts'
import { zoneOf } from './person.ts'
import { pointViews } from './pointViews.ts'

type Inputs = typeof deviceData.operations
const LARGEST_PAGE = 1000

export const pointHandlers = {
  createPoint,
  createPoints,
  listPoints,
  async getPoint(context: Context, { id }: InputOf<Inputs['getPoint']>) {
    const { key, series, point } = await pointOf(context, id)
    return only(await pointViews(context, [series], [{ ...point, seriesId: key.seriesId }]))
  },
  changePoint,
  async deletePoint(context: Context, { id }: InputOf<Inputs['deletePoint']>) {
    const { key, series } = await pointOf(context, id)
    const isSleep = isSleepMetric(metricOf(series.metric) as DeviceMetric)
    await context.transact(async (transaction) => {
      await correctPoint(transaction, context.personId, key, { point: undefined, isSleep }, context.now())
      await removeAnnotation(transaction, key)
      await announceCorrection(transaction, whoAndWhen(context), { ...series, key })
    })
    return null
  },
  async recentPoints(context: Context, { data_type, hours = 24, limit = 100 }: InputOf<Inputs['recentPoints']>) {
    const metric = metricField(data_type)
    const series = await listSeries(context.db, { metrics: [metric.code] })
    const untilMs = context.now().getTime() + 5 * 60_000
    const range = { fromMs: untilMs - hours * 3_600_000, untilMs }
    const points = await newestPoints(
      context.db,
      series.map((one) => one.id),
      range,
      limit,
    )
    return { data_type: metric.code, items: await pointViews(context, series, points) }
  },
  async latestOfDevice(context: Context, { device_id }: InputOf<Inputs['latestOfDevice']>) {
    const device = await deviceOf(context, device_id)
    const series = await listSeries(context.db, { source: device.source })
    const items = series
      .filter((one) => one.last_sample_ms !== null)
      .map((one) => ({
        data_type: one.metric,
        value: one.last_value,
        unit: one.unit,
        timestamp: new Date(one.last_sample_ms as number).toISOString(),
      }))
    return { device_id, items }
  },
}

interface ReadPoint {
  readonly sample: Sample
  readonly annotation: Annotation | undefined
}

function readPoint(
  input: NewPoint,
  source: string,
  now: Date,
): ReadPoint | { field: string; fault: string; allowed?: readonly string[] } {
  const read = readReading(input, source, now)
  if ('fault' in read) return read
  const offset = offsetOf(input.timestamp)
  const sample = offset === undefined ? read.sample : { ...read.sample, zoneOffsetMinutes: offset }
  return { sample, annotation: annotationOf(input, read) }
}

function annotationOf(
  input: NewPoint,
  read: { readonly sample: Sample; readonly text?: string },
): Annotation | undefined {
  const isOther = input.unit !== undefined && input.unit !== read.sample.unit
  const annotation: Annotation = {
    ...(read.text === undefined ? {} : { text: read.text }),
    ...(input.raw_value == null ? (isOther ? { raw_value: input.value } : {}) : { raw_value: input.raw_value }),
    ...(isOther && input.unit !== undefined ? { raw_unit: input.unit } : {}),
    ...(input.tags === undefined ? {} : { tags: input.tags }),
    ...(input.metadata === undefined ? {} : { metadata: input.metadata }),
    ...(input.notes == null ? {} : { notes: input.notes }),
  }
  return Object.keys(annotation).length === 0 ? undefined : annotation
}

async function sourceOf(context: Context, input: NewPoint, devices: Map<string, DeviceRow>): Promise<string> {
  if (input.device_id === undefined) {
    const source = sourceName(input.source_name ?? 'manual')
    if (source === undefined) throw fieldError('source_name', 'has no letter or digit')
    return source
  }
  const known = devices.get(input.device_id) ?? (await deviceOf(context, input.device_id))
  devices.set(input.device_id, known)
  return known.source
}

async function createPoint(context: Context, input: InputOf<Inputs['createPoint']>) {
  const devices = new Map<string, DeviceRow>()
  const read = readPoint(input, await sourceOf(context, input, devices), context.now())
  if ('fault' in read) throw fieldError(read.field, read.fault, read.allowed)
  const { keys } = await store(context, [read], devices)
  const key = keys[0] as PointKey
  const [point, series] = await Promise.all([findPoint(context.db, key), findSeries(context.db, key.seriesId)])
  if (point === undefined || series === undefined)
    throw new PlatformError('conflict', 'The value was removed at the same time')
  return only(await pointViews(context, [series], [{ ...point, seriesId: key.seriesId }]))
}

async function createPoints(context: Context, { data_points }: InputOf<Inputs['createPoints']>) {
  const devices = new Map<string, DeviceRow>()
  const refused: { index: number; reason: string }[] = []
  const good: ReadPoint[] = []
  for (const [index, input] of data_points.entries()) {
    const read = readPoint(input, await sourceOf(context, input, devices), context.now())
    if ('fault' in read) refused.push({ index, reason: `${read.field} ${read.fault}` })
    else good.push(read)
  }
  if (good.length === 0) return { created: 0, duplicates: 0, refused, ids: [] }
  const { keys, result } = await store(context, good, devices)
  return { created: result.taken, duplicates: result.duplicates, refused, ids: keys.map(pointId) }
}

/** Stores what was read, with what stands beside it, and announces it. */
async function store(context: Context, read: readonly ReadPoint[], devices: ReadonlyMap<string, DeviceRow>) {
  const { personId } = context
  const now = context.now()
  const zone = await zoneOf(context)
  const samples = read.map((one) => one.sample)
  const names = samples.map(({ metric, source, startMs, endMs = startMs }) => ({
    metric,
    source,
    startMs,
    durationMs: endMs - startMs,
  }))
  return context.transact(async (transaction) => {
    await forgetCorrections(transaction, personId, names)
    const result = await storeSamples(transaction, { personId, now, zone }, samples)
    const series = await listSeries(transaction, { metrics: [...new Set(names.map((one) => one.metric))] })
    const idOf = new Map(series.map((one) => [`${one.metric} ${one.source}`, one.id]))
    const keys = names.map((name) => ({ ...name, seriesId: idOf.get(`${name.metric} ${name.source}`) as number }))
    const beside = read.flatMap((one, index) =>
      one.annotation === undefined ? [] : [{ key: keys[index] as PointKey, data: one.annotation }],
    )
    await annotate(transaction, personId, distinctKeys(beside), now)
    const device = devices.size === 1 ? [...devices.values()][0] : undefined
    const pointIdOfOne = keys.length === 1 ? pointId(keys[0] as PointKey) : undefined
    await announceDelivery(
      transaction,
      { personId, now, device, pointId: pointIdOfOne, way: 'points' },
      samples,
      result,
    )
    return { result, keys }
  })
}

function distinctKeys(entries: { key: PointKey; data: Annotation }[]): { key: PointKey; data: Annotation }[] {
  return [...new Map(entries.map((entry) => [pointId(entry.key), entry])).values()]
}

async function listPoints(context: Context, input: InputOf<Inputs['listPoints']>) {
  const limit = Math.min(input.limit ?? 100, LARGEST_PAGE)
  const series = await seriesFor(context, input)
  const range = rangeOf(input, context.now(), 36_500)
  const skip = input.cursor === undefined ? undefined : decodeCursor(input.cursor, 2)
  if (input.cursor !== undefined && (skip === undefined || !skip.every((part) => typeof part === 'number'))) {
    throw fieldError('cursor', 'is not one of ours')
  }
  // Values of one moment are told apart by how many of it were shown.
  const [beforeMs, shown] = (skip as [number, number] | undefined) ?? [undefined, 0]
  const within = beforeMs === undefined ? range : { ...range, untilMs: Math.min(range.untilMs, beforeMs + 1) }
  const found = await newestPoints(
    context.db,
    series.map((one) => one.id),
    within,
    limit + 1 + shown,
  )
  const rest = found.slice(shown)
  const items = rest.slice(0, limit)
  const last = items.at(-1)
  if (rest.length <= limit || last === undefined)
    return { items: await pointViews(context, series, items), next_cursor: null }
  const sameMoment = found.slice(0, shown + limit).filter((point) => point.startMs === last.startMs).length
  return { items: await pointViews(context, series, items), next_cursor: encodeCursor([last.startMs, sameMoment]) }
}

async function changePoint(context: Context, { id, ...input }: InputOf<Inputs['changePoint']>) {
  const { key, series, point } = await pointOf(context, id)
  const metric = metricOf(series.metric) as DeviceMetric
  const before = (await annotationsOf(context.db, [key])).values().next().value ?? {}
  const isText = metric.kind === 'text'
  const value = input.value === undefined || isText ? point.value : numberField(metric, input.value, input.unit)
  if (isText && input.value !== undefined && typeof input.value !== 'string')
    throw fieldError('value', 'must be words for this type')
  const marks = marksOf(point.flags)
  const changed = { ...point, value, flags: flagsOf({ ...marks, quality: input.quality ?? marks.quality }) }
  const data: Annotation = {
    ...before,
    ...(isText && typeof input.value === 'string' ? { text: input.value } : {}),
    ...(input.tags === undefined ? {} : { tags: input.tags }),
    ...(input.metadata === undefined ? {} : { metadata: input.metadata }),
    ...(input.notes == null ? {} : { notes: input.notes }),
    ...(input.raw_value == null ? {} : { raw_value: input.raw_value }),
  }
  await context.transact(async (transaction) => {
    const isSleep = isSleepMetric(metric)
    await correctPoint(transaction, context.personId, key, { point: changed, isSleep }, context.now())
    if (Object.keys(data).length > 0) await annotate(transaction, context.personId, [{ key, data }], context.now())
    if (value !== point.value) await announceCorrection(transaction, whoAndWhen(context), { ...series, key, value })
  })
  return only(await pointViews(context, [series], [{ ...changed, seriesId: key.seriesId }]))
}

const whoAndWhen = (context: Context) => ({ personId: context.personId, now: context.now() })

function numberField(metric: DeviceMetric, value: number | string, unit: string | undefined): number {
  if (typeof value !== 'number') throw fieldError('value', 'must be a number for this type')
  const canonical = canonicalValue(metric, value, unit)
  if ('fault' in canonical) throw fieldError('unit', `does not fit ${metric.code}`, [metric.unit])
  if (isPlausible(metric, canonical.value)) return canonical.value
  throw fieldError('value', `must be from ${metric.low} to ${metric.high} ${metric.unit}`)
}

async function pointOf(context: Context, id: string) {
  const key = pointKey(id)
  const series: SeriesRow | undefined = key && (await findSeries(context.db, key.seriesId))
  const point = key && series && (await findPoint(context.db, key))
  if (key === undefined || series === undefined || point === undefined) throw notFound('Data point')
  return { key, series, point }
}

function only<Item>(items: readonly Item[]): Item {
  return items[0] as Item
}

/** Refusals as the clients read them. */
export function refusalViews(refused: readonly Refusal[]): { index: number; reason: string }[] {
  return refused.map(({ index, reason }) => ({ index, reason }))
}
