import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { compilePath, holds } from './domain/fhirpath.ts'
import { nodeOf } from './domain/fhirpathNodes.ts'
import { type JsonObject, parseJson, type Resource, splitEntries, stringify } from './domain/json.ts'
import { applyPatch } from './domain/patch.ts'
import { NATIVE_RULES } from './domain/rules.ts'
import { hash53, normalText, readReference, searchNumber, timeRange } from './domain/values.ts'
import { engines } from './handlers/engines.ts'

const at = (text: string) => Date.parse(text)

describe('fhir rules', () => {
  for (const [text, from, until] of [
    ['2024', '2024-01-01T00:00:00.000Z', '2024-12-31T23:59:59.999Z'],
    ['2024-02', '2024-02-01T00:00:00.000Z', '2024-02-29T23:59:59.999Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z', '2024-02-29T23:59:59.999Z'],
    ['2024-02-29T10:30', '2024-02-29T10:30:00.000Z', '2024-02-29T10:30:59.999Z'],
    ['2024-02-29T10:30:15+05:30', '2024-02-29T05:00:15.000Z', '2024-02-29T05:00:15.999Z'],
    ['2024-02-29T10:30:15.250Z', '2024-02-29T10:30:15.250Z', '2024-02-29T10:30:15.250Z'],
  ] as const) {
    test(`${text} means all of its precision`, () => {
      assert.deepEqual(timeRange(text), { from: at(from), until: at(until) })
    })
  }

  for (const text of ['2023-02-29', '2024-13', '24', '2024-1-1', 'now', '2024-02-29T25:00']) {
    test(`${text} is no time`, () => assert.equal(timeRange(text), undefined))
  }

  for (const [text, from, until] of [
    ['100', 99.5, 100.5],
    ['5.40', 5.395, 5.405],
    ['-2', -2.5, -1.5],
    ['1e2', 95, 105],
  ] as const) {
    test(`the number ${text} stands for ${from} to ${until}`, () => {
      const number = searchNumber(text)
      assert.ok(Math.abs((number?.from ?? 0) - from) < 1e-9 && Math.abs((number?.until ?? 0) - until) < 1e-9)
    })
  }

  test('text is compared without case, accents and double spaces', () => {
    assert.equal(normalText('  Räo   ÉCLAIR '), 'rao eclair')
  })

  test('references are read with and without a server and a version', () => {
    assert.deepEqual(readReference('Patient/1/_history/2'), { base: '', type: 'Patient', id: '1' })
    assert.deepEqual(readReference('http://example.test/fhir/Patient/1'), {
      base: 'http://example.test/fhir',
      type: 'Patient',
      id: '1',
    })
    assert.equal(readReference('urn:uuid:1'), undefined)
  })

  test('every JSON text keeps its numbers to the letter', () => {
    for (const number of [
      '1.00',
      '0.10',
      '1e3',
      '1E-7',
      '-0',
      '100000000000000000001',
      '0.12345678901234567',
      '5',
      '-3.25',
      '0.000010',
    ]) {
      for (const text of [`{"value":${number}}`, `[${number},${number}]`, `{"a":[{"b":${number}},"x"]}`]) {
        assert.equal(stringify(parseJson(text)), text)
      }
    }
    fc.assert(fc.property(fc.json(), (text) => assert.equal(stringify(parseJson(text)), stringify(JSON.parse(text)))))
  })

  test('the entries of any Bundle are cut out as they are', () => {
    const value = fc.object({ maxDepth: 2 })
    fc.assert(
      fc.property(
        value,
        fc.array(value, { minLength: 1 }),
        value,
        fc.boolean(),
        (before, entries, behind, isPretty) => {
          const text = JSON.stringify({ a: before, entry: entries, z: behind }, undefined, isPretty ? 2 : undefined)
          const split = splitEntries(text)
          assert.deepEqual(
            split?.entries.map((entry) => JSON.parse(entry)),
            JSON.parse(JSON.stringify(entries)),
          )
          assert.deepEqual(
            JSON.parse(split?.head ?? ''),
            JSON.parse(JSON.stringify({ a: before, entry: [], z: behind })),
          )
        },
      ),
    )
  })

  test('names of search parameters have hashes of their own', () => {
    const { definitions } = engines()
    const codes = new Set(definitions.squeezed.parameters.map(([code]) => code))
    assert.equal(new Set([...codes].map((code) => hash53(code))).size, codes.size)
  })

  test('all invariants of the definitions compile', () => {
    const { definitions } = engines()
    const failing = new Set<string>()
    for (const name of Object.keys(definitions.squeezed.types)) {
      const type = definitions.type(name)
      for (const rule of [
        ...(type?.rules ?? []),
        ...[...(type?.properties.values() ?? [])].flatMap((one) => one.rules),
      ]) {
        try {
          compilePath(rule.expression, definitions)
        } catch {
          failing.add(rule.key)
        }
      }
    }
    assert.deepEqual([...failing], [])
  })

  for (const [key, type, values] of [
    [
      'per-1',
      'Period',
      [{ start: '2020' }, { start: '2020', end: '2019' }, { start: '2020-01-01', end: '2020-01-01' }],
    ],
    ['qty-3', 'Quantity', [{ value: 1 }, { code: 'kg' }, { code: 'kg', system: 'urn:x' }]],
    ['cpt-2', 'ContactPoint', [{ value: '1' }, { value: '1', system: 'phone' }, { use: 'home' }]],
    ['att-1', 'Attachment', [{ data: 'YQ==' }, { data: 'YQ==', contentType: 'text/plain' }, { url: 'urn:x' }]],
    [
      'rng-2',
      'Range',
      [{ low: { value: 1 }, high: { value: 2 } }, { low: { value: 3 }, high: { value: 2 } }, { low: { value: 3 } }],
    ],
    ['obs-3', 'Observation.referenceRange', [{ text: 'x' }, { low: { value: 1 } }, { age: { low: { value: 1 } } }]],
    [
      'obs-6',
      'Observation',
      [
        { valueString: 'x', dataAbsentReason: { text: 'y' } },
        { valueString: 'x' },
        { dataAbsentReason: { text: 'y' } },
      ],
    ],
    [
      'obs-7',
      'Observation',
      [
        { code: { coding: [{ code: 'a' }] }, valueString: 'x', component: [{ code: { coding: [{ code: 'a' }] } }] },
        { code: { coding: [{ code: 'a' }] }, valueString: 'x', component: [{ code: { coding: [{ code: 'b' }] } }] },
        { code: { coding: [{ code: 'a' }] }, component: [{ code: { coding: [{ code: 'a' }] } }] },
      ],
    ],
  ] as const) {
    test(`${key} is judged natively as by its own FHIRPath`, () => {
      const { definitions } = engines()
      const [parent = '', member = ''] = type.split('.')
      const onMember = definitions.type(parent)?.properties.get(member)?.rules ?? []
      const rules = [...(definitions.type(type)?.rules ?? []), ...onMember]
      const rule = rules.find((one) => one.key === key)
      assert.ok(rule !== undefined, `${type} has no ${key}`)
      const compiled = compilePath(rule.expression, definitions)
      for (const value of values) {
        const resource = { resourceType: type, ...value } as unknown as Resource
        const node = nodeOf(value as unknown as JsonObject, type)
        const root = nodeOf(resource, type)
        const scope = { resource: root, root, context: node }
        assert.equal(
          NATIVE_RULES[key]?.(value as unknown as JsonObject, resource),
          holds(compiled, node, scope),
          stringify(value),
        )
      }
    })
  }

  test('periods across a change of the clocks are ordered by their instants', () => {
    const period = { start: '2020-10-25T02:30:00+02:00', end: '2020-10-25T02:10:00+01:00' }
    assert.equal(NATIVE_RULES['per-1']?.(period, { resourceType: 'Encounter' }), true)
  })

  test('a patch never changes what it was given', () => {
    const document = { a: [1, 2, { b: 'c' }] }
    const done = applyPatch(document, [
      { op: 'add', path: '/a/1', value: 9 },
      { op: 'move', from: '/a/0', path: '/d' },
      { op: 'copy', from: '/a/2/b', path: '/e~1f' },
      { op: 'remove', path: '/a/0' },
    ])
    assert.deepEqual(done, { a: [2, { b: 'c' }], d: 1, 'e/f': 'c' })
    assert.deepEqual(document, { a: [1, 2, { b: 'c' }] })
  })
})
