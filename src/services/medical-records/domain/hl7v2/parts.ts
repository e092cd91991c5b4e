import { hl7Day, hl7Time, type ImportedPatient, ImportFault, tidy } from '../imported.ts'
import type { Segment } from './segments.ts'

/** What an OBR says of its results. */
export interface Order {
  readonly id: string
  readonly name: string | null
  readonly observedAt: string | null
  readonly orderedBy: string | null
  readonly labName: string | null
  /** HL7 table 0074: which part of the house did it. */
  readonly section: string
  /** HL7 table 0123, for results that say none of their own. */
  readonly status: string
}

export const NO_ORDER: Order = {
  id: '',
  name: null,
  observedAt: null,
  orderedBy: null,
  labName: null,
  section: '',
  status: '',
}

/**
 * Reads an OBR.
 * @param filler the number of the order that an ORC before named
 * @param zone the offset of times without one
 */
export function orderOf(segment: Segment, filler: string, zone: string): Order {
  const [id = '', family = '', given = ''] = segment.repetitions(16)[0] ?? []
  const [code = '', name = '', , , otherName = ''] = segment.repetitions(4)[0] ?? []
  const section = segment.first(24)
  return {
    id: (segment.first(3) || filler || segment.first(2)).slice(0, 200),
    name: tidy(name || otherName || code, 200),
    observedAt: hl7Time(segment.first(7), zone) ?? hl7Time(segment.first(22), zone),
    orderedBy: tidy([given, family].filter((part) => part !== '').join(' ') || id, 200),
    labName: tidy(section.length > 4 ? section : '', 200),
    section: section.toUpperCase(),
    status: segment.first(25).toUpperCase(),
  }
}

/** Whom a PID names. */
export function patientOf(segment: Segment): ImportedPatient {
  const [family = '', given = ''] = segment.repetitions(5)[0] ?? []
  const sex = segment.first(8).toUpperCase()
  return {
    name: tidy([given, family].filter((part) => part !== '').join(' '), 200),
    birthDate: hl7Day(segment.first(7)),
    sex: sex === 'F' ? 'female' : sex === 'M' ? 'male' : null,
  }
}

/** What two PID say together. Throws ImportFault where they name two people. */
export function samePatient(before: ImportedPatient, now: ImportedPatient): ImportedPatient {
  const differs = (['name', 'birthDate', 'sex'] as const).some(
    (fact) => before[fact] !== null && now[fact] !== null && before[fact].toLowerCase() !== now[fact].toLowerCase(),
  )
  if (differs) throw new ImportFault('The file is about more than one person')
  return { name: now.name ?? before.name, birthDate: now.birthDate ?? before.birthDate, sex: now.sex ?? before.sex }
}

/** ACK of a message: AA taken, AR refused. */
export function acknowledge(header: Segment, code: 'AA' | 'AR', now: string, text = ''): string {
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
