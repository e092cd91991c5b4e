import { PlatformError } from '../../../kernel/errors.ts'
import { compilePath } from '../domain/fhirpath.ts'
import { type Node, nodeOf, type Scope, Unsupported } from '../domain/fhirpathNodes.ts'
import { isObject, type Json, type JsonObject, listOf, parseJson, type Resource, stringify } from '../domain/json.ts'
import { refused } from '../domain/refused.ts'
import { boundedPatterns } from '../providers/patterns.ts'
import type { Answer } from './answers.ts'
import type { Call } from './call.ts'
import { type Inputs, inputsOf, parametersAnswer } from './inputs.ts'
import { readResource } from './reading.ts'

const LONGEST = 5000
/** Steps of one evaluation, and values that it answers. */
const MOST_WORK = 200_000
const MOST_VALUES = 5000
/** The extension in which FHIRPath servers write what no value[x] holds, such as a part of a resource. */
const JSON_VALUE = 'http://fhir.forms-lab.com/StructureDefinition/json-value'

/**
 * `$fhirpath`: what an expression finds in a resource that is sent, or in one that is stored. `context` is an expression
 * whose items it is asked of, each for itself; `variables` are what `%name` stands for.
 */
export async function evaluatePath(call: Call, type: string, id: string | undefined): Promise<Answer> {
  const inputs = await inputsOf(call, { type, name: 'resource' })
  const expression = inputs.text('expression')
  if (expression === undefined) throw new PlatformError('bad_request', '$fhirpath needs "expression"')
  const resource = await subjectOf(call, inputs, type, id)
  const root = nodeOf(resource, resource.resourceType)
  const scope: Scope = {
    resource: root,
    root,
    context: root,
    self: root,
    budget: { left: MOST_WORK },
    patterns: boundedPatterns(),
    now: call.context.now(),
    variables: variablesOf(inputs),
    isStrict: true,
  }
  const context = inputs.text('context')
  const starts = context === undefined ? [root] : found(call, context, root, scope)
  const results = starts.map((start, index) => ({
    name: 'result',
    ...(context === undefined ? {} : { valueString: `${context.slice(0, 200)}[${index}]` }),
    part: found(call, expression, start, { ...scope, context: start, self: start }).map(partOf),
  }))
  const said = { name: 'expression', valueString: expression }
  const evaluator = { name: 'evaluator', valueString: 'Salus (R4)' }
  return parametersAnswer([{ name: 'parameters', part: [evaluator, said] }, ...results.map(trimmed)])
}

async function subjectOf(call: Call, inputs: Inputs, type: string, id: string | undefined): Promise<Resource> {
  const given = inputs.object('resource')
  const sent = given ?? jsonValue(inputs.text('resource'))
  if (isObject(sent) && typeof sent.resourceType === 'string') {
    if (!call.engines.definitions.isResource(sent.resourceType)) throw refused('bad_request', 'Unknown resource type')
    return { ...sent, resourceType: sent.resourceType }
  }
  if (id === undefined) throw new PlatformError('bad_request', '$fhirpath needs "resource"')
  const stored = await readResource({ ...call, headers: {}, query: [] }, type, id)
  return parseJson(stored.body) as Resource
}

function jsonValue(text: string | undefined): Json | undefined {
  try {
    return text === undefined ? undefined : parseJson(text)
  } catch {
    throw new PlatformError('bad_request', 'The resource is no JSON')
  }
}

function variablesOf(inputs: Inputs): ReadonlyMap<string, readonly Node[]> {
  const named = inputs.parts('variables').flatMap((part): [string, readonly Node[]][] => {
    if (!isObject(part) || typeof part.name !== 'string') return []
    if (isObject(part.resource)) return [[part.name, [nodeOf(part.resource, String(part.resource.resourceType))]]]
    const key = Object.keys(part).find((one) => /^value[A-Z]/.test(one))
    if (key === undefined) return [[part.name, []]]
    const suffix = key.slice(5)
    const isObjectValue = isObject(part[key])
    return [[part.name, [nodeOf(part[key], isObjectValue ? suffix : suffix.charAt(0).toLowerCase() + suffix.slice(1))]]]
  })
  return new Map(named)
}

function found(call: Call, expression: string, start: Node, scope: Scope): readonly Node[] {
  if (expression.length > LONGEST) throw refused('bad_request', `An expression has at most ${LONGEST} characters`)
  try {
    const nodes = compilePath(expression, call.engines.definitions).evaluate([start], scope)
    if (nodes.length > MOST_VALUES) throw new Unsupported('this many values')
    return nodes
  } catch (error) {
    if (error instanceof SyntaxError) throw refused('bad_request', error.message.slice(0, 300))
    if (error instanceof Unsupported) throw refused('validation_failed', `FHIRPath: ${error.message.slice(0, 300)}`)
    throw error
  }
}

const PLAIN: Readonly<Record<string, string>> = { TypeInfo: '', xhtml: '', Resource: '' }

/** One value as a part of Parameters, under the name of its type. */
function partOf(node: Node): JsonObject {
  const { type, value } = node
  if (value === undefined) return { name: type }
  if (value === '') return { name: 'empty-string' }
  if (isObject(value) && typeof value.resourceType === 'string') return { name: type, resource: value }
  const isNamed = /^[A-Za-z]+$/.test(type) && !Object.hasOwn(PLAIN, type) && !(isObject(value) && !DATATYPES.has(type))
  const raw = node.text !== undefined && typeof value === 'number' ? parseJson(node.text) : value
  if (isNamed) return { name: type, [`value${type.charAt(0).toUpperCase()}${type.slice(1)}`]: raw }
  return { name: type, extension: [{ url: JSON_VALUE, valueString: stringify(value) }] }
}

/** Elements that Parameters may hold as a value. */
const DATATYPES = new Set(
  (
    'Address Age Annotation Attachment CodeableConcept Coding ContactPoint Count Distance Duration HumanName Identifier ' +
    'Money Period Quantity Range Ratio Reference SampledData Signature Timing ContactDetail Contributor DataRequirement ' +
    'Expression ParameterDefinition RelatedArtifact TriggerDefinition UsageContext Dosage Meta'
  ).split(' '),
)

/** FHIR has no empty lists. */
function trimmed(result: { readonly part: readonly JsonObject[] } & JsonObject): JsonObject {
  const { part, ...rest } = result
  return listOf(part as Json).length === 0 ? rest : { ...rest, part: part as Json }
}
