type NumberDoubt = 'digit_confusion' | 'comma' | 'decimal_point'

/** A number as it was printed, and what about its digits is not sure. */
export interface PrintedNumber {
  readonly value: number
  readonly comparator: '<' | '>' | undefined
  /** Digits after the point. */
  readonly decimals: number
  readonly doubts: readonly NumberDoubt[]
}

const CONFUSED: Readonly<Record<string, string>> = { O: '0', o: '0', l: '1', I: '1', '|': '1', S: '5', B: '8', Z: '2' }
const NUMBER = /^([<>≤≥])?\s*(-?[0-9OolI|SBZ]{1,9}(?:[.,][0-9OolI|SBZ]{1,4}){0,4})$/

/**
 * Reads a printed result: a point or a single comma before one or two digits is decimal; groups of three after commas are
 * thousands. Letters that readers take for digits are read as those, with a doubt. Undefined for anything else.
 */
export function readNumber(text: string): PrintedNumber | undefined {
  const match = NUMBER.exec(text.trim())
  const [, sign, body] = match ?? []
  if (body === undefined || !/[0-9]/.test(body)) return undefined
  const doubts: NumberDoubt[] = []
  const digits = body.replaceAll(/[OolI|SBZ]/g, (letter) => CONFUSED[letter] as string)
  if (digits !== body) doubts.push('digit_confusion')
  const points = digits.split('.').length - 1
  const commas = digits.split(',').length - 1
  // Nobody prints 04: its point was lost.
  if (/^-?0\d/.test(digits)) doubts.push('decimal_point')
  let plain = digits
  if (commas > 0) {
    // 2,50,000 is how India writes a quarter of a million.
    const isThousands = /^-?\d{1,3}(,\d{3})+(\.\d+)?$|^-?\d{1,2}(,\d{2})+,\d{3}(\.\d+)?$/.test(digits)
    if (!isThousands && (commas > 1 || points > 0)) return undefined
    plain = isThousands ? digits.replaceAll(',', '') : digits.replace(',', '.')
    // 1,234 is a thousand and more in one country, and one and a quarter in another.
    if (isThousands && points === 0 && commas === 1) doubts.push('comma')
  }
  if (points > 1) return undefined
  const comparator = sign === undefined ? undefined : sign === '<' || sign === '≤' ? '<' : '>'
  return { value: Number(plain), comparator, decimals: (plain.split('.')[1] ?? '').length, doubts }
}

/** A printed reference range. */
export interface PrintedRange {
  readonly low: number | undefined
  readonly high: number | undefined
  readonly text: string
  readonly decimals: number
  readonly doubts: readonly NumberDoubt[]
}

const PART = '[0-9OolI|SBZ][0-9OolI|SBZ.,]*'
const SPAN = new RegExp(`\\(?\\s*(${PART})\\s*(?:-|–|—|~|=|-=|to|bis)\\s*(${PART})\\s*\\)?`, 'u')
const LIMIT = new RegExp(
  `\\(?\\s*(<=?|≤|>=?|≥|up to|less than|below|upto|under|bis|more than|greater than|above|over)\\s*(${PART})\\s*\\)?`,
  'iu',
)

/** Finds a range in a piece of text; `before` and `after` are what stands around it. */
export function findRange(
  text: string,
): (PrintedRange & { readonly before: string; readonly after: string }) | undefined {
  const span = SPAN.exec(text)
  if (span !== null) {
    const [low, high] = [readNumber(tidyPart(span[1])), readNumber(tidyPart(span[2]))]
    if (low !== undefined && high !== undefined) {
      return {
        low: low.value,
        high: high.value,
        text: span[0].trim(),
        decimals: Math.max(low.decimals, high.decimals),
        doubts: [...low.doubts, ...high.doubts],
        ...around(text, span),
      }
    }
  }
  const limit = LIMIT.exec(text)
  const number = limit === null ? undefined : readNumber(tidyPart(limit[2]))
  if (limit === null || number === undefined) return undefined
  const isUpper = /^(<|≤|up|less|below|under|bis)/i.test(limit[1] as string)
  const { value, decimals, doubts } = number
  const sides = { low: isUpper ? undefined : value, high: isUpper ? value : undefined }
  return { ...sides, text: limit[0].trim(), decimals, doubts, ...around(text, limit) }
}

const tidyPart = (part: string | undefined) => (part ?? '').replace(/[.,]+$/, '')

function around(text: string, match: RegExpExecArray): { before: string; after: string } {
  return { before: text.slice(0, match.index), after: text.slice(match.index + match[0].length) }
}
