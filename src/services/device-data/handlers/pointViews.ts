import type { Context } from '../../../kernel/service.ts'
import { marksOf } from '../domain/flags.ts'
import { pointId } from '../domain/points.ts'
import type { DeviceMetric } from '../domain/vocabulary/types.ts'
import { metricOf } from '../domain/vocabulary.ts'
import { devicesOfSources } from '../store/devices.ts'
import { annotationsOf } from '../store/points.ts'
import type { SeriesPoint } from '../store/reads.ts'
import type { SeriesRow } from '../store/series.ts'

/** Points as the clients read them, with the device of each and what stands beside it. */
export async function pointViews(context: Context, series: readonly SeriesRow[], points: readonly SeriesPoint[]) {
  const byId = new Map(series.map((one) => [one.id, one]))
  const sources = [...new Set(series.map((one) => one.source))]
  const [devices, annotations] = await Promise.all([
    devicesOfSources(context.db, sources),
    annotationsOf(context.db, points),
  ])
  const deviceOf = new Map(devices.map((device) => [device.source, device.id]))
  return points.map((point) => {
    const one = byId.get(point.seriesId) as SeriesRow
    const metric = metricOf(one.metric) as DeviceMetric
    const marks = marksOf(point.flags)
    const beside = annotations.get(`${point.seriesId} ${point.startMs} ${point.durationMs}`) ?? {}
    return {
      id: pointId(point),
      user_id: context.personId,
      device_id: deviceOf.get(one.source) ?? null,
      data_type: one.metric,
      label: metric.label,
      value: beside.text ?? point.value,
      unit: one.unit,
      loinc: metric.loinc ?? null,
      bound: marks.bound ?? null,
      timestamp: new Date(point.startMs).toISOString(),
      end_timestamp: point.durationMs === 0 ? null : new Date(point.startMs + point.durationMs).toISOString(),
      offset_minutes: point.offsetMinutes,
      quality: marks.quality,
      source: marks.entry,
      source_name: one.source,
      is_simulated: one.is_simulated,
      is_validated: true,
      raw_value: beside.raw_value ?? null,
      raw_unit: beside.raw_unit ?? null,
      tags: [...(beside.tags ?? [])],
      metadata: { ...beside.metadata },
      notes: beside.notes ?? null,
    }
  })
}
