import type { Definitions } from './definitions.ts'
import { FUNCTIONS } from './fhirpathFunctions.ts'
import {
  booleanOf,
  childrenOf,
  compare,
  equal,
  type Node,
  nodeOf,
  type Scope,
  textOf,
  Unsupported,
} from './fhirpathNodes.ts'
import { parsePath, type Syntax } from './fhirpathSyntax.ts'

type Evaluate = (focus: readonly Node[], scope: Scope) => readonly Node[]

/** A compiled expression: whether it holds for a node. Throws `Unsupported` for what the definitions don't use. */
export interface Compiled {
  evaluate(focus: readonly Node[], scope: Scope): readonly Node[]
}

/** Compiles the part of FHIRPath that HL7's own invariants use. Throws `Unsupported` or SyntaxError. */
export function compilePath(expression: string, definitions: Definitions): Compiled {
  return { evaluate: compile(parsePath(expression), definitions) }
}

/** Whether the expression is true for the node; an empty answer is not. */
export function holds(compiled: Compiled, node: Node, scope: Scope): boolean {
  return booleanOf(compiled.evaluate([node], { ...scope, self: node })) === true
}

const TRUE = [nodeOf(true, 'boolean')]
const FALSE = [nodeOf(false, 'boolean')]
const truth = (value: boolean | undefined): readonly Node[] => (value === undefined ? [] : value ? TRUE : FALSE)

function compile(syntax: Syntax, definitions: Definitions): Evaluate {
  switch (syntax.kind) {
    case 'literal': {
      const value = [nodeOf(syntax.value, syntax.type)]
      return () => value
    }
    case 'this':
      return (_focus, scope) => (scope.self === undefined ? [] : [scope.self])
    case 'variable':
      return (_focus, scope) => variable(syntax.name, scope)
    case 'name':
      return (focus, scope) => named(focus, syntax.name, definitions, scope)
    case 'path': {
      const from = compile(syntax.from, definitions)
      const step = compile(syntax.step, definitions)
      return (focus, scope) => step(from(focus, scope), { ...scope, isStep: true })
    }
    case 'index': {
      const from = compile(syntax.from, definitions)
      return (focus, scope) => from(focus, scope).slice(syntax.index, syntax.index + 1)
    }
    case 'call':
      return compileCall(syntax.name, syntax.arguments, definitions)
    case 'is':
    case 'as': {
      const from = compile(syntax.from, definitions)
      const ofType = FUNCTIONS.ofType as NonNullable<(typeof FUNCTIONS)[string]>
      const matching = (focus: readonly Node[], scope: Scope) =>
        ofType(from(focus, scope), [() => [nodeOf(syntax.type, 'string')]], scope, definitions)
      return syntax.kind === 'as' ? matching : (focus, scope) => truth(matching(focus, scope).length > 0)
    }
    case 'binary':
      return compileBinary(syntax.operator, compile(syntax.left, definitions), compile(syntax.right, definitions))
  }
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
    default:
      throw new Unsupported(`%${name}`)
  }
}

function named(focus: readonly Node[], name: string, definitions: Definitions, scope: Scope): readonly Node[] {
  // At the start of an expression a type's name stands for the thing itself: `Appointment.status`.
  if (scope.isStep !== true && focus.length === 1 && focus[0]?.type === name) return focus
  return focus.flatMap((node) => childrenOf(node, name, definitions))
}

const SCOPED = new Set(['where', 'select', 'all', 'exists'])
const TYPED = new Set(['is', 'as', 'ofType'])

function compileCall(name: string, given: readonly Syntax[], definitions: Definitions): Evaluate {
  const run = FUNCTIONS[name]
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
    const parts = compiled.map((one) => (items: readonly Node[]) => {
      if (isScoped) return one(items, { ...start, self: items[0] })
      return one(scope.self === undefined ? items : [scope.self], start)
    })
    return run(focus, parts, scope, definitions)
  }
}

function typeName(syntax: Syntax): string {
  if (syntax.kind === 'name') return syntax.name
  if (syntax.kind === 'path' && syntax.step.kind === 'name') return syntax.step.name
  throw new Unsupported('a type that is computed')
}

function compileBinary(operator: string, left: Evaluate, right: Evaluate): Evaluate {
  const both = (decide: (a: readonly Node[], b: readonly Node[]) => readonly Node[]): Evaluate => {
    return (focus, scope) => {
      const start = scope.isStep === true ? { ...scope, isStep: false } : scope
      return decide(left(focus, start), right(focus, start))
    }
  }
  const logic = (decide: (a: boolean | undefined, b: boolean | undefined) => boolean | undefined) =>
    both((a, b) => truth(decide(booleanOf(a), booleanOf(b))))
  switch (operator) {
    case 'and':
      return logic((a, b) => (a === false || b === false ? false : a === true && b === true ? true : undefined))
    case 'or':
      return logic((a, b) => (a === true || b === true ? true : a === false && b === false ? false : undefined))
    case 'xor':
      return logic((a, b) => (a === undefined || b === undefined ? undefined : a !== b))
    case 'implies':
      return logic((a, b) => (a === false || b === true ? true : a === true ? b : undefined))
    case '=':
      return both((a, b) => truth(equal(a, b)))
    case '!=':
      return both((a, b) => {
        const same = equal(a, b)
        return truth(same === undefined ? undefined : !same)
      })
    case '<':
    case '<=':
    case '>':
    case '>=':
      return both((a, b) => truth(ordered(operator, compare(a[0], b[0]))))
    case 'in':
      return both((a, b) =>
        a.length === 0 ? [] : truth(a.every((one) => b.some((two) => equal([one], [two]) === true))),
      )
    case 'contains':
      return both((a, b) =>
        b.length === 0 ? [] : truth(b.every((one) => a.some((two) => equal([one], [two]) === true))),
      )
    case '|':
      return both((a, b) => distinct([...a, ...b]))
    case '&':
      return both((a, b) => [nodeOf(textOf(a[0]) + textOf(b[0]), 'string')])
    case '+':
      return both((a, b) => sum(a[0], b[0]))
    default:
      throw new Unsupported(operator)
  }
}

function ordered(operator: string, order: number | undefined): boolean | undefined {
  if (order === undefined) return undefined
  if (operator === '<') return order < 0
  if (operator === '<=') return order <= 0
  return operator === '>' ? order > 0 : order >= 0
}

function sum(a: Node | undefined, b: Node | undefined): readonly Node[] {
  if (a === undefined || b === undefined) return []
  if (typeof a.value === 'number' && typeof b.value === 'number') return [nodeOf(a.value + b.value, 'decimal')]
  return [nodeOf(textOf(a) + textOf(b), 'string')]
}

/** Each item once. */
export function distinct(nodes: readonly Node[]): readonly Node[] {
  return nodes.filter((one, index) => nodes.findIndex((other) => equal([one], [other]) === true) === index)
}
