import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { auth } from './contract.ts'

describe('auth: passwords, addresses and the end of an account', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await openTestPlatform({ environment: { PUBLIC_URL: 'https://salus.test' } })
  })
  after(() => platform.close())

  const post = (path: string, body: unknown) => platform.request('POST', path, { body })
  const login = (email: string, password: string) => post('/auth/login', { email, password })
  const mailed = (email: string) => {
    const text = platform.notices.filter((notice) => notice.to === email).at(-1)?.text ?? ''
    return /token=([\w-]+)/.exec(text)?.[1] ?? ''
  }
  const session = async (person: TestPerson) => (await login(person.email, person.password)).body.access_token as string

  test('changing the password needs the old one, keeps this session and ends the others', async () => {
    const person = await platform.person('changing')
    const other = await session(person)
    const change = (current_password: string, new_password: string) =>
      person.post('/auth/change-password', { current_password, new_password })
    assert.equal((await change('Wrong123!', 'Another123!')).status, 401)
    assert.equal((await change(person.password, 'short')).status, 422)
    assert.equal((await change(person.password, 'Another123!')).status, 200)
    assert.equal((await person.get('/auth/me')).status, 200)
    assert.equal((await platform.request('GET', '/auth/me', { token: other })).status, 401)
    assert.equal((await login(person.email, person.password)).status, 401)
    assert.equal((await login(person.email, 'Another123!')).status, 200)
    assert.equal(platform.notices.at(-1)?.to, person.email)
  })

  test('a reset answers alike for every address, works once, ends all sessions, and proves the address', async () => {
    const person = await platform.person('forgot')
    const known = await post('/auth/reset-password/request', { email: person.email })
    const unknown = await post('/auth/reset-password/request', { email: 'nobody@example.test' })
    assert.deepEqual([known.status, known.body], [202, unknown.body])
    const token = mailed(person.email)
    assert.equal(JSON.stringify(await platform.rows('select * from auth.challenge')).includes(token), false)
    assert.equal((await post('/auth/reset-password/confirm', { token, new_password: 'weak' })).status, 422)
    assert.equal((await post('/auth/reset-password/confirm', { token, new_password: 'Fresh123!' })).status, 200)
    assert.equal((await post('/auth/reset-password/confirm', { token, new_password: 'Other123!' })).status, 400)
    assert.equal((await person.get('/auth/me')).status, 401)
    const again = await login(person.email, 'Fresh123!')
    assert.deepEqual([again.status, again.body.user.email_verified], [200, true])
  })

  test('a reset link ends after thirty minutes, and can’t be asked for in a flood', async () => {
    const person = await platform.person('slow')
    await post('/auth/reset-password/request', { email: person.email })
    assert.equal((await post('/auth/reset-password/request', { email: person.email })).status, 429)
    platform.clock.advance({ minutes: 31 })
    const late = { token: mailed(person.email), new_password: 'Fresh123!' }
    assert.equal((await post('/auth/reset-password/confirm', late)).status, 400)
  })

  test('the pages behind the links of mails work without scripts', async () => {
    const person = await platform.person('paged')
    await post('/auth/reset-password/request', { email: person.email })
    const token = mailed(person.email)
    const page = await platform.request('GET', `/auth/reset-password?token=${token}`)
    assert.match(String(page.headers['content-type']), /text\/html/)
    assert.ok(page.text.includes(token))
    const submit = (form: Record<string, string>) => platform.request('POST', '/auth/reset-password', { form })
    assert.equal((await submit({ token, password: 'Fresh123!', repeated: 'Other123!' })).status, 400)
    assert.equal((await submit({ token, password: 'Fresh123!', repeated: 'Fresh123!' })).status, 200)
    assert.equal((await login(person.email, 'Fresh123!')).status, 200)
    const hostile = await platform.request('GET', '/auth/reset-password?token=%22%3E%3Cscript%3E')
    assert.equal(hostile.text.includes('<script>'), false)
  })

  test('an address is proved by the link of the mail, once', async () => {
    const person = await platform.person('proving')
    assert.equal((await person.post('/auth/verify-email/request')).status, 202)
    const token = mailed(person.email)
    assert.equal((await platform.request('GET', `/auth/verify-email?token=${token}`)).status, 200)
    assert.equal((await person.get('/auth/me')).body.email_verified, false)
    assert.equal((await post('/auth/verify-email/confirm', { token })).status, 200)
    assert.equal((await person.get('/auth/me')).body.email_verified, true)
    assert.equal((await post('/auth/verify-email/confirm', { token })).status, 400)
  })

  test('deleting the account needs the password, ends every session, and frees the address once it is erased', async () => {
    const person = await platform.person('leaving')
    const remove = (body: object) => person.request('DELETE', '/auth/me', { body })
    assert.equal((await remove({})).status, 401)
    assert.equal((await remove({ password: 'Wrong123!' })).status, 401)
    assert.equal((await remove({ password: person.password })).status, 200)
    assert.equal((await person.get('/auth/me')).status, 401)
    const early = await post('/auth/register', { email: person.email, password: 'TestPass123!' })
    assert.equal(early.status, 409)
    await platform.settle()
    platform.clock.advance({ days: 8 })
    await platform.settle()
    assert.equal((await login(person.email, person.password)).status, 401)
    const again = await post('/auth/register', { email: person.email, password: 'TestPass123!' })
    assert.equal(again.status, 201)
  })

  test('an account without a password is deleted by the word', async () => {
    const { access_token: token } = await platform.call(auth.operations.createAnonymousAccount, {})
    assert.equal((await platform.request('DELETE', '/auth/me', { token, body: {} })).status, 401)
    assert.equal((await platform.request('DELETE', '/auth/me', { token, body: { confirm: 'DELETE' } })).status, 200)
  })

  test('export gives everything about one person and no secret; erasure leaves nothing', async () => {
    const person = await platform.person('whole')
    const bystander = await platform.person('bystander')
    const { key } = (await person.post('/auth/api-keys', { name: 'exported' })).body
    await platform.request('GET', '/auth/me', { headers: { 'x-api-key': key } })
    await person.put('/auth/preferences', { dark_mode: true })
    await person.post('/auth/mfa/setup', { password: person.password })
    const { auth: exported } = await platform.exportAll(person.accountId)
    const text = JSON.stringify(exported)
    assert.ok(text.includes(person.email) && text.includes('exported') && text.includes('dark_mode'))
    for (const secret of [key, person.refreshToken, 'argon2', bystander.email, 'sealed']) {
      assert.equal(text.includes(secret), false)
    }
    const receipt = await platform.erase(person.accountId)
    assert.equal(receipt['auth.account'], 1)
    for (const { table } of await platform.rows(
      "select c.relname as table from pg_class c join pg_attribute a on a.attrelid = c.oid where c.relkind = 'r' and a.attname = 'user_id' and c.relnamespace = 'auth'::regnamespace",
    )) {
      const left = await platform.rows(`select 1 from auth.${table} where user_id = $1`, [person.accountId])
      assert.equal(left.length, 0, String(table))
    }
    assert.equal((await person.get('/auth/me')).status, 401)
    assert.equal((await bystander.get('/auth/me')).status, 200)
  })
})
