import type { Format, FormatContext } from './reading.ts'
import { type Row, titledTable } from './tables.ts'
import { readStamp } from './times.ts'

interface TableKind {
  readonly name: string
  readonly label: string
  readonly source: string
  /** Titles that the first line must have, all of them. */
  readonly titles: readonly string[]
  /** What the name of the file must be like, where titles leave it open. */
  readonly file?: RegExp
  readonly time: string
  /** The time tells only which day, in any zone. */
  readonly isOfDay?: true
  readonly values: readonly (readonly [title: string, metric: string, unit: string])[]
}

/** Tables of one line a day or moment, told by their titles. */
const KINDS: readonly TableKind[] = [
  {
    name: 'fitbit-hrv-table',
    label: 'Fitbit archive, heart rate variability (CSV)',
    source: 'fitbit',
    titles: ['timestamp', 'rmssd', 'nremhr'],
    time: 'timestamp',
    values: [['rmssd', 'hrv_rmssd', 'ms']],
  },
  {
    name: 'fitbit-spo2-table',
    label: 'Fitbit archive, oxygen saturation (CSV)',
    source: 'fitbit',
    titles: ['timestamp', 'average_value', 'lower_bound'],
    time: 'timestamp',
    values: [['average_value', 'oxygen_saturation', '%']],
  },
  {
    name: 'fitbit-respiration-table',
    label: 'Fitbit archive, respiratory rate (CSV)',
    source: 'fitbit',
    titles: ['timestamp', 'daily_respiratory_rate'],
    time: 'timestamp',
    values: [['daily_respiratory_rate', 'respiratory_rate', '/min']],
  },
  {
    name: 'fitbit-heart-rate-table',
    label: 'Fitbit archive, heart rate (CSV)',
    source: 'fitbit',
    titles: ['timestamp', 'beats per minute'],
    file: /(?:^|\/)heart_rate_[\w-]*\.csv$/i,
    time: 'timestamp',
    values: [['beats per minute', 'heart_rate', '/min']],
  },
  {
    name: 'fitbit-resting-heart-rate-table',
    label: 'Fitbit archive, resting heart rate (CSV)',
    source: 'fitbit',
    titles: ['timestamp', 'beats per minute'],
    file: /(?:^|\/)daily_resting_heart_rate[\w-]*\.csv$/i,
    time: 'timestamp',
    isOfDay: true,
    values: [['beats per minute', 'resting_heart_rate', '/min']],
  },
  {
    name: 'oura-table',
    label: 'Oura trends (CSV)',
    source: 'oura',
    titles: ['date', 'sleep score', 'total sleep duration'],
    time: 'date',
    values: [
      ['sleep score', 'sleep_score', '{score}'],
      ['readiness score', 'readiness_score', '{score}'],
      ['activity score', 'activity_score', '{score}'],
      ['lowest resting heart rate', 'resting_heart_rate', '/min'],
      ['average hrv', 'hrv_rmssd', 'ms'],
      ['respiratory rate', 'respiratory_rate', '/min'],
      ['temperature deviation (°c)', 'body_temperature_deviation', 'Cel'],
    ],
  },
]

/** One format for each kind of table. */
export const vendorTables: readonly Format[] = KINDS.map((kind) => ({
  name: kind.name,
  label: kind.label,
  matches: ({ text, name }) => {
    if (kind.file?.test(name) === false) return false
    const titles = (text.split('\n', 1)[0] ?? '').toLowerCase().split(/[,;\t]/)
    const plain = titles.map((title) => title.replaceAll(/["\uFEFF\r]/g, '').trim())
    return kind.titles.every((title) => plain.includes(title))
  },
  open: (context) =>
    titledTable(context, (row) => {
      const at = kind.isOfDay ? dayOf(row, kind.time, context) : timeOf(row, kind.time)
      if (at === undefined) return context.sink.skip('bad-time', kind.time, row.line)
      for (const [title, metric, unit] of kind.values) row.emit(title, { metric, unit, source: kind.source }, at)
    }),
}))

/** A day alone is its first moment on the person's clock. */
function timeOf(row: Row, title: string) {
  return row.time(title) ?? row.day(title)
}

/** The day as it is written, on the person's clock. */
function dayOf(row: Row, title: string, { clock }: FormatContext) {
  return readStamp(`${row.text(title).slice(0, 10)} 00:00:00`, clock)
}
