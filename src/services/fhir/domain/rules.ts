import { errorIssue, type Issue } from '../contract/outcome.ts'
import type { Definitions, Rule } from './definitions.ts'
import { type Compiled, compilePath, holds } from './fhirpath.ts'
import { compareDates } from './fhirpathDates.ts'
import { type Node, nodeOf, Unsupported } from './fhirpathNodes.ts'
import { amountOf, compareAmounts } from './fhirpathQuantities.ts'
import { isObject, type Json, type JsonObject, listOf, type Resource } from './json.ts'

type Native = (value: JsonObject, resource: Resource) => boolean

/** Rules that nearly every resource asks, without the interpreter; a test holds them against it. */
export const NATIVE_RULES: Readonly<Record<string, Native>> = {
  'per-1': ({ start, end }) => {
    if (typeof start !== 'string' || typeof end !== 'string') return true
    const order = compareDates(start, end)
    return order === undefined || order <= 0
  },
  'qty-3': ({ code, system, _system }) => code === undefined || system !== undefined || _system !== undefined,
  'cpt-2': ({ value, _value, system, _system }) =>
    (value === undefined && _value === undefined) || system !== undefined || _system !== undefined,
  'att-1': ({ data, _data, contentType, _contentType }) =>
    (data === undefined && _data === undefined) || contentType !== undefined || _contentType !== undefined,
  'rng-2': ({ low, high }) => {
    const [from, to] = [amountOf(nodeOf(low, 'Quantity')), amountOf(nodeOf(high, 'Quantity'))]
    const order = from === undefined || to === undefined ? undefined : compareAmounts(from, to)
    return order === undefined || order <= 0
  },
  'obs-3': ({ low, high, text, _text }) =>
    low !== undefined || high !== undefined || text !== undefined || _text !== undefined,
  'obs-6': (observation) => observation.dataAbsentReason === undefined || !hasChoice(observation, 'value'),
  'obs-7': (observation) => {
    if (observation.component === undefined || !hasChoice(observation, 'value')) return true
    const codes = codingsOf(observation.code)
    return !listOf(observation.component).some(
      (part) => isObject(part) && codingsOf(part.code).some((code) => codes.includes(code)),
    )
  },
}

function hasChoice(object: JsonObject, name: string): boolean {
  for (const key in object) {
    const plain = key.startsWith('_') ? key.slice(1) : key
    if (plain.length > name.length && plain.startsWith(name) && /[A-Z]/.test(plain.charAt(name.length))) return true
  }
  return false
}

function codingsOf(concept: Json | undefined): string[] {
  if (!isObject(concept)) return []
  return listOf(concept.coding).map((coding) =>
    isObject(coding) ? JSON.stringify(Object.entries(coding).sort(([a], [b]) => (a < b ? -1 : 1))) : '',
  )
}

/** A rule as HL7 corrected it: R4 writes FHIRPath's own name for FHIR's boolean, and counts one condition too many. */
function meant({ key, expression }: Rule): string {
  if (key === 'que-12') return expression.replace('> 2', '> 1')
  return expression.replaceAll(' is Boolean', ' is boolean')
}

/** The rules of the definitions, each compiled when it is first asked. */
export class RuleBook {
  private readonly definitions: Definitions
  private readonly compiled = new Map<string, Compiled | undefined>()

  constructor(definitions: Definitions) {
    this.definitions = definitions
  }

  /** Judges an element by its rules; a rule that can't be told from one resource is not judged. */
  check(
    rules: readonly Rule[],
    node: Node,
    run: { readonly issues: Issue[]; readonly resource: Resource; readonly root: Resource },
    path: string,
  ): void {
    for (const rule of rules) {
      if (this.isKept(rule, node, run.resource, run.root)) continue
      run.issues.push(errorIssue('invariant', `${path}: ${rule.key} is not kept: ${rule.expression}`, path))
    }
  }

  private isKept(rule: Rule, node: Node, resource: Resource, root: Resource): boolean {
    const native = NATIVE_RULES[rule.key]
    if (native !== undefined && isObject(node.value)) return native(node.value, resource)
    return this.isKeptByPath(rule, node, resource, root)
  }

  /** The same by the rule's own FHIRPath. */
  isKeptByPath(rule: Rule, node: Node, resource: Resource, root: Resource): boolean {
    const compiled = this.compile(rule)
    if (compiled === undefined) return true
    const scope = {
      resource: nodeOf(resource, resource.resourceType),
      root: nodeOf(root, root.resourceType),
      context: node,
    }
    try {
      return holds(compiled, node, scope)
    } catch (error) {
      if (error instanceof Unsupported) return true
      throw error
    }
  }

  private compile(rule: Rule): Compiled | undefined {
    if (this.compiled.has(rule.expression)) return this.compiled.get(rule.expression)
    let made: Compiled | undefined
    try {
      made = compilePath(meant(rule), this.definitions)
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error
    }
    this.compiled.set(rule.expression, made)
    return made
  }
}
