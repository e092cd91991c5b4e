import { notFound, PlatformError } from '../../../kernel/errors.ts'
import { displayOf, expand, hasCode, memberOf, type Sources, subsumption } from '../domain/expansion.ts'
import { isObject, type JsonObject, listOf, parseJson, type Resource, stringify } from '../domain/json.ts'
import { type CodeSystem, type Concept, type SetSource, setOf, systemOf } from '../domain/terminology.ts'
import type { Answer } from './answers.ts'
import type { Call } from './call.ts'
import { assertKnown, type Inputs, inputsOf, parametersAnswer } from './inputs.ts'
import { readResource } from './reading.ts'
import { sourcesFor } from './sources.ts'

const EXPAND = ['url', 'valueSet', 'valueSetVersion', 'filter', 'offset', 'count', 'displayLanguage', 'activeOnly']
const EXPAND_MORE = [
  'includeDesignations',
  'excludeNested',
  'includeDefinition',
  'excludeNotForUI',
  'excludePostCoordinated',
]
const MOST_CONCEPTS = 1000
const text = (value: unknown) => (typeof value === 'string' ? value : undefined)

/** The value set that an operation is about. Throws 404 for one that is not here, 400 when none is named. */
async function namedSet(
  call: Call,
  inputs: Inputs,
  id: string | undefined,
): Promise<{ set: SetSource; sources: Sources }> {
  const given = inputs.object('valueSet')
  const url = inputs.text('url')
  if (given === undefined && id === undefined && url === undefined) {
    throw new PlatformError('bad_request', 'Name a value set: url, valueSet, or its id in the address')
  }
  if (given === undefined && id === undefined) {
    const sources = await sourcesFor(call, { urls: [url as string] })
    const set = sources.set(url as string)
    if (set === undefined) throw notFound(`The value set ${(url as string).slice(0, 200)}`)
    return { set, sources }
  }
  const resource = given ?? (parseJson((await readResource(call, 'ValueSet', id as string)).body) as Resource)
  const set = setOf(resource)
  return { set, sources: await sourcesFor(call, { sets: [set] }) }
}

/** `ValueSet/$expand`: filter, paging, languages. Nested codes come flat. */
export async function expandSet(call: Call, id: string | undefined): Promise<Answer> {
  const inputs = await inputsOf(call, { type: 'ValueSet', name: 'valueSet' })
  assertKnown(inputs, '$expand', [...EXPAND, ...EXPAND_MORE])
  const { set, sources } = await namedSet(call, inputs, id)
  const filter = inputs.text('filter')?.toLowerCase().trim() ?? ''
  const language = inputs.text('displayLanguage')
  const all = expand(set, sources).filter(
    (one) =>
      filter === '' ||
      one.code.toLowerCase().includes(filter) ||
      displayOf(one, language).toLowerCase().includes(filter),
  )
  const offset = inputs.whole('offset') ?? 0
  const count = inputs.whole('count') ?? (all.length > MOST_CONCEPTS ? undefined : all.length)
  if (count === undefined) {
    throw new PlatformError(
      'validation_failed',
      `The expansion has ${all.length} codes: ask for it by filter, offset and count`,
    )
  }
  const shown = all.slice(offset, offset + Math.min(count, MOST_CONCEPTS))
  const withOthers = inputs.isTrue('includeDesignations')
  const expansion = {
    identifier: `urn:uuid:${call.context.newId()}`,
    timestamp: call.context.now().toISOString(),
    total: all.length,
    offset,
    ...(shown.length === 0 ? {} : { contains: shown.map((one) => containsOf(one, language, withOthers)) }),
  }
  const head = {
    url: set.url || undefined,
    version: set.version || undefined,
    name: nameOf(set),
    title: set.name || undefined,
  }
  return { status: 200, body: stringify({ resourceType: 'ValueSet', ...head, status: 'active', expansion }) }
}

/** A name as machines want it: letters and digits. */
const nameOf = (set: SetSource) => set.name.replaceAll(/\W+/g, '') || undefined

function containsOf(concept: Concept, language: string | undefined, withOthers: boolean) {
  const designation = concept.designations.map(([one, value]) => ({ language: one, value }))
  return {
    system: concept.system || undefined,
    code: concept.code,
    display: displayOf(concept, language),
    ...(concept.isAbstract ? { abstract: true } : {}),
    ...(withOthers && designation.length > 0 ? { designation } : {}),
  }
}

/** A code as an operation was given it. */
interface Asked {
  readonly system: string | undefined
  readonly code: string
  readonly display: string | undefined
}

function askedOf(inputs: Inputs, systemName: string): Asked[] {
  const coding = (one: JsonObject): Asked[] =>
    typeof one.code === 'string' ? [{ system: text(one.system), code: one.code, display: text(one.display) }] : []
  const concept = inputs.object('codeableConcept')
  if (concept !== undefined) return listOf(concept.coding).flatMap((one) => (isObject(one) ? coding(one) : []))
  const given = inputs.object('coding')
  if (given !== undefined) return coding(given)
  const code = inputs.text('code')
  return code === undefined ? [] : [{ system: inputs.text(systemName), code, display: inputs.text('display') }]
}

const CHECK = [
  'url',
  'valueSet',
  'codeSystem',
  'code',
  'system',
  'systemVersion',
  'version',
  'display',
  'coding',
  'codeableConcept',
]
const CHECK_MORE = ['valueSetVersion', 'displayLanguage', 'abstract', 'context', 'date', 'inferSystem']

/** `ValueSet/$validate-code`: true when one of the codes given is in the set, under the display that was given. */
export async function validateCode(call: Call, id: string | undefined): Promise<Answer> {
  const inputs = await inputsOf(call)
  assertKnown(inputs, '$validate-code', [...CHECK, ...CHECK_MORE])
  const asked = askedOf(inputs, 'system')
  if (asked.length === 0) throw new PlatformError('bad_request', 'Give a code, a coding or a codeableConcept')
  const { set, sources } = await namedSet(call, inputs, id)
  const found = asked.map((one) => ({ one, member: memberOf(set, one.system, one.code, sources) }))
  const hit = found.find(({ member }) => member !== false && member !== undefined)
  if (hit === undefined && found.some(({ member }) => member === undefined)) {
    throw new PlatformError('validation_failed', 'The value set has codes of a system that is not here')
  }
  if (hit === undefined) return checked(undefined, asked[0] as Asked, inputs, `is not in the value set ${set.url}`)
  return checked(hit.member as Concept | true, hit.one, inputs)
}

/** `CodeSystem/$validate-code`. */
export async function validateSystemCode(call: Call, id: string | undefined): Promise<Answer> {
  const inputs = await inputsOf(call)
  assertKnown(inputs, '$validate-code', [...CHECK, ...CHECK_MORE])
  const [asked] = askedOf(inputs, 'url')
  if (asked === undefined) throw new PlatformError('bad_request', 'Give a code, a coding or a codeableConcept')
  if (id !== undefined) {
    const system = await storedSystem(call, id)
    return checked(system.concepts.get(asked.code), asked, inputs, `is not in ${system.url}`)
  }
  const url = inputs.text('url') ?? asked.system
  if (url === undefined) throw new PlatformError('bad_request', 'Name the code system')
  const sources = await sourcesFor(call, { systems: [url] })
  const has = hasCode(url, asked.code, sources)
  if (has === undefined) throw notFound(`The code system ${url.slice(0, 200)}`)
  const concept = sources.system(url)?.concepts.get(asked.code)
  return checked(concept ?? (has || undefined), { ...asked, system: url }, inputs, `is not in ${url}`)
}

function checked(found: Concept | true | undefined, asked: Asked, inputs: Inputs, why = ''): Answer {
  const concept = typeof found === 'object' ? found : undefined
  const language = inputs.text('displayLanguage')
  const displays = concept === undefined ? [] : [concept.display, ...concept.designations.map(([, value]) => value)]
  const isNamedWell =
    asked.display === undefined ||
    concept === undefined ||
    displays.some((one) => one.toLowerCase() === asked.display?.toLowerCase())
  const isValid = found !== undefined && isNamedWell
  const message = found === undefined ? `The code "${asked.code}" ${why}` : 'The display is not that of the code'
  const system = concept?.system ?? asked.system
  return parametersAnswer([
    { name: 'result', valueBoolean: isValid },
    isValid ? undefined : { name: 'message', valueString: message },
    concept === undefined ? undefined : { name: 'display', valueString: displayOf(concept, language) },
    found === undefined ? undefined : { name: 'code', valueCode: asked.code },
    found === undefined || system === undefined || system === '' ? undefined : { name: 'system', valueUri: system },
  ])
}

async function storedSystem(call: Call, id: string): Promise<CodeSystem> {
  const system = systemOf(parseJson((await readResource(call, 'CodeSystem', id)).body) as Resource)
  if (system === undefined) throw new PlatformError('validation_failed', 'The code system does not say its codes')
  return system
}

async function neededSystem(call: Call, url: string | undefined): Promise<CodeSystem> {
  if (url === undefined) throw new PlatformError('bad_request', 'Name the code system')
  const system = (await sourcesFor(call, { systems: [url] })).system(url)
  if (system === undefined) throw notFound(`The code system ${url.slice(0, 200)}`)
  return system
}

/** `CodeSystem/$lookup`: what is known of a code. Throws 404 for an unknown one. */
export async function lookup(call: Call): Promise<Answer> {
  const inputs = await inputsOf(call)
  assertKnown(inputs, '$lookup', ['code', 'system', 'version', 'coding', 'date', 'displayLanguage', 'property'])
  const [asked] = askedOf(inputs, 'system')
  if (asked === undefined) throw new PlatformError('bad_request', 'Give code and system, or a coding')
  const system = await neededSystem(call, asked.system)
  const concept = system.concepts.get(asked.code)
  if (concept === undefined) throw notFound(`The code "${asked.code.slice(0, 100)}" of ${system.url}`)
  const property = (code: string, value: JsonObject) => ({
    name: 'property',
    part: [
      { name: 'code', valueCode: code },
      { name: 'value', ...value },
    ],
  })
  return parametersAnswer([
    { name: 'name', valueString: system.name || system.url },
    system.version === '' ? undefined : { name: 'version', valueString: system.version },
    { name: 'display', valueString: displayOf(concept, inputs.text('displayLanguage')) },
    ...concept.designations.map(([language, value]) => ({
      name: 'designation',
      part: [
        { name: 'language', valueCode: language },
        { name: 'value', valueString: value },
      ],
    })),
    concept.isAbstract ? property('notSelectable', { valueBoolean: true }) : undefined,
    concept.parent === undefined ? undefined : property('parent', { valueCode: concept.parent.code }),
    ...concept.children.map((child) => property('child', { valueCode: child.code })),
  ])
}

/** `CodeSystem/$subsumes`. Throws 404 for an unknown system or code. */
export async function subsumes(call: Call, id: string | undefined): Promise<Answer> {
  const inputs = await inputsOf(call)
  assertKnown(inputs, '$subsumes', ['codeA', 'codeB', 'system', 'version', 'codingA', 'codingB'])
  const [a, b] = [inputs.object('codingA'), inputs.object('codingB')]
  const system =
    id === undefined
      ? await neededSystem(call, inputs.text('system') ?? text(a?.system) ?? text(b?.system))
      : await storedSystem(call, id)
  const [first, second] = [text(a?.code) ?? inputs.text('codeA'), text(b?.code) ?? inputs.text('codeB')]
  if (first === undefined || second === undefined)
    throw new PlatformError('bad_request', 'Give codeA and codeB, or codings')
  const [left, right] = [system.concepts.get(first), system.concepts.get(second)]
  if (left === undefined || right === undefined) throw notFound(`The code in ${system.url}`)
  return parametersAnswer([{ name: 'outcome', valueCode: subsumption(left, right) }])
}
