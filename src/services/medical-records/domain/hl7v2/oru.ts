import {
  type FileWithdrawal,
  hl7Day,
  hl7Time,
  type ImportedFile,
  type ImportedLab,
  type ImportedPatient,
  ImportFault,
  MOST_ITEMS,
  MOST_SKIPPED,
  type Skipped,
  tidy,
} from '../imported.ts'
import { decodeHl7, readMessages, type Segment } from './segments.ts'

const STATUS: Readonly<Record<string, ImportedLab['status']>> = {
  F: 'final',
  P: 'preliminary',
  R: 'preliminary',
  C: 'corrected',
  A: 'amended',
  X: 'cancelled',
  D: 'entered_in_error',
  W: 'entered_in_error',
  I: 'registered',
  S: 'preliminary',
}
const NUMBERS = new Set(['NM', 'SN'])
const WORDS = new Set(['ST', 'TX', 'FT', 'CE', 'CWE', 'CNE', 'CF', 'IS', 'ID', 'DT', 'TS', 'DTM', 'TM', 'CX', 'SI', ''])

interface Order {
  readonly id: string
  readonly observedAt: string | null
  readonly orderedBy: string | null
  readonly labName: string | null
}

interface Reading {
  patient: ImportedPatient
  sender: string | null
  readonly items: ImportedLab[]
  readonly skipped: Skipped[]
  readonly withdrawn: FileWithdrawal[]
  readonly answers: string[]
}

const NOBODY: ImportedPatient = { name: null, birthDate: null, sex: null }

/**
 * Reads a file of HL7 v2 messages. Results of ORU^R01 are taken; other messages are answered with AR and named as skipped.
 * Yields between messages and groups of segments, so that the caller can let others run.
 * @param now when the acknowledgement is written, as HL7 writes times
 * @throws ImportFault for what is no HL7 v2, or is about more than one person
 */
export function* readHl7(bytes: Uint8Array, now: string): Generator<void, ImportedFile> {
  const reading: Reading = { patient: NOBODY, sender: null, items: [], skipped: [], withdrawn: [], answers: [] }
  for (const message of readMessages(decodeHl7(bytes))) {
    yield* readMessage(message, reading, now)
    yield
  }
  return {
    format: 'hl7v2',
    sender: reading.sender,
    patient: reading.patient,
    items: reading.items,
    skipped: reading.skipped.slice(0, MOST_SKIPPED),
    places: {},
    withdrawn: reading.withdrawn,
    acknowledgement: reading.answers.join('\r'),
  }
}

function* readMessage(segments: readonly Segment[], reading: Reading, now: string): Generator<void, void> {
  const header = segments[0]
  if (header === undefined || header.name !== 'MSH') return
  const [type = '', trigger = ''] = header.repetitions(9)[0] ?? []
  reading.sender ??= tidy([header.first(3), header.first(4)].filter((part) => part !== '').join(', '), 200)
  if (type !== 'ORU' || (trigger !== '' && trigger !== 'R01' && trigger !== 'R32' && trigger !== 'R30')) {
    reading.skipped.push({
      where: `message ${tidy(`${type}^${trigger}`, 20) ?? ''}`,
      why: 'Only results (ORU^R01) are taken',
    })
    reading.answers.push(acknowledge(header, 'AR', now, 'Only ORU^R01 is taken'))
    return
  }
  yield* readResults(segments, reading)
  reading.answers.push(acknowledge(header, 'AA', now))
}

function* readResults(segments: readonly Segment[], reading: Reading): Generator<void, void> {
  let order: Order = { id: '', observedAt: null, orderedBy: null, labName: null }
  let filler = ''
  for (const [index, segment] of segments.entries()) {
    if (index % 200 === 199) yield
    if (segment.name === 'PID') reading.patient = samePatient(reading.patient, patientOf(segment))
    else if (segment.name === 'ORC') filler = segment.first(3) || segment.first(2)
    else if (segment.name === 'OBR') order = orderOf(segment, filler)
    else if (segment.name === 'OBX') readResult(segment, order, reading)
    else if (segment.name === 'NTE') addNote(segment, reading, segments[index - 1])
  }
}

function readResult(segment: Segment, order: Order, reading: Reading): void {
  const [code = '', name = '', system = '', otherCode = '', otherName = '', otherSystem = ''] =
    segment.repetitions(3)[0] ?? []
  const testName = tidy(name || otherName || code, 200)
  const where = testName ?? `OBX ${segment.first(1)}`
  const status = STATUS[segment.first(11).toUpperCase()] ?? 'unknown'
  const value = valueOfResult(segment)
  if (testName === null || value === undefined) {
    reading.skipped.push({
      where,
      why: testName === null ? 'The result has no name' : 'The kind of value is not taken',
    })
    return
  }
  if (value === null || status === 'cancelled' || status === 'entered_in_error') {
    reading.skipped.push({
      where,
      why: value === null ? 'The result has no value yet' : 'The laboratory withdrew the result',
    })
    return
  }
  if (reading.items.length >= MOST_ITEMS) throw new ImportFault(`The file has more than ${MOST_ITEMS} results`)
  const observedAt = hl7Time(segment.first(14)) ?? order.observedAt
  const isLoinc = (text: string) => /^(LN|LOINC)$/i.test(text)
  const loinc = isLoinc(system) ? code : isLoinc(otherSystem) ? otherCode : null
  reading.items.push({
    kind: 'lab',
    key: [order.id, code || testName, segment.first(4), order.id === '' ? observedAt : ''].join('|').slice(0, 400),
    testName,
    testCode: tidy(loinc ?? code, 60),
    value,
    unit: tidy(segment.repetitions(6)[0]?.[0], 50),
    rangeText: tidy(segment.first(7), 200),
    flag: tidy(segment.first(8), 10),
    status,
    observedAt,
    labName: tidy(segment.repetitions(23)[0]?.[0], 200) ?? order.labName,
    orderedBy: order.orderedBy,
    externalId: tidy(order.id, 200),
    notes: null,
  })
}

/** Null for none yet, undefined for kinds that are not taken (pictures, documents). */
function valueOfResult(segment: Segment): number | string | null | undefined {
  const type = segment.first(2).toUpperCase()
  const parts = segment.repetitions(5)
  if (!NUMBERS.has(type) && !WORDS.has(type)) return undefined
  if (parts.length === 0) return null
  if (type === 'SN') return structuredNumber(parts[0] ?? [])
  if (type === 'CE' || type === 'CWE' || type === 'CNE' || type === 'CF') {
    return tidy(parts.map(([code = '', text = '', , , other = '']) => text || other || code).join('; '), 500)
  }
  const text = tidy(parts.map((part) => part[0] ?? '').join(' '), 500)
  if (text === null) return null
  return /^[+-]?\d{1,12}(\.\d{1,10})?$/.test(text) ? Number(text) : text
}

/** `>^5`, `^10`, `^1^:^128`, `^10^-^20`: a number only where it is one; ratios and spans stay words. */
function structuredNumber([comparator = '', first = '', separator = '', second = '']: readonly string[]):
  | number
  | string
  | null {
  if (first === '') return null
  if (separator !== '' || second !== '') return tidy(`${comparator}${first}${separator}${second}`, 100)
  const number = /^[+-]?\d{1,12}(\.\d{1,10})?$/.test(first) ? Number(first) : undefined
  if (number === undefined || comparator !== '') return tidy(`${comparator}${first}`, 100)
  return number
}

function addNote(segment: Segment, reading: Reading, before: Segment | undefined): void {
  const last = reading.items.at(-1)
  const text = tidy(
    segment
      .repetitions(3)
      .map((part) => part[0] ?? '')
      .join(' '),
    1000,
  )
  if (last === undefined || text === null || (before?.name !== 'OBX' && before?.name !== 'NTE')) return
  reading.items[reading.items.length - 1] = {
    ...last,
    notes: tidy([last.notes, text].filter((one) => one !== null).join(' '), 2000),
  }
}

function orderOf(segment: Segment, filler: string): Order {
  const [id = '', family = '', given = ''] = segment.repetitions(16)[0] ?? []
  return {
    id: (segment.first(3) || filler || segment.first(2)).slice(0, 200),
    observedAt: hl7Time(segment.first(7)) ?? hl7Time(segment.first(22)),
    orderedBy: tidy([given, family].filter((part) => part !== '').join(' ') || id, 200),
    labName: tidy(segment.first(24).length > 4 ? segment.first(24) : '', 200),
  }
}

function patientOf(segment: Segment): ImportedPatient {
  const [family = '', given = ''] = segment.repetitions(5)[0] ?? []
  const sex = segment.first(8).toUpperCase()
  return {
    name: tidy([given, family].filter((part) => part !== '').join(' '), 200),
    birthDate: hl7Day(segment.first(7)),
    sex: sex === 'F' ? 'female' : sex === 'M' ? 'male' : null,
  }
}

function samePatient(before: ImportedPatient, now: ImportedPatient): ImportedPatient {
  const differs = (['name', 'birthDate', 'sex'] as const).some(
    (fact) => before[fact] !== null && now[fact] !== null && before[fact] !== now[fact],
  )
  if (differs) throw new ImportFault('The file is about more than one person')
  return { name: now.name ?? before.name, birthDate: now.birthDate ?? before.birthDate, sex: now.sex ?? before.sex }
}

/** ACK of a message: AA taken, AR refused. */
function acknowledge(header: Segment, code: 'AA' | 'AR', now: string, text = ''): string {
  const safe = (index: number) =>
    header
      .first(index)
      .replace(/[|^~\\&\r\n]/g, ' ')
      .slice(0, 60)
  const trigger = (header.repetitions(9)[0]?.[1] ?? '').replace(/[^A-Z0-9]/g, '').slice(0, 6)
  const control = safe(10)
  return [
    `MSH|^~\\&|SALUS|SALUS|${safe(3)}|${safe(4)}|${now}||ACK^${trigger}^ACK|ACK${control}|P|2.5.1`,
    `MSA|${code}|${control}|${text}`,
    '',
  ].join('\r')
}
