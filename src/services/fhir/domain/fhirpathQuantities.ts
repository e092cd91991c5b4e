import { type Node, nodeOf, Unsupported } from './fhirpathNodes.ts'
import { isObject, type JsonObject, numberOf } from './json.ts'
import { canonicalUnit, UCUM } from './units.ts'

/** An amount with its unit: a code of UCUM, a word of the calendar, or what else a resource says. */
interface Amount {
  readonly value: number
  /** As it was written. */
  readonly text: string
  readonly unit: string
  readonly kind: 'ucum' | 'calendar' | 'other'
}

/** The words of the calendar that last the same always, as UCUM has them. */
const DEFINITE: Readonly<Record<string, string>> = {
  week: 'wk',
  day: 'd',
  hour: 'h',
  minute: 'min',
  second: 's',
  millisecond: 'ms',
}
/** Those that don't: a month is no fixed number of days. */
const INDEFINITE: Readonly<Record<string, string>> = { year: 'a', month: 'mo' }
const WORD = /^(year|month|week|day|hour|minute|second|millisecond)s?$/

/** The calendar's word without its s; undefined for another text. */
export const calendarWord = (text: string): string | undefined => WORD.exec(text)?.[1]

/** An amount as FHIRPath has them. */
export function quantityNode(value: number, unit: string, text = String(value)): Node {
  const word = calendarWord(unit)
  const quantity: JsonObject = word === undefined ? { value, code: unit, system: UCUM } : { value, unit }
  return { ...nodeOf(quantity, 'Quantity'), text }
}

/** The amount of a number or a Quantity; undefined for everything else. */
export function amountOf(node: Node | undefined): Amount | undefined {
  if (node === undefined) return undefined
  if (typeof node.value === 'number') {
    return { value: node.value, text: node.text ?? String(node.value), unit: '1', kind: 'ucum' }
  }
  if (!isObject(node.value)) return undefined
  const { value, code, unit, system } = node.value
  const number = numberOf(value)
  if (number === undefined) return undefined
  const text = node.text ?? String(number)
  if (typeof code === 'string' && (system === UCUM || system === undefined)) {
    return { value: number, text, unit: code, kind: 'ucum' }
  }
  const word = typeof unit === 'string' && code === undefined ? calendarWord(unit) : undefined
  if (word !== undefined) return { value: number, text, unit: word, kind: 'calendar' }
  if (code === undefined && unit === undefined) return { value: number, text, unit: '1', kind: 'ucum' }
  return { value: number, text, unit: `${String(system ?? '')}|${String(code ?? unit)}`, kind: 'other' }
}

/** Both amounts in one unit; undefined when there is none. `isLoose` takes a year as UCUM's mean one. */
function alike(a: Amount, b: Amount, isLoose = false): readonly [number, number] | undefined {
  if (a.kind === b.kind && a.unit === b.unit) return [a.value, b.value]
  const [left, right] = [baseOf(a, isLoose), baseOf(b, isLoose)]
  return left !== undefined && left.dimension === right?.dimension ? [left.value, right.value] : undefined
}

function baseOf({ value, unit, kind }: Amount, isLoose: boolean) {
  if (kind === 'other') return undefined
  if (kind === 'calendar' && unit in INDEFINITE && !isLoose) {
    return { dimension: 'calendar', value: unit === 'year' ? value * 12 : value }
  }
  const code = kind === 'calendar' ? (DEFINITE[unit] ?? (INDEFINITE[unit] as string)) : unit
  const known = canonicalUnit(UCUM, code)
  return known === undefined ? undefined : { dimension: known.dimension, value: known.of(value) }
}

/** The order of two amounts; undefined when their units can't be converted into each other. */
export function compareAmounts(a: Amount, b: Amount): number | undefined {
  const both = alike(a, b)
  return both === undefined ? undefined : both[0] - both[1]
}

/** Whether one unit can be converted into the other. */
export const areComparable = (a: Amount, b: Amount): boolean => alike(a, b) !== undefined

/** Digits behind the point of a number's text. */
export function digitsOf(text: string): number {
  const [, fraction = '', exponent = '0'] = /^-?\d+(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  return Math.max(0, fraction.length - Number(exponent))
}

/** Whether two amounts are the same as far as the less precise one says. */
export function areAlike(a: Amount, b: Amount): boolean {
  const both = alike(a, b, true)
  if (both === undefined) return false
  const [left, right] = both
  if (left === right) return true
  if (a.value === 0 || left === 0) return false
  // The second in the unit of the first.
  const converted = Number(((right * a.value) / left).toPrecision(12))
  const digits = Math.min(digitsOf(a.text), a.unit === b.unit ? digitsOf(b.text) : digitsOf(String(converted)), 15)
  return a.value.toFixed(digits) === converted.toFixed(digits)
}

/** The sum or the difference in the unit of the first. Throws `Unsupported` for units that don't fit together. */
export function sumOf(a: Amount, b: Amount, sign: 1 | -1): Node {
  const both = alike(a, b)
  if (both === undefined || a.kind === 'other') throw new Unsupported(`${a.unit} and ${b.unit} together`)
  const [left, right] = both
  const one = left === 0 || a.value === 0 ? alike({ ...a, value: 1 }, { ...b, value: 0 })?.[0] : left / a.value
  return quantityNode(exact(a.value + (sign * right) / (one ?? 1)), a.unit)
}

/** The product, or with -1 the quotient, of two amounts. Throws `Unsupported` for units of no system. */
export function productOf(a: Amount, b: Amount, power: 1 | -1): Node | undefined {
  if (a.kind !== 'ucum' || b.kind !== 'ucum') throw new Unsupported(`${a.unit} by ${b.unit}`)
  const value = power === 1 ? a.value * b.value : a.value / b.value
  if (!Number.isFinite(value)) return undefined
  return quantityNode(exact(value), unitsTogether(a.unit, b.unit, power))
}

function unitsTogether(left: string, right: string, power: 1 | -1): string {
  if (right === '1') return left
  if (left === right && power === -1) return '1'
  const flipped = right.replaceAll(/[./]/g, (sign) => (sign === '.' ? '/' : '.'))
  if (power === -1) return `${left}/${flipped}`
  return left === '1' ? right : `${left}.${right}`
}

/** A result without the noise of binary fractions: 0.6, not 0.6000000000000001. */
export const exact = (value: number): number => Number(value.toPrecision(15))

const QUANTITY = /^([+-]?\d+(?:\.\d+)?)\s*(?:'([^']+)'|([a-zA-Z]+))?$/

/** A quantity from its text, `4 days` or `1.5 'mg'`; undefined for what is none. */
export function readQuantity(text: string): Node | undefined {
  const [, number, code, word] = QUANTITY.exec(text.trim()) ?? []
  if (number === undefined || (word !== undefined && calendarWord(word) === undefined)) return undefined
  return quantityNode(Number(number), code ?? word ?? '1', number)
}

/** A quantity as FHIRPath writes it: `1 'wk'`, `4 days`. */
export function quantityText(node: Node): string | undefined {
  const amount = amountOf(node)
  if (amount === undefined || !isObject(node.value)) return undefined
  return `${amount.text} ${amount.kind === 'calendar' ? String(node.value.unit) : `'${amount.unit}'`}`
}
