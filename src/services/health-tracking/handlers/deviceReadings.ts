import type { Context } from '../../../kernel/service.ts'
import type { DeviceReading } from '../domain/deviceReadings.ts'
import { readNumber } from '../domain/reading.ts'
import { type AlertReading, mendReadingStatement } from '../store/alerts.ts'
import { effectStatements, effectsOf, reconsidered, watchedOf, watchOf } from './recording.ts'

/**
 * Holds readings of devices against the rules. They stay where they are kept: an alert shows the one that raised it. The same
 * readings again change nothing, since a rule looks at nothing that is not newer than what it saw last.
 */
export async function judgeReadings(context: Context, readings: readonly DeviceReading[]): Promise<void> {
  const rows = readings.flatMap(rowOf)
  if (rows.length === 0) return
  const watch = await watchOf(context, [...new Set(rows.map((row) => row.metric_type))])
  const effects = await effectsOf(context, watch, rows.map(watchedOf))
  const statements = effectStatements(context, effects, keptOf(readings))
  if (statements.length > 0) await context.db.batch(statements)
}

/** What was corrected, or removed (no reading), is judged anew: an alert that its old value raised clears. */
export async function rejudge(context: Context, id: string, reading: DeviceReading | undefined): Promise<void> {
  const readings = reading === undefined ? [] : [reading]
  const kept = keptOf(readings)
  const statements = await reconsidered(context, [id], readings.flatMap(rowOf), { kept })
  await context.db.batch([mendReadingStatement(context.personId, id, kept.get(id)), ...statements])
}

function keptOf(readings: readonly DeviceReading[]): ReadonlyMap<string, AlertReading> {
  return new Map(
    readings.map(({ id, metricType, deviceType = null, value, unit, at }) => [
      id,
      { metric_type: metricType, device_type: deviceType, value, unit, at },
    ]),
  )
}

/** A value that cannot be here is left to where it came from: another service judged it by its own bounds. */
function rowOf({ id, metricType, value, unit, at }: DeviceReading) {
  const read = readNumber(metricType, value, unit, { value: 'value', unit: 'unit' })
  if ('faults' in read) return []
  const row = { id, metric_type: metricType, canonical_value: read.reading.canonicalValue, at: new Date(at) }
  return [{ ...row, details: null, metadata: null }]
}
