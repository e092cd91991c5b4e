import { Readable } from 'node:stream'
import { fieldError } from '../../kernel/errors.ts'
import type { Context, StreamHandler } from '../../kernel/service.ts'
import { isMetricType } from '../../shared/metrics.ts'
import { csvRecord } from './domain/csv.ts'
import { factsOf } from './handlers/facts.ts'
import { periodOf } from './handlers/inputs.ts'
import { metricOf } from './handlers/views.ts'
import { chunkOfMeasurements, type MeasurementFilter, type MeasurementRow } from './store/measurements.ts'

const CHUNK_ROWS = 1000
const PARAMETERS: ReadonlySet<string> = new Set([
  'format',
  'metric_type',
  'from',
  'to',
  'start_date',
  'end_date',
  'source',
])
const COLUMNS = [
  'id',
  'timestamp',
  'metric_type',
  'value',
  'unit',
  'canonical_value',
  'canonical_unit',
  'loinc',
  'source',
  'device_id',
  'notes',
  'status',
] as const

/** Handlers of the contract's streams. */
export const routes: Readonly<Record<string, StreamHandler>> = {
  async exportMetrics(context, { query }) {
    const unknown = Object.keys(query).find((name) => !PARAMETERS.has(name))
    if (unknown !== undefined) throw fieldError(unknown, 'unknown parameter', [...PARAMETERS])
    const { format = 'csv', metric_type: metricType, source, ...bounds } = query
    if (format !== 'csv' && format !== 'json')
      throw fieldError('format', 'must be one of the allowed values', ['csv', 'json'])
    if (metricType !== undefined && !isMetricType(metricType))
      throw fieldError('metric_type', 'There is no such metric')
    const period = await periodOf(bounds, async () => (await factsOf(context)).zone)
    const filter = { userId: context.personId, metricType, source, ...period }
    // The first chunk is read before anything is sent: a refusal of the database is still an error answer.
    const first = await chunkOfMeasurements(context.db, filter, undefined, CHUNK_ROWS)
    const lines = format === 'csv' ? csvLines(context, filter, first) : jsonLines(context, filter, first)
    return {
      headers: {
        'content-type':
          format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/json; charset=utf-8',
        'content-disposition': `attachment; filename="metrics.${format}"`,
        'cache-control': 'no-store',
      },
      body: Readable.from(lines, { objectMode: false }),
    }
  },
}

/** Chunk after chunk by keyset: never more than one in memory. */
async function* chunks(context: Context, filter: MeasurementFilter, first: readonly MeasurementRow[]) {
  let rows = first
  while (rows.length > 0) {
    yield rows
    const last = rows.at(-1)
    if (rows.length < CHUNK_ROWS || last === undefined) return
    rows = await chunkOfMeasurements(context.db, filter, [last.at, last.id], CHUNK_ROWS)
  }
}

async function* csvLines(context: Context, filter: MeasurementFilter, first: readonly MeasurementRow[]) {
  yield csvRecord(COLUMNS)
  for await (const rows of chunks(context, filter, first)) {
    yield rows
      .map((row) => {
        const metric = metricOf(row)
        return csvRecord(COLUMNS.map((column) => metric[column]))
      })
      .join('')
  }
}

async function* jsonLines(context: Context, filter: MeasurementFilter, first: readonly MeasurementRow[]) {
  let separator = '['
  for await (const rows of chunks(context, filter, first)) {
    yield separator + rows.map((row) => JSON.stringify(metricOf(row))).join(',\n')
    separator = ',\n'
  }
  yield separator === '[' ? '[]' : ']'
}
