import type { Element } from './structures.ts'

export interface ExtensionDefinition {
  readonly url: string
  readonly context?: readonly { readonly type: string; readonly expression: string }[]
  readonly snapshot?: { readonly element: readonly (Element & { readonly id: string; readonly fixedUri?: string })[] }
}

/** Where an extension may stand, the types of its value (none for one of parts), and those of its parts by name. */
export type SqueezedExtension = [string[], string[], Record<string, string[]>?]

/** What the definitions of R4's own extensions say, by address. */
export function squeezeExtensions(definitions: readonly ExtensionDefinition[]): Record<string, SqueezedExtension> {
  const found: Record<string, SqueezedExtension> = {}
  for (const { url, context = [], snapshot } of definitions) {
    const elements = snapshot?.element ?? []
    const typesOf = (id: string) => {
      const value = elements.find((element) => element.id === `${id}.value[x]`)
      return value === undefined || value.max === '0' ? [] : (value.type ?? []).map((type) => type.code)
    }
    const parts = elements.flatMap((element): [string, string[]][] => {
      const [, slice] = /^Extension\.extension:([^.:]+)\.url$/.exec(element.id) ?? []
      if (slice === undefined || element.fixedUri === undefined) return []
      return [[element.fixedUri, typesOf(`Extension.extension:${slice}`)]]
    })
    const places = context.flatMap((one) => (one.type === 'element' ? [one.expression] : []))
    found[url] = [
      places,
      typesOf('Extension'),
      ...(parts.length === 0 ? [] : [Object.fromEntries(parts)]),
    ] as SqueezedExtension
  }
  return found
}
