import { numberOf } from './json.ts'

const ZONE = '(?:Z|[+-](?:(?:0\\d|1[0-3]):[0-5]\\d|14:00))'
const CLOCK = '(?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)(?:\\.\\d+)?'
const DAY = '(?:0[1-9]|[12]\\d|3[01])'
const MONTH = '(?:0[1-9]|1[0-2])'

const DATE = new RegExp(`^\\d{4}(?:-${MONTH}(?:-${DAY})?)?$`)
const DATE_TIME = new RegExp(`^\\d{4}(?:-${MONTH}(?:-${DAY}(?:T${CLOCK}${ZONE})?)?)?$`)
const INSTANT = new RegExp(`^\\d{4}-${MONTH}-${DAY}T${CLOCK}${ZONE}$`)
const TIME = new RegExp(`^${CLOCK}$`)
const ID = /^[A-Za-z0-9\-.]{1,64}$/
const CODE = /^[^\s]+(?: [^\s]+)*$/
const OID = /^urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+$/
const UUID = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Whether a text has the form of a resource's id. */
export const isId = (text: unknown): text is string => typeof text === 'string' && ID.test(text)

/** Whether the day of a date exists: no 30 February, no 29 in a common year, no year 0. */
function isRealDate(text: string): boolean {
  const year = Number(text.slice(0, 4))
  if (year === 0) return false
  if (text.length < 10) return true
  const month = Number(text.slice(5, 7))
  const day = Number(text.slice(8, 10))
  if (day > (DAYS_IN_MONTH[month - 1] ?? 0)) return false
  return !(month === 2 && day === 29) || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))
}

const isDated = (form: RegExp) => (value: unknown) => typeof value === 'string' && form.test(value) && isRealDate(value)
const isForm = (form: RegExp) => (value: unknown) => typeof value === 'string' && form.test(value)
const isWhole = (from: number) => (value: unknown) => {
  const number = numberOf(value)
  return number !== undefined && Number.isInteger(number) && number >= from && number <= 2_147_483_647
}
/** Control characters besides tab and line ends have no place in any text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
export const CONTROL_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/
/** A text has at most 1 MB. */
const LONGEST_TEXT = 1_048_576
const isText = (value: unknown) =>
  typeof value === 'string' && value.length <= LONGEST_TEXT && value.trim() !== '' && !CONTROL_CHARACTER.test(value)
const isAddress = isForm(/^\S+$/)

/** Whether a value has the form of each primitive type. */
export const PRIMITIVE_FORMS: Readonly<Record<string, (value: unknown) => boolean>> = {
  boolean: (value) => typeof value === 'boolean',
  integer: isWhole(-2_147_483_648),
  unsignedInt: isWhole(0),
  positiveInt: isWhole(1),
  decimal: (value) => numberOf(value) !== undefined && Number.isFinite(numberOf(value)),
  string: isText,
  markdown: isText,
  id: isId,
  code: isForm(CODE),
  uri: isAddress,
  url: isAddress,
  canonical: isAddress,
  oid: isForm(OID),
  uuid: isForm(UUID),
  base64Binary: (value) => typeof value === 'string' && isBase64(value),
  time: isForm(TIME),
  date: isDated(DATE),
  dateTime: isDated(DATE_TIME),
  instant: isDated(INSTANT),
  xhtml: (value) => typeof value === 'string' && value.trim() !== '',
}

function isBase64(text: string): boolean {
  const packed = text.replaceAll(/\s/g, '')
  return packed !== '' && packed.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(packed)
}

const ALLOWED_TAGS = new Set(
  (
    'a abbr acronym address area b bdo big blockquote body br caption center cite code col colgroup dd del dfn div dl dt ' +
    'em font h1 h2 h3 h4 h5 h6 head hr i img ins kbd li map ol p pre q s samp small span strong style sub sup table tbody ' +
    'td tfoot th thead title tr tt u ul var'
  ).split(' '),
)

/** What is wrong with a narrative: undefined for nothing. It must be a div of plain markup that runs nothing. */
export function narrativeFault(text: string): string | undefined {
  const plain = withoutComments(text)
  if (plain === undefined) return 'has a comment without an end'
  const trimmed = plain.trim()
  const isOpen = /^<(?:\w+:)?div\b/.test(trimmed) && (/<\/(?:\w+:)?div>$/.test(trimmed) || trimmed.endsWith('/>'))
  if (!isOpen) return 'must be one <div>'
  for (const [, closing, name = '', attributes = ''] of trimmed.matchAll(TAG)) {
    if (!ALLOWED_TAGS.has(name.toLowerCase())) return `may not hold <${name.slice(0, 20)}>`
    if (closing === '' && /\son\w+\s*=/i.test(attributes)) return 'may not hold event handlers'
    if (/(?:href|src)\s*=\s*["']?\s*javascript:/i.test(attributes)) return 'may not hold scripts'
  }
  const isBlank = trimmed.replaceAll(/<[^<>]*>|&nbsp;|&#160;|\s/g, '') === ''
  return isBlank && !/<img\b/i.test(trimmed) ? 'must have some content' : undefined
}

/** A tag; attributes end at the next `<`, so that no text takes more than one look at each letter. */
const TAG = /<(\/?)(?:\w+:)?([A-Za-z][\w-]*)((?:"[^"<]*"|'[^'<]*'|[^'"<>])*)>?/g

/** The text without its comments; undefined when one does not end. */
function withoutComments(text: string): string | undefined {
  let rest = ''
  let at = 0
  for (let start = text.indexOf('<!--'); start >= 0; start = text.indexOf('<!--', at)) {
    const end = text.indexOf('-->', start + 4)
    if (end < 0) return undefined
    rest += text.slice(at, start)
    at = end + 3
  }
  return rest + text.slice(at)
}
