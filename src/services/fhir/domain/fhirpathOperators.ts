import { compare, equal, equivalent } from './fhirpathCompare.ts'
import { addToDate } from './fhirpathDates.ts'
import { booleanOf, type Node, nodeOf, type Scope, spend, textOf, Unsupported } from './fhirpathNodes.ts'
import { amountOf, calendarWord, exact, productOf, quantityNode, sumOf } from './fhirpathQuantities.ts'
import { isObject } from './json.ts'

/** What an operator makes of its two sides. */
export type Decide = (left: readonly Node[], right: readonly Node[], scope: Scope) => readonly Node[]

const TRUE = [nodeOf(true, 'boolean')]
const FALSE = [nodeOf(false, 'boolean')]

/** A truth as a list; nothing for what can't be told. */
export function truth(value: boolean | undefined): readonly Node[] {
  if (value === undefined) return []
  return value ? TRUE : FALSE
}

type Truth = boolean | undefined
const logic =
  (decide: (a: Truth, b: Truth) => Truth): Decide =>
  (a, b) =>
    truth(decide(booleanOf(a), booleanOf(b)))

/** The one item of a side; undefined for none. Throws `Unsupported` for several. */
function only(nodes: readonly Node[]): Node | undefined {
  if (nodes.length > 1) throw new Unsupported('an operator between several')
  return nodes[0]
}

const order =
  (isKept: (difference: number) => boolean): Decide =>
  (a, b) => {
    const difference = compare(only(a), only(b))
    return truth(difference === undefined ? undefined : isKept(difference))
  }

const not = (value: Truth): Truth => (value === undefined ? undefined : !value)

const reckoned =
  (name: string, reckon: (a: number, b: number) => number | undefined, other: (a: Node, b: Node) => readonly Node[]) =>
  (a: readonly Node[], b: readonly Node[]): readonly Node[] => {
    const [left, right] = [only(a), only(b)]
    if (left?.value === undefined || right?.value === undefined) return []
    if (typeof left.value !== 'number' || typeof right.value !== 'number') return other(left, right)
    const result = reckon(left.value, right.value)
    if (result === undefined || !Number.isFinite(result)) return []
    const isWhole = name !== '/' && left.type !== 'decimal' && right.type !== 'decimal'
    return [nodeOf(exact(result), isWhole ? 'integer' : 'decimal')]
  }

const numbers = (name: string, reckon: (a: number, b: number) => number | undefined): Decide =>
  reckoned(name, reckon, () => {
    throw new Unsupported(`${name} of what are no numbers`)
  })

const amounts = (name: '*' | '/', reckon: (a: number, b: number) => number | undefined): Decide =>
  reckoned(name, reckon, (a, b) => {
    const [left, right] = [amountOf(a), amountOf(b)]
    if (left === undefined || right === undefined) throw new Unsupported(`${name} of what are no numbers`)
    const result = productOf(left, right, name === '*' ? 1 : -1)
    return result === undefined ? [] : [result]
  })

const DATED = new Set(['date', 'dateTime', 'instant', 'time'])

/** A sum or a difference of what are no two numbers: dates with a time, amounts, and texts. */
const summed = (sign: 1 | -1) => (a: Node, b: Node) => {
  const amount = amountOf(b)
  if (DATED.has(a.type)) {
    const unit = amount === undefined || !isObject(b.value) ? undefined : calendarUnit(amount.unit)
    if (amount === undefined || unit === undefined) throw new Unsupported('a date and what is no time of the calendar')
    return [{ ...nodeOf(addToDate(String(a.value), sign * amount.value, unit), a.type) }]
  }
  const own = amountOf(a)
  if (own !== undefined && amount !== undefined) return [sumOf(own, amount, sign)]
  const areTexts = typeof a.value === 'string' && typeof b.value === 'string'
  if (!areTexts || sign === -1) throw new Unsupported('a sum of different kinds')
  return [nodeOf(a.value + b.value, 'string')]
}

const UCUM_WORDS: Readonly<Record<string, string>> = {
  wk: 'week',
  d: 'day',
  h: 'hour',
  min: 'minute',
  s: 'second',
  ms: 'millisecond',
}
const calendarUnit = (unit: string) => calendarWord(unit) ?? UCUM_WORDS[unit]

const OPERATORS: Readonly<Record<string, Decide>> = {
  and: logic((a, b) => (a === false || b === false ? false : a === true && b === true ? true : undefined)),
  or: logic((a, b) => (a === true || b === true ? true : a === false && b === false ? false : undefined)),
  xor: logic((a, b) => (a === undefined || b === undefined ? undefined : a !== b)),
  implies: logic((a, b) => (a === false || b === true ? true : a === true ? b : undefined)),
  '=': (a, b) => truth(equal(a, b)),
  '!=': (a, b) => truth(not(equal(a, b))),
  '~': (a, b) => truth(equivalent(a, b)),
  '!~': (a, b) => truth(!equivalent(a, b)),
  '<': order((difference) => difference < 0),
  '<=': order((difference) => difference <= 0),
  '>': order((difference) => difference > 0),
  '>=': order((difference) => difference >= 0),
  in: (a, b, scope) => (a.length === 0 ? [] : truth(a.every((one) => isAmong(one, b, scope)))),
  contains: (a, b, scope) => (b.length === 0 ? [] : truth(b.every((one) => isAmong(one, a, scope)))),
  '|': (a, b, scope) => distinct([...a, ...b], scope),
  '&': (a, b) => [nodeOf(textOf(only(a)) + textOf(only(b)), 'string')],
  '+': reckoned('+', (a, b) => a + b, summed(1)),
  '-': reckoned('-', (a, b) => a - b, summed(-1)),
  '*': amounts('*', (a, b) => a * b),
  '/': amounts('/', (a, b) => (b === 0 ? undefined : a / b)),
  div: numbers('div', (a, b) => (b === 0 ? undefined : Math.trunc(a / b))),
  mod: numbers('mod', (a, b) => (b === 0 ? undefined : a % b)),
}

/** The operator of that name. Throws `Unsupported` for one that FHIRPath doesn't have. */
export function operatorOf(name: string): Decide {
  const known = OPERATORS[name]
  if (known === undefined) throw new Unsupported(name)
  return known
}

/** `-3`. Throws `Unsupported` for what is no number. */
export function negative(nodes: readonly Node[]): readonly Node[] {
  return nodes.map((node) => {
    if (typeof node.value === 'number') {
      return { ...nodeOf(-node.value, node.type), text: node.text === undefined ? undefined : `-${node.text}` }
    }
    const amount = amountOf(node)
    if (amount === undefined) throw new Unsupported('the negative of what is no number')
    return quantityNode(-amount.value, amount.unit, `-${amount.text}`)
  })
}

function isAmong(node: Node, others: readonly Node[], scope: Scope): boolean {
  spend(scope, others.length)
  return others.some((other) => equal([node], [other]) === true)
}

/** Each item once. */
export function distinct(nodes: readonly Node[], scope: Scope): readonly Node[] {
  if (nodes.every(({ value, type }) => typeof value === 'string' && !DATED.has(type))) {
    spend(scope, nodes.length)
    return [...new Map(nodes.toReversed().map((node) => [node.value, node])).values()].reverse()
  }
  const kept: Node[] = []
  for (const node of nodes) if (!isAmong(node, kept, scope)) kept.push(node)
  return kept
}
