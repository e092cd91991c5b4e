import type { Element } from './structures.ts'

export interface ProfileElement extends Element {
  readonly id: string
  readonly sliceName?: string
  readonly slicing?: {
    readonly discriminator?: readonly { readonly type: string; readonly path: string }[]
    readonly rules: string
  }
  readonly [member: string]: unknown
}

export interface Profile {
  readonly url: string
  readonly type: string
  readonly baseDefinition?: string
  readonly snapshot?: { readonly element: readonly ProfileElement[] }
  readonly differential?: { readonly element: readonly ProfileElement[] }
}

/** What a profile says of one element: path, least, most, pattern, fixed, types, profiles, targets, value set, rules. */
export interface SqueezedElement {
  p: string
  /** Name of the slice it belongs to, with the slices around it: `section:allergies`. */
  s?: string
  n?: number
  x?: number
  v?: unknown
  f?: unknown
  t?: string[]
  /** Profiles that the value, or what a reference names, must keep. */
  q?: string[]
  b?: string
  c?: [string, string][]
  /** Of what is sliced: by what, and whether other values may be there. */
  d?: [string, string][]
  o?: 0
}

export interface SqueezedProfile {
  type: string
  base: string | undefined
  elements: SqueezedElement[]
}

const BASE = 'http://hl7.org/fhir/StructureDefinition/'

/** The rules that profiles add to their types; what the base specification says already is left out. */
export function squeezeProfiles(profiles: readonly Profile[]): Record<string, SqueezedProfile> {
  const found: Record<string, SqueezedProfile> = {}
  for (const profile of profiles) {
    const elements = (profile.differential?.element ?? []).flatMap((element) => squeezeElement(element))
    const base = profile.baseDefinition === `${BASE}${profile.type}` ? undefined : profile.baseDefinition
    found[profile.url] = { type: profile.type, base, elements }
  }
  return found
}

function squeezeElement(element: ProfileElement): SqueezedElement[] {
  // Extensions are open everywhere; what an extension may hold is said by its own definition.
  if (/(?:^|\.)(?:modifierE|e)xtension(?:$|[:.])/.test(element.id)) return []
  const squeezed: SqueezedElement = { p: element.path, ...(element.id === element.path ? {} : { s: element.id }) }
  const start = Object.keys(squeezed).length
  if (element.min !== undefined && element.min > 0) squeezed.n = element.min
  if (element.max !== undefined && element.max !== '*') squeezed.x = Number(element.max)
  const pattern = Object.keys(element).find((key) => key.startsWith('pattern'))
  const fixed = Object.keys(element).find((key) => key.startsWith('fixed'))
  if (pattern !== undefined) squeezed.v = element[pattern]
  if (fixed !== undefined) squeezed.f = element[fixed]
  if (element.type !== undefined) {
    const types = element.type.map((type) => type.code)
    squeezed.t = [...new Set(types)]
    const kept = element.type.flatMap((type) => [
      ...((type as { profile?: string[] }).profile ?? []),
      ...(type.targetProfile ?? []),
    ])
    if (kept.length > 0) squeezed.q = kept
  }
  if (element.binding?.strength === 'required' && element.binding.valueSet !== undefined)
    squeezed.b = element.binding.valueSet
  const rules = (element.constraint ?? []).flatMap((one): [string, string][] =>
    one.severity === 'error' && one.expression !== undefined ? [[one.key, one.expression]] : [],
  )
  if (rules.length > 0) squeezed.c = rules
  const by = element.slicing?.discriminator?.map((one): [string, string] => [one.type, one.path])
  if (by !== undefined && by.length > 0) squeezed.d = by
  if (element.slicing?.rules === 'closed') squeezed.o = 0
  return Object.keys(squeezed).length === start ? [] : [squeezed]
}
