import type { Definitions } from './definitions.ts'
import { allChildren, booleanOf, equal, type Node, nodeOf, type Scope, textOf, Unsupported } from './fhirpathNodes.ts'

type Argument = (items: readonly Node[]) => readonly Node[]
type Run = (
  focus: readonly Node[],
  given: readonly Argument[],
  scope: Scope,
  definitions: Definitions,
) => readonly Node[]

const boolean = (value: boolean): readonly Node[] => [nodeOf(value, 'boolean')]
const whole = (value: number): readonly Node[] => [nodeOf(value, 'integer')]
const meets = (given: readonly Argument[], node: Node) => given[0] === undefined || booleanOf(given[0]([node])) === true
const same = (a: Node, b: Node) => equal([a], [b]) === true

/** A function of one text; nothing for nothing. */
function onText(decide: (text: string, argument: string) => readonly Node[]): Run {
  return (focus, given) => {
    if (focus.length === 0 || focus[0]?.value === undefined) return []
    const argument = given[0]?.(focus) ?? []
    if (given.length > 0 && argument.length === 0) return []
    return decide(textOf(focus[0]), textOf(argument[0]))
  }
}

/** What the invariants of R4 call, by name. */
export const FUNCTIONS: Readonly<Record<string, Run>> = {
  exists: (focus, given) => boolean(focus.some((node) => meets(given, node))),
  empty: (focus) => boolean(focus.length === 0),
  not: (focus) => {
    const value = booleanOf(focus)
    return value === undefined ? [] : boolean(!value)
  },
  count: (focus) => whole(focus.length),
  hasValue: (focus) =>
    boolean(focus.length === 1 && focus[0]?.value !== undefined && typeof focus[0].value !== 'object'),
  where: (focus, given) => focus.filter((node) => meets(given, node)),
  select: (focus, given) => focus.flatMap((node) => given[0]?.([node]) ?? []),
  all: (focus, given) => boolean(focus.every((node) => meets(given, node))),
  allFalse: (focus) => boolean(focus.every((node) => node.value === false)),
  first: (focus) => focus.slice(0, 1),
  tail: (focus) => focus.slice(1),
  trace: (focus) => focus,
  isDistinct: (focus) => {
    const seen = new Set(focus.map((node) => JSON.stringify(node.value)))
    return boolean(seen.size === focus.length)
  },
  combine: (focus, given) => [...focus, ...(given[0]?.(focus) ?? [])],
  intersect: (focus, given) => {
    const others = given[0]?.(focus) ?? []
    return focus.filter((node) => others.some((other) => same(node, other)))
  },
  children: (focus, _given, _scope, definitions) => focus.flatMap((node) => allChildren(node, definitions)),
  descendants: (focus, _given, _scope, definitions) => {
    const found: Node[] = []
    const waiting = [...focus]
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      for (const child of allChildren(node, definitions)) {
        found.push(child)
        waiting.push(child)
      }
    }
    return found
  },
  ofType: (focus, given) => {
    const wanted = textOf(given[0]?.(focus)[0]).toLowerCase()
    return focus.filter((node) => node.type.toLowerCase() === wanted)
  },
  as: (focus, given, scope, definitions) => (FUNCTIONS.ofType as Run)(focus, given, scope, definitions),
  is: (focus, given, scope, definitions) =>
    focus.length === 0
      ? []
      : boolean((FUNCTIONS.ofType as Run)(focus, given, scope, definitions).length === focus.length),
  iif: (focus, given) => {
    const [condition, then, otherwise] = given
    return (booleanOf(condition?.(focus) ?? []) === true ? then?.(focus) : otherwise?.(focus)) ?? []
  },
  matches: onText((text, pattern) => boolean(new RegExp(`^(?:${pattern})$`).test(text))),
  replaceMatches: () => {
    throw new Unsupported('replaceMatches()')
  },
  contains: onText((text, part) => boolean(text.includes(part))),
  startsWith: onText((text, part) => boolean(text.startsWith(part))),
  toInteger: onText((text) => (/^[+-]?\d+$/.test(text) ? whole(Number(text)) : [])),
  toString: onText((text) => [nodeOf(text, 'string')]),
}
