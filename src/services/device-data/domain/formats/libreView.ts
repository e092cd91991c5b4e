import { Columns, csvParser, delimiterOf, numberOf } from './csvRows.ts'
import {
  type Format,
  type FormatContext,
  type FormatParser,
  FormatRefusal,
  type Prescan,
  type Taking,
} from './reading.ts'
import { type DateOrder, DateOrderEvidence, type Moment, readTableTime } from './times.ts'

/**
 * Table that LibreView gives out. Whether the day or the month stands first differs by country and is told nowhere: the dates
 * of the whole file decide, and where they allow both, the person is asked.
 */
export const libreView: Format = {
  name: 'libreview',
  label: 'LibreView (CSV)',
  matches: ({ text }) => text.split(/\r?\n/, 5).some((line) => isTitles(cellsOfTitles(line))),
  prescan: () => new DateScan(),
  open: (context, found) => openLibreView(context, found as Found | undefined),
}

type Found = DateOrder | 'unknown' | 'contradiction'
const SOURCE = 'libreview'

const GLUCOSE_UNIT = /(mg\/dL|mmol\/L)$/i
/** Places of the titles, the same in every language: time of the device, kind of record, course and scan of glucose. */
const [TIME, COURSE, SCAN] = [2, 4, 5]

/** Titles begin where the two columns of glucose stand: a line about who made the report stands before. */
function isTitles(cells: readonly string[]): boolean {
  const isEnglish = cells.some((cell) => cell.trim().toLowerCase() === 'device timestamp')
  return isEnglish || [COURSE, SCAN].every((place) => GLUCOSE_UNIT.test((cells[place] ?? '').trim()))
}

const cellsOfTitles = (line: string) =>
  line.split(delimiterOf(line)).map((cell) => cell.replaceAll(/^\uFEFF?"|"$/g, ''))

/** The titles as an English export has them. */
function inEnglish(cells: readonly string[]): readonly string[] {
  const isEnglish = cells.some((cell) => cell.trim().toLowerCase() === 'device timestamp')
  if (isEnglish) return cells
  return cells.map((cell, place) => ENGLISH[place]?.replace('*', GLUCOSE_UNIT.exec(cell.trim())?.[1] ?? '') ?? cell)
}

/** By their places; `*` is the unit that the title itself ends in. */
const ENGLISH: Readonly<Record<number, string>> = {
  [TIME]: 'Device Timestamp',
  [COURSE]: 'Historic Glucose *',
  [SCAN]: 'Scan Glucose *',
  7: 'Rapid-Acting Insulin (units)',
  9: 'Carbohydrates (grams)',
  12: 'Long-Acting Insulin (units)',
  14: 'Strip Glucose *',
  15: 'Ketone *',
}

class DateScan implements Prescan {
  private readonly evidence = new DateOrderEvidence()
  private readonly parser: Taking

  constructor() {
    let place = -1
    this.parser = csvParser((cells) => {
      if (place < 0) {
        if (isTitles(cells)) place = new Columns(inEnglish(cells)).find('Device Timestamp')
      } else this.evidence.add((cells[place] ?? '').trim().split(' ')[0] ?? '')
    })
  }

  push(bytes: Uint8Array) {
    this.parser.push(bytes)
  }

  end() {
    this.parser.end()
  }

  result(): Found {
    return this.evidence.verdict()
  }
}

interface GlucoseColumn {
  readonly place: number
  readonly metric: string
  readonly unit: string
}

interface Layout {
  readonly columns: Columns
  readonly glucose: readonly GlucoseColumn[]
}

const GLUCOSE: readonly (readonly [title: string, metric: string])[] = [
  ['Historic Glucose', 'continuous_glucose'],
  ['Scan Glucose', 'continuous_glucose'],
  ['Strip Glucose', 'blood_glucose'],
]

function layoutOf(cells: readonly string[]): Layout {
  const columns = new Columns(inEnglish(cells))
  const glucose = GLUCOSE.flatMap(([title, metric]) =>
    ['mg/dL', 'mmol/L'].map((unit) => ({ place: columns.find(`${title} ${unit}`), metric, unit })),
  ).filter(({ place }) => place >= 0)
  return { columns, glucose }
}

function orderOf(context: FormatContext, found: Found | undefined): DateOrder {
  if (found === 'contradiction') throw new FormatRefusal('date-order-contradicts')
  if (found !== undefined && found !== 'unknown') return found
  const { dateOrder } = context.answers
  if (dateOrder === undefined) throw new FormatRefusal('date-order-unknown')
  return dateOrder
}

function openLibreView(context: FormatContext, found: Found | undefined): FormatParser {
  const order = orderOf(context, found)
  let layout: Layout | undefined
  return csvParser((cells, line) => {
    if (layout === undefined) {
      if (isTitles(cells)) layout = layoutOf(cells)
      return
    }
    takeRow(context, layout, order, cells, line)
  })
}

function takeRow(
  context: FormatContext,
  { columns, glucose }: Layout,
  order: DateOrder,
  cells: readonly string[],
  line: number,
) {
  const { sink, clock } = context
  const stamp = columns.cell(cells, 'Device Timestamp')
  const space = stamp.indexOf(' ')
  const wall = readTableTime(stamp.slice(0, space), stamp.slice(space + 1), order)
  if (wall === undefined) return sink.skip('bad-time', 'Device Timestamp', line)
  const at = clock.instant(wall)
  let told = 0
  for (const column of glucose) {
    const text = (cells[column.place] ?? '').trim()
    if (text === '') continue
    told += 1
    takeGlucose(context, column, text, at, line)
  }
  for (const [metric, unit, titles] of OTHERS) {
    const text = columns.cell(cells, ...titles)
    if (text === '') continue
    told += 1
    const value = numberOf(text)
    if (value === undefined) sink.skip('not-a-number', metric, line)
    else if (value > 0) emit(context, metric, value, unit, at)
  }
  if (told === 0) sink.skip('told-in-words', 'row', line)
}

const OTHERS: readonly (readonly [metric: string, unit: string, titles: readonly string[]])[] = [
  ['insulin_event', '[iU]', ['Rapid-Acting Insulin (units)']],
  ['insulin_basal', '[iU]', ['Long-Acting Insulin Value (units)', 'Long-Acting Insulin (units)']],
  ['carb_event', 'g', ['Carbohydrates (grams)']],
  ['ketones', 'mmol/L', ['Ketone mmol/L']],
]

/** `LO` and `HI` are no numbers: they say that the glucose lay beyond what the sensor measures. */
function takeGlucose(context: FormatContext, column: GlucoseColumn, text: string, at: Moment, line: number) {
  const bound = /^lo(w)?$/i.test(text) ? 'below' : /^hi(gh)?$/i.test(text) ? 'above' : undefined
  if (bound !== undefined) {
    if (column.metric === 'blood_glucose') return context.sink.skip('not-a-number', column.metric, line)
    return emit(context, column.metric, bound === 'below' ? 39 : 401, 'mg/dL', at, bound)
  }
  const value = numberOf(text)
  if (value === undefined) return context.sink.skip('not-a-number', column.metric, line)
  emit(context, column.metric, value, column.unit, at)
}

function emit(
  { sink }: FormatContext,
  metric: string,
  value: number,
  unit: string,
  { ms: startMs, offsetMinutes: zoneOffsetMinutes }: Moment,
  bound?: 'below' | 'above',
) {
  sink.reading({ metric, value, unit, startMs, source: SOURCE, zoneOffsetMinutes, bound })
}
