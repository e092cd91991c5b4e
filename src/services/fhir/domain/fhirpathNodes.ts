import type { Definitions } from './definitions.ts'
import { isObject, isRawNumber, type Json, type JsonObject, numberOf, stringify } from './json.ts'
import { normalText } from './values.ts'

/** A value with the type that the definitions give it; an element without a value of its own has only its extensions. */
export interface Node {
  readonly value: Json | undefined
  readonly type: string
  /** Where it stands: the object that holds it, under which member, and where in its list. */
  readonly holder?: JsonObject | undefined
  readonly holderType?: string | undefined
  readonly key?: string | undefined
  readonly index?: number | undefined
}

/** What an expression can refer to besides its focus. */
export interface Scope {
  readonly resource: Node
  readonly root: Node
  readonly context?: Node | undefined
  /** `$this`, and its place among its like. */
  readonly self?: Node | undefined
  readonly place?: number | undefined
  /** How much work may still be done; without it the expression is one of HL7's own. */
  readonly budget?: { left: number } | undefined
  /** Whether the expression continues another one, so that a name is a member and never a type. */
  readonly isStep?: boolean
}

/** An argument of a function, evaluated for the items given; `place` is what $index says. */
export type Argument = (items: readonly Node[], place?: number) => readonly Node[]
export type Run = (
  focus: readonly Node[],
  given: readonly Argument[],
  scope: Scope,
  definitions: Definitions,
) => readonly Node[]

/** Something that HL7's invariants don't use, or that can't be told here; the rule is not judged. */
export class Unsupported extends Error {}

/** Counts work against the budget of a foreign expression. Throws `Unsupported` when it is used up. */
export function spend(scope: Scope, amount: number): void {
  if (scope.budget === undefined) return
  scope.budget.left -= amount + 1
  if (scope.budget.left < 0) throw new Unsupported('an expression that takes this much work')
}

/** A value with its type. */
export function nodeOf(value: Json | undefined, type: string): Node {
  return { value, type }
}

/** Members of that name, choices included: `value` finds `valueQuantity`. */
export function childrenOf(node: Node, name: string, definitions: Definitions): readonly Node[] {
  const { value } = node
  if (!isObject(value)) return []
  const type = definitions.type(node.type)
  const property = type?.properties.get(name)
  if (property !== undefined) return items(node, value, name, property.type)
  const choice = type?.choices.get(name)
  if (choice === undefined) return name === 'resourceType' ? items(node, value, name, 'code') : []
  return choice.flatMap((one) => items(node, value, one.name, one.type))
}

/** All members of all names. */
export function allChildren(node: Node, definitions: Definitions): readonly Node[] {
  const type = definitions.type(node.type)
  if (type === undefined || !isObject(node.value)) return []
  const names = new Set(Object.keys(node.value).map((key) => (key.startsWith('_') ? key.slice(1) : key)))
  return [...names].flatMap((name) => childrenOf(node, name, definitions))
}

function items(owner: Node, holder: JsonObject, key: string, type: string): readonly Node[] {
  const value = holder[key]
  const extras = holder[`_${key}`]
  if (value === undefined && extras === undefined) return []
  const values = value === undefined ? [] : Array.isArray(value) ? value : [value]
  const more = extras === undefined ? [] : Array.isArray(extras) ? extras : [extras]
  const isList = Array.isArray(value) || Array.isArray(extras)
  const holderType = owner.type
  const nodes: Node[] = []
  for (let index = 0; index < Math.max(values.length, more.length); index += 1) {
    const one = values[index] ?? undefined
    const place = isList ? index : undefined
    if (one !== undefined) {
      const named = type === 'Resource' && isObject(one) ? String(one.resourceType) : type
      nodes.push({ value: isRawNumber(one) ? numberOf(one) : one, type: named, holder, holderType, key, index: place })
    } else if (more[index] !== undefined && more[index] !== null) {
      nodes.push({ value: undefined, type, holder, holderType, key, index: place })
    }
  }
  return nodes
}

/** The one boolean of a list; undefined for none. Anything else that is there counts as true. */
export function booleanOf(nodes: readonly Node[]): boolean | undefined {
  if (nodes.length === 0) return undefined
  const { value } = nodes[0] as Node
  return typeof value === 'boolean' ? value : true
}

/** The value as text; nothing is empty. */
export function textOf(node: Node | undefined): string {
  if (node?.value === undefined) return ''
  return typeof node.value === 'string' ? node.value : stringify(node.value)
}

/** Whether two lists are the same in order; undefined when one is empty. */
export function equal(a: readonly Node[], b: readonly Node[]): boolean | undefined {
  if (a.length === 0 || b.length === 0) return undefined
  if (a.length !== b.length) return false
  return a.every((one, index) => same(one.value, b[index]?.value))
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
    const at = left.findIndex((other) => alike(one.value, other.value))
    if (at >= 0) left.splice(at, 1)
    return at >= 0
  })
}

function alike(a: Json | undefined, b: Json | undefined): boolean {
  if (typeof a === 'string' && typeof b === 'string') return normalText(a) === normalText(b)
  return same(a, b)
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

const DATE = /^\d{4}(-\d\d(-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?)?)?$/

/** The order of two values: times by their instant, quantities by their value in one unit; undefined if it can't be told. */
export function compare(a: Node | undefined, b: Node | undefined): number | undefined {
  const left = comparable(a?.value)
  const right = comparable(b?.value)
  if (left === undefined || right === undefined) return undefined
  if (typeof left === 'number' && typeof right === 'number') return left - right
  const [first, second] = [String(left), String(right)]
  if (DATE.test(first) && DATE.test(second)) return compareDates(first, second)
  return first < second ? -1 : first > second ? 1 : 0
}

function comparable(value: Json | undefined): number | string | undefined {
  if (isObject(value)) return numberOf(value.value)
  return typeof value === 'string' ? value : numberOf(value)
}

/** Of two dates of different precision only what both say is compared; with zones, their instants are. */
export function compareDates(a: string, b: string): number | undefined {
  if (a.includes('T') && b.includes('T')) return Date.parse(a) - Date.parse(b)
  const length = Math.min(a.split('T')[0]?.length ?? 0, b.split('T')[0]?.length ?? 0)
  const [first, second] = [a.slice(0, length), b.slice(0, length)]
  if (first === second) return a.length === b.length ? 0 : undefined
  return first < second ? -1 : 1
}
