import type { Definitions } from './definitions.ts'
import { compare } from './fhirpathCompare.ts'
import { FUNCTIONS } from './fhirpathFunctions.ts'
import { booleanOf, childrenOf, type Node, nodeOf, type Scope, spend, Unsupported } from './fhirpathNodes.ts'
import { negative, operatorOf } from './fhirpathOperators.ts'
import { quantityNode } from './fhirpathQuantities.ts'
import { parsePath, type Syntax } from './fhirpathSyntax.ts'
import type { Json } from './json.ts'

type Evaluate = (focus: readonly Node[], scope: Scope) => readonly Node[]

/** A compiled expression: whether it holds for a node. Throws `Unsupported` for what the definitions don't use. */
export interface Compiled {
  evaluate(focus: readonly Node[], scope: Scope): readonly Node[]
}

/** Compiles FHIRPath, but what needs a server or other resources. Throws `Unsupported` or SyntaxError. */
export function compilePath(expression: string, definitions: Definitions): Compiled {
  return { evaluate: compile(parsePath(expression), definitions) }
}

/** Whether the expression is true for the node; an empty answer is not. */
export function holds(compiled: Compiled, node: Node, scope: Scope): boolean {
  return booleanOf(compiled.evaluate([node], { ...scope, self: node })) === true
}

function compile(syntax: Syntax, definitions: Definitions): Evaluate {
  switch (syntax.kind) {
    case 'literal': {
      const { value, type, text } = syntax
      const node =
        typeof value === 'object'
          ? quantityNode(value.value, value.unit, text)
          : { ...nodeOf(value as Json, type), text }
      return () => [node]
    }
    case 'nothing':
      return () => []
    case 'this':
      return (_focus, scope) => (scope.self === undefined ? [] : [scope.self])
    case 'place':
      return (_focus, scope) => (scope.place === undefined ? [] : [nodeOf(scope.place, 'integer')])
    case 'total':
      return (_focus, scope) => scope.total ?? []
    case 'variable':
      return (_focus, scope) => variable(syntax.name, scope)
    case 'name':
      return (focus, scope) => named(focus, syntax.name, definitions, scope)
    case 'path':
      return compileStep(syntax, definitions)
    case 'index': {
      const from = compile(syntax.from, definitions)
      const index = compile(syntax.index, definitions)
      return (focus, scope) => {
        const at = index(scope.self === undefined ? focus : [scope.self], { ...scope, isStep: false })[0]?.value
        return typeof at === 'number' && at >= 0 ? from(focus, scope).slice(at, at + 1) : []
      }
    }
    case 'call':
      return compileCall(syntax.name, syntax.arguments, definitions)
    case 'negative': {
      const from = compile(syntax.from, definitions)
      return (focus, scope) => negative(from(focus, scope))
    }
    case 'is':
    case 'as': {
      const from = compile(syntax.from, definitions)
      const run = FUNCTIONS[syntax.kind] as NonNullable<(typeof FUNCTIONS)[string]>
      return (focus, scope) => run(from(focus, scope), [() => [nodeOf(syntax.type, 'string')]], scope, definitions)
    }
    case 'binary': {
      const decide = operatorOf(syntax.operator)
      const [left, right] = [compile(syntax.left, definitions), compile(syntax.right, definitions)]
      return (focus, scope) => {
        const start = scope.isStep === true ? { ...scope, isStep: false } : scope
        return decide(left(focus, start), right(focus, start), scope)
      }
    }
  }
}

function compileStep(syntax: Extract<Syntax, { kind: 'path' }>, definitions: Definitions): Evaluate {
  const from = compile(syntax.from, definitions)
  const step = compile(syntax.step, definitions)
  const fault = faultOf(syntax.from, syntax.step, definitions)
  return (focus, scope) => {
    if (fault !== undefined && scope.isStrict === true) throw new Unsupported(fault)
    const found = from(focus, scope)
    spend(scope, found.length)
    return step(found, { ...scope, isStep: true })
  }
}

const UNORDERED = new Set(['children', 'descendants'])
const ORDERED = new Set(['first', 'last', 'tail', 'skip', 'take'])

/** What is wrong with a step whatever the resource holds; undefined for nothing. */
function faultOf(from: Syntax, step: Syntax, definitions: Definitions): string | undefined {
  const last = from.kind === 'path' ? from.step : from
  if (last.kind === 'call' && UNORDERED.has(last.name) && step.kind === 'call' && ORDERED.has(step.name)) {
    return `${step.name}() of what has no order`
  }
  if (from.kind !== 'as' || step.kind !== 'name' || definitions.type(from.type) === undefined) return undefined
  const isMissing = lacks(nodeOf({}, from.type), step.name, definitions)
  return isMissing ? `${step.name}, which ${from.type} does not have` : undefined
}

function variable(name: string, scope: Scope): readonly Node[] {
  switch (name) {
    case 'resource':
      return [scope.resource]
    case 'rootResource':
      return [scope.root]
    case 'context':
      return scope.context === undefined ? [] : [scope.context]
    case 'ucum':
      return [nodeOf('http://unitsofmeasure.org', 'string')]
    case 'sct':
      return [nodeOf('http://snomed.info/sct', 'string')]
    case 'loinc':
      return [nodeOf('http://loinc.org', 'string')]
    default: {
      const given = scope.variables?.get(name)
      if (given !== undefined) return given
      const known = /^(vs|ext)-(.+)$/.exec(name)
      if (known === null) throw new Unsupported(`%${name.slice(0, 60)}`)
      return [
        nodeOf(`http://hl7.org/fhir/${known[1] === 'vs' ? 'ValueSet' : 'StructureDefinition'}/${known[2]}`, 'string'),
      ]
    }
  }
}

function named(focus: readonly Node[], name: string, definitions: Definitions, scope: Scope): readonly Node[] {
  // At the start of an expression a type's name stands for the thing itself: `Appointment.status`.
  if (scope.isStep !== true && focus.length === 1 && focus[0]?.type === name) return focus
  if (scope.isStrict === true && focus.length > 0 && focus.every((node) => lacks(node, name, definitions))) {
    throw new Unsupported(`${name.slice(0, 60)}, which ${focus[0]?.type} does not have`)
  }
  return focus.flatMap((node) => childrenOf(node, name, definitions))
}

/** Whether a type has no such member; a choice is named without its type, `value` and not `valueString`. */
function lacks(node: Node, name: string, definitions: Definitions): boolean {
  const type = definitions.type(node.type)
  if (type === undefined) return node.type !== 'TypeInfo'
  if (type.choices.has(name) || (name === 'resourceType' && type.isResource)) return false
  const property = type.properties.get(name)
  return property === undefined || property.choice !== undefined
}

const SCOPED = new Set(['where', 'select', 'all', 'exists', 'repeat', 'aggregate'])
const TYPED = new Set(['is', 'as', 'ofType'])

function compileCall(name: string, given: readonly Syntax[], definitions: Definitions): Evaluate {
  if (name === 'sort') return compileSort(given, definitions)
  const run = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
  if (run === undefined) throw new Unsupported(`${name}()`)
  const compiled = TYPED.has(name)
    ? given.map(
        (one): Evaluate =>
          () => [nodeOf(typeName(one), 'string')],
      )
    : given.map((one) => compile(one, definitions))
  const isScoped = SCOPED.has(name)
  return (focus, scope) => {
    const start = { ...scope, isStep: false }
    // Arguments that are evaluated for each item see it as $this; others see what the call itself saw.
    const parts = compiled.map((one) => (items: readonly Node[], place?: number, total?: readonly Node[]) => {
      if (isScoped) return one(items, { ...start, self: items[0], place, total: total ?? scope.total })
      // `x.iif(empty(), …)` asks about x.
      if (name === 'iif') return one(items, items.length === 1 ? { ...start, self: items[0] } : start)
      return one(scope.self === undefined ? items : [scope.self], start)
    })
    spend(scope, focus.length)
    return run(focus, parts, scope, definitions)
  }
}

/** `sort(-birthDate, name)`: by each key in turn, from the largest where it has a minus; what has no key comes behind. */
function compileSort(given: readonly Syntax[], definitions: Definitions): Evaluate {
  const keys = given.map((one) =>
    one.kind === 'negative'
      ? { of: compile(one.from, definitions), sign: -1 }
      : { of: compile(one, definitions), sign: 1 },
  )
  return (focus, scope) => {
    const rows = focus.map((node, place) => {
      const inner = { ...scope, isStep: false, self: node, place }
      return { node, values: keys.length === 0 ? [node] : keys.map(({ of }) => of([node], inner)[0]) }
    })
    spend(scope, rows.length * 8)
    rows.sort((a, b) => {
      for (const [at, left] of a.values.entries()) {
        const right = b.values[at]
        const difference =
          left === undefined || right === undefined
            ? Number(left === undefined) - Number(right === undefined)
            : (compare(left, right) ?? 0)
        if (difference !== 0) return difference * (keys[at]?.sign ?? 1)
      }
      return 0
    })
    return rows.map(({ node }) => node)
  }
}

function typeName(syntax: Syntax): string {
  if (syntax.kind === 'name') return syntax.name
  if (syntax.kind === 'path' && syntax.step.kind === 'name' && syntax.from.kind === 'name') {
    return `${syntax.from.name}.${syntax.step.name}`
  }
  throw new Unsupported('a type that is computed')
}
