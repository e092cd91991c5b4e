import { ImportFault, known } from '../imported.ts'

/** One segment: fields counted as the standard does (`MSH-1` is the separator itself). */
export interface Segment {
  readonly name: string
  /** The raw text of a field; empty for one that isn't there. */
  field(index: number): string
  /** Repetitions of a field, each as unescaped components; none for an empty field. */
  repetitions(index: number): string[][]
  /** First component of the first repetition, unescaped. */
  first(index: number): string
}

interface Delimiters {
  readonly field: string
  readonly component: string
  readonly repetition: string
  readonly escape: string
  readonly subcomponent: string
}

const MOST_SEGMENTS = 20_000
const MOST_FIELDS = 500
/** A segment may bring a file, in base64. */
const LONGEST_SEGMENT = 8_000_000
const BATCH_SEGMENTS = new Set(['FHS', 'BHS', 'BTS', 'FTS'])

/**
 * The text of a file of HL7 v2: by its byte-order mark, by the character set that MSH-18 names, else UTF-8 where that is
 * what it is, else Latin-1 as Windows has it.
 */
export function decodeHl7(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  const head = new TextDecoder('windows-1252').decode(bytes.subarray(0, 4000))
  const start = head.indexOf('MSH')
  const separator = head[start + 3] ?? '|'
  const named =
    start < 0
      ? ''
      : (head
          .slice(start)
          .split(/[\r\n]/)[0]
          ?.split(separator)[17] ?? '')
  const label = CHARACTER_SETS[named.split(/[~^]/)[0]?.trim().toUpperCase() ?? '']
  // Many name UTF-8, or nothing, and send something else.
  if (label !== undefined && label !== 'utf-8') return new TextDecoder(label).decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** HL7 table 0211 to the names of the Encoding Standard. */
const CHARACTER_SETS: Readonly<Record<string, string>> = {
  'UNICODE UTF-8': 'utf-8',
  'UTF-8': 'utf-8',
  '8859/1': 'windows-1252',
  '8859/2': 'iso-8859-2',
  '8859/3': 'iso-8859-3',
  '8859/4': 'iso-8859-4',
  '8859/5': 'iso-8859-5',
  '8859/6': 'iso-8859-6',
  '8859/7': 'iso-8859-7',
  '8859/8': 'iso-8859-8',
  '8859/9': 'windows-1254',
  '8859/15': 'iso-8859-15',
  'WINDOWS-1252': 'windows-1252',
  'UNICODE UTF-16': 'utf-16be',
  'ISO IR6': 'utf-8',
  'ISO IR87': 'iso-2022-jp',
  'GB 18030-2000': 'gb18030',
  'KS X 1001': 'euc-kr',
  'BIG-5': 'big5',
}

/**
 * Splits a file into messages of segments. Separators are those that each MSH names; segments end at CR, LF or both, and
 * the frame of MLLP is taken off. A line that is no segment goes on with the one before, as ADD does.
 * @throws ImportFault for what is no HL7 v2, or too large
 */
export function* readMessages(text: string): Generator<Segment[]> {
  let delimiters: Delimiters | undefined
  let message: Segment[] = []
  let count = 0
  for (const line of segmentLines(text.replace(/^\ufeff/, ''))) {
    count += 1
    if (count > MOST_SEGMENTS) throw new ImportFault(`The file has more than ${MOST_SEGMENTS} segments`)
    const name = line.slice(0, 3)
    if (BATCH_SEGMENTS.has(name)) continue
    if (name === 'MSH') {
      if (message.length > 0) yield message
      delimiters = delimitersOf(line)
      message = []
    }
    if (delimiters === undefined) throw new ImportFault('The file does not begin with an MSH segment')
    message.push(segmentOf(line, delimiters))
  }
  if (message.length > 0) yield message
  if (count === 0) throw new ImportFault('The file is empty')
}

/** Whole segments: texts with line ends of their own, and continued ones, are put together. */
function* segmentLines(text: string): Generator<string> {
  let parts: string[] = []
  let [length, lines] = [0, 0]
  for (const line of linesOf(text)) {
    lines += 1
    if (lines > 10 * MOST_SEGMENTS) throw new ImportFault('The file has too many lines')
    const isContinued = /^ADD[^A-Za-z0-9\s]/.test(line)
    if (parts.length === 0 || (!isContinued && /^[A-Z][A-Z0-9]{2}([^A-Za-z0-9\s]|$)/.test(line))) {
      if (parts.length > 0) yield parts.join('')
      parts = []
      length = 0
    }
    const part = isContinued ? line.slice(4) : parts.length > 0 ? `\n${line}` : line
    parts.push(part)
    length += part.length
    if (length > LONGEST_SEGMENT) throw new ImportFault('A segment of the file is too long')
  }
  if (parts.length > 0) yield parts.join('')
}

function* linesOf(text: string): Generator<string> {
  let start = 0
  for (let index = 0; index <= text.length; index += 1) {
    const code = index === text.length ? 13 : text.charCodeAt(index)
    // CR, LF, and the start and end blocks of MLLP.
    if (code !== 13 && code !== 10 && code !== 0x0b && code !== 0x1c) continue
    const line = text.slice(start, index).trimEnd()
    start = index + 1
    if (line !== '') yield line
  }
}

function delimitersOf(line: string): Delimiters {
  const [field = '', component = '', repetition = '', escaping = '', subcomponent = ''] = line.slice(3, 8)
  const all = [field, component]
  if (all.some((one) => one === '' || /[A-Za-z0-9\s]/.test(one)) || field === component) {
    throw new ImportFault('The MSH segment does not name its separators')
  }
  const orNone = (one: string) => (one === field || /[A-Za-z0-9]/.test(one) ? '' : one)
  return {
    field,
    component,
    repetition: orNone(repetition),
    escape: orNone(escaping),
    subcomponent: orNone(subcomponent),
  }
}

function segmentOf(line: string, delimiters: Delimiters): Segment {
  const fields = line.split(delimiters.field, MOST_FIELDS)
  const name = fields[0] ?? ''
  // MSH-1 is the separator itself: everything after it counts one more.
  const at = (index: number) =>
    name === 'MSH' ? (index === 1 ? delimiters.field : (fields[index - 1] ?? '')) : (fields[index] ?? '')
  const repetitions = (index: number): string[][] => {
    const text = at(index)
    if (text === '' || text === '""') return []
    const parts = delimiters.repetition === '' ? [text] : text.split(delimiters.repetition, 200)
    return parts.map((part) => part.split(delimiters.component, 40).map((one) => unescapeHl7(one, delimiters)))
  }
  return { name, field: at, repetitions, first: (index) => repetitions(index)[0]?.[0] ?? '' }
}

/** Highlighting, indents, and other character sets: they say nothing and go. */
const SILENT = /^([HN]|[CM][0-9A-Fa-f]{4,6}|Z[^\s]{0,40}|\.(?:in|ti|sk|fi|nf)[+-]?\d{0,4})$/

/** `\F\ \S\ \T\ \R\ \E\ \.br\ \Xhh..\`; what is no escape stands as it is. */
function unescapeHl7(text: string, { field, component, repetition, subcomponent, ...marks }: Delimiters): string {
  const mark = marks.escape
  if (mark === '' || !text.includes(mark)) return text
  const meanings: Readonly<Record<string, string>> = {
    F: field,
    S: component,
    T: subcomponent,
    R: repetition,
    E: mark,
    '.br': '\n',
    '.sp': '\n',
    '.ce': '\n',
  }
  let out = ''
  let rest = text
  for (let start = rest.indexOf(mark); start >= 0; start = rest.indexOf(mark)) {
    const end = rest.indexOf(mark, start + 1)
    if (end < 0) break
    const code = rest.slice(start + 1, end)
    const meant =
      known(meanings, code) ??
      known(meanings, code.replace(/\+?\d+$/, '')) ??
      hexText(code) ??
      (SILENT.test(code) ? '' : undefined)
    // The mark of what is no escape may begin the next one.
    out += rest.slice(0, start) + (meant ?? mark + code)
    rest = rest.slice(meant === undefined ? end : end + 1)
  }
  return out + rest
}

function hexText(code: string): string | undefined {
  if (!/^X(?:[0-9A-Fa-f]{2}){1,200}$/.test(code)) return undefined
  const bytes = Uint8Array.from(code.slice(1).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
