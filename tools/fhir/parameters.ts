export interface SearchParameter {
  readonly url: string
  readonly code: string
  readonly type: string
  readonly base: readonly string[]
  readonly expression?: string
  readonly target?: readonly string[]
  readonly component?: readonly { readonly definition: string; readonly expression: string }[]
}

/** code, type, base types, expression, reference targets, components (code of the parameter and expression). */
export type SqueezedParameter = [string, string, string[], string, string[]?, [string, string][]?]

/** Every search parameter that has an expression, in a fixed order: its number is its place. */
export function readSearchParameters(parameters: readonly SearchParameter[]): SqueezedParameter[] {
  const byUrl = new Map(parameters.map((one) => [one.url, one]))
  const known = parameters.filter((one) => one.expression !== undefined && one.type !== 'special')
  return known
    .map((one): SqueezedParameter => {
      const components = one.component?.map((part): [string, string] => [
        byUrl.get(part.definition)?.type ?? 'token',
        part.expression,
      ])
      const squeezed: SqueezedParameter = [one.code, one.type, [...one.base], one.expression as string]
      if (one.target !== undefined || components !== undefined) squeezed.push([...(one.target ?? [])])
      if (components !== undefined) squeezed.push(components)
      return squeezed
    })
    .sort((a, b) => (a[0] === b[0] ? (a[2][0] as string).localeCompare(b[2][0] as string) : a[0] < b[0] ? -1 : 1))
}
