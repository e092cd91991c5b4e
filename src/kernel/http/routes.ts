import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ErrorRenderer } from '../contract.ts'

/** A route as the frame serves it. */
export interface Mounted {
  /** The path with its parameters by name: what logs and metrics call the route. */
  readonly path: string
  readonly handler: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>
  readonly bodyLimitBytes?: number | undefined
  /** The handler reads the body itself, whatever its type. */
  readonly takesStream?: boolean
  readonly renderError?: ErrorRenderer | undefined
}

export interface Found {
  readonly mounted: Mounted
  readonly params: Readonly<Record<string, string>>
}

/** Adds a route. Throws when another answers the same requests. */
export type AddRoute = (method: string, path: string, mounted: Mounted) => void

/** A longer value of a parameter belongs to no route. */
const MAXIMUM_PARAM_LENGTH = 500
const REST = '*'

interface Leaf {
  readonly names: readonly string[]
  readonly mounted: Mounted
}

interface Place {
  parts?: Map<string, Place>
  param?: Place
  rest?: Place
  leaves?: Map<string, Leaf>
}

/**
 * Which route answers a request. Filled at the first question: a start that has thousands of paths to offer pays nothing
 * for them, and each costs a few entries of maps instead of a route of the HTTP library. A named part wins over a
 * parameter, a parameter over a star at the end; empty parts, as of a slash at the end, don't count.
 */
export class RouteTable {
  private readonly fill: (add: AddRoute) => void
  private filled: Place | undefined

  constructor(fill: (add: AddRoute) => void) {
    this.fill = fill
  }

  /** The route for this method at this path (as the client wrote it, without a query); undefined when there is none. */
  find(method: string, path: string): Found | undefined {
    const parts = partsOf(path)
    if (parts === undefined) return undefined
    const values: string[] = []
    const leaf = search(this.root(), parts, 0, values, (place) => place.leaves?.get(method))
    if (leaf === undefined) return undefined
    return { mounted: leaf.mounted, params: Object.fromEntries(leaf.names.map((name, at) => [name, values[at] ?? ''])) }
  }

  /** All methods that some route takes at this path, and how the first of them writes its errors; empty when nothing is there. */
  at(path: string): { readonly methods: readonly string[]; readonly renderError?: ErrorRenderer | undefined } {
    const parts = partsOf(path)
    const methods = new Set<string>()
    let renderError: ErrorRenderer | undefined
    if (parts !== undefined) {
      // Nothing is ever found, so that every place of this path is visited.
      search(this.root(), parts, 0, [], ({ leaves }) => {
        for (const [method, { mounted }] of leaves ?? []) {
          methods.add(method)
          renderError ??= mounted.renderError
        }
        return undefined
      })
    }
    return { methods: [...methods].sort(), renderError }
  }

  /** Reads all routes now. Throws, naming the path, when two would answer the same requests. */
  root(): Place {
    if (this.filled === undefined) {
      const root: Place = {}
      this.fill((method, path, mounted) => insert(root, method, path, mounted))
      this.filled = root
    }
    return this.filled
  }
}

function insert(root: Place, method: string, path: string, mounted: Mounted): void {
  const names: string[] = []
  let place = root
  for (const part of path.split('/').filter((one) => one !== '')) {
    if (part === REST) {
      names.push(REST)
      place.rest ??= {}
      place = place.rest
    } else if (part.startsWith(':')) {
      names.push(part.slice(1))
      place.param ??= {}
      place = place.param
    } else {
      place.parts ??= new Map()
      const next = place.parts.get(part) ?? {}
      place.parts.set(part, next)
      place = next
    }
  }
  place.leaves ??= new Map()
  if (place.leaves.has(method)) throw new Error(`Two routes would both answer ${method} ${path}`)
  place.leaves.set(method, { names, mounted })
}

/** The parts of a path, read from their percent-encoding; undefined when that is malformed. */
function partsOf(path: string): string[] | undefined {
  const parts = path.split('/').filter((part) => part !== '')
  if (!path.includes('%')) return parts
  try {
    return parts.map((part) => decodeURIComponent(part))
  } catch {
    return undefined
  }
}

/** Goes down the parts, the nearest fit first, until `take` takes a place; `values` are those of the parameters on the way. */
function search<Result>(
  place: Place,
  parts: readonly string[],
  at: number,
  values: string[],
  take: (place: Place) => Result | undefined,
): Result | undefined {
  const part = parts[at]
  if (part === undefined) return take(place)
  const named = place.parts?.get(part)
  const found = named === undefined ? undefined : search(named, parts, at + 1, values, take)
  if (found !== undefined) return found
  const held = values.length
  if (place.param !== undefined && part.length <= MAXIMUM_PARAM_LENGTH) {
    values.push(part)
    const below = search(place.param, parts, at + 1, values, take)
    if (below !== undefined) return below
    values.length = held
  }
  if (place.rest === undefined) return undefined
  values.push(parts.slice(at).join('/'))
  const below = take(place.rest)
  if (below === undefined) values.length = held
  return below
}

/** Answers a page or route of the frame or the host. */
export type PageHandler = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply>

/** What the frame and the host answer themselves: pages, documents, health. They win over the routes of services. */
export class Pages {
  private readonly all: { readonly method: string; readonly mounted: Mounted }[] = []
  readonly table = new RouteTable((add) => {
    for (const { method, mounted } of this.all) add(method, mounted.path, mounted)
  })

  get(path: string, handler: PageHandler): void {
    this.add('GET', path, handler)
  }

  post(path: string, handler: PageHandler): void {
    this.add('POST', path, handler)
  }

  /** All are added before the first request. */
  add(method: string, path: string, handler: PageHandler, options: Pick<Mounted, 'takesStream'> = {}): void {
    this.all.push({ method, mounted: { path, handler: async (request, reply) => handler(request, reply), ...options } })
  }

  /** Method and path of each. */
  list(): readonly { readonly method: string; readonly path: string }[] {
    return this.all.map(({ method, mounted }) => ({ method, path: mounted.path }))
  }
}
