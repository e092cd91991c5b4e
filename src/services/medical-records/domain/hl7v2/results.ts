import type { ReportType } from '../../contract/reports.ts'
import {
  type FileWithdrawal,
  hl7Time,
  type ImportedDocument,
  type ImportedItem,
  type ImportedLab,
  type ImportedReport,
  type Skipped,
  tidy,
  tidyLines,
} from '../imported.ts'
import { NO_ORDER, type Order, orderOf } from './parts.ts'
import type { Segment } from './segments.ts'
import { type ResultFile, valueOfResult } from './values.ts'

/** HL7 table 0085. */
const STATUS: Readonly<Record<string, ImportedLab['status']>> = {
  F: 'final',
  U: 'final',
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
/** More is a report and no value. */
const LONGEST_WORDS = 500
const MOST_LINES = 2
const LONGEST_REPORT = 100_000
/** HL7 table 0074. */
const SECTIONS: Readonly<Record<string, ReportType>> = {
  RAD: 'RADIOLOGY_REPORT',
  RX: 'RADIOLOGY_REPORT',
  RUS: 'RADIOLOGY_REPORT',
  CTH: 'RADIOLOGY_REPORT',
  CT: 'RADIOLOGY_REPORT',
  NMR: 'RADIOLOGY_REPORT',
  NMS: 'RADIOLOGY_REPORT',
  SP: 'PATHOLOGY_REPORT',
  CP: 'PATHOLOGY_REPORT',
  CY: 'PATHOLOGY_REPORT',
}

/** One result on its way: more lines and comments may follow. */
interface Draft {
  readonly said: Omit<ImportedLab, 'value' | 'notes'>
  readonly order: Order
  readonly code: string
  readonly value: number | string | undefined
  readonly lines: string[]
  readonly file: ResultFile | undefined
  readonly notes: string[]
}

/** Reads the results of one message, order by order. */
export class ResultReader {
  private readonly zone: string
  private readonly drafts: Draft[] = []
  private readonly skipped: Skipped[] = []
  private readonly withdrawn: FileWithdrawal[] = []
  private order = NO_ORDER
  private orderNotes: string[] = []
  private filler = ''
  /** Where a comment belongs: to the result before it, to the order, or to nothing that is taken. */
  private target: string[] | undefined

  /** @param zone the offset of times without one, such as `+0530` */
  constructor(zone: string) {
    this.zone = zone
  }

  get count(): number {
    return this.drafts.length
  }

  /** What follows belongs to no result before. */
  leave(): void {
    this.target = undefined
  }

  read(segment: Segment): void {
    if (segment.name === 'ORC') this.filler = segment.first(3) || segment.first(2)
    else if (segment.name === 'OBR') {
      this.order = orderOf(segment, this.filler, this.zone)
      this.orderNotes = []
      this.target = this.orderNotes
    } else if (segment.name === 'OBX') this.target = this.readResult(segment)
    else if (segment.name === 'NTE') this.readNote(segment)
    else if (segment.name === 'SPM') this.leave()
  }

  finish(): { items: ImportedItem[]; skipped: Skipped[]; withdrawn: FileWithdrawal[] } {
    const counts = new Map<string, number>()
    const items = this.drafts.flatMap((draft) => {
      const item = this.itemOf(draft)
      if (item === undefined) return []
      // Two values of one test in one message are two results: nothing may be lost between them.
      const count = (counts.get(`${item.kind}|${item.key}`) ?? 0) + 1
      counts.set(`${item.kind}|${item.key}`, count)
      return count === 1 ? [item] : [{ ...item, key: `${item.key}|${count}` }]
    })
    return { items, skipped: this.skipped, withdrawn: this.withdrawn }
  }

  /** Takes a result; the place for its comments. */
  private readResult(segment: Segment): string[] | undefined {
    const said = this.saidOf(segment)
    const code = segment.repetitions(3)[0]?.[0] ?? ''
    const where = said.testName || `OBX ${segment.first(1)}`
    if (said.testName === '') return this.skip(where, 'The result has no name')
    if (said.status === 'cancelled' || said.status === 'entered_in_error') {
      const kinds = ['lab', 'report', 'document'] as const
      this.withdrawn.push(...kinds.map((kind) => ({ kind, key: keyOf(said, kind), reference: null })))
      return this.skip(where, 'The laboratory withdrew the result')
    }
    const value = valueOfResult(segment)
    if ('why' in value) return this.skip(where, value.why)
    const last = this.drafts.at(-1)
    if ('lines' in value && last !== undefined && this.goesOn(last, said, code)) {
      last.lines.push(...value.lines)
      return last.notes
    }
    const notes = [...this.orderNotes]
    const draft = { said, order: this.order, code, notes }
    if ('file' in value) this.drafts.push({ ...draft, value: undefined, lines: [], file: value.file })
    else if ('lines' in value)
      this.drafts.push({ ...draft, value: undefined, lines: [...value.lines], file: undefined })
    else this.drafts.push({ ...draft, value: value.value, lines: [], file: undefined })
    return notes
  }

  /** A text in several segments: the same test of the same order, one line after the other, with no comment between. */
  private goesOn({ said, order, code, lines, notes }: Draft, now: Draft['said'], nowCode: string): boolean {
    const isText = lines.length > 0 && this.target === notes
    return isText && order === this.order && code === nowCode && said.key === now.key && said.testName === now.testName
  }

  private saidOf(segment: Segment): Draft['said'] {
    const { order } = this
    const [code = '', name = '', system = '', otherCode = '', otherName = '', otherSystem = ''] =
      segment.repetitions(3)[0] ?? []
    const testName = tidy(name || otherName || code, 200) ?? ''
    const observedAt = hl7Time(segment.first(14), this.zone) ?? order.observedAt
    const isLoinc = (text: string) => /^(LN|LOINC)$/i.test(text)
    const loinc = isLoinc(system) ? code : isLoinc(otherSystem) ? otherCode : null
    const flags = segment.repetitions(8).map((one) => (one[0] ?? '').trim())
    return {
      kind: 'lab',
      key: [order.id, code || testName, segment.first(4), order.id === '' ? observedAt : ''].join('|').slice(0, 400),
      testName,
      testCode: tidy(loinc ?? code, 60),
      unit: tidy(segment.repetitions(6)[0]?.[0], 50),
      rangeText: tidy(
        segment
          .repetitions(7)
          .map((one) => one.filter(Boolean).join(' '))
          .join('; '),
        200,
      ),
      // Of several, the one that says something is not as it should be.
      flag: tidy(flags.find((one) => one !== '' && one !== 'N') ?? flags[0], 10),
      status: STATUS[segment.first(11).toUpperCase() || order.status] ?? 'unknown',
      observedAt,
      labName: tidy(segment.repetitions(23)[0]?.[0], 200) ?? order.labName,
      orderedBy: order.orderedBy,
      externalId: tidy(order.id, 200),
    }
  }

  private readNote(segment: Segment): void {
    const parts = segment.repetitions(3).map((part) => part.filter(Boolean).join(' '))
    const text = tidy(parts.join(' '), 1000)
    if (text === null) return
    if (this.target === undefined) this.skip('NTE', 'The comment belongs to nothing that is taken')
    else this.target.push(text)
  }

  private skip(where: string, why: string): undefined {
    this.skipped.push({ where, why })
  }

  private itemOf({ said, order, value, lines, file, notes }: Draft): ImportedItem | undefined {
    const comments = tidy(notes.join(' '), 2000)
    if (file !== undefined) return documentOf(said, order, file, comments)
    if (value !== undefined) return { ...said, value, notes: comments }
    const words = tidy(lines.join(' '), LONGEST_WORDS + 1)
    const full = lines.filter((line) => line.trim() !== '')
    if (words !== null && words.length <= LONGEST_WORDS && full.length <= MOST_LINES) {
      return { ...said, value: words, notes: comments }
    }
    const content = tidyLines([...lines, ...notes].join('\n'), LONGEST_REPORT + 1)
    if (content !== null && content.length <= LONGEST_REPORT) return reportOf(said, order, content)
    return this.skip(said.testName, 'The text is too long')
  }
}

function keyOf(said: Draft['said'], kind: 'lab' | 'report' | 'document'): string {
  return kind === 'lab' ? said.key : `${kind}|${said.key}`.slice(0, 400)
}

function reportOf(said: Draft['said'], order: Order, content: string): ImportedReport {
  return {
    kind: 'report',
    key: keyOf(said, 'report'),
    display: said.testName,
    text: content.slice(0, 300),
    startedOn: said.observedAt,
    reportType: SECTIONS[order.section] ?? 'LABORATORY_REPORT',
    content,
    summary: null,
    author: null,
    facility: said.labName,
    status: said.status === 'preliminary' || said.status === 'registered' ? 'PENDING_REVIEW' : 'PUBLISHED',
  }
}

function documentOf(said: Draft['said'], order: Order, file: ResultFile, notes: string | null): ImportedDocument {
  const type = SECTIONS[order.section]
  return {
    kind: 'document',
    key: keyOf(said, 'document'),
    display: said.testName,
    text: `${file.mime}, ${file.kilobytes} kB`,
    startedOn: said.observedAt,
    documentType:
      type === 'RADIOLOGY_REPORT' ? 'radiology_report' : type === undefined ? 'lab_report' : 'pathology_report',
    contentType: file.mime,
    url: null,
    data: file.data,
    doctor: said.orderedBy,
    facility: said.labName,
    notes,
  }
}
