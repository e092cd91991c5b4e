import { copyOf, isObject, type Json, type JsonObject, numberOf, stringify } from './json.ts'
import { type Refused, refused } from './refused.ts'

/** Applies a JSON Patch (RFC 6902) to a copy. Throws 400 for what is no patch, 422 for what does not fit. */
export function applyPatch(document: Json, patch: Json): Json {
  if (!Array.isArray(patch)) throw refused('bad_request', 'A JSON Patch is a list of operations')
  const holder: JsonObject = { root: copyOf(document) }
  for (const one of patch) {
    if (!isObject(one) || typeof one.op !== 'string' || typeof one.path !== 'string') {
      throw refused('bad_request', 'Every operation of a JSON Patch has "op" and "path"')
    }
    apply(holder, one, one.path)
  }
  return holder.root as Json
}

function apply(holder: JsonObject, operation: JsonObject, path: string): undefined {
  const source = () => {
    if (typeof operation.from !== 'string') throw refused('bad_request', `${operation.op} needs "from"`)
    return operation.from
  }
  const given = () => {
    if (operation.value === undefined) throw refused('bad_request', `${operation.op} needs "value"`)
    return operation.value
  }
  switch (operation.op) {
    case 'add':
      return add(holder, path, given())
    case 'remove':
      remove(holder, path)
      return
    case 'replace':
      remove(holder, path)
      return add(holder, path, given())
    case 'move': {
      if (path.startsWith(`${source()}/`)) throw unfit(path)
      return add(holder, path, remove(holder, source()))
    }
    case 'copy':
      return add(holder, path, copyOf(read(holder, source())))
    case 'test':
      if (canonical(read(holder, path)) !== canonical(given())) {
        throw refused('validation_failed', `The test of ${path} fails`)
      }
      return
    default:
      throw refused('bad_request', 'Unknown operation in the JSON Patch')
  }
}

function canonical(value: Json): string {
  return stringify(ordered(value))
}

function ordered(value: Json): Json {
  if (Array.isArray(value)) return value.map(ordered)
  // 1.0 and 1 are one number.
  if (!isObject(value)) return numberOf(value) ?? value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, ordered(value[key] as Json)]),
  )
}

function unfit(path: string): Refused {
  return refused('validation_failed', `The JSON Patch does not fit: nothing is at ${path.slice(0, 200)}`)
}

/** The holder of what a pointer names, and its key there. */
function locate(holder: JsonObject, path: string): { parent: Json[] | JsonObject; key: string } {
  if (path !== '' && !path.startsWith('/')) throw refused('bad_request', 'A path of a JSON Patch begins with /')
  const keys = ['root', ...path.split('/').slice(1)].map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
  let parent: Json = holder
  for (const key of keys.slice(0, -1)) parent = member(parent, key, path)
  if (!Array.isArray(parent) && !isObject(parent)) throw unfit(path)
  return { parent, key: keys.at(-1) as string }
}

function member(parent: Json, key: string, path: string): Json {
  const value = Array.isArray(parent)
    ? parent[indexOf(key, parent.length - 1, path)]
    : isObject(parent) && Object.hasOwn(parent, key)
      ? parent[key]
      : undefined
  if (value === undefined) throw unfit(path)
  return value
}

function indexOf(key: string, largest: number, path: string): number {
  if (!/^(0|[1-9]\d{0,6})$/.test(key) || Number(key) > largest) throw unfit(path)
  return Number(key)
}

function read(holder: JsonObject, path: string): Json {
  const { parent, key } = locate(holder, path)
  return member(parent, key, path)
}

function add(holder: JsonObject, path: string, value: Json): undefined {
  const { parent, key } = locate(holder, path)
  if (key === '__proto__') throw unfit(path)
  if (!Array.isArray(parent)) parent[key] = value
  else parent.splice(key === '-' ? parent.length : indexOf(key, parent.length, path), 0, value)
}

function remove(holder: JsonObject, path: string): Json {
  const { parent, key } = locate(holder, path)
  const value = member(parent, key, path)
  if (Array.isArray(parent)) parent.splice(Number(key), 1)
  else delete parent[key]
  return value
}
