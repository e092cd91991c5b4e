import type { Definitions } from './definitions.ts'
import { equal } from './fhirpathCompare.ts'
import { ENCODING_FUNCTIONS } from './fhirpathEncoding.ts'
import {
  type Argument,
  allChildren,
  booleanOf,
  childrenOf,
  type Node,
  nodeOf,
  type Run,
  type Scope,
  spend,
  textOf,
  Unsupported,
} from './fhirpathNodes.ts'
import { distinct, truth } from './fhirpathOperators.ts'
import { TEXT_FUNCTIONS } from './fhirpathTexts.ts'
import { isExactly, isOfType, typeInfo } from './fhirpathTypes.ts'
import { VALUE_FUNCTIONS } from './fhirpathValues.ts'
import { isObject, listOf } from './json.ts'

const boolean = (value: boolean): readonly Node[] => [nodeOf(value, 'boolean')]
const whole = (value: number): readonly Node[] => [nodeOf(value, 'integer')]
const meets = (given: readonly Argument[], node: Node, place: number) =>
  given[0] === undefined || booleanOf(given[0]([node], place)) === true
const others = (focus: readonly Node[], given: readonly Argument[]) => given[0]?.(focus) ?? []
const amount = (focus: readonly Node[], given: readonly Argument[]) => Number(given[0]?.(focus)[0]?.value ?? 0)
const isIn = (node: Node, list: readonly Node[], scope: Scope) => {
  spend(scope, list.length)
  return list.some((other) => equal([node], [other]) === true)
}

function truths(focus: readonly Node[]): boolean[] {
  return focus.map(({ value }) => {
    if (typeof value !== 'boolean') throw new Unsupported('the truth of what is none')
    return value
  })
}

/** FHIRPath's functions by name, but those of texts and numbers. */
const GENERAL: Readonly<Record<string, Run>> = {
  exists: (focus, given) => boolean(focus.some((node, place) => meets(given, node, place))),
  empty: (focus) => boolean(focus.length === 0),
  not: (focus) => {
    const value = booleanOf(focus)
    return value === undefined ? [] : boolean(!value)
  },
  count: (focus) => whole(focus.length),
  hasValue: (focus) =>
    boolean(focus.length === 1 && focus[0]?.value !== undefined && typeof focus[0].value !== 'object'),
  getValue: (focus) => focus.filter((node) => node.value !== undefined && typeof node.value !== 'object'),
  where: (focus, given) => focus.filter((node, place) => meets(given, node, place)),
  select: (focus, given) => focus.flatMap((node, place) => given[0]?.([node], place) ?? []),
  all: (focus, given) => boolean(focus.every((node, place) => meets(given, node, place))),
  allTrue: (focus) => boolean(truths(focus).every((value) => value)),
  anyTrue: (focus) => boolean(truths(focus).some((value) => value)),
  allFalse: (focus) => boolean(truths(focus).every((value) => !value)),
  anyFalse: (focus) => boolean(truths(focus).some((value) => !value)),
  subsetOf: (focus, given, scope) => {
    const list = others(focus, given)
    return boolean(focus.every((node) => isIn(node, list, scope)))
  },
  supersetOf: (focus, given, scope) => boolean(others(focus, given).every((node) => isIn(node, focus, scope))),
  first: (focus) => focus.slice(0, 1),
  last: (focus) => focus.slice(-1),
  tail: (focus) => focus.slice(1),
  skip: (focus, given) => focus.slice(Math.max(0, amount(focus, given))),
  take: (focus, given) => focus.slice(0, Math.max(0, amount(focus, given))),
  single: (focus) => {
    if (focus.length > 1) throw new Unsupported('single() of several')
    return focus
  },
  trace: (focus) => focus,
  distinct: (focus, _given, scope) => distinct(focus, scope),
  isDistinct: (focus, _given, scope) => boolean(distinct(focus, scope).length === focus.length),
  union: (focus, given, scope) => distinct([...focus, ...others(focus, given)], scope),
  combine: (focus, given) => [...focus, ...others(focus, given)],
  intersect: (focus, given, scope) => {
    const list = others(focus, given)
    return distinct(
      focus.filter((node) => isIn(node, list, scope)),
      scope,
    )
  },
  exclude: (focus, given, scope) => {
    const list = others(focus, given)
    return focus.filter((node) => !isIn(node, list, scope))
  },
  repeat: (focus, given, scope) => {
    const found: Node[] = []
    let waiting = focus
    while (waiting.length > 0) {
      const next = waiting.flatMap((node) => given[0]?.([node]) ?? [])
      waiting = distinct(next, scope).filter((node) => !isIn(node, found, scope))
      spend(scope, waiting.length)
      found.push(...waiting)
    }
    return found
  },
  children: (focus, _given, _scope, definitions) => focus.flatMap((node) => allChildren(node, definitions)),
  descendants: (focus, _given, scope, definitions) => {
    const found: Node[] = []
    const waiting = [...focus]
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      const children = allChildren(node, definitions)
      spend(scope, children.length)
      for (const child of children) {
        found.push(child)
        waiting.push(child)
      }
    }
    return found
  },
  extension: (focus, given, _scope, definitions) => {
    const url = textOf(others(focus, given)[0])
    return focus
      .flatMap((node) => extensionsOf(node, definitions))
      .filter((node) => isObject(node.value) && node.value.url === url)
  },
  ofType: (focus, given, _scope, definitions) => {
    const wanted = textOf(given[0]?.(focus)[0])
    // A code is a string, and yet not picked out as one: only of elements a special form will do.
    return focus.filter(
      (node) => isOfType(node, wanted, definitions) && (isObject(node.value) || isExactly(node, wanted)),
    )
  },
  as: (focus, given, scope, definitions) => {
    if (focus.length > 1) throw new Unsupported('as() of several')
    return (GENERAL.ofType as Run)(focus, given, scope, definitions)
  },
  is: (focus, given, _scope, definitions) => {
    if (focus.length > 1) throw new Unsupported('is() of several')
    const wanted = textOf(given[0]?.(focus)[0])
    return focus[0] === undefined ? [] : boolean(isOfType(focus[0], wanted, definitions))
  },
  type: (focus) => focus.map(typeInfo),
  iif: (focus, given) => {
    const [condition, then, otherwise] = given
    if (focus.length > 1) throw new Unsupported('iif() of several')
    const met = condition?.(focus) ?? []
    if (met.length > 0 && typeof met[0]?.value !== 'boolean') throw new Unsupported('a condition that is no truth')
    return (booleanOf(met) === true ? then?.(focus) : otherwise?.(focus)) ?? []
  },
  aggregate: (focus, given, scope) => {
    const [each, start] = given
    let total = start?.(focus) ?? []
    for (const [place, node] of focus.entries()) {
      spend(scope, total.length)
      total = each?.([node], place, total) ?? []
    }
    return total
  },
  coalesce: (focus, given) => given.map((one) => one(focus)).find((found) => found.length > 0) ?? [],
  resolve: (focus, _given, scope) => focus.flatMap((node) => resolved(node, scope)),
  conformsTo: (focus, given) => {
    const type = textOf(others(focus, given)[0]).replace('http://hl7.org/fhir/StructureDefinition/', '')
    if (type.includes('/')) throw new Unsupported('conformsTo() of a profile')
    return truth(focus.length === 0 ? undefined : focus.every((node) => node.type === type))
  },
}

/** Everything an expression may call, by name. */
export const FUNCTIONS: Readonly<Record<string, Run>> = {
  ...GENERAL,
  ...TEXT_FUNCTIONS,
  ...VALUE_FUNCTIONS,
  ...ENCODING_FUNCTIONS,
}

function extensionsOf(node: Node, definitions: Definitions): readonly Node[] {
  if (isObject(node.value)) return childrenOf(node, 'extension', definitions)
  const extras = node.holder?.[`_${node.key}`]
  const own = Array.isArray(extras) ? extras[node.index ?? 0] : extras
  return isObject(own) ? childrenOf(nodeOf(own, 'Element'), 'extension', definitions) : []
}

/** What a reference names, where it can be told from the resource or its Bundle. Throws `Unsupported` elsewhere. */
function resolved(node: Node, scope: Scope): readonly Node[] {
  const text = isObject(node.value) ? node.value.reference : node.value
  if (typeof text === 'string') {
    const root = isObject(scope.root.value) ? scope.root.value : {}
    const holder = isObject(scope.resource.value) ? scope.resource.value : {}
    const candidates = text.startsWith('#')
      ? [...listOf(holder.contained), ...listOf(root.contained)].filter(
          (one) => isObject(one) && one.id === text.slice(1),
        )
      : listOf(root.entry).flatMap((entry) => {
          if (!isObject(entry) || typeof entry.fullUrl !== 'string') return []
          return entry.fullUrl === text || entry.fullUrl.endsWith(`/${text}`) ? [entry.resource ?? null] : []
        })
    const found = candidates.find((one) => isObject(one))
    if (isObject(found)) return [nodeOf(found, String(found.resourceType))]
  }
  // Whoever asks for it themselves is told that nothing was found; a rule isn't judged by what is elsewhere.
  if (scope.budget !== undefined) return []
  throw new Unsupported('resolve() of what is not here')
}
