import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { factsOf, preferencesOf } from './domain/facts.ts'
import { emailHandle, networkOf, phoneHandle, phoneText, researchHandle } from './domain/handles.ts'
import { passwordFault, passwordWarnings } from './domain/passwords.ts'
import { MONTHLY_CALLS, nextMonth } from './domain/plans.ts'
import { type Failures, waitSeconds } from './domain/throttle.ts'

describe('auth rules', () => {
  test('a password has 8 characters, a letter and a digit, and no space at its ends', () => {
    for (const good of ['Test123!', 'TestPass123!', 'abcdefg1', 'पासवर्डपास1', 'a b c d 1']) {
      assert.equal(passwordFault(good), undefined, good)
    }
    for (const bad of ['Test12!', 'testtest', '12345678', ' Test123!', 'Test123! ', 'a1'.repeat(200)]) {
      assert.equal(typeof passwordFault(bad), 'string', bad)
    }
  })

  test('an easy password is warned about, and accepted', () => {
    for (const easy of ['Password1', 'qwerty123', 'aaaa1111', 'Test123!'])
      assert.equal(passwordWarnings(easy).length, 1)
    assert.deepEqual(passwordWarnings('correct horse battery 7'), [])
  })

  test('handles are compared in one form', () => {
    assert.deepEqual(emailHandle(' A.B@Example.Test '), { kind: 'email', value: 'a.b@example.test' })
    assert.deepEqual(researchHandle('rid001'), { kind: 'research', value: 'RID001' })
    assert.equal(phoneHandle('98765 43210', '91')?.value, '+919876543210')
    assert.equal(phoneHandle('+44 20 7946 0958', '91')?.value, '+442079460958')
    for (const bad of ['12345', '+0123456789', 'abc', '98765432101234567', 'a@b.test']) {
      assert.equal(phoneHandle(bad, '91'), undefined, bad)
    }
    assert.equal(phoneText('+919876543210', '91'), '9876543210')
    assert.equal(phoneText('+442079460958', '91'), '+442079460958')
  })

  test('a household is one IPv4 address, or the first 64 bits of IPv6', () => {
    const table = [
      ['203.0.113.7', '203.0.113.7'],
      ['::ffff:203.0.113.7', '203.0.113.7'],
      ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
      ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
      ['fe80::1%eth0', 'fe80:0:0:0::/64'],
      ['::1', '0:0:0:0::/64'],
      ['', ''],
    ] as const
    for (const [address, network] of table) assert.equal(networkOf(address), network, address)
  })

  test('D12: a network waits for its own failures, never for those of strangers', () => {
    const none: Failures = {
      here: 1,
      everywhere: 0,
      secondsSinceLast: undefined,
      secondsSinceFirst: 0,
      isKnownNetwork: false,
    }
    const table: readonly [string, Partial<Failures>, number][] = [
      ['the first try', {}, 0],
      ['the fifth try from here', { here: 5, everywhere: 4, secondsSinceLast: 1 }, 0],
      ['the sixth try from here', { here: 6, everywhere: 5, secondsSinceLast: 1, secondsSinceFirst: 100 }, 800],
      ['the sixth try from a known network', { here: 6, isKnownNetwork: true, secondsSinceLast: 1 }, 0],
      ['the eleventh try from a known network', { here: 11, isKnownNetwork: true, secondsSinceFirst: 0 }, 900],
      ['a known network under a broad attack', { everywhere: 5000, isKnownNetwork: true }, 0],
      ['a new network under a broad attack, first try', { everywhere: 5000 }, 0],
      ['a new network under a broad attack, again at once', { here: 2, everywhere: 5000, secondsSinceLast: 10 }, 50],
      ['a new network under a broad attack, a minute later', { here: 2, everywhere: 5000, secondsSinceLast: 60 }, 0],
    ]
    for (const [name, change, wait] of table) assert.equal(waitSeconds({ ...none, ...change }), wait, name)
  })

  test('quotas follow the plan and start again with the month', () => {
    assert.deepEqual(MONTHLY_CALLS, { free: 100, pro: 10_000, enterprise: null })
    assert.equal(nextMonth(new Date('2026-12-31T23:59:59Z')).toISOString(), '2027-01-01T00:00:00.000Z')
  })

  test('facts and preferences are told apart, and only what was given is taken', () => {
    const given = { name: 'x', age: 30, allergies: [], gender: undefined, dark_mode: true, roles: ['administrator'] }
    assert.deepEqual(factsOf(given), { age: 30, allergies: [] })
    assert.deepEqual(preferencesOf(given), { dark_mode: true })
  })
})
