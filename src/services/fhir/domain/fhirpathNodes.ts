import type { Definitions } from './definitions.ts'
import { isObject, isRawNumber, type Json, type JsonObject, stringify } from './json.ts'

/** A value with the type that the definitions give it; an element without a value of its own has only its extensions. */
export interface Node {
  readonly value: Json | undefined
  readonly type: string
  /** Where it stands: the object that holds it, under which member, and where in its list. */
  readonly holder?: JsonObject | undefined
  readonly holderType?: string | undefined
  readonly key?: string | undefined
  readonly index?: number | undefined
  /** A number as it was written: `1.00` is more precise than `1`. */
  readonly text?: string | undefined
}

/** How patterns that somebody sends are run, so that none takes for ever. Both throw `Unsupported` for what is none. */
export interface Patterns {
  test(pattern: string, text: string): boolean
  replace(pattern: string, text: string, other: string): string
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
  /** For foreign expressions: without it they may use no patterns. */
  readonly patterns?: Patterns | undefined
  /** What `now()` says. */
  readonly now?: Date | undefined
  /** `$total` of aggregate(). */
  readonly total?: readonly Node[] | undefined
  /** `%name`, beside those that FHIR has. */
  readonly variables?: ReadonlyMap<string, readonly Node[]> | undefined
  /** Whether a member that no type here has is a fault, not just nothing. */
  readonly isStrict?: boolean | undefined
  /** Whether the expression continues another one, so that a name is a member and never a type. */
  readonly isStep?: boolean
}

/** An argument of a function, evaluated for the items given; `place` is what $index says, `total` what $total does. */
export type Argument = (items: readonly Node[], place?: number, total?: readonly Node[]) => readonly Node[]
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
  if (choice === undefined) {
    if (node.type === 'TypeInfo') return items(node, value, name, 'string')
    return name === 'resourceType' ? items(node, value, name, 'code') : []
  }
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
      const text = isRawNumber(one) ? one.rawJSON : undefined
      const plain = text === undefined ? one : Number(text)
      nodes.push({ value: plain, type: named, holder, holderType, key, index: place, text })
    } else if (more[index] !== undefined && more[index] !== null) {
      nodes.push({ value: undefined, type, holder, holderType, key, index: place })
    }
  }
  return nodes
}

/** The one boolean of a list; undefined for none. One of anything else counts as true. Throws `Unsupported` for several. */
export function booleanOf(nodes: readonly Node[]): boolean | undefined {
  if (nodes.length === 0) return undefined
  if (nodes.length > 1) throw new Unsupported('a truth of several')
  const { value } = nodes[0] as Node
  return typeof value === 'boolean' ? value : true
}

/** The value as text; nothing is empty. */
export function textOf(node: Node | undefined): string {
  if (node?.value === undefined) return ''
  if (node.text !== undefined && typeof node.value === 'number') return node.text
  return typeof node.value === 'string' ? node.value : stringify(node.value)
}
