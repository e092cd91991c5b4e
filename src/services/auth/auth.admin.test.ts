import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { auth } from './contract.ts'

describe('auth: administration', () => {
  let platform: TestPlatform
  let administrator: TestPerson
  before(async () => {
    platform = await openTestPlatform({ environment: { RESEARCH_IDS: 'RID001, RID002' } })
  })
  after(() => platform.close())

  const post = (path: string, body: unknown) => platform.request('POST', path, { body })
  const form = (fields: Record<string, string>) => platform.request('POST', '/auth/setup', { form: fields })

  test('the first administrator is made behind a link that is good once, and only while there is none', async () => {
    const first = await platform.call(auth.operations.createSetupLink, {})
    const { path } = await platform.call(auth.operations.createSetupLink, {})
    assert.equal((await platform.request('GET', String(first.path))).status, 410)
    const page = await platform.request('GET', String(path))
    assert.deepEqual([page.status, page.text.includes('<script')], [200, false])
    const token = String(path).split('=')[1] as string
    const stored = JSON.stringify(await platform.rows('select * from auth.challenge'))
    assert.equal(stored.includes(token), false)
    const fields = { token, email: 'first@example.test', password: 'Keeper123!', repeated: 'Keeper123!' }
    assert.equal((await form({ ...fields, repeated: 'other' })).status, 400)
    assert.equal((await form({ ...fields, password: 'weak', repeated: 'weak' })).status, 400)
    assert.equal((await form({ ...fields, token: 'wrong' })).status, 400)
    const made = await form(fields)
    assert.equal(made.status, 201)
    assert.match(made.text, /href="\/app\/welcome"/)
    const cookie = String(made.headers['set-cookie']).split(';')[0] as string
    const signedIn = await platform.request('GET', '/auth/web/session', { headers: { cookie } })
    assert.equal(signedIn.body.signed_in, true)
    assert.equal((await form({ ...fields, email: 'second@example.test' })).status, 400)
    assert.deepEqual(await platform.call(auth.operations.createSetupLink, {}), { path: null, expires_at: null })
    const login = await post('/auth/login', { email: 'first@example.test', password: 'Keeper123!' })
    assert.deepEqual(login.body.user.roles, ['patient', 'administrator'])
  })

  test('the command makes an administrator with a password of its own', async () => {
    const made = await platform.call(auth.operations.createAdministrator, { email: 'Command@example.test' })
    const login = await post('/auth/login', made)
    assert.deepEqual([made.email, login.status], ['command@example.test', 200])
    await assert.rejects(platform.call(auth.operations.createAdministrator, { email: made.email }), {
      code: 'already_exists',
    })
  })

  test('roles are set by an administrator only, and count from the next request on', async () => {
    administrator = await platform.person('keeper', { roles: ['administrator'] })
    const person = await platform.person('promoted')
    const path = `/auth/users/${person.accountId}/roles`
    assert.equal((await person.put(path, { roles: ['administrator'] })).status, 403)
    assert.equal((await person.get('/auth/users')).status, 403)
    const set = await administrator.put(path, { roles: ['caregiver', 'administrator'] })
    assert.deepEqual(set.body.roles, ['caregiver', 'administrator'])
    assert.equal((await person.get('/auth/users?limit=2')).body.items.length, 2)
    await administrator.put(path, { roles: ['patient'] })
    assert.equal((await person.get('/auth/users')).status, 403)
    assert.equal((await administrator.put(path, { roles: ['owner'] })).status, 422)
    const nobody = '00000000-0000-7000-8000-000000000000'
    assert.equal((await administrator.put(`/auth/users/${nobody}/roles`, { roles: [] })).status, 404)
  })

  test('accounts are found by id, number and phone, and listed page by page', async () => {
    const seq = (await administrator.get('/auth/me')).body.seq
    assert.equal((await administrator.get(`/auth/users/${seq}`)).body.id, administrator.accountId)
    assert.equal((await administrator.get(`/auth/users/${administrator.accountId}`)).body.seq, seq)
    assert.equal((await administrator.get('/auth/users/phone/9000000000')).status, 404)
    const seen: number[] = []
    for (let path = '/auth/users?limit=2'; path !== ''; ) {
      const { items, next_cursor } = (await administrator.get(path)).body
      seen.push(...items.map((one: { seq: number }) => one.seq))
      path = next_cursor === null ? '' : `/auth/users?limit=2&cursor=${next_cursor}`
    }
    assert.deepEqual(
      seen,
      [...new Set(seen)].sort((a, b) => a - b),
    )
    assert.ok(seen.includes(seq))
    assert.equal((await administrator.get('/auth/users?cursor=nonsense')).status, 422)
  })

  test('a suspended account is out at once, and back when it is let in', async () => {
    const person = await platform.person('suspended')
    assert.equal((await person.get('/auth/me')).status, 200)
    assert.equal((await administrator.post(`/auth/users/${person.accountId}/suspend`)).body.status, 'suspended')
    assert.equal((await person.get('/auth/me')).status, 401)
    const credentials = { email: person.email, password: person.password }
    assert.equal((await post('/auth/login', credentials)).status, 403)
    assert.equal((await post('/auth/login', { ...credentials, password: 'Wrong123!' })).status, 401)
    assert.equal((await post('/auth/refresh', { refresh_token: person.refreshToken })).status, 401)
    await administrator.post(`/auth/users/${person.accountId}/reactivate`)
    assert.equal((await post('/auth/login', credentials)).status, 200)
  })

  test('the last administrator cannot be removed, suspended or deleted, also not by two at once', async () => {
    const second = await platform.person('second', { roles: ['administrator'] })
    const left = await platform.rows("select user_id from auth.account where 'administrator' = any (roles)")
    const pair = [administrator.accountId, second.accountId]
    for (const { user_id } of left.filter((row) => !pair.includes(String(row.user_id)))) {
      assert.equal((await administrator.put(`/auth/users/${user_id}/roles`, { roles: ['patient'] })).status, 200)
    }
    const removals = await Promise.all([
      administrator.put(`/auth/users/${second.accountId}/roles`, { roles: ['patient'] }),
      second.put(`/auth/users/${administrator.accountId}/roles`, { roles: ['patient'] }),
    ])
    assert.equal(removals.filter((one) => one.status === 200).length, 1)
    const last = removals[0]?.status === 200 ? administrator : second
    assert.equal((await last.put(`/auth/users/${last.accountId}/roles`, { roles: ['patient'] })).status, 409)
    assert.equal((await last.post(`/auth/users/${last.accountId}/suspend`)).status, 409)
    assert.equal((await last.request('DELETE', '/auth/me', { body: { password: last.password } })).status, 409)
    administrator = last
  })

  test('a research id signs in after the disclaimer: 404 unknown, 403 before, 200 after', async () => {
    const login = (research_id: string) => post('/auth/login', { research_id, ip_address: '203.0.113.1' })
    assert.deepEqual((await post('/auth/validate-research-id', { research_id: 'rid001' })).body.valid, true)
    assert.deepEqual((await post('/auth/validate-research-id', { research_id: 'RID999' })).body.valid, false)
    assert.equal((await login('RID999')).status, 404)
    assert.equal((await login('RID001')).status, 403)
    const acknowledge = (body: object) => post('/auth/acknowledge-disclaimer', { research_id: 'RID001', ...body })
    assert.equal((await acknowledge({ acknowledged: false })).status, 400)
    assert.equal((await acknowledge({ acknowledged: true, version: '0' })).status, 409)
    assert.equal((await acknowledge({ acknowledged: true })).body.success, true)
    const signedIn = await login('rid001')
    assert.deepEqual([signedIn.status, signedIn.body.research_id], [200, 'RID001'])
    assert.equal((await login('RID001')).body.user.id, signedIn.body.user.id)
    const me = await platform.request('GET', '/auth/me', { token: signedIn.body.access_token })
    assert.deepEqual([me.body.research_id, me.body.is_active], ['RID001', true])
  })

  test('D13: research ids are looked after by role; a password in the query opens nothing', async () => {
    const person = await platform.person('study')
    assert.equal((await platform.request('GET', '/auth/research-ids?password=anything')).status, 401)
    assert.equal((await person.get('/auth/research-ids?admin_password=anything')).status, 403)
    const researcher = await platform.person('researcher', { roles: ['researcher'] })
    assert.equal((await researcher.post('/auth/research-ids', { research_id: 'RID100' })).status, 201)
    assert.equal((await researcher.post('/auth/research-ids', { research_id: 'RID001' })).status, 409)
    const ids = (await researcher.get('/auth/research-ids')).body.research_ids
    assert.deepEqual(ids.map((one: { research_id: string }) => one.research_id).sort(), ['RID001', 'RID002', 'RID100'])
    assert.equal((await researcher.put('/auth/research-ids/RID404', { is_active: true })).status, 404)

    const login = () => post('/auth/login', { research_id: 'RID001' })
    const { access_token: token } = (await login()).body
    assert.equal((await researcher.put('/auth/research-ids/RID001', { is_active: false })).body.is_active, false)
    assert.equal((await platform.request('GET', '/auth/me', { token })).status, 401)
    assert.equal((await login()).status, 404)
  })

  test('a new version of the disclaimer is asked for again', async () => {
    const environment = { RESEARCH_IDS: 'RID001', RESEARCH_DISCLAIMER_VERSION: '2' }
    const next = await openTestPlatform({ environment })
    try {
      const ask = (path: string, body: object) =>
        next.request('POST', path, { body: { research_id: 'RID001', ...body } })
      await next.rows("insert into auth.disclaimer_acknowledgement values ('RID001', '1', now())")
      const refused = await ask('/auth/login', {})
      assert.deepEqual([refused.status, refused.body.disclaimer_version], [403, '2'])
      await ask('/auth/acknowledge-disclaimer', { acknowledged: true, version: '2' })
      assert.equal((await ask('/auth/login', {})).status, 200)
    } finally {
      await next.close()
    }
  })
})
