import { errorIssue, type Issue } from '../contract/outcome.ts'
import type { Definitions } from './definitions.ts'
import { type Compiled, compilePath } from './fhirpath.ts'
import { FUNCTIONS } from './fhirpathFunctions.ts'
import { booleanOf, childrenOf, type Node, nodeOf, Unsupported } from './fhirpathNodes.ts'
import { isObject, type Json, listOf, numberOf, type Resource } from './json.ts'
import { type Expected, expectedAt, type ProfileNode, profileTree, type SqueezedProfiles } from './profileTree.ts'

/** Whether a value set holds a code; undefined when it can't be told. */
export type HasCode = (valueSet: string, system: string | undefined, code: string) => boolean | undefined

interface Run {
  readonly issues: Issue[]
  readonly resource: Node
  readonly root: Node
  readonly depth: number
}

const DEEPEST = 4
const MOST_ISSUES = 100

/** Profiles that are checked: cardinality, fixed values and patterns, slices, types, required value sets, rules. */
export class ProfileBook {
  private readonly squeezed: SqueezedProfiles
  private readonly definitions: Definitions
  private readonly hasCode: HasCode
  private readonly trees = new Map<string, ProfileNode>()
  private readonly compiled = new Map<string, Compiled | undefined>()

  constructor(squeezed: SqueezedProfiles, definitions: Definitions, hasCode: HasCode) {
    this.squeezed = squeezed
    this.definitions = definitions
    this.hasCode = hasCode
  }

  /** Whether this profile is one of those that are checked. */
  has(url: string): boolean {
    return Object.hasOwn(this.squeezed, plainUrl(url))
  }

  /** What is wrong with a resource by a profile and by those it is based on; empty for nothing and for unknown ones. */
  check(resource: Resource, url: string, root: Resource = resource, depth = 0): Issue[] {
    const profile = this.has(url) ? this.squeezed[plainUrl(url)] : undefined
    if (profile === undefined || depth > DEEPEST) return []
    if (profile.type !== resource.resourceType) {
      return [errorIssue('value', `${plainUrl(url)} is a profile of ${profile.type}, not of ${resource.resourceType}`)]
    }
    const node = nodeOf(resource, resource.resourceType)
    const run: Run = { issues: [], resource: node, root: nodeOf(root, root.resourceType), depth }
    this.checkNode(this.treeOf(url), node, resource.resourceType, run)
    const below = profile.base === undefined ? [] : this.check(resource, profile.base, root, depth + 1)
    return [...run.issues, ...below]
  }

  private treeOf(address: string): ProfileNode {
    const url = plainUrl(address)
    const known = this.trees.get(url)
    if (known !== undefined) return known
    const made = profileTree(this.squeezed[url]?.elements ?? [])
    this.trees.set(url, made)
    return made
  }

  /** A value by everything that is said of it and its parts. */
  private checkNode(tree: ProfileNode, node: Node, path: string, run: Run): void {
    if (run.issues.length > MOST_ISSUES) return
    this.checkValue(tree, node, path, run)
    for (const [name, child] of tree.children) {
      const values = childrenOf(node, name.replace('[x]', ''), this.definitions)
      const at = `${path}.${name.replace('[x]', '')}`
      this.checkCount(child, values.length, at, run)
      for (const [index, value] of values.entries()) this.checkNode(child, value, places(at, value, index), run)
      if (child.slices.size > 0) this.checkSlices(child, values, at, run)
    }
  }

  private checkCount(tree: ProfileNode, count: number, path: string, run: Run): void {
    const { n = 0, x } = tree.rule ?? {}
    if (count < n)
      run.issues.push(errorIssue('required', `${path}: the profile asks for at least ${n}, not ${count}`, path))
    if (x !== undefined && count > x) {
      run.issues.push(errorIssue('structure', `${path}: the profile allows at most ${x}, not ${count}`, path))
    }
  }

  private checkValue({ rule }: ProfileNode, node: Node, path: string, run: Run): void {
    if (rule === undefined) return
    const fault = (code: string, text: string) => run.issues.push(errorIssue(code, `${path}: ${text}`, path))
    if (rule.f !== undefined && !isSame(node.value, rule.f)) fault('value', `must be ${JSON.stringify(rule.f)}`)
    if (rule.v !== undefined && !fits(node.value, rule.v)) fault('value', `must fit ${JSON.stringify(rule.v)}`)
    const isNarrowed = rule.t !== undefined && rule.p.endsWith('[x]') && rule.s === undefined
    if (isNarrowed && rule.t?.includes(node.type) !== true) fault('structure', `must be of type ${rule.t?.join(', ')}`)
    if (rule.b !== undefined && isOutside(this.hasCode, rule.b, node.value))
      fault('code-invalid', `no code of ${rule.b}`)
    for (const [key, expression] of rule.c ?? []) {
      if (!this.isKept(expression, node, run)) fault('invariant', `${key} is not kept: ${expression}`)
    }
    const isElement = rule.t !== undefined && !rule.t.some((type) => type === 'Reference' || type === 'canonical')
    if (rule.q === undefined || !isElement || !isObject(node.value) || rule.s?.includes(':') === true) return
    if (typeof node.value.resourceType === 'string')
      run.issues.push(...this.conformance(node.value as Resource, rule.q, run))
  }

  /** The faults by the first of the profiles that the resource's type fits; none when one of them is kept. */
  private conformance(resource: Resource, urls: readonly string[], run: Run): Issue[] {
    const all = urls
      .filter((url) => this.squeezed[plainUrl(url)]?.type === resource.resourceType)
      .map((url) => this.check(resource, url, run.root.value as Resource, run.depth + 1))
    return all.some((issues) => issues.length === 0) ? [] : (all[0] ?? [])
  }

  private isKept(expression: string, node: Node, run: Run): boolean {
    try {
      if (!this.compiled.has(expression)) this.compiled.set(expression, compilePath(expression, this.definitions))
      const compiled = this.compiled.get(expression)
      const scope = { resource: run.resource, root: run.root, context: node, self: node }
      // Of a rule that says nothing of this value, nothing is asked.
      return compiled === undefined || booleanOf(compiled.evaluate([node], scope)) !== false
    } catch (error) {
      if (error instanceof Unsupported) return true
      throw error
    }
  }

  private checkSlices(tree: ProfileNode, values: readonly Node[], path: string, run: Run): void {
    const by = tree.rule?.d ?? []
    if (by.length === 0 || by.some(([, at]) => at.includes('extension('))) return
    // What a reference names may be elsewhere: then nothing can be said of how many there are.
    const isWhole = by.every(
      ([, at]) => !at.includes('resolve()') || values.every((value) => this.resolved(value, run)),
    )
    const taken = new Set<Node>()
    for (const [name, slice] of tree.slices) {
      const members = values.filter((value) => by.every(([kind, at]) => this.isMember(slice, value, kind, at, run)))
      if (isWhole) this.checkCount(slice, members.length, `${path}:${name}`, run)
      for (const member of members) {
        taken.add(member)
        this.checkNode(slice, member, places(path, member, values.indexOf(member)), run)
      }
    }
    if (tree.rule?.o === 0 && isWhole && values.some((value) => !taken.has(value))) {
      run.issues.push(
        errorIssue('structure', `${path}: the profile allows only ${[...tree.slices.keys()].join(', ')}`, path),
      )
    }
  }

  private stepFrom(node: Node, step: string, run: Run): readonly Node[] {
    if (step !== 'resolve()') return childrenOf(node, step.replace('[x]', ''), this.definitions)
    const target = this.resolved(node, run)
    return target === undefined ? [] : [target]
  }

  /** What a reference names, contained or beside it in its Bundle; undefined for what is elsewhere. */
  private resolved(node: Node, run: Run): Node | undefined {
    try {
      return (FUNCTIONS.resolve as NonNullable<(typeof FUNCTIONS)[string]>)([node], [], run, this.definitions)[0]
    } catch (error) {
      if (error instanceof Unsupported) return undefined
      throw error
    }
  }

  /** Whether a resource is of the type of one of the profiles, or keeps one of them. */
  private isTarget(target: Node, urls: readonly string[], kind: 'type' | 'profile', run: Run): boolean {
    const resource = target.value as Resource
    return urls.some((url) => {
      const known = this.squeezed[plainUrl(url)]
      if (known === undefined) return plainUrl(url).endsWith(`/${target.type}`)
      if (known.type !== target.type) return false
      return kind === 'type' || this.check(resource, url, run.root.value as Resource, run.depth + 1).length === 0
    })
  }

  private isMember(slice: ProfileNode, value: Node, kind: string, at: string, run: Run): boolean {
    const steps = at === '$this' ? [] : at.split('.')
    const found = steps.reduce<readonly Node[]>(
      (nodes, step) => nodes.flatMap((node) => this.stepFrom(node, step, run)),
      [value],
    )
    const named = steps.filter((step) => step !== 'resolve()')
    const end = named.reduce<ProfileNode | undefined>((node, step) => node?.children.get(step), slice)
    if (steps.length > named.length && (kind === 'type' || kind === 'profile')) {
      return found.some((one) => this.isTarget(one, end?.rule?.q ?? [], kind, run))
    }
    if (kind === 'type') return found.some((one) => end?.rule?.t?.includes(one.type) === true)
    if (kind === 'profile') {
      const urls = end?.rule?.q ?? []
      return found.some((one) => isObject(one.value) && this.conformance(one.value as Resource, urls, run).length === 0)
    }
    if (kind === 'exists') return found.length > 0 === (end?.rule?.x !== 0)
    const expected = expectedAt(slice, steps)
    return expected.length > 0 && found.some((one) => expected.some((wanted) => matches(one.value, wanted)))
  }
}

const plainUrl = (url: string) => url.split('|')[0] as string
const places = (path: string, node: Node, index: number) => (node.index === undefined ? path : `${path}[${index}]`)

function matches(value: Json | undefined, { value: wanted, isFixed }: Expected): boolean {
  return isFixed ? isSame(value, wanted) : fits(value, wanted)
}

function isSame(value: Json | undefined, fixed: Json): boolean {
  return fits(value, fixed) && (!isObject(value) || Object.keys(value).length === Object.keys(fixed as object).length)
}

/** Whether a value holds all that a pattern does: each item of its lists somewhere among the value's. */
function fits(value: Json | undefined, pattern: Json | undefined): boolean {
  if (value === undefined || pattern === undefined) return false
  if (Array.isArray(pattern)) return pattern.every((item) => listOf(value).some((one) => fits(one, item)))
  if (isObject(pattern)) return isObject(value) && Object.keys(pattern).every((key) => fits(value[key], pattern[key]))
  return value === pattern || (numberOf(value) !== undefined && numberOf(value) === numberOf(pattern))
}

/** Whether no code of the value is in the set, as far as it can be told. */
function isOutside(hasCode: HasCode, valueSet: string, value: Json | undefined): boolean {
  if (typeof value === 'string') return hasCode(valueSet, undefined, value) === false
  if (!isObject(value)) return false
  const codings = value.coding === undefined ? [value] : listOf(value.coding)
  const known = codings.flatMap((one) =>
    isObject(one) && typeof one.code === 'string'
      ? [hasCode(valueSet, typeof one.system === 'string' ? one.system : undefined, one.code)]
      : [],
  )
  return known.length > 0 && known.every((one) => one === false)
}
