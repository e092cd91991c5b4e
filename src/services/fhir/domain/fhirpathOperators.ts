import {
  booleanOf,
  compare,
  equal,
  equivalent,
  type Node,
  nodeOf,
  type Scope,
  spend,
  textOf,
  Unsupported,
} from './fhirpathNodes.ts'

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

const order =
  (isKept: (difference: number) => boolean): Decide =>
  (a, b) => {
    const difference = compare(a[0], b[0])
    return truth(difference === undefined ? undefined : isKept(difference))
  }

const not = (value: Truth): Truth => (value === undefined ? undefined : !value)

const numbers =
  (name: string, reckon: (a: number, b: number) => number | undefined): Decide =>
  (a, b) => {
    if (a.length === 0 || b.length === 0) return []
    const [left, right] = [a[0]?.value, b[0]?.value]
    if (typeof left !== 'number' || typeof right !== 'number') throw new Unsupported(`${name} of what are no numbers`)
    const result = reckon(left, right)
    if (result === undefined || !Number.isFinite(result)) return []
    const isWhole = name !== '/' && a[0]?.type !== 'decimal' && b[0]?.type !== 'decimal'
    return [nodeOf(result, isWhole ? 'integer' : 'decimal')]
  }

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
  '&': (a, b) => [nodeOf(textOf(a[0]) + textOf(b[0]), 'string')],
  '+': (a, b, scope) => {
    const areNumbers = typeof a[0]?.value === 'number' && typeof b[0]?.value === 'number'
    if (areNumbers) return (PLUS as Decide)(a, b, scope)
    return a.length === 0 || b.length === 0 ? [] : [nodeOf(textOf(a[0]) + textOf(b[0]), 'string')]
  },
  '-': numbers('-', (a, b) => a - b),
  '*': numbers('*', (a, b) => a * b),
  '/': numbers('/', (a, b) => (b === 0 ? undefined : a / b)),
  div: numbers('div', (a, b) => (b === 0 ? undefined : Math.trunc(a / b))),
  mod: numbers('mod', (a, b) => (b === 0 ? undefined : a % b)),
}
const PLUS = numbers('+', (a, b) => a + b)

/** The operator of that name. Throws `Unsupported` for one that FHIRPath doesn't have. */
export function operatorOf(name: string): Decide {
  const known = OPERATORS[name]
  if (known === undefined) throw new Unsupported(name)
  return known
}

/** `-3`. Throws `Unsupported` for what is no number. */
export function negative(nodes: readonly Node[]): readonly Node[] {
  return nodes.map(({ value, type }) => {
    if (typeof value !== 'number') throw new Unsupported('the negative of what is no number')
    return nodeOf(-value, type)
  })
}

function isAmong(node: Node, others: readonly Node[], scope: Scope): boolean {
  spend(scope, others.length)
  return others.some((other) => equal([node], [other]) === true)
}

/** Each item once. */
export function distinct(nodes: readonly Node[], scope: Scope): readonly Node[] {
  const kept: Node[] = []
  for (const node of nodes) if (!isAmong(node, kept, scope)) kept.push(node)
  return kept
}
