import { compareDates } from './fhirpathDates.ts'
import { type Node, Unsupported } from './fhirpathNodes.ts'
import { amountOf, areAlike, compareAmounts, digitsOf } from './fhirpathQuantities.ts'
import { isObject, type Json, numberOf, stringify } from './json.ts'
import { normalText } from './values.ts'

const DATED: Readonly<Record<string, 'moment' | 'time'>> = {
  date: 'moment',
  dateTime: 'moment',
  instant: 'moment',
  time: 'time',
}
const QUANTITIES = new Set('Quantity Age Count Distance Duration SimpleQuantity MoneyQuantity'.split(' '))

/** What can be compared with what. */
function kindOf(node: Node): 'text' | 'number' | 'amount' | 'moment' | 'time' | 'truth' | 'other' {
  if (typeof node.value === 'number') return 'number'
  if (typeof node.value === 'boolean') return 'truth'
  if (typeof node.value === 'string') return DATED[node.type] ?? 'text'
  return QUANTITIES.has(node.type) && isObject(node.value) ? 'amount' : 'other'
}

const isAmount = (kind: string) => kind === 'amount' || kind === 'number'

/** Whether two lists are the same in order; undefined when one is empty, or when it can't be told. */
export function equal(a: readonly Node[], b: readonly Node[]): boolean | undefined {
  if (a.length === 0 || b.length === 0) return undefined
  if (a.length !== b.length) return false
  let isKnown = true
  for (const [index, one] of a.entries()) {
    const answer = isEqual(one, b[index] as Node)
    if (answer === false) return false
    if (answer === undefined) isKnown = false
  }
  return isKnown ? true : undefined
}

function isEqual(a: Node, b: Node): boolean | undefined {
  if (same(a.value, b.value)) return true
  const [left, right] = [kindOf(a), kindOf(b)]
  if (left === right && (left === 'moment' || left === 'time')) {
    const order = compareDates(String(a.value), String(b.value))
    return order === undefined ? undefined : order === 0
  }
  if (isAmount(left) && isAmount(right) && left !== 'number') return amountsEqual(a, b)
  return left === 'number' && right === 'amount' ? amountsEqual(a, b) : false
}

function amountsEqual(a: Node, b: Node): boolean | undefined {
  const [left, right] = [amountOf(a), amountOf(b)]
  if (left === undefined || right === undefined) return false
  const order = compareAmounts(left, right)
  return order === undefined ? undefined : order === 0
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (typeof a !== typeof b) return numberOf(a) !== undefined && numberOf(a) === numberOf(b)
  return typeof a === 'object' && typeof b === 'object' && stringify(sorted(a)) === stringify(sorted(b))
}

/** Whether two lists have the same content whatever their order, texts without case; nothing is like nothing. */
export function equivalent(a: readonly Node[], b: readonly Node[]): boolean {
  if (a.length !== b.length) return false
  const left = [...b]
  return a.every((one) => {
    const at = left.findIndex((other) => alike(one, other))
    if (at >= 0) left.splice(at, 1)
    return at >= 0
  })
}

function alike(a: Node, b: Node): boolean {
  const [left, right] = [kindOf(a), kindOf(b)]
  if (left === right && (left === 'moment' || left === 'time')) {
    return compareDates(String(a.value), String(b.value)) === 0
  }
  if (left === 'text' && right === 'text') return normalText(String(a.value)) === normalText(String(b.value))
  if (isAmount(left) && isAmount(right)) {
    const [first, second] = [amountOf(a), amountOf(b)]
    if (first === undefined || second === undefined) return same(a.value, b.value)
    if (left === 'number' && right === 'number') return numbersAlike(first, second)
    return areAlike(first, second)
  }
  return same(a.value, b.value)
}

/** Two numbers with as many digits as the less precise has. */
function numbersAlike(a: { value: number; text: string }, b: { value: number; text: string }): boolean {
  const digits = Math.min(digitsOf(a.text), digitsOf(b.text), 15)
  return a.value.toFixed(digits) === b.value.toFixed(digits)
}

function sorted(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((one) => sorted(one) as Json)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  )
}

/**
 * The order of two values: times by their instant, quantities in one unit; undefined if it can't be told. Throws
 * `Unsupported` for values of kinds that have no order between them.
 */
export function compare(a: Node | undefined, b: Node | undefined): number | undefined {
  if (a?.value === undefined || b?.value === undefined) return undefined
  const [left, right] = [kindOf(a), kindOf(b)]
  if (left === 'number' && right === 'number') return Number(a.value) - Number(b.value)
  if (isAmount(left) && isAmount(right)) {
    const [first, second] = [amountOf(a), amountOf(b)]
    return first === undefined || second === undefined ? undefined : compareAmounts(first, second)
  }
  if (left !== right || left === 'other' || left === 'truth') throw new Unsupported('an order of different kinds')
  const [first, second] = [String(a.value), String(b.value)]
  if (left !== 'text') return compareDates(first, second)
  return first < second ? -1 : first > second ? 1 : 0
}
