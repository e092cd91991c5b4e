import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'

describe('auth: second step', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await openTestPlatform()
  })
  after(() => platform.close())

  const codeOf = (secret: string, steps = 0) =>
    new TOTP({ algorithm: 'SHA1', digits: 6, period: 30, secret: Secret.fromBase32(secret) }).generate({
      timestamp: platform.clock.now().getTime() + steps * 30_000,
    })
  const login = (person: TestPerson, more: object = {}) =>
    platform.request('POST', '/auth/login', { body: { email: person.email, password: person.password, ...more } })
  const enrol = async (person: TestPerson) => {
    const setup = await person.post('/auth/mfa/setup', { password: person.password })
    assert.equal(setup.status, 200, setup.text)
    assert.match(setup.body.otpauth_url, /^otpauth:\/\/totp\/Salus.*algorithm=SHA1&digits=6&period=30/)
    const { secret } = setup.body
    const verified = await person.post('/auth/mfa/verify', { code: codeOf(secret) })
    assert.equal(verified.status, 200, verified.text)
    platform.clock.advance({ minutes: 1 })
    return { secret, codes: verified.body.backup_codes as string[] }
  }

  test('an app counts only once its first code was right, and setting it up needs the password', async () => {
    const person = await platform.person('careful')
    assert.equal((await person.post('/auth/mfa/setup', {})).status, 401)
    assert.equal((await person.post('/auth/mfa/setup', { password: 'Wrong123!' })).status, 401)
    assert.equal((await person.post('/auth/mfa/verify', { code: '000000' })).status, 404)
    await person.post('/auth/mfa/setup', { password: person.password })
    assert.equal((await login(person)).status, 200)
    const { secret } = (await person.post('/auth/mfa/setup', { password: person.password })).body
    const wrong = codeOf(secret, 50)
    assert.equal((await person.post('/auth/mfa/verify', { code: wrong })).status, 401)
    const done = await person.post('/auth/mfa/verify', { code: codeOf(secret) })
    assert.deepEqual([done.body.verified, done.body.backup_codes.length], [true, 10])
    assert.equal((await person.post('/auth/mfa/setup', { password: person.password })).status, 409)
    assert.deepEqual((await person.get('/auth/mfa')).body.backup_codes_left, 10)
  })

  test('a text becomes the squares of a QR code, for whoever has an account; one that has no room is refused', async () => {
    const person = await platform.person('drawn')
    const draw = (text: string) => person.post('/api/v1/qr', { text })
    const { status, body } = await draw('otpauth://totp/Salus:x?secret=ABC')
    assert.equal(status, 200)
    assert.ok(body.rows.length > 20 && body.rows.every((row: string) => row.length === body.rows.length))
    assert.match(body.rows[4], /^00001111111/)
    assert.equal((await draw('ش'.repeat(1000))).status, 422)
    assert.equal((await platform.request('POST', '/api/v1/qr', { body: { text: 'x' } })).status, 401)
  })

  test('then signing in asks for a code, takes each once, and allows one step of drift', async () => {
    const person = await platform.person('second')
    const { secret } = await enrol(person)
    const asked = await login(person)
    assert.deepEqual([asked.status, asked.body.mfa_required], [401, true])
    assert.equal((await login(person, { otp: codeOf(secret, 40) })).status, 401)
    const otp = codeOf(secret, -1)
    assert.equal((await login(person, { otp })).status, 200)
    assert.equal((await login(person, { otp })).status, 401)
    assert.equal((await login(person, { totp: codeOf(secret, 1) })).status, 200)
    assert.equal((await login(person, { totp: codeOf(secret, 0) })).status, 401)
    platform.clock.advance({ minutes: 2 })
    assert.equal((await login(person, { totp: codeOf(secret, -2) })).status, 401)
  })

  test('without the password the code is not even looked at', async () => {
    const person = await platform.person('ordered')
    await enrol(person)
    const answer = await login(person, { password: 'Wrong123!' })
    assert.deepEqual([answer.status, answer.body.mfa_required], [401, undefined])
  })

  test('a backup code signs in once, however it is typed', async () => {
    const person = await platform.person('backup')
    const { codes } = await enrol(person)
    const [first = ''] = codes
    assert.equal((await login(person, { backup_code: first.toUpperCase().replaceAll('-', ' ') })).status, 200)
    assert.equal((await login(person, { backup_code: first })).status, 401)
    assert.equal((await person.get('/auth/mfa')).body.backup_codes_left, 9)
    const stored = JSON.stringify(await platform.rows('select * from auth.backup_code'))
    assert.equal(stored.includes(first), false)
  })

  test('switching it off needs the password and a code', async () => {
    const person = await platform.person('off')
    const { secret, codes } = await enrol(person)
    const code = codeOf(secret)
    assert.equal((await person.post('/auth/mfa/disable', { code })).status, 401)
    assert.equal((await person.post('/auth/mfa/disable', { password: person.password })).status, 401)
    const done = await person.post('/auth/mfa/disable', { password: person.password, backup_code: codes[3] })
    assert.equal(done.status, 200, done.text)
    assert.equal((await login(person)).status, 200)
    assert.equal((await person.post('/auth/mfa/disable', { password: person.password, code })).status, 404)
  })

  test('codes cannot be guessed: five wrong ones stop this network', async () => {
    const person = await platform.person('guessed')
    const { secret } = await enrol(person)
    const statuses: number[] = []
    for (let n = 0; n < 11; n += 1) statuses.push((await login(person, { otp: codeOf(secret, 100 + n) })).status)
    assert.equal(statuses.at(-1), 429)
    assert.equal(statuses.includes(200), false)
  })
})
