const ROUTE = /^(GET|POST|PUT|PATCH|DELETE) \/[A-Za-z0-9/:_{}.$*-]*$/

interface Checked {
  readonly route?: string
  readonly aliases?: readonly string[]
  readonly input: object
}

/** Throws on a malformed route, or an input that lets unknown fields pass. */
export function checkOperation(service: string, name: string, operation: Checked): void {
  checkRoutes(`${service}.${name}`, [operation.route, ...(operation.aliases ?? [])])
  const input = operation.input as { additionalProperties?: unknown }
  if (input.additionalProperties !== false) {
    throw new Error(`${service}.${name}: the input must say additionalProperties: false (use kernel/fields object())`)
  }
}

/** Throws on a route that isn't a method and a path. */
export function checkRoutes(name: string, routes: readonly (string | undefined)[]): void {
  const malformed = routes.find((route) => route !== undefined && !ROUTE.test(route))
  if (malformed !== undefined) throw new Error(`${name}: malformed route "${malformed}"`)
}
