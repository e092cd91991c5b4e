import type { Json } from './json.ts'

/** What a profile says of one element, as tools/fhir squeezes it. */
export interface SqueezedElement {
  readonly p: string
  readonly s?: string
  readonly n?: number
  readonly x?: number
  readonly v?: Json
  readonly f?: Json
  readonly t?: readonly string[]
  readonly q?: readonly string[]
  readonly b?: string
  readonly c?: readonly (readonly [string, string])[]
  readonly d?: readonly (readonly [string, string])[]
  readonly o?: 0
}

export interface SqueezedProfile {
  readonly type: string
  readonly base?: string | undefined
  readonly elements: readonly SqueezedElement[]
}

export type SqueezedProfiles = Readonly<Record<string, SqueezedProfile>>

/** An element of a profile with its parts and its slices. */
export interface ProfileNode {
  rule: SqueezedElement | undefined
  readonly children: Map<string, ProfileNode>
  readonly slices: Map<string, ProfileNode>
}

const fresh = (): ProfileNode => ({ rule: undefined, children: new Map(), slices: new Map() })

/** The elements of a profile as a tree. */
export function profileTree(elements: readonly SqueezedElement[]): ProfileNode {
  const root = fresh()
  for (const element of elements) {
    const steps = (element.s ?? element.p).split('.').slice(1)
    let node = root
    for (const step of steps) {
      const [name = '', slice] = step.split(':')
      node = childOf(node.children, name)
      if (slice !== undefined) node = childOf(node.slices, slice)
    }
    node.rule = element
  }
  return root
}

function childOf(holder: Map<string, ProfileNode>, name: string): ProfileNode {
  const known = holder.get(name)
  if (known !== undefined) return known
  const made = fresh()
  holder.set(name, made)
  return made
}

/** What the value at the end of a discriminator's path must be: fixed values and patterns, those of inner slices too. */
export function expectedAt(node: ProfileNode, path: readonly string[]): Expected[] {
  const [step, ...rest] = path
  const { rule } = node
  if (step === undefined) {
    if (rule?.f !== undefined) return [{ value: rule.f, isFixed: true }]
    if (rule?.v !== undefined) return [{ value: rule.v, isFixed: false }]
    return []
  }
  const child = node.children.get(step)
  if (child === undefined) return []
  return [child, ...child.slices.values()].flatMap((one) => expectedAt(one, rest))
}

export interface Expected {
  readonly value: Json
  readonly isFixed: boolean
}
