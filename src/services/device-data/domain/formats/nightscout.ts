import { glucoseUnit } from '../nightscout.ts'
import { type JsonPath, jsonParser } from './jsonRecords.ts'
import { finiteOf, objectOf, textOf } from './jsonValues.ts'
import type { Format, FormatContext, FormatParser } from './reading.ts'
import { type Moment, readStamp } from './times.ts'

/** Entries and treatments of Nightscout: lists as API version 1 gives them, `result` of version 3, and exports of both. */
export const nightscout: Format = {
  name: 'nightscout',
  label: 'Nightscout (entries, treatments)',
  matches: ({ text }) =>
    /^\s*[[{]/.test(text) &&
    (/"(sgv|mbg)"\s*:/.test(text) ||
      (/"eventType"\s*:/.test(text) && /"(created_at|enteredBy|srvCreated)"\s*:/.test(text))),
  open: openNightscout,
}

const LISTS = new Set(['result', 'entries', 'treatments', 'data'])

/** Whether a value stands where a list of documents does. */
function isDocument(path: JsonPath): boolean {
  if (typeof path.at(-1) !== 'number') return false
  return path.length === 1 || (path.length === 2 && LISTS.has(String(path[0])))
}

type Doc = Readonly<Record<string, unknown>>

/** Sensor values from here on are values; below are error codes of the sensor. */
const LOWEST_VALUE = 13

function openNightscout(context: FormatContext): FormatParser {
  let number = 0
  return jsonParser({
    save: () => number,
    restore: (state) => {
      number = state as number
    },
    isRecord: isDocument,
    record: (value) => {
      number += 1
      const doc = objectOf(value)
      if (doc === undefined) return context.sink.skip('malformed', 'document', number)
      if (doc.isValid === false) return context.sink.skip('withdrawn-by-source', 'document', number)
      if (doc.eventType !== undefined) return takeTreatment(context, doc, number)
      takeEntry(context, doc, number)
    },
  })
}

function momentOf({ clock }: FormatContext, doc: Doc): Moment | undefined {
  const offset = finiteOf(doc.utcOffset)
  const zone = offset === undefined || Math.abs(offset) > 840 ? {} : { offsetMinutes: offset }
  const ms = finiteOf(doc.date) ?? finiteOf(doc.mills)
  if (ms !== undefined && ms > 0) return { ms, ...zone }
  const read = readStamp(textOf(doc.created_at) ?? textOf(doc.dateString) ?? textOf(doc.sysTime) ?? '', clock)
  if (read === undefined) return undefined
  // Texts in UTC are how it is written, not where it was.
  return { ...(read.offsetMinutes === 0 ? { ms: read.ms } : read), ...zone }
}

function takeEntry(context: FormatContext, doc: Doc, number: number) {
  const type = textOf(doc.type) ?? (doc.sgv === undefined ? 'entry' : 'sgv')
  if (type !== 'sgv' && type !== 'mbg') return context.sink.skip('not-a-measurement', type.slice(0, 40), number)
  const at = momentOf(context, doc)
  if (at === undefined) return context.sink.skip('bad-time', type, number)
  const value = finiteOf(doc[type])
  if (value === undefined) return context.sink.skip('not-a-number', type, number)
  const unit = type === 'sgv' && doc.units === undefined ? 'mg/dL' : glucoseUnit(value, doc.units)
  if (unit === undefined) return context.sink.skip('unknown-unit', type, number)
  const rest = { unit, startMs: at.ms, source: 'nightscout', zoneOffsetMinutes: at.offsetMinutes }
  if (type === 'mbg') return context.sink.reading({ metric: 'blood_glucose', value, ...rest })
  if (unit === 'mg/dL' && value < LOWEST_VALUE) return context.sink.skip('not-a-measurement', type, number)
  const bound = value === 39 ? 'below' : value === 401 ? 'above' : undefined
  context.sink.reading({ metric: 'continuous_glucose', value, ...rest, bound })
}

function takeTreatment(context: FormatContext, doc: Doc, number: number) {
  const at = momentOf(context, doc)
  if (at === undefined) return context.sink.skip('bad-time', 'treatment', number)
  let told = 0
  const emit = (metric: string, value: unknown, unit: string) => {
    const amount = finiteOf(value)
    // Care portals write 0 for what was not given.
    if (amount === undefined || amount === 0) return
    told += 1
    const rest = { startMs: at.ms, source: 'nightscout', zoneOffsetMinutes: at.offsetMinutes }
    context.sink.reading({ metric, value: amount, unit, ...rest })
  }
  emit('insulin_event', doc.insulin, '[iU]')
  emit('carb_event', doc.carbs, 'g')
  if (textOf(doc.glucoseType)?.toLowerCase() === 'finger') {
    const glucose = finiteOf(doc.glucose)
    const unit = glucose === undefined ? undefined : glucoseUnit(glucose, doc.units)
    if (unit !== undefined) emit('blood_glucose', glucose, unit)
    else if (glucose !== undefined) context.sink.skip('unknown-unit', 'blood_glucose', number)
  }
  if (told === 0) context.sink.skip('not-a-measurement', 'treatment', number)
}
