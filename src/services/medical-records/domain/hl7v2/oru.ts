import {
  type FileWithdrawal,
  type ImportedFile,
  type ImportedItem,
  type ImportedPatient,
  ImportFault,
  MOST_ITEMS,
  MOST_SKIPPED,
  type Skipped,
  tidy,
} from '../imported.ts'
import { acknowledge, patientOf, samePatient } from './parts.ts'
import { ResultReader } from './results.ts'
import { decodeHl7, readMessages, type Segment } from './segments.ts'

interface Reading {
  patient: ImportedPatient
  sender: string | null
  readonly items: ImportedItem[]
  readonly skipped: Skipped[]
  readonly withdrawn: FileWithdrawal[]
  readonly answers: string[]
}

const NOBODY: ImportedPatient = { name: null, birthDate: null, sex: null }
const RESULTS = new Set(['', 'R01', 'R30', 'R32'])

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
  if (type !== 'ORU' || !RESULTS.has(trigger)) {
    reading.skipped.push({
      where: `message ${tidy(`${type}^${trigger}`, 20) ?? ''}`,
      why: 'Only results (ORU^R01) are taken',
    })
    reading.answers.push(acknowledge(header, 'AR', now, 'Only ORU^R01 is taken'))
    return
  }
  yield* readResults(segments, reading, /[+-]\d{4}$/.exec(header.first(7))?.[0] ?? '')
  reading.answers.push(acknowledge(header, 'AA', now))
}

function* readResults(segments: readonly Segment[], reading: Reading, zone: string): Generator<void, void> {
  const results = new ResultReader(zone)
  for (const [index, segment] of segments.entries()) {
    if (index % 200 === 199) yield
    if (segment.name === 'PID') {
      reading.patient = samePatient(reading.patient, patientOf(segment))
      results.leave()
    } else results.read(segment)
    if (reading.items.length + results.count > MOST_ITEMS) {
      throw new ImportFault(`The file has more than ${MOST_ITEMS} results`)
    }
  }
  const { items, skipped, withdrawn } = results.finish()
  reading.items.push(...items)
  reading.skipped.push(...skipped)
  reading.withdrawn.push(...withdrawn)
}
