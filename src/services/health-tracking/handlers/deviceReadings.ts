import { PlatformError } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import type { DeviceReading } from '../domain/deviceReadings.ts'
import type { NewMeasurement } from '../store/measurements.ts'
import { recordOf } from './metrics.ts'
import { record } from './recording.ts'

/** Records readings of devices with what they do to the rules. The same readings again change nothing. */
export async function takeReadings(context: Context, readings: readonly DeviceReading[]): Promise<void> {
  const rows = readings.flatMap((reading) => rowOf(context, reading))
  if (rows.length > 0) await record(context, rows)
}

/** A value that cannot be here is left to where it came from: another service judged it by its own bounds. */
function rowOf(context: Context, { metricType, value, unit, at, source }: DeviceReading): NewMeasurement[] {
  try {
    return [recordOf(context, { metric_type: metricType, value, unit, timestamp: at, source })]
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'validation_failed') return []
    throw error
  }
}
