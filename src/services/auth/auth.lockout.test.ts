import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPlatform } from '../../testing.ts'

describe('auth: limits', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await openTestPlatform({ environment: { TRUSTED_PROXIES: '1' } })
  })
  after(() => platform.close())

  const login = (email: string, password: string, address: string) =>
    platform.request('POST', '/auth/login', { body: { email, password }, headers: { 'x-forwarded-for': address } })

  test('D12: a stranger stops at five wrong passwords, and the owner still gets in', async () => {
    const { email, password } = await platform.person('owner')
    assert.equal((await login(email, password, '198.51.100.1')).status, 200)
    for (let n = 0; n < 5; n += 1) assert.equal((await login(email, 'Wrong123!', '203.0.113.9')).status, 401)
    const stopped = await login(email, password, '203.0.113.9')
    assert.equal(stopped.status, 429)
    assert.ok(Number(stopped.headers['retry-after']) > 0)
    assert.equal((await login(email, password, '198.51.100.1')).status, 200)
    assert.equal((await login(email, password, '198.51.100.77')).status, 200)
    platform.clock.advance({ minutes: 16 })
    assert.equal((await login(email, password, '203.0.113.9')).status, 200)
  })

  test('D12: under a broad attack new networks are slowed down, and none of the owner’s is', async () => {
    const { email, password } = await platform.person('attacked')
    assert.equal((await login(email, password, '198.51.100.1')).status, 200)
    for (let n = 0; n < 25; n += 1) await login(email, 'Wrong123!', `203.0.113.${n}`)
    assert.equal((await login(email, 'Wrong123!', '203.0.113.3')).status, 429)
    assert.equal((await login(email, password, '198.51.100.1')).status, 200)
    assert.equal((await login(email, password, '192.0.2.200')).status, 200)
  })

  test('an account nobody has is limited like any other', async () => {
    const answers: number[] = []
    for (let n = 0; n < 6; n += 1) answers.push((await login('ghost@example.test', 'Wrong123!', '203.0.113.8')).status)
    assert.deepEqual(answers, [401, 401, 401, 401, 401, 429])
  })

  test('many guesses at once are counted too', async () => {
    const { email } = await platform.person('parallel')
    const guesses = Array.from({ length: 12 }, () => login(email, 'Wrong123!', '203.0.113.50'))
    const statuses = (await Promise.all(guesses)).map((one) => one.status)
    assert.equal(statuses.filter((status) => status === 401).length, 5)
    assert.equal(statuses.filter((status) => status === 429).length, 7)
  })

  test('the documented scripts can run again and again, and a flood of registrations is stopped', async () => {
    const limited = await openTestPlatform({ environment: { RATE_LIMIT_PER_MINUTE: '1200' } })
    try {
      const body = { email: 'script@example.test', password: 'Test123!', full_name: 'Test' }
      const statuses: number[] = []
      for (let n = 0; n < 62; n += 1) {
        statuses.push((await limited.request('POST', '/auth/register', { body: { ...body, password: 'x' } })).status)
      }
      assert.equal(statuses.slice(0, 60).includes(429), false)
      assert.equal(statuses.at(-1), 429)
    } finally {
      await limited.close()
    }
  })
})
