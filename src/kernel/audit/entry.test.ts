import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { actorCommitment, detailsCommitment, epochText, erasedParts, networkOf } from './entry.ts'

const salt = Buffer.alloc(32, 7)
const details = {
  personId: '0197c000-0000-7000-8000-000000000001',
  service: 'notes',
  operation: 'readNotes',
  action: 'read',
  outcome: 'allowed',
  reason: null,
  purpose: null,
  grantId: null,
  requestId: 'r',
  erases: null,
}

describe('audit entries', () => {
  it('commit to each field in its place: moving a letter to the next field, or null to empty, is another row', () => {
    const of = (changes: object) => detailsCommitment(salt, { ...details, ...changes }).toString('hex')
    const all = [
      ...[{}, { reason: '' }, { purpose: '' }, { reason: 'a', purpose: 'b' }, { reason: 'ab', purpose: '' }],
      ...[{ reason: '', purpose: 'ab' }, { service: 'note', operation: 'sreadNotes' }, { erases: Buffer.alloc(0) }],
    ].map(of)
    assert.equal(new Set(all).size, all.length)
    assert.equal(of({}), of({}))
  })

  it('tell nothing without the salt, and nothing alike with another', () => {
    const actor = { accountId: details.personId, address: null }
    assert.notDeepEqual(actorCommitment(salt, actor), actorCommitment(Buffer.alloc(32, 8), actor))
  })

  it('write times as the database does', () => {
    assert.equal(epochText(new Date('2026-06-15T12:00:00.007Z')), '1781524800.007000')
    assert.equal(epochText(new Date('2026-06-15T12:00:00Z')), '1781524800.000000')
  })

  it('keep the network of an address and never the address', () => {
    const cases: [string, string | null][] = [
      ['203.0.113.77', '203.0.113.0/24'],
      ['::ffff:203.0.113.77', '203.0.113.0/24'],
      ['2001:db8:85a3:8d3:1319:8a2e:370:7348', '2001:db8:85a3::/48'],
      ['2001:DB8::7348', '2001:db8:0::/48'],
      ['2001:db8::1:2:3:4:5', '2001:db8:0::/48'],
      ['::1', '0:0:0::/48'],
      ['fe80::1%eth0', 'fe80:0:0::/48'],
      ['', null],
      ['unknown', null],
      ['203.0.113.77:443', null],
    ]
    for (const [address, network] of cases) assert.equal(networkOf(address), network, address)
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        assert.match(networkOf(address) ?? '', /^([0-9a-f]{1,4}:){3}:\/48$|^\d+\.\d+\.\d+\.0\/24$/)
      }),
    )
  })

  it('read what an erasure removed, whatever bytes stand there', () => {
    const id = Buffer.from('0197c00000007000800000000000000a', 'hex')
    assert.deepEqual(erasedParts(Buffer.concat([id, Buffer.from([1]), id, Buffer.from([2]), Buffer.from([9])])), [
      { id: '0197c000-0000-7000-8000-00000000000a', part: 'row' },
      { id: '0197c000-0000-7000-8000-00000000000a', part: 'actor' },
    ])
  })
})
