import { isRealDate } from '../../../../shared/dates.ts'
import { linesOf, type ReadPage } from './pages.ts'

/** What a document says about itself. */
export interface DocumentFacts {
  readonly documentType:
    | 'lab_report'
    | 'prescription'
    | 'radiology_report'
    | 'radiology'
    | 'discharge_summary'
    | 'medical_certificate'
    | 'pathology_report'
    | 'ekg_report'
    | 'other'
  /** Undefined where none is printed, or where it could be two: 03/04/2026. */
  readonly date: string | undefined
  readonly isDateAmbiguous: boolean
  readonly doctor: string | undefined
  readonly hospital: string | undefined
  readonly patient: string | undefined
}

const TYPES: readonly (readonly [DocumentFacts['documentType'], RegExp, number])[] = [
  ['discharge_summary', /discharge (summary|card|note)|date of (admission|discharge)/gi, 4],
  ['medical_certificate', /medical certificate|fit(ness)? certificate|certify that|unfit for (work|duty)/gi, 4],
  [
    'pathology_report',
    /histopatholog|biopsy|cytolog|microscopic(al)? (description|examination)|gross (description|examination)/gi,
    3,
  ],
  ['radiology_report', /x-?ray|ultraso(und|nograph)|\bct scan|\bmri\b|radiograph|radiolog|doppler|mammogra/gi, 2],
  ['ekg_report', /electrocardiogra|\becg\b|\bekg\b|qrs|pr interval/gi, 2],
  ['prescription', /\brx\b|℞|prescription|\btab\.?\s|\bcap\.?\s|\b\d-\d-\d\b/gi, 2],
  [
    'lab_report',
    /reference (range|interval)|biological ref|laborator|specimen|haemogram|hemogram|g\/dl|mmol\/l|mg\/dl/gi,
    1,
  ],
]

/** Reads type, date and names in the text of a document; the first page speaks first. */
export function readFacts(pages: readonly ReadPage[]): DocumentFacts {
  const lines = pages
    .slice(0, 3)
    .flatMap((page) => linesOf(page.readings[0] ?? [], page.aspect).map((line) => line.text.slice(0, 300)))
  const text = lines.join('\n')
  return {
    documentType: typeOf(text),
    ...dateOf(lines),
    doctor: doctorOf(lines),
    hospital: hospitalOf(lines),
    patient: patientOf(lines),
  }
}

function typeOf(text: string): DocumentFacts['documentType'] {
  let best: { type: DocumentFacts['documentType']; score: number } = { type: 'other', score: 1 }
  for (const [type, words, weight] of TYPES) {
    const score = Math.min(4, text.match(words)?.length ?? 0) * weight
    if (score > best.score) best = { type, score }
  }
  return best.type
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const LABELS = [
  /collect|drawn|sampl|entnahme|abnahme|pr[ée]l[eè]v|toma de muestra/i,
  /report|result/i,
  /visit|consult|admission|\bdate\b/i,
  /./,
]
const NOT_NOW =
  /birth|dob|d\.o\.b|valid|expiry|expires|next|follow|due|previous|print|geb\.|geboren|geburt|naissance|n[ée]\(?e?\)? le|nacimiento|nascimento|lahir|जन्म|ميلاد/i
/** Both signs are the same, and no point follows: `13.5-17.5` is a range. */
const NUMERIC = /(?<![\d.,])(\d{1,4})([./-])(\d{1,2})\2(\d{2,4})(?![\d-]|[.,]\d)/
const NAMED =
  /\b(?:(\d{1,2})(?:st|nd|rd|th)?[\s./-]+([A-Za-z]{3,9})[\s.,/-]+(\d{4})|([A-Za-z]{3,9})\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4}))\b/

/** A printed day; undefined where it could be two. */
export interface PrintedDay {
  readonly date: string | undefined
  readonly isDateAmbiguous: boolean
}

function dateOf(lines: readonly string[]): PrintedDay {
  for (const label of LABELS) {
    const found = lines.flatMap((line) => {
      const day = label.test(line) && !NOT_NOW.test(line.slice(0, 60)) ? dayAfter(line, label) : undefined
      return day === undefined ? [] : [day]
    })
    const [first, ...others] = found
    if (first === undefined) continue
    // Without a word that says what they are, of two days none is the one.
    const isAny = label.source === '.' && others.some((one) => one.date !== first.date)
    return isAny ? { date: undefined, isDateAmbiguous: true } : first
  }
  return { date: undefined, isDateAmbiguous: false }
}

/** Two dates may share a line: the one behind the word counts. Undefined where the line has none. */
export function dayAfter(line: string, label: RegExp): PrintedDay | undefined {
  const behind = label.source === '.' ? undefined : readDay(line.slice(line.search(label)))
  return behind ?? readDay(line)
}

/** The first date of a text; ambiguous where day and month could be each other's. */
export function readDay(text: string): PrintedDay | undefined {
  const named = NAMED.exec(text)
  if (named !== null) {
    const [, day = named[5], month = named[4], year = named[6]] = named
    const number = MONTHS.indexOf((month ?? '').slice(0, 3).toLowerCase()) + 1
    const date = number === 0 ? undefined : realDay(Number(year), number, Number(day))
    if (date !== undefined) return { date, isDateAmbiguous: false }
  }
  const numeric = NUMERIC.exec(text)
  if (numeric === null) return undefined
  const [first, second, third] = [numeric[1], numeric[3], numeric[4]].map(Number) as [number, number, number]
  if (first > 999) {
    const date = realDay(first, second, third)
    return date === undefined ? undefined : { date, isDateAmbiguous: false }
  }
  const year = third < 100 ? 2000 + third : third
  const dayFirst = realDay(year, second, first)
  const monthFirst = realDay(year, first, second)
  if (dayFirst !== undefined && monthFirst !== undefined && dayFirst !== monthFirst) {
    return { date: undefined, isDateAmbiguous: true }
  }
  const date = dayFirst ?? monthFirst
  return date === undefined ? undefined : { date, isDateAmbiguous: false }
}

function realDay(year: number, month: number, day: number): string | undefined {
  if (year < 1900 || year > 2200 || !isRealDate({ year, month, day })) return undefined
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

const NAME = "[A-Z][A-Za-z'.-]*(?: [A-Z][A-Za-z'.-]*){0,3}"
const DOCTOR = new RegExp(`\\bDr\\.?\\s*(${NAME})`)
const PATIENT = new RegExp(
  `\\b(?:patient(?:'s)? name|patient|name)\\s*[:-]\\s*(?:(?:mr|mrs|ms|miss|master)\\.?\\s+)?(${NAME})`,
  'i',
)

function doctorOf(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const name = DOCTOR.exec(line.split(/\s{2,}/).find((cell) => DOCTOR.test(cell)) ?? '')?.[1]
    if (name !== undefined) return `Dr. ${name}`
  }
  return undefined
}

function hospitalOf(lines: readonly string[]): string | undefined {
  const pattern =
    /hospital|clinic\b|laborator(y|ies)|diagnostics?\b|\blabs?\b|medical (centre|center|college)|healthcare|nursing home|pathology/i
  const cell = lines
    .slice(0, 12)
    .flatMap((line) => line.split(/\s{2,}/))
    .find((one) => pattern.test(one) && /^[A-Z]/.test(one) && one.length <= 80)
  return cell?.replace(/^(hospital|clinic|laboratory)\s*[:-]\s*/i, '').trim()
}

function patientOf(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    for (const cell of line.split(/\s{2,}/)) {
      const name = PATIENT.exec(cell)?.[1]
      if (name !== undefined && !/hospital|laborator|doctor/i.test(cell) && /^[A-Z]/.test(name)) return name.trim()
    }
  }
  return undefined
}

/** Whether two names can be of one person: every word of the shorter, or its first letter, is in the longer. */
export function mayBeSamePerson(printed: string, known: string): boolean {
  const words = (name: string) =>
    name
      .toLowerCase()
      .replaceAll(/[^\p{L}\s]/gu, ' ')
      .split(/\s+/)
      .filter((word) => word !== '')
  const [one, other] = [words(printed), words(known)].sort((a, b) => a.length - b.length) as [string[], string[]]
  return (
    one.length > 0 &&
    one.every((word) =>
      other.some(
        (candidate) =>
          candidate === word || (Math.min(word.length, candidate.length) === 1 && candidate[0] === word[0]),
      ),
    )
  )
}
