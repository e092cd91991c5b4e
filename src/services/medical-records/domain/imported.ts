import type { CarriedType } from '../contract/carried.ts'
import type { ReportStatus, ReportType } from '../contract/reports.ts'
import type { DocumentType } from '../contract/shapes.ts'

/** A laboratory value as a file of a laboratory or clinic says it. */
export interface ImportedLab {
  readonly kind: 'lab'
  /** The same for the same result in another file: order, test and time. */
  readonly key: string
  readonly testName: string
  readonly testCode: string | null
  readonly value: number | string | null
  readonly unit: string | null
  readonly rangeText: string | null
  readonly flag: string | null
  readonly status:
    | 'registered'
    | 'preliminary'
    | 'final'
    | 'amended'
    | 'corrected'
    | 'cancelled'
    | 'entered_in_error'
    | 'unknown'
  /** ISO 8601 with zone, or a bare date; null when the file says none. */
  readonly observedAt: string | null
  readonly labName: string | null
  readonly orderedBy: string | null
  readonly externalId: string | null
  readonly notes: string | null
}

/** A condition, allergy, immunisation, procedure, medicine or illness in the family as a file says it. */
export interface ImportedEntry {
  readonly kind: 'condition' | 'allergy' | 'immunization' | 'procedure' | 'medication' | 'family_history'
  readonly key: string
  readonly display: string
  readonly code: string | null
  readonly codeSystem: string | null
  readonly status: string
  readonly startedOn: string | null
  readonly endedOn: string | null
  readonly detail: Readonly<Record<string, string | number | boolean>>
  readonly notes: string | null
}

interface ImportedOther {
  readonly key: string
  readonly display: string
  /** What it says, in a line; empty where it says no more than what it is. */
  readonly text: string
  /** A day or time, as exact as it is. */
  readonly startedOn: string | null
}

/** A vital sign: its Observation goes to whoever keeps measurements. */
export interface ImportedVital extends ImportedOther {
  readonly kind: 'vital'
  readonly resource: Readonly<Record<string, unknown>>
}

/** A visit, plan, goal, device or way of life: kept as the resource that it is. */
export interface ImportedResource extends ImportedOther {
  readonly kind: 'resource'
  readonly type: CarriedType
  /** Without narrative, ids and references: they mean nothing here. */
  readonly resource: Readonly<Record<string, unknown>>
}

/** A report with words of its own. */
export interface ImportedReport extends ImportedOther {
  readonly kind: 'report'
  readonly reportType: ReportType
  readonly content: string
  readonly summary: string | null
  readonly author: string | null
  readonly facility: string | null
  readonly status: ReportStatus
}

/** A paper that a clinic keeps as a file. The file comes once the person takes it. */
export interface ImportedDocument extends ImportedOther {
  readonly kind: 'document'
  readonly documentType: DocumentType | null
  readonly contentType: string
  /** Where it is; null where `data` brings it, in base64. */
  readonly url: string | null
  readonly data: string | null
  readonly doctor: string | null
  readonly facility: string | null
  readonly notes: string | null
  /** The system that keeps it; written by whoever asked that system. */
  readonly hospital?: string
}

export type ImportedItem =
  | ImportedLab
  | ImportedEntry
  | ImportedVital
  | ImportedResource
  | ImportedReport
  | ImportedDocument

const ENTRIES: ReadonlySet<string> = new Set([
  'condition',
  'allergy',
  'immunization',
  'procedure',
  'medication',
  'family_history',
])

/** Whether it becomes an entry of the record. */
export function isEntry(item: ImportedItem): item is ImportedEntry {
  return ENTRIES.has(item.kind)
}

/** Whom the file says it is about: to be compared with the person by the person. */
export interface ImportedPatient {
  readonly name: string | null
  readonly birthDate: string | null
  readonly sex: 'female' | 'male' | null
}

/** What was not taken of a file, and why. */
export interface Skipped {
  readonly where: string
  readonly why: string
}

/** The resource that an item was read from: its type and id, and which part of it this is. */
export interface ItemPlace {
  readonly reference: string
  readonly part: string
}

/** What a sender says is not so any more: an item by kind and key, all of a resource, or both. */
export interface FileWithdrawal {
  readonly kind: string | null
  readonly key: string | null
  readonly reference: string | null
}

/** What a file of either format holds. */
export interface ImportedFile {
  readonly format: 'hl7v2' | 'ccda' | 'fhir'
  readonly sender: string | null
  readonly patient: ImportedPatient
  readonly items: readonly ImportedItem[]
  readonly skipped: readonly Skipped[]
  /** Only of FHIR, by `kind|key` of the item. */
  readonly places: Readonly<Record<string, ItemPlace>>
  readonly withdrawn: readonly FileWithdrawal[]
  /** Answer to the sender, in its own format; only of HL7 v2. */
  readonly acknowledgement: string | null
}

/** A file that can't be taken at all. */
export class ImportFault extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ImportFault'
  }
}

export const MOST_ITEMS = 5000

/** What a table of ours has for a word of somebody else's; undefined for what every object has, such as `constructor`. */
export function known<Value>(table: Readonly<Record<string, Value>>, word: string | undefined): Value | undefined {
  return word !== undefined && Object.hasOwn(table, word) ? table[word] : undefined
}

export const MOST_SKIPPED = 200

/** At most `length` characters, without control characters; null when nothing is left. */
export function tidy(text: string | null | undefined, length: number): string | null {
  const plain = (text ?? '')
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, length)
    .trim()
  return plain === '' ? null : plain
}

/** At most `length` characters with their lines, without other control characters; null when nothing is left. */
export function tidyLines(text: string, length: number): string | null {
  const plain = text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[^\S\n]*\n[^\S\n]*/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/(?!\n)\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, length)
    .trim()
  return plain === '' ? null : plain
}

/**
 * A time of HL7 (`YYYY[MM[DD[HH[MM[SS[.S]]]]]][+ZZZZ]`) in ISO 8601. A year or month alone is none.
 * @param zone the offset of naive times, such as `+0530`; UTC unless said
 * @returns null for anything else
 */
export function hl7Time(text: string | null | undefined, zone = ''): string | null {
  const match = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.\d{1,9})?)?)?)?([+-]\d{4})?$/.exec(
    (text ?? '').trim(),
  )
  if (match === null) return null
  const [, year, month, day, hour, minute = '00', second = '00', own = zone] = match
  if (hour === undefined) return `${year}-${month}-${day}`
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${own === '' ? 'Z' : `${own.slice(0, 3)}:${own.slice(3)}`}`
}

/** A day, month or year of HL7 as `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; null for anything else. */
export function hl7Day(text: string | null | undefined): string | null {
  const match = /^(\d{4})(\d{2})?(\d{2})?/.exec((text ?? '').trim())
  if (match === null) return null
  return match
    .slice(1, 4)
    .filter((part) => part !== undefined)
    .join('-')
}
