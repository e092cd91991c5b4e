import { type Definitions, PRIMITIVES } from './definitions.ts'
import { type Node, nodeOf, Unsupported } from './fhirpathNodes.ts'

/** FHIRPath's own types, by the name that their values carry here. */
const SYSTEM: Readonly<Record<string, string>> = {
  boolean: 'Boolean',
  integer: 'Integer',
  decimal: 'Decimal',
  string: 'String',
  date: 'Date',
  dateTime: 'DateTime',
  time: 'Time',
  Quantity: 'Quantity',
}
const SYSTEM_NAMES = new Set([...Object.values(SYSTEM), 'Any'])

/** What a type is a special form of. */
export const PARENTS: Readonly<Record<string, string>> = {
  code: 'string',
  id: 'string',
  markdown: 'string',
  url: 'uri',
  canonical: 'uri',
  oid: 'uri',
  uuid: 'uri',
  unsignedInt: 'integer',
  positiveInt: 'integer',
  Age: 'Quantity',
  Count: 'Quantity',
  Distance: 'Quantity',
  Duration: 'Quantity',
  SimpleQuantity: 'Quantity',
  MoneyQuantity: 'Quantity',
}

const ABSTRACT: Readonly<Record<string, (type: string, definitions: Definitions) => boolean>> = {
  Resource: (type, definitions) => definitions.isResource(type),
  DomainResource: (type, definitions) =>
    definitions.isResource(type) && !['Bundle', 'Binary', 'Parameters'].includes(type),
  Element: (type, definitions) => !definitions.isResource(type),
  BackboneElement: (type) => type.includes('.'),
}

/** The type that FHIRPath itself gives a value; undefined for what a resource holds. */
function systemType(node: Node): string | undefined {
  return node.holder === undefined ? SYSTEM[node.type] : undefined
}

/** Whether a value is of a type, `boolean`, `System.Boolean` or `FHIR.Patient`. Throws `Unsupported` for an unknown one. */
export function isOfType(node: Node, wanted: string, definitions: Definitions): boolean {
  const [space, name] = wanted.includes('.') ? splitOnce(wanted) : [undefined, wanted]
  if (space === 'System' || (space === undefined && SYSTEM_NAMES.has(name) && name !== 'Quantity')) {
    return systemType(node) === name
  }
  const isNamed = [ABSTRACT, PARENTS].some((list) => Object.hasOwn(list, name))
  const isKnown = isNamed || PRIMITIVES.has(name) || definitions.type(name) !== undefined
  if (!isKnown || (space !== undefined && space !== 'FHIR')) throw new Unsupported(`the type ${wanted.slice(0, 60)}`)
  if (systemType(node) !== undefined && !(name === 'Quantity' && space === undefined)) return false
  for (let type: string | undefined = node.type; type !== undefined; type = PARENTS[type]) {
    if (type === name) return true
  }
  return Object.hasOwn(ABSTRACT, name) && ABSTRACT[name]?.(node.type, definitions) === true
}

/** Whether that is the type of a value itself, not one that it is a special form of. */
export function isExactly(node: Node, wanted: string): boolean {
  const name = wanted.includes('.') ? splitOnce(wanted)[1] : wanted
  return node.type === name || systemType(node) === name || Object.hasOwn(ABSTRACT, name)
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf('.')
  return [text.slice(0, at), text.slice(at + 1)]
}

/** What `type()` says of a value. */
export function typeInfo(node: Node): Node {
  const own = systemType(node)
  return nodeOf(
    own === undefined ? { namespace: 'FHIR', name: node.type } : { namespace: 'System', name: own },
    'TypeInfo',
  )
}
