import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { unknownModifiers } from './domain/extensions.ts'
import type { Json, JsonObject, Resource } from './domain/json.ts'
import { engines, profiles } from './handlers/engines.ts'

const HL7 = 'http://hl7.org/fhir/StructureDefinition'
const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition'
const UCUM = 'http://unitsofmeasure.org'
const loinc = (...codes: string[]) => ({ coding: codes.map((code) => ({ system: 'http://loinc.org', code })) })
const amount = (value: number, code: string) => ({ value, unit: code, system: UCUM, code })
const faultsOf = (resource: object) => engines().validator.validate(resource as Json)

const VITAL = {
  resourceType: 'Observation',
  status: 'final',
  category: [
    { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] },
  ],
  subject: { reference: 'Patient/p' },
  effectiveDateTime: '2024-01-01',
}
const part = (code: string, value: number, unit: string) => ({ code: loinc(code), valueQuantity: amount(value, unit) })

/** By profile: codes, value and components that keep it; a unit that does not. */
const VITALS: readonly (readonly [string, object, string])[] = [
  [
    'us-core-blood-pressure',
    { code: loinc('85354-9'), component: [part('8480-6', 120, 'mm[Hg]'), part('8462-4', 80, 'mm[Hg]')] },
    'kPa',
  ],
  ['us-core-bmi', { code: loinc('39156-5'), valueQuantity: amount(22, 'kg/m2') }, 'kg'],
  ['us-core-body-height', { code: loinc('8302-2'), valueQuantity: amount(170, 'cm') }, 'm'],
  ['us-core-body-weight', { code: loinc('29463-7'), valueQuantity: amount(70, 'kg') }, '[stone_av]'],
  ['us-core-body-temperature', { code: loinc('8310-5'), valueQuantity: amount(37, 'Cel') }, 'K'],
  ['us-core-heart-rate', { code: loinc('8867-4'), valueQuantity: amount(60, '/min') }, '/s'],
  ['us-core-respiratory-rate', { code: loinc('9279-1'), valueQuantity: amount(15, '/min') }, '/h'],
  ['us-core-head-circumference', { code: loinc('9843-4'), valueQuantity: amount(40, 'cm') }, 'mm'],
  [
    'us-core-pulse-oximetry',
    { code: loinc('59408-5', '2708-6'), valueQuantity: amount(97, '%'), component: [part('3151-8', 6, 'L/min')] },
    '1',
  ],
  ['pediatric-bmi-for-age', { code: loinc('59576-9'), valueQuantity: amount(65, '%') }, '1'],
  ['pediatric-weight-for-height', { code: loinc('77606-2'), valueQuantity: amount(65, '%') }, '1'],
  ['head-occipital-frontal-circumference-percentile', { code: loinc('8289-1'), valueQuantity: amount(65, '%') }, '1'],
]

describe('fhir: US Core vital signs', () => {
  for (const [name, more, otherUnit] of VITALS) {
    test(`${name} is kept, or said to be broken, by whoever claims it`, () => {
      const right: JsonObject = { ...VITAL, ...(more as JsonObject), meta: { profile: [`${US_CORE}/${name}`] } }
      assert.deepEqual(faultsOf(right), [])
      assert.notDeepEqual(faultsOf({ ...right, code: loinc('1-1') }), [], 'another code')
      const wrong = JSON.parse(
        JSON.stringify(right).replaceAll(/"code":"([^"]+)"\}([,}\]])/g, (whole, code, end) => {
          return /^\d+-\d$|^vital-signs$/.test(code) ? whole : `"code":"${otherUnit}"}${end}`
        }),
      )
      assert.notDeepEqual(faultsOf(wrong), [], 'another unit')
    })
  }

  test('pulse oximetry needs the code of the method and of what is measured', () => {
    const [, more] = VITALS.find(([name]) => name === 'us-core-pulse-oximetry') as (typeof VITALS)[number]
    const faults = profiles().check(
      { ...VITAL, ...more, code: loinc('59408-5') } as Resource,
      `${US_CORE}/us-core-pulse-oximetry`,
    )
    assert.ok(faults.some(({ text }) => text.includes('O2Sat')))
  })
})

describe('fhir: what a resource says of itself', () => {
  const patient = (more: object) => faultsOf({ resourceType: 'Patient', ...more })

  test('extensions of R4 stand where they may, with a value of their type', () => {
    const place = (more: object) => ({ extension: [{ url: `${HL7}/patient-birthPlace`, ...more }] })
    assert.deepEqual(patient(place({ valueAddress: { city: 'Pune' } })), [])
    assert.match(patient(place({ valueString: 'Pune' }))[0]?.text ?? '', /value of Address/)
    assert.match(
      patient({ name: [{ text: 'A', ...place({ valueAddress: { city: 'Pune' } }) }] })[0]?.text ?? '',
      /stand on Patient/,
    )
    const mother = { extension: [{ url: `${HL7}/humanname-mothers-family`, valueString: 'Rao' }] }
    assert.deepEqual(patient({ name: [{ family: 'Iyer', _family: mother }] }), [])
    assert.equal(patient({ name: [{ family: 'Iyer', ...mother }] }).length, 1)
    assert.deepEqual(patient({ extension: [{ url: 'http://example.test/x', valueString: 'y' }] }), [])
  })

  test('a modifier that nobody knows is warned of, and kept', () => {
    const extension = [{ url: 'http://example.test/not', valueBoolean: true }]
    const resource = { resourceType: 'Basic', code: { text: 'x' }, modifierExtension: extension }
    assert.deepEqual(faultsOf(resource), [])
    const [warning] = unknownModifiers(resource, 'Basic')
    assert.deepEqual([warning?.severity, warning?.expression], ['warning', 'Basic.modifierExtension[0]'])
    const known = [{ url: `${HL7}/request-doNotPerform`, valueBoolean: true }]
    assert.deepEqual(
      unknownModifiers({ resourceType: 'ServiceRequest', modifierExtension: known }, 'ServiceRequest'),
      [],
    )
  })

  for (const [why, resource] of [
    [
      'two contained resources of one id',
      {
        resourceType: 'Patient',
        contained: [
          { resourceType: 'Organization', id: 'o', name: 'A' },
          { resourceType: 'Organization', id: 'o', name: 'B' },
        ],
        managingOrganization: { reference: '#o' },
      },
    ],
    [
      'two elements of one id',
      {
        resourceType: 'Patient',
        name: [
          { id: 'a', text: 'A' },
          { id: 'a', text: 'B' },
        ],
      },
    ],
    [
      'an extension of its id',
      { resourceType: 'Patient', id: 'p', _id: { extension: [{ url: 'urn:x', valueString: 'y' }] } },
    ],
    ['the comments of older versions', { resourceType: 'Patient', fhir_comments: ['x'] }],
    ['a text of more than 1 MB', { resourceType: 'Patient', name: [{ text: 'x'.repeat(1_048_577) }] }],
    [
      'a size that is not that of its data',
      { resourceType: 'Patient', photo: [{ contentType: 'image/png', data: 'AAAA', size: 4 }] },
    ],
    [
      'a code that FHIR’s own system does not have',
      { resourceType: 'Basic', code: { coding: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Nothing' }] } },
    ],
    [
      'two links of one kind',
      {
        resourceType: 'Bundle',
        type: 'searchset',
        link: [
          { relation: 'self', url: 'urn:a' },
          { relation: 'self', url: 'urn:b' },
        ],
      },
    ],
    [
      'an entry without an absolute address',
      {
        resourceType: 'Bundle',
        type: 'collection',
        entry: [{ fullUrl: 'Patient/1', resource: { resourceType: 'Patient', id: '1' } }],
      },
    ],
    [
      'several conditions without a word on how they join',
      {
        resourceType: 'Questionnaire',
        status: 'draft',
        item: [
          { linkId: 'a', type: 'boolean' },
          {
            linkId: 'b',
            type: 'string',
            enableWhen: [
              { question: 'a', operator: '=', answerBoolean: true },
              { question: 'a', operator: 'exists', answerBoolean: true },
            ],
          },
        ],
      },
    ],
  ] as const) {
    test(`${why} is refused`, () => assert.equal(faultsOf(resource).length, 1, JSON.stringify(faultsOf(resource))))
  }

  test('a size that fits, a code of the system and a range in two units are fine', () => {
    assert.deepEqual(patient({ photo: [{ contentType: 'image/png', data: 'AAAA', size: 3 }] }), [])
    assert.deepEqual(
      faultsOf({
        resourceType: 'Basic',
        code: { coding: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Patient' }] },
      }),
      [],
    )
    const range = { low: amount(900, 'g'), high: amount(1, 'kg') }
    assert.deepEqual(faultsOf({ ...VITAL, code: loinc('29463-7'), valueRange: range }), [])
  })

  test('what a reference names decides its slice, where it can be seen', () => {
    const url = 'http://hl7.org/fhir/uv/ips/StructureDefinition/Composition-uv-ips'
    const smoking = (id: string) => ({
      fullUrl: `urn:uuid:${id}`,
      resource: { ...VITAL, id, category: undefined, code: loinc('72166-2'), valueCodeableConcept: { text: 'never' } },
    })
    const ids = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222']
    const section = {
      title: 'Social',
      code: loinc('29762-2'),
      text: { status: 'generated', div: '<div>x</div>' },
      entry: ids.map((id) => ({ reference: `urn:uuid:${id}` })),
    }
    const composition = { resourceType: 'Composition', section: [section] } as unknown as Resource
    const told = (entry: object[]) =>
      profiles()
        .check(composition, url, { resourceType: 'Bundle', entry } as unknown as Resource)
        .map(({ text }) => text)
        .filter((text) => text.includes('smokingTobaccoUse'))
    assert.match(told(ids.map(smoking)).join(), /at most 1, not 2/)
    assert.deepEqual(told([]), [])
  })
})
