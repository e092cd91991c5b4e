import type { Columns } from './chunk.ts'
import { emptyColumns, type SeriesColumns } from './columns.ts'
import { flagsOf } from './flags.ts'
import { refusalOf } from './intake.ts'
import type { Refusal, Sample } from './sample.ts'

/** Samples as columns, by series and in the order of the samples; those that are wrong are refused one by one. */
export function seriesColumnsOf(
  samples: readonly Sample[],
  nowMs: number,
): { readonly series: SeriesColumns[]; readonly refused: Refusal[] } {
  const refused: Refusal[] = []
  const building = new Map<string, Builder>()
  let last: Sample | undefined
  let builder: Builder | undefined
  for (let index = 0; index < samples.length; index++) {
    const sample = samples[index] as Sample
    const reason = refusalOf(sample, nowMs)
    if (reason !== undefined) {
      const { sourceKey } = sample
      refused.push(sourceKey === undefined ? { index, reason } : { index, reason, sourceKey })
      continue
    }
    // Files come in order: most samples are of the series of the one before.
    if (builder === undefined || sample.metric !== last?.metric || sample.source !== last.source) {
      const key = `${sample.metric} ${sample.source}`
      builder = building.get(key) ?? new Builder(sample)
      building.set(key, builder)
    }
    last = sample
    builder.add(sample)
  }
  return { series: [...building.values()].map((one) => one.finish()), refused }
}

/** Columns that grow. */
class Builder {
  private readonly metric: string
  private readonly source: string
  private columns: Columns = emptyColumns(256)
  private count = 0
  private last: Sample | undefined
  private flags = 0

  constructor({ metric, source }: Sample) {
    this.metric = metric
    this.source = source
  }

  add(sample: Sample): void {
    if (this.count === this.columns.startMs.length) this.columns = grown(this.columns)
    const { columns, count, last } = this
    const isSame =
      last !== undefined &&
      sample.quality === last.quality &&
      sample.entry === last.entry &&
      sample.bound === last.bound
    if (!isSame) this.flags = flagsOf(sample)
    this.last = sample
    columns.startMs[count] = sample.startMs
    columns.durationMs[count] = (sample.endMs ?? sample.startMs) - sample.startMs
    // A zero below zero is a zero.
    columns.values[count] = sample.value + 0
    columns.offsets[count] = sample.zoneOffsetMinutes ?? Number.NaN
    columns.flags[count] = this.flags
    this.count++
  }

  finish(): SeriesColumns {
    const { metric, source, columns, count } = this
    return { metric, source, columns: cut(columns, count) }
  }
}

function grown(columns: Columns): Columns {
  const larger = emptyColumns(columns.startMs.length * 4)
  for (const name of Object.keys(columns) as (keyof Columns)[]) larger[name].set(columns[name])
  return larger
}

/** The first samples, over the same memory. */
function cut({ startMs, durationMs, values, offsets, flags }: Columns, count: number): Columns {
  return {
    startMs: startMs.subarray(0, count),
    durationMs: durationMs.subarray(0, count),
    values: values.subarray(0, count),
    offsets: offsets.subarray(0, count),
    flags: flags.subarray(0, count),
  }
}
