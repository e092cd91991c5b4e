import { Columns, csvParser, numberOf } from './csvRows.ts'
import type { Format, FormatContext, FormatParser } from './reading.ts'
import { type Moment, readStamp } from './times.ts'

/** Table of Dexcom Clarity. Times are the wall clock of the receiver, without a zone. */
export const dexcomClarity: Format = {
  name: 'dexcom-clarity',
  label: 'Dexcom Clarity (CSV)',
  matches: ({ text }) =>
    /Event Type/i.test(text) && /Glucose Value \((mg\/dL|mmol\/L)\)/i.test(text)
      ? true
      : isTitles((text.split('\n', 1)[0] ?? '').split(/[,;\t]/)),
  open: openClarity,
}

const SOURCE = 'dexcom'
const TIMES = ['Timestamp (YYYY-MM-DDThh:mm:ss)', 'Timestamp']

const GLUCOSE = /\((mg\/dL|mmol\/L)\)/i
/** Places of the titles, the same in every language. */
const ENGLISH: Readonly<Record<number, string>> = {
  1: 'Timestamp',
  2: 'Event Type',
  3: 'Event Subtype',
  7: 'Glucose Value (*)',
  8: 'Insulin Value (u)',
  9: 'Carb Value (grams)',
}

/** Titles of another language: the time tells its form (`JJJJ-MM-TTThh:mm:ss`), the eighth column a unit of glucose. */
function isTitles(cells: readonly string[]): boolean {
  return /\((\p{L})\1{3}-/u.test(cells[1] ?? '') && GLUCOSE.test(cells[7] ?? '')
}

function inEnglish(cells: readonly string[]): readonly string[] {
  if (cells.some((cell) => /^\W*Event Type\W*$/i.test(cell))) return cells
  const unit = /mmol/i.test(cells[7] ?? '') ? 'mmol/L' : 'mg/dL'
  return cells.map((cell, place) => ENGLISH[place]?.replace('*', unit) ?? cell)
}

/** Glucose, as languages abbreviate it. */
const ESTIMATED = /^(EGV|EGW)$/
const LOW = /^(low|niedrig|tief|bas|bajo|basso|laag)$/i
const HIGH = /^(high|hoch|haut|[ée]lev[ée]|alto|hoog)$/i

function openClarity(context: FormatContext): FormatParser {
  let columns: Columns | undefined
  let unit = 'mg/dL'
  return csvParser((cells, line) => {
    if (columns === undefined) {
      columns = new Columns(inEnglish(cells))
      if (columns.find('Glucose Value (mmol/L)') >= 0) unit = 'mmol/L'
      return
    }
    takeRow(context, { columns, cells, line, unit })
  })
}

interface ClarityRow {
  readonly columns: Columns
  readonly cells: readonly string[]
  readonly line: number
  readonly unit: string
}

function takeRow(context: FormatContext, row: ClarityRow) {
  const { sink, clock } = context
  const { columns, cells, line, unit } = row
  const type = columns.cell(cells, 'Event Type')
  const stamp = columns.cell(cells, ...TIMES)
  // The first rows tell the person, the device and its alerts.
  if (stamp === '') return sink.skip('not-a-measurement', 'row without a time', line)
  const at = readStamp(stamp, clock)
  if (at === undefined) return sink.skip('bad-time', type.slice(0, 40), line)
  const value = (title: string) => columns.cell(cells, title)
  if (ESTIMATED.test(type)) return takeGlucose(context, row, value(`Glucose Value (${unit})`), at)
  if (type === 'Calibration')
    return emit(context, row, 'glucose_calibration', value(`Glucose Value (${unit})`), unit, at)
  if (type === 'Carbs') return emit(context, row, 'carb_event', value('Carb Value (grams)'), 'g', at)
  if (type !== 'Insulin') return sink.skip('not-a-measurement', type.slice(0, 40), line)
  const isLong = /long/i.test(value('Event Subtype'))
  emit(context, row, isLong ? 'insulin_basal' : 'insulin_event', value('Insulin Value (u)'), '[iU]', at)
}

/** `Low` and `High` are no numbers: the sensor measures from 40 to 400 mg/dL. */
function takeGlucose(context: FormatContext, row: ClarityRow, text: string, at: Moment) {
  const bound = LOW.test(text) ? 'below' : HIGH.test(text) ? 'above' : undefined
  if (bound === undefined) return emit(context, row, 'continuous_glucose', text, row.unit, at)
  const value = bound === 'below' ? 39 : 401
  const rest = { startMs: at.ms, source: SOURCE, zoneOffsetMinutes: at.offsetMinutes }
  context.sink.reading({ metric: 'continuous_glucose', value, unit: 'mg/dL', ...rest, bound })
}

function emit(context: FormatContext, row: ClarityRow, metric: string, text: string, unit: string, at: Moment) {
  const value = numberOf(text)
  if (value === undefined) return context.sink.skip('not-a-number', metric, row.line)
  const rest = { startMs: at.ms, source: SOURCE, zoneOffsetMinutes: at.offsetMinutes }
  context.sink.reading({ metric, value, unit, ...rest })
}
