import type { Definitions, Property, TypeDefinition } from './definitions.ts'
import { dropEmpty } from './emptied.ts'
import { type Compiled, compilePath } from './fhirpath.ts'
import { type Node, nodeOf, Unsupported } from './fhirpathNodes.ts'
import { copyOf, isObject, type Json, type JsonObject, listOf, numberOf, type Resource } from './json.ts'
import { refused } from './refused.ts'

/** Operations of one patch, steps of one path: nobody needs more. */
const MOST_OPERATIONS = 500
const MOST_WORK = 200_000
const LONGEST_PATH = 1000

interface Operation {
  readonly type: string
  readonly path: string
  readonly name: string | undefined
  readonly value: JsonObject | undefined
  readonly index: number | undefined
  readonly source: number | undefined
  readonly destination: number | undefined
}

/**
 * Applies a FHIRPath Patch (a Parameters resource) to a copy. Throws 400 for what is no patch, 422 for what does not
 * fit: a path that finds nothing or several, a value where one is already, a place outside its list.
 */
export function applyPathPatch(resource: Resource, patch: JsonObject, definitions: Definitions): Resource {
  const result = copyOf(resource)
  // A patch without operations says that nothing is different.
  const operations = listOf(patch.parameter)
  if (operations.length > MOST_OPERATIONS)
    throw refused('bad_request', `A patch has at most ${MOST_OPERATIONS} operations`)
  const budget = { left: MOST_WORK }
  for (const one of operations) apply(result, readOperation(one), definitions, budget)
  return result
}

function readOperation(parameter: Json): Operation {
  const isOperation = isObject(parameter) && parameter.name === 'operation'
  if (!isOperation) throw refused('bad_request', 'Every parameter of a FHIRPath Patch is named "operation"')
  const parts = new Map<string, JsonObject>()
  for (const part of listOf(parameter.part)) if (isObject(part)) parts.set(String(part.name), part)
  const text = (name: string) => Object.values(valuePart(parts.get(name)) ?? {})[0]
  const [type, path] = [text('type'), text('path')]
  if (typeof type !== 'string' || typeof path !== 'string') {
    throw refused('bad_request', 'Every operation of a FHIRPath Patch has a type and a path')
  }
  const name = text('name')
  return {
    type,
    path,
    name: typeof name === 'string' ? name : undefined,
    value: parts.get('value'),
    index: numberOf(text('index')),
    source: numberOf(text('source')),
    destination: numberOf(text('destination')),
  }
}

/** The `value[x]` of a part, under its own name; undefined for a part of parts. */
function valuePart(part: JsonObject | undefined): JsonObject | undefined {
  const key = Object.keys(part ?? {}).find((one) => one.startsWith('value') && one.length > 5)
  return key === undefined || part === undefined ? undefined : { [key]: part[key] }
}

function apply(root: Resource, operation: Operation, definitions: Definitions, budget: { left: number }): undefined {
  const found = find(root, operation.path, definitions, budget)
  switch (operation.type) {
    case 'add':
      return add(one(found, operation), operation, definitions)
    case 'replace':
      return replace(one(found, operation), operation, definitions)
    case 'delete':
      if (found.length > 1) throw unfit(operation, 'finds several elements')
      if (found[0] !== undefined) remove(found[0], operation)
      dropEmpty(root)
      return
    case 'insert': {
      const place = whole(operation.index, 'index', operation)
      const list = listFor(root, found, operation, definitions, budget)
      list.insert(place, partValue(operation, list.property, definitions))
      return
    }
    case 'move': {
      const [from, to] = [
        whole(operation.source, 'source', operation),
        whole(operation.destination, 'destination', operation),
      ]
      const list = listFor(root, found, operation, definitions, budget)
      list.move(from, to)
      return
    }
    default:
      throw refused('bad_request', `Unknown operation "${operation.type.slice(0, 40)}" in the FHIRPath Patch`)
  }
}

const unfit = (operation: Operation, why: string) =>
  refused('validation_failed', `The FHIRPath Patch does not fit: ${operation.path.slice(0, 200)} ${why}`)

function whole(value: number | undefined, name: string, operation: Operation): number {
  if (value === undefined || !Number.isInteger(value) || value < 0) {
    throw refused('bad_request', `${operation.type} needs "${name}", a whole number from 0`)
  }
  return value
}

function one(found: readonly Node[], operation: Operation): Node {
  const [node] = found
  if (node === undefined) throw unfit(operation, 'finds nothing')
  if (found.length > 1) throw unfit(operation, 'finds several elements')
  return node
}

function find(root: Resource, path: string, definitions: Definitions, budget: { left: number }): readonly Node[] {
  if (path.length > LONGEST_PATH) throw refused('bad_request', `A path has at most ${LONGEST_PATH} characters`)
  const node = nodeOf(root, root.resourceType)
  try {
    const compiled: Compiled = compilePath(path, definitions)
    return compiled.evaluate([node], { resource: node, root: node, context: node, self: node, budget })
  } catch (error) {
    if (error instanceof SyntaxError) throw refused('bad_request', `${path.slice(0, 200)} is no FHIRPath`)
    if (error instanceof Unsupported)
      throw refused('validation_failed', `A path of a patch may not use ${error.message}`)
    throw error
  }
}

/** The member that a name means on an element, with its choice resolved by the value's type. Throws 422. */
function memberOf(type: TypeDefinition | undefined, name: string, value: JsonObject | undefined): Property | undefined {
  const plain = name.replace('[x]', '')
  const property = type?.properties.get(plain)
  if (property !== undefined) return property
  const suffix = Object.keys(valuePart(value) ?? {})[0]?.slice(5) ?? ''
  return type?.choices.get(plain)?.find((one) => one.name === `${plain}${suffix}`)
}

function add(node: Node, operation: Operation, definitions: Definitions): undefined {
  const { name } = operation
  if (name === undefined) throw refused('bad_request', 'add needs "name"')
  if (!isObject(node.value)) throw unfit(operation, 'holds no members')
  const holder = node.value
  const property = memberOf(definitions.type(node.type), name, operation.value)
  if (property === undefined) throw unfit(operation, `has no member "${name.slice(0, 60)}" that takes this value`)
  const value = partValue(operation, property, definitions)
  if (property.isList) {
    const list = listOf(holder[property.name])
    holder[property.name] = Array.isArray(value) ? [...list, ...value] : [...list, value]
    return
  }
  const rivals =
    property.choice === undefined ? [property] : (definitions.type(node.type)?.choices.get(property.choice) ?? [])
  if (rivals.some((rival) => holder[rival.name] !== undefined)) throw unfit(operation, `has "${name}" already`)
  holder[property.name] = value
}

function replace(node: Node, operation: Operation, definitions: Definitions): undefined {
  const { holder, key, index } = node
  if (holder === undefined || key === undefined) throw unfit(operation, 'is no element that can be replaced')
  const property = propertyOf(node, key, operation.value, definitions)
  const value = partValue(operation, property, definitions)
  if (index !== undefined) {
    ;(holder[key] as Json[])[index] = value
    return
  }
  const target = property?.choice === undefined ? key : property.name
  if (target !== key) remove(node, operation)
  holder[target] = value
}

/** What stands under a key: of a choice, the member that the new value's type asks for. */
function propertyOf(
  node: Node,
  key: string,
  value: JsonObject | undefined,
  definitions: Definitions,
): Property | undefined {
  const { holderType = '' } = node
  const type = definitions.type(holderType)
  const own = type?.properties.get(key)
  if (own?.choice === undefined) return own
  return memberOf(type, own.choice, value) ?? own
}

function remove(node: Node, operation: Operation): undefined {
  const { holder, key, index } = node
  if (holder === undefined || key === undefined) throw unfit(operation, 'is no element that can be deleted')
  if (index === undefined) {
    delete holder[key]
    delete holder[`_${key}`]
    return
  }
  for (const name of [key, `_${key}`]) {
    const list = holder[name]
    if (!Array.isArray(list)) continue
    list.splice(index, 1)
    if (list.length === 0 || list.every((one) => one === null)) delete holder[name]
  }
}

interface Items {
  readonly property: Property | undefined
  insert(place: number, value: Json): void
  move(from: number, to: number): void
}

/** The list that a path names: all that it finds, or the list that all of it stands in. */
function listFor(
  root: Resource,
  found: readonly Node[],
  operation: Operation,
  definitions: Definitions,
  budget: { left: number },
): Items {
  const first = found[0] ?? emptyList(root, operation, definitions, budget)
  const { holder, key = '' } = first
  const isOne = found.every((node) => node.holder === holder && node.key === key)
  if (holder === undefined || !isOne) throw unfit(operation, 'is not one list')
  const list = listOf(holder[key])
  if (holder[key] !== undefined && !Array.isArray(holder[key])) throw unfit(operation, 'is no list')
  const extras = holder[`_${key}`]
  const lists = [list, ...(Array.isArray(extras) ? [extras] : [])]
  return {
    property: propertyOf(first, key, operation.value, definitions),
    insert(place, value) {
      if (place > list.length) throw unfit(operation, `has no place ${place}`)
      for (const items of lists) items.splice(place, 0, items === list ? value : null)
      holder[key] = list
    },
    move(from, to) {
      if (from >= list.length || to >= list.length) throw unfit(operation, `has no place ${Math.max(from, to)}`)
      for (const items of lists) items.splice(to, 0, items.splice(from, 1)[0] as Json)
    },
  }
}

/** Where a list would stand that is not there yet: `Patient.contact`, the last name after its holder. */
function emptyList(root: Resource, operation: Operation, definitions: Definitions, budget: { left: number }): Node {
  const match = /^(.+)\.([A-Za-z]+)$/.exec(operation.path.trim())
  const holders = match === null ? [] : find(root, match[1] as string, definitions, budget)
  const [holder] = holders
  if (match === null || holders.length !== 1 || !isObject(holder?.value)) throw unfit(operation, 'finds nothing')
  const property = definitions.type(holder.type)?.properties.get(match[2] as string)
  if (property?.isList !== true) throw unfit(operation, 'is no list')
  return {
    value: undefined,
    type: property.type,
    holder: holder.value,
    holderType: holder.type,
    key: property.name,
    index: 0,
  }
}

/** The value of an operation: a `value[x]` as it is, or an element put together from parts. Throws 400. */
function partValue(operation: Operation, property: Property | undefined, definitions: Definitions): Json {
  if (operation.value === undefined) throw refused('bad_request', `${operation.type} needs "value"`)
  const value = built(operation.value, property, definitions, 0)
  if (value === undefined) throw refused('bad_request', `The value of ${operation.type} is empty`)
  return value
}

function built(
  part: JsonObject,
  property: Property | undefined,
  definitions: Definitions,
  depth: number,
): Json | undefined {
  const given = Object.values(valuePart(part) ?? {})[0]
  if (given !== undefined) return given
  if (part.resource !== undefined) return part.resource
  const parts = listOf(part.part)
  if (parts.length === 0 || depth > 20) return undefined
  const type = property === undefined ? undefined : definitions.type(property.type)
  const element: JsonObject = {}
  for (const inner of parts) {
    if (!isObject(inner) || typeof inner.name !== 'string') continue
    const member = memberOf(type, inner.name, inner)
    if (member === undefined)
      throw refused('validation_failed', `A value of the patch has no member "${inner.name.slice(0, 60)}"`)
    const value = built(inner, member, definitions, depth + 1)
    if (value === undefined) continue
    element[member.name] = member.isList ? [...listOf(element[member.name]), value] : value
  }
  return element
}
