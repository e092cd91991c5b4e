import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseJson, type Resource } from './domain/json.ts'
import { keepsAll, overlaid } from './domain/lossless.ts'

const read = (text: string) => parseJson(text) as Resource

describe('what an owner keeps of a resource', () => {
  const cases: [string, string, string, boolean][] = [
    ['the same', '{"resourceType":"Basic","a":1}', '{"resourceType":"Basic","a":1}', true],
    [
      'more than was said',
      '{"resourceType":"Basic","a":[{"b":1}]}',
      '{"resourceType":"Basic","a":[{"c":2},{"b":1,"c":3}]}',
      true,
    ],
    ['less', '{"resourceType":"Basic","a":1,"b":2}', '{"resourceType":"Basic","a":1}', false],
    ['another order', '{"resourceType":"Basic","a":[1,2]}', '{"resourceType":"Basic","a":[2,1]}', false],
    ['fewer digits', '{"resourceType":"Basic","a":1.00}', '{"resourceType":"Basic","a":1}', false],
    ['the same digits', '{"resourceType":"Basic","a":1.00}', '{"resourceType":"Basic","a":1.00}', true],
    [
      'another id and version',
      '{"resourceType":"Basic","id":"x","meta":{"versionId":"3"}}',
      '{"resourceType":"Basic","id":"y"}',
      true,
    ],
    ['a lost tag', '{"resourceType":"Basic","meta":{"tag":[{"code":"t"}]}}', '{"resourceType":"Basic"}', false],
  ]
  for (const [name, sent, kept, expected] of cases) {
    test(`${name}: ${expected ? 'nothing is lost' : 'it is stored whole'}`, () => {
      assert.equal(keepsAll(read(sent), read(kept)), expected)
    })
  }

  test('what the owner says later takes the place of what was said; the rest stays', () => {
    const stored = read('{"resourceType":"Observation","id":"x","valueString":"fast","interpretation":[{"text":"i"}]}')
    const owned = read('{"resourceType":"Observation","id":"y","valueQuantity":{"value":3}}')
    assert.deepEqual(overlaid(stored, owned), {
      resourceType: 'Observation',
      id: 'x',
      interpretation: [{ text: 'i' }],
      valueQuantity: { value: 3 },
    })
  })
})
