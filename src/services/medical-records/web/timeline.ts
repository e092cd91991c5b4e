import type { OutputOf } from '../../../kernel/contract.ts'
import { day } from '../../../web/format.ts'
import type { medicalRecords } from '../contract.ts'
import { clinicWord, type Report, reportWord, type Study, studyTitle } from './clinic.ts'
import { recordsTexts } from './texts.ts'

type Records = (typeof medicalRecords)['operations']
export type Paper = OutputOf<Records['getDocument']>
export type Lab = OutputOf<Records['listLabResults']>['items'][number]
export type Entry = OutputOf<Records['getClinicalEntry']>
export type ImportSummary = OutputOf<Records['listImports']>['items'][number]
export type EntryKind = Entry['kind']

export const ENTRY_KINDS = [
  'conditions',
  'allergies',
  'immunizations',
  'procedures',
  'medications',
  'family-history',
] as const satisfies readonly EntryKind[]
export const KINDS = ['all', 'documents', 'labs', ...ENTRY_KINDS, 'imaging', 'reports', 'imports'] as const
export type Kind = (typeof KINDS)[number]

/** One line of the timeline. */
export interface Event {
  readonly key: string
  readonly kind: Exclude<Kind, 'all'>
  /** When it was, as far as that is known: a day, a month or a year; undefined when nobody said. */
  readonly at: string | undefined
  readonly title: string
  readonly notes: readonly string[]
  readonly tag?: { readonly word: string; readonly look: string } | undefined
  readonly to: string
}

/** What of the record is at hand. */
export interface Known {
  readonly papers: readonly Paper[]
  readonly labs: readonly Lab[]
  readonly entries: readonly Entry[]
  readonly imports: readonly ImportSummary[]
  readonly studies: readonly Study[]
  readonly reports: readonly Report[]
}

/** Everything at hand as one line of events, newest first; what has no date comes last. */
export function eventsOf({ papers, labs, entries, imports, studies, reports }: Known): Event[] {
  const all = [
    ...papers.map(paperEvent),
    ...labEvents(labs),
    ...entries.map(entryEvent),
    ...imports.map(importEvent),
    ...studies.map(studyEvent),
    ...reports.map(reportEvent),
  ]
  return all.sort((a, b) => (b.at ?? '').localeCompare(a.at ?? ''))
}

/** The events that have all these words in them. */
export function found(events: readonly Event[], search: string): Event[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const textOf = ({ title, notes }: Event) => [title, ...notes].join(' ').toLowerCase()
  return events.filter((event) => words.every((word) => textOf(event).includes(word)))
}

export function sourceWord(source: string): string {
  const words: Readonly<Record<string, string>> = recordsTexts().sources
  return words[source] ?? source
}

const notEmpty = (text: string | null | undefined): text is string => text !== null && text !== undefined && text !== ''

function paperEvent(paper: Paper): Event {
  const t = recordsTexts()
  return {
    key: paper.id,
    kind: 'documents',
    at: paper.document_date ?? paper.created_at,
    title: paper.title,
    notes: [
      t.documentTypes[paper.document_type],
      paper.hospital_name,
      paper.doctor_name,
      sourceWord(paper.source),
      ...paper.tags,
    ].filter(notEmpty),
    tag: paperTag(paper),
    to: `/app/records/${paper.id}`,
  }
}

/** What a paper waits for; undefined for nothing. */
export function paperTag(paper: Paper): Event['tag'] {
  const t = recordsTexts()
  if (paper.values_to_review > 0) return { word: t.toReview(paper.values_to_review), look: 'warn' }
  if (isBeingRead(paper)) return { word: t.reading, look: '' }
  return paper.status === 'error' ? { word: t.notRead, look: 'bad' } : undefined
}

const READ_TYPES = /^(application\/(pdf|dicom)|image\/(jpeg|png|tiff|heic)|text\/plain)$/

/** Whether the file is still on its way through the reading. */
export function isBeingRead({ status, mime_type: type }: Paper): boolean {
  return status === 'processing' || (status === 'uploaded' && type !== null && READ_TYPES.test(type))
}

/** Results of one day and laboratory stand in one line. */
function labEvents(labs: readonly Lab[]): Event[] {
  const t = recordsTexts()
  const rounds = new Map<string, Lab[]>()
  for (const lab of labs) {
    // What was withdrawn stands among the results of its test alone.
    if (lab.status === 'entered_in_error') continue
    const key = [lab.test_date.slice(0, 10), lab.lab_name, lab.document_id, lab.source].join('|')
    rounds.set(key, [...(rounds.get(key) ?? []), lab])
  }
  return [...rounds].map(([key, round]) => {
    const [first] = round as [Lab]
    const outside = round.filter((lab) => lab.abnormal).length
    const names = round.map((lab) => lab.test_name)
    return {
      key: `labs|${key}`,
      kind: 'labs',
      at: first.test_date,
      title: names.length > 3 ? `${names.slice(0, 3).join(', ')} +${names.length - 3}` : names.join(', '),
      notes: [t.resultsOf(round.length), first.lab_name, sourceWord(first.source)].filter(notEmpty),
      tag: outside === 0 ? undefined : { word: t.outOfRange(outside), look: 'warn' },
      to:
        round.length === 1 && first.analyte !== null
          ? `/app/labs/${first.analyte}`
          : first.document_id === null
            ? '/app/labs'
            : `/app/records/${first.document_id}`,
    }
  })
}

function entryEvent(entry: Entry): Event {
  const t = recordsTexts().entry
  const relations: Readonly<Record<string, string>> = t.relations
  const relation = relations[String(entry.detail.relationship ?? '')]
  return {
    key: entry.id,
    kind: entry.kind,
    at: entry.started_on ?? undefined,
    title: entry.display,
    notes: [
      relation,
      statusWord(entry.status),
      String(entry.detail.dosage ?? ''),
      String(entry.detail.reaction ?? ''),
      sourceWord(entry.source),
    ].filter(notEmpty),
    to: `/app/records/${entry.kind}/${entry.id}`,
  }
}

export function statusWord(status: string): string {
  const words: Readonly<Record<string, string>> = recordsTexts().entry.statuses
  return words[status] ?? status
}

function importEvent(one: ImportSummary): Event {
  const t = recordsTexts()
  return {
    key: one.id,
    kind: 'imports',
    at: one.created_at,
    title: one.sender ?? t.one.imports,
    notes: [sourceWord(one.format), t.taken(one.accepted)].filter(notEmpty),
    tag: one.unconfirmed === 0 ? undefined : { word: t.toReview(one.unconfirmed), look: 'warn' },
    to: `/app/records/imports/${one.id}`,
  }
}

function studyEvent(study: Study): Event {
  return {
    key: study.id,
    kind: 'imaging',
    at: study.study_date,
    title: studyTitle(study),
    notes: [study.modality, study.body_part, study.facility].filter(notEmpty),
    tag: study.status === 'COMPLETED' ? undefined : { word: clinicWord(study.status), look: '' },
    to: `/app/records/imaging/${study.id}`,
  }
}

function reportEvent(report: Report): Event {
  return {
    key: report.id,
    kind: 'reports',
    at: report.report_date,
    title: report.title,
    notes: [reportWord(report), report.author, report.facility].filter(notEmpty),
    tag: { word: clinicWord(report.status), look: report.status === 'RETRACTED' ? 'bad' : '' },
    to: `/app/records/report/${report.id}`,
  }
}

/** A day in words; a month or a year as it is known. */
export function partOfDay(at: string): string {
  if (at.length < 10) return at
  // A bare day is that day wherever the person is.
  return day(at.length === 10 ? new Date(`${at}T00:00`) : at)
}
