import type { Contract, Operation } from '../contract.ts'

export interface MountedPath {
  readonly method: string
  readonly path: string
}

/**
 * Every path an operation answers: canonical `/api/v1/path`; for each public name N of its service `/N/api/v1/path` and
 * `/N/path`; and its aliases. The canonical one is first.
 */
export function pathsOf(contract: Contract, operation: Pick<Operation, 'route' | 'aliases'>): MountedPath[] {
  const paths: MountedPath[] = []
  if (operation.route !== undefined) {
    const { method, path } = splitRoute(operation.route)
    paths.push({ method, path: `/api/v1${path}` })
    for (const name of contract.names) {
      paths.push({ method, path: `/${name}/api/v1${path}` })
      paths.push({ method, path: path === `/${name}` || path.startsWith(`/${name}/`) ? path : `/${name}${path}` })
    }
  }
  for (const alias of operation.aliases ?? []) paths.push(splitRoute(alias))
  const seen = new Set<string>()
  return paths.filter(({ method, path }) => {
    const key = `${method} ${shapeOf(path)}`
    return seen.has(key) ? false : seen.add(key)
  })
}

/** Throws, naming both, when two operations or streams of the platform would answer the same requests. */
export function assertDistinctPaths(contracts: readonly Contract[]): void {
  const owners = new Map<string, string>()
  for (const contract of contracts) {
    const { operations, streams, sockets } = contract
    for (const one of [operations, streams, sockets].flatMap((part) => Object.values(part))) {
      if (one.access.kind === 'service') continue
      for (const { method, path } of pathsOf(contract, one)) {
        const key = `${method} ${shapeOf(path)}`
        const name = `${one.service}.${one.name}`
        const owner = owners.get(key)
        if (owner !== undefined) throw new Error(`${owner} and ${name} would both answer ${method} ${path}`)
        owners.set(key, name)
      }
    }
  }
}

/** The path as the router tells paths apart: names of parameters and a slash at the end don't count. */
function shapeOf(path: string): string {
  return path.replace(/:[A-Za-z0-9_]+/g, ':').replace(/(?<=.)\/$/, '')
}

/** `'GET /x/:id'` in its two parts. */
export function splitRoute(route: string): MountedPath {
  const [method = '', path = ''] = route.split(' ')
  return { method, path }
}
