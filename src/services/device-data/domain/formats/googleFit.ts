import { jsonParser } from './jsonRecords.ts'
import { finiteOf, listOf, objectOf, textOf } from './jsonValues.ts'
import type { Format, FormatContext, FormatParser } from './reading.ts'

/** `Takeout/Fit/All Data/*.json` of Google Takeout: one data stream a file. */
export const googleFit: Format = {
  name: 'google-fit',
  label: 'Google Takeout, Fit (JSON)',
  matches: ({ text }) => /^\s*\{\s*"Data (Source|Points)"\s*:/.test(text),
  open: openGoogleFit,
}

interface FitType {
  readonly metrics: readonly string[]
  readonly unit: string
  /** Values of an interval that add up: the merged stream holds all of them once. */
  readonly isSum?: boolean
}

/** Units as Google's data types document them. */
const TYPES: Readonly<Record<string, FitType>> = {
  'com.google.heart_rate.bpm': { metrics: ['heart_rate'], unit: '/min' },
  'com.google.step_count.delta': { metrics: ['steps_count'], unit: '{steps}', isSum: true },
  'com.google.calories.expended': { metrics: ['calories_burned'], unit: 'kcal', isSum: true },
  'com.google.calories.bmr': { metrics: [], unit: 'kcal' },
  'com.google.distance.delta': { metrics: ['distance_walked'], unit: 'm', isSum: true },
  'com.google.active_minutes': { metrics: ['active_minutes'], unit: 'min', isSum: true },
  'com.google.weight': { metrics: ['body_weight'], unit: 'kg' },
  'com.google.height': { metrics: ['height'], unit: 'm' },
  'com.google.body.fat.percentage': { metrics: ['body_fat_percentage'], unit: '%' },
  'com.google.blood_pressure': { metrics: ['blood_pressure_systolic', 'blood_pressure_diastolic'], unit: 'mm[Hg]' },
  'com.google.blood_glucose': { metrics: ['blood_glucose'], unit: 'mmol/L' },
  'com.google.oxygen_saturation': { metrics: ['oxygen_saturation'], unit: '%' },
  'com.google.body.temperature': { metrics: ['body_temperature'], unit: 'Cel' },
  'com.google.hydration': { metrics: ['dietary_water'], unit: 'L', isSum: true },
}

const SLEEP: readonly (string | undefined)[] = [
  undefined,
  'sleep_wake_time',
  'sleep_asleep',
  undefined,
  'light_sleep',
  'deep_sleep',
  'rem_sleep',
]

const NANOS_A_MS = 1_000_000

function openGoogleFit(context: FormatContext): FormatParser {
  const { sink } = context
  let isRaw = false
  let number = 0
  return jsonParser({
    save: () => ({ isRaw, number }),
    restore: (state) => {
      ;({ isRaw, number } = state as { isRaw: boolean; number: number })
    },
    isRecord: (path) => path.length === 2 && path[0] === 'Data Points',
    scalar: (value, path) => {
      if (path[0] === 'Data Source') isRaw = String(value).startsWith('raw:')
    },
    record: (value) => {
      number += 1
      const point = objectOf(value) ?? {}
      const type = textOf(point.dataTypeName) ?? ''
      const startMs = Math.round((finiteOf(point.startTimeNanos) ?? 0) / NANOS_A_MS)
      const endMs = Math.round((finiteOf(point.endTimeNanos) ?? 0) / NANOS_A_MS)
      if (startMs <= 0 || endMs < startMs) return sink.skip('bad-time', type.slice(0, 60), number)
      const values = listOf(point.fitValue).map(numberIn)
      const rest = { startMs, ...(endMs > startMs ? { endMs } : {}), source: 'google-fit' }
      if (type === 'com.google.sleep.segment') {
        const metric = SLEEP[values[0] ?? 0]
        if (metric === undefined || endMs === startMs) return sink.skip('unknown-type', type, number)
        return sink.reading({ metric, value: (endMs - startMs) / 60_000, unit: 'min', ...rest })
      }
      const known = TYPES[type]
      if (known === undefined || known.metrics.length === 0) return sink.skip('unknown-type', type.slice(0, 60), number)
      if (known.isSum === true && isRaw) return sink.skip('sum-of-other-records', type, number)
      for (const [index, metric] of known.metrics.entries()) {
        const told = values[index]
        if (told === undefined) sink.skip('not-a-number', type, number)
        else sink.reading({ metric, value: told, unit: known.unit, ...rest })
      }
    },
  })
}

function numberIn(value: unknown): number | undefined {
  const inner = objectOf(objectOf(value)?.value)
  return finiteOf(inner?.fpVal) ?? finiteOf(inner?.intVal)
}
