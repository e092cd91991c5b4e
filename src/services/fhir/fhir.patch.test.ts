import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import type { JsonObject, Resource } from './domain/json.ts'
import { applyPathPatch } from './domain/pathPatch.ts'
import { Refused } from './domain/refused.ts'
import { engines } from './handlers/engines.ts'

const part = (name: string, value: object) => ({ name, ...value })
const operation = (type: string, path: string, more: readonly object[] = []) => ({
  name: 'operation',
  part: [part('type', { valueCode: type }), part('path', { valueString: path }), ...more],
})
const patchOf = (...parameter: object[]) => ({ resourceType: 'Parameters', parameter }) as JsonObject

const PATIENT = {
  resourceType: 'Patient',
  id: 'p',
  gender: 'male',
  birthDate: '1980-01-01',
  _birthDate: { extension: [{ url: 'urn:x', valueString: 'y' }] },
  name: [
    { use: 'official', family: 'Rao', given: ['A', 'B', 'C'] },
    { use: 'usual', text: 'Ash' },
  ],
  deceasedBoolean: false,
} as unknown as Resource

describe('fhir: FHIRPath Patch', () => {
  const patched = (...operations: object[]) => applyPathPatch(PATIENT, patchOf(...operations), engines().definitions)
  const name = (text: string) => part('name', { valueString: text })

  test('add sets a member, and puts a value behind those of a list', () => {
    const contact = part('value', {
      part: [part('name', { valueHumanName: { text: 'Mina' } }), part('gender', { valueCode: 'female' })],
    })
    const done = patched(
      operation('add', 'Patient', [name('active'), part('value', { valueBoolean: true })]),
      operation('add', 'Patient', [name('contact'), contact]),
      operation('add', 'Patient.name[1]', [name('given'), part('value', { valueString: 'D' })]),
      operation('add', 'Patient', [name('multipleBirth'), part('value', { valueInteger: 2 })]),
    ) as JsonObject
    assert.equal(done.active, true)
    assert.equal(done.multipleBirthInteger, 2)
    assert.deepEqual(done.contact, [{ name: { text: 'Mina' }, gender: 'female' }])
    assert.deepEqual((done.name as JsonObject[])[1]?.given, ['D'])
  })

  test('a patch without operations changes nothing; what a deletion empties is gone too', () => {
    assert.deepEqual(patched(), PATIENT)
    const names = patched(
      operation('delete', 'Patient.name[1].text'),
      operation('delete', "Patient.name.where(use = 'usual').use"),
    ).name
    assert.equal((names as unknown[]).length, 1)
  })

  test('insert, delete, replace and move do what they say, on a copy', () => {
    const before = JSON.stringify(PATIENT)
    const given = (list: unknown) => ((list as JsonObject).name as JsonObject[])[0]?.given
    const at = (field: string, value: number) => part(field, { valueInteger: value })
    const path = "Patient.name.where(use = 'official').given"
    assert.deepEqual(given(patched(operation('insert', path, [at('index', 1), part('value', { valueString: 'X' })]))), [
      'A',
      'X',
      'B',
      'C',
    ])
    assert.deepEqual(given(patched(operation('move', path, [at('source', 2), at('destination', 0)]))), ['C', 'A', 'B'])
    assert.deepEqual(given(patched(operation('delete', `${path}[0]`))), ['B', 'C'])
    assert.equal(
      patched(operation('replace', 'Patient.gender', [part('value', { valueCode: 'other' })])).gender,
      'other',
    )
    const dead = patched(
      operation('replace', 'Patient.deceased', [part('value', { valueDateTime: '2020-01-01' })]),
      operation('delete', 'Patient.birthDate'),
      operation('delete', 'Patient.nothing'),
    )
    assert.equal(dead.deceasedDateTime, '2020-01-01')
    assert.equal(dead.deceasedBoolean, undefined)
    assert.equal(dead._birthDate, undefined)
    assert.equal(JSON.stringify(PATIENT), before)
  })

  for (const [why, one] of [
    ['replaces nothing', operation('replace', 'Patient.maritalStatus', [part('value', { valueString: 'x' })])],
    ['deletes several', operation('delete', 'Patient.name')],
    ['adds what is there', operation('add', 'Patient', [name('gender'), part('value', { valueCode: 'male' })])],
    ['adds an unknown member', operation('add', 'Patient', [name('colour'), part('value', { valueString: 'x' })])],
    [
      'inserts past the end',
      operation('insert', 'Patient.name', [part('index', { valueInteger: 9 }), part('value', { valueHumanName: {} })]),
    ],
    ['uses a pattern', operation('delete', "Patient.name.where(text.matches('(a+)+$'))")],
    ['nests without end', operation('delete', `${'('.repeat(500)}Patient${')'.repeat(500)}`)],
    ['works without end', operation('delete', 'Patient.repeat(descendants() | descendants().descendants())')],
    ['has no type', { name: 'operation', part: [part('path', { valueString: 'Patient' })] }],
    ['is no FHIRPath', operation('delete', 'Patient..name[')],
  ] as const) {
    test(`a patch that ${why} is refused`, () => {
      assert.throws(
        () => patched(one),
        (error) => error instanceof Refused,
      )
    })
  }

  test('no path crashes or runs on', () => {
    const token = fc.constantFrom(
      ...['Patient', '.', 'name', '(', ')', '[', ']', '0', "'a'", '|', '=', 'and', 'descendants()', 'repeat(', '$this'],
      ...['first()', 'where(', '-', '@2020', '%resource', '~', 'is', 'Quantity', '{}', '`', 'children()', 'iif(', ','],
    )
    const path = fc.oneof(
      fc.string(),
      fc.array(token, { maxLength: 14 }).map((list) => list.join('')),
    )
    fc.assert(
      fc.property(path, (text) => {
        try {
          patched(operation('delete', text))
        } catch (error) {
          assert.ok(error instanceof Refused, String(error))
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('fhir: patches of resources', () => {
  let platform: TestPlatform
  let ana: TestPerson
  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
  })
  after(() => platform.close())

  const send = (method: string, path: string, body: unknown, type = 'application/fhir+json') =>
    ana.request(method, `/fhir${path}`, { raw: JSON.stringify(body), headers: { 'content-type': type } })

  test('a FHIRPath Patch changes a resource by id, by condition and in a transaction', async () => {
    const made = await send('PUT', '/Patient/pat', {
      resourceType: 'Patient',
      id: 'pat',
      identifier: [{ value: 'm1' }],
    })
    assert.equal(made.status, 201, made.text)
    const add = (field: string, value: object) =>
      patchOf(operation('add', 'Patient', [part('name', { valueString: field }), part('value', value)]))
    const one = await send('PATCH', '/Patient/pat', add('gender', { valueCode: 'female' }))
    assert.equal(one.status, 200, one.text)
    assert.equal(one.body.gender, 'female')
    assert.equal(one.headers.etag, 'W/"2"')
    const two = await send('PATCH', '/Patient?identifier=m1', add('active', { valueBoolean: true }))
    assert.equal(two.status, 200, two.text)
    const entry = [
      { resource: add('birthDate', { valueDate: '1990-02-03' }), request: { method: 'PATCH', url: 'Patient/pat' } },
    ]
    const three = await send('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
    assert.equal(three.status, 200, three.text)
    const read = await ana.get('/fhir/Patient/pat')
    assert.deepEqual([read.body.active, read.body.birthDate, read.body.meta.versionId], [true, '1990-02-03', '4'])
  })

  test('a patch that leaves the resource invalid, or comes as another type, changes nothing', async () => {
    const bad = patchOf(operation('replace', 'Patient.gender', [part('value', { valueCode: 'purple' })]))
    assert.equal((await send('PATCH', '/Patient/pat', bad)).status, 422)
    assert.equal((await send('PATCH', '/Patient/pat', bad, 'application/json-patch+json')).status, 400)
    assert.equal((await send('PATCH', '/Patient/pat', bad, 'text/plain')).status, 415)
    assert.equal((await send('PATCH', '/Patient/pat', { resourceType: 'Patient' })).status, 400)
    assert.equal((await send('PATCH', '/Patient/none', bad)).status, 404)
    const numbers = await send(
      'PATCH',
      '/Patient/pat',
      [{ op: 'test', path: '/active', value: true }],
      'application/json-patch+json',
    )
    assert.equal(numbers.status, 200, numbers.text)
    assert.equal((await ana.get('/fhir/Patient/pat')).body.gender, 'female')
  })
})
