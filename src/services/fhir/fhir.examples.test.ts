import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { decimalText, isObject, type Json, listOf, parseJson, type Resource, stringify } from './domain/json.ts'
import { type Found, findValues, type SearchParameter } from './domain/parameters.ts'
import { engines } from './handlers/engines.ts'

const FOLDER = fileURLToPath(new URL('../../../node_modules/hl7.fhir.r4.examples/', import.meta.url))
const isThere = existsSync(FOLDER)

/** Definitions of FHIR itself are no clinical examples. */
const DEFINITIONS = new Set(
  (
    'CapabilityStatement CodeSystem CompartmentDefinition ConceptMap GraphDefinition ImplementationGuide MessageDefinition ' +
    'NamingSystem OperationDefinition SearchParameter StructureDefinition StructureMap TerminologyCapabilities ValueSet'
  ).split(' '),
)

/** Examples that break HL7's own rules, and which. */
const FAULTY: Readonly<Record<string, RegExp>> = {
  'ActivityDefinition-blood-tubes-supply.json': /txt-1: the narrative must have some content/,
  'ActivityDefinition-heart-valve-replacement.json': /txt-1: the narrative must have some content/,
  'DeviceMetric-example.json': /parent: may refer to Device, not to DeviceDefinition/,
  'DeviceUseStatement-example.json': /reasonReference\[0\]: may refer to .*, not to Procedure/,
  'EventDefinition-example.json': /txt-1: the narrative must have some content/,
  'MedicationRequest-medrx0301.json': /performer: may refer to Organization, not to Practitioner/,
  'Observation-clinical-gender.json': /performer\[0\]: may refer to .*, not to Encounter/,
  'Questionnaire-qs1.json': /linkId is required/,
  'Questionnaire-zika-virus-exposure-assessment.json': /txt-1: the narrative must have some content/,
}

/** Bundles of definitions: no clinical examples either. */
const isClinical = (resource: Resource) =>
  !DEFINITIONS.has(resource.resourceType) &&
  !(
    resource.resourceType === 'Bundle' &&
    listOf(resource.entry).some(
      (one) => isObject(one) && isObject(one.resource) && DEFINITIONS.has(String(one.resource.resourceType)),
    )
  )

const numbersOf = (text: string) => text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').match(/-?\d[\d.eE+-]*/g) ?? []

interface Example {
  readonly file: string
  readonly text: string
  readonly resource: Resource
}

describe('fhir: the official examples', { skip: isThere ? false : 'hl7.fhir.r4.examples is not installed' }, () => {
  let platform: TestPlatform
  let ana: TestPerson
  const examples: Example[] = []

  before(async () => {
    for (const file of readdirSync(FOLDER)) {
      if (!/^[A-Z].*\.json$/.test(file)) continue
      const text = readFileSync(FOLDER + file, 'utf8')
      const resource = parseJson(text) as Resource
      if (typeof resource.resourceType === 'string' && isClinical(resource)) examples.push({ file, text, resource })
    }
    platform = await openTestPlatform()
    ana = await platform.person('ana')
  })
  after(() => platform.close())

  test('none is refused but those whose fault is named here, and each keeps its numbers', () => {
    assert.ok(examples.length > 600, String(examples.length))
    const { validator } = engines()
    for (const { file, text, resource } of examples) {
      const issues = validator.validate(resource)
      const known = FAULTY[file]
      if (known === undefined) assert.deepEqual(issues, [], file)
      else
        assert.ok(issues.length > 0 && issues.every((issue) => known.test(issue.text)), `${file}: ${stringify(issues)}`)
      assert.deepEqual(numbersOf(stringify(resource)), numbersOf(text), file)
    }
  })

  test('each is stored, comes back as it was, and is found by every search parameter it has', async () => {
    // A Subscription does not come back as it was: its state is the server's, and its secrets are hidden.
    const sound = examples.filter(
      ({ file, resource }) => FAULTY[file] === undefined && resource.resourceType !== 'Subscription',
    )
    for (const { file, resource } of sound) {
      const made = await ana.request('PUT', `/fhir/${resource.resourceType}/${resource.id}`, {
        raw: stringify(resource),
        headers: { 'content-type': 'application/fhir+json' },
      })
      assert.ok(made.status === 201 || made.status === 200, `${file}: ${made.text.slice(0, 500)}`)
      const { meta: _meta, ...given } = resource
      const { meta: _stored, ...kept } = parseJson(made.text) as Resource
      assert.equal(sortedText(kept), sortedText(given), file)
    }
    let asked = 0
    const missed: string[] = []
    for (const { file, resource } of sound) {
      for (const parameter of engines().book.of(resource.resourceType).values()) {
        const [found] = findValues(resource, resource.resourceType, parameter.paths)
        const value = found === undefined ? undefined : questionFor(parameter, found)
        if (value === undefined) continue
        asked += 1
        const query = new URLSearchParams([
          ['_id', String(resource.id)],
          [parameter.code, value],
        ])
        const answer = await ana.get(`/fhir/${resource.resourceType}?${query}`)
        if (answer.body.entry?.[0]?.resource?.id !== resource.id)
          missed.push(`${file} ${parameter.code}=${value}: ${answer.status}`)
      }
    }
    assert.deepEqual(missed, [])
    assert.ok(asked > 4000, String(asked))
  })
})

function sortedText(value: Json): string {
  const sorted = (one: Json | undefined): Json | undefined => {
    if (Array.isArray(one)) return one.map((item) => sorted(item) as Json)
    if (!isObject(one)) return one
    return Object.fromEntries(
      Object.keys(one)
        .sort()
        .map((key) => [key, sorted(one[key])]),
    )
  }
  return stringify(sorted(value))
}

const escaped = (text: string) => text.replaceAll(/[\\,|$]/g, '\\$&')

/** How a client would ask for this value; undefined where there is nothing to ask by. */
function questionFor(parameter: SearchParameter, { value, type }: Found): string | undefined {
  const text = (name: string) => (isObject(value) && value[name] !== undefined ? String(value[name]) : '')
  switch (parameter.type) {
    case 'token': {
      if (!isObject(value)) return escaped(String(value))
      const coding = type === 'CodeableConcept' ? listOf(value.coding)[0] : value
      if (!isObject(coding)) return undefined
      const code = coding.code ?? coding.value
      if (code === undefined || typeof code === 'object') return undefined
      return coding.system === undefined
        ? escaped(String(code))
        : `${escaped(String(coding.system))}|${escaped(String(code))}`
    }
    case 'reference': {
      const reference = isObject(value) ? value.reference : value
      return typeof reference !== 'string' || reference.startsWith('#') ? undefined : escaped(reference)
    }
    case 'uri':
      return typeof value === 'string' ? escaped(value) : undefined
    case 'string': {
      const part = isObject(value)
        ? listOf(value.text ?? value.family ?? value.given ?? value.city ?? value.line)[0]
        : value
      return typeof part === 'string' ? escaped(part.slice(0, 60)) : undefined
    }
    case 'date':
      if (typeof value === 'string') return type === 'string' ? undefined : value
      return text('start') === '' ? (text('end') === '' ? undefined : `le${text('end')}`) : `ge${text('start')}`
    case 'number':
      return decimalText(value)
    case 'quantity': {
      if (!isObject(value) || value.value === undefined || type === 'Money') return undefined
      const amount = decimalText(value.value)
      return value.code === undefined ? amount : `${amount}|${escaped(text('system'))}|${escaped(text('code'))}`
    }
    default:
      return undefined
  }
}
