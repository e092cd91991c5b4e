import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { SoftKey } from './fixtures/softKey.ts'

const ORIGIN = 'https://salus.example.test'
const BASE = '/api/v1/auth/passkeys'

describe('auth: passkeys', () => {
  let platform: TestPlatform
  before(async () => {
    const environment = {
      PUBLIC_URL: ORIGIN,
      GITHUB_CLIENT_ID: 'id',
      GITHUB_CLIENT_SECRET: 'secret',
      GOOGLE_CLIENT_ID: 'half',
    }
    platform = await openTestPlatform({ environment })
  })
  after(() => platform?.close())

  const begin = async (person: TestPerson) =>
    (await person.post(`${BASE}/begin`, { password: person.password })).body.options
  const enrol = async (person: TestPerson, key: SoftKey, name = 'Phone') => {
    const answer = await person.post(BASE, { name, credential: key.make(await begin(person), ORIGIN) })
    assert.equal(answer.status, 201, answer.text)
    return answer.body
  }
  const asked = async () => (await platform.request('POST', `${BASE}/sign-in/begin`, { body: {} })).body.options
  const send = (credential: object, path = `${BASE}/sign-in`) =>
    platform.request('POST', path, { body: { credential } })

  test('a passkey signs in without a name, a password or a further code, also where a second step is on', async () => {
    const person = await platform.person('ana')
    const key = new SoftKey()
    const made = await enrol(person, key)
    assert.deepEqual([made.name, made.disabled_at, made.last_used_at], ['Phone', null, null])
    await platform.rows(
      `insert into auth.totp (user_id, sealed_secret, confirmed_at, created_at) values ($1, 'x', now(), now())`,
      [person.accountId],
    )
    const answer = await send(key.use(await asked(), ORIGIN))
    assert.equal(answer.status, 200, answer.text)
    assert.equal(answer.body.user.id, person.accountId)
    const me = await platform.request('GET', '/api/v1/auth/me', { token: answer.body.access_token })
    assert.equal(me.status, 200)
    const { passkeys } = (await person.get(BASE)).body
    assert.equal(passkeys.length, 1)
    assert.notEqual(passkeys[0].last_used_at, null)
  })

  test('the web client gets a cookie for it, and no token', async () => {
    const key = new SoftKey()
    await enrol(await platform.person('web'), key)
    const answer = await send(key.use(await asked(), ORIGIN), '/api/v1/auth/web/passkey')
    assert.equal(answer.status, 200, answer.text)
    assert.match(String(answer.headers['set-cookie']), /salus_session=.*HttpOnly/)
    assert.equal(answer.text.includes('access_token'), false)
  })

  test('making one needs the password again, or where there is none a fresh sign-in', async () => {
    const person = await platform.person('again')
    assert.equal((await person.post(`${BASE}/begin`, {})).status, 401)
    assert.equal((await person.post(`${BASE}/begin`, { password: 'wrong' })).status, 401)
    assert.equal((await platform.request('POST', `${BASE}/begin`, { body: {} })).status, 401)
    const isAsked = async () => (await person.get('/api/v1/auth/me')).body.has_password
    assert.equal(await isAsked(), true)
    await platform.rows('delete from auth.password where user_id = $1', [person.accountId])
    assert.equal(await isAsked(), false)
    assert.equal((await person.post(`${BASE}/begin`, {})).status, 200)
    platform.clock.advance({ minutes: 11 })
    assert.equal((await person.post(`${BASE}/begin`, {})).status, 401)
  })

  test('a challenge is good once, for its account, for five minutes', async () => {
    const [ana, ben] = [await platform.person('once'), await platform.person('other')]
    const key = new SoftKey()
    const answer = key.make(await begin(ana), ORIGIN)
    assert.equal((await ben.post(BASE, { credential: answer })).status, 400)
    assert.equal((await ana.post(BASE, { credential: answer })).status, 201)
    assert.equal((await ana.post(BASE, { credential: answer })).status, 400)
    const use = key.use(await asked(), ORIGIN)
    assert.equal((await send(use)).status, 200)
    assert.equal((await send(use)).status, 401)
    const late = key.use(await asked(), ORIGIN)
    platform.clock.advance({ minutes: 6 })
    assert.equal((await send(late)).status, 401)
    assert.equal((await send(key.use({ challenge: 'bm90IG91cnM', rpId: 'salus.example.test' }, ORIGIN))).status, 401)
  })

  test('another site, another host, an unverified user and a wrong key are refused', async () => {
    const person = await platform.person('site')
    const key = new SoftKey()
    await enrol(person, key)
    assert.equal((await send(key.use(await asked(), 'https://evil.example.test'))).status, 401)
    assert.equal((await send(key.use({ ...(await asked()), rpId: 'evil.example.test' }, ORIGIN))).status, 401)
    assert.equal((await send(key.use(await asked(), ORIGIN, false))).status, 401)
    const stranger = new SoftKey()
    const forged = { ...stranger.use(await asked(), ORIGIN), id: key.credentialId.toString('base64url') }
    assert.equal((await send({ ...forged, rawId: forged.id })).status, 401)
    assert.equal((await send(stranger.use(await asked(), ORIGIN))).status, 401)
    const unverified = new SoftKey().make(await begin(person), ORIGIN, false)
    assert.equal((await person.post(BASE, { credential: unverified })).status, 400)
    assert.equal((await person.post(BASE, { credential: { id: 'x' } })).status, 422)
  })

  test('a counter that goes back switches the passkey off and tells the owner', async () => {
    const person = await platform.person('copied')
    const key = new SoftKey(5)
    await enrol(person, key)
    key.counter = 9
    assert.equal((await send(key.use(await asked(), ORIGIN))).status, 200)
    const before = platform.notices.length
    key.counter = 7
    assert.equal((await send(key.use(await asked(), ORIGIN))).status, 401)
    assert.ok(platform.notices.slice(before).some((one) => one.to === person.email))
    key.counter = 20
    assert.equal((await send(key.use(await asked(), ORIGIN))).status, 401)
    assert.notEqual((await person.get(BASE)).body.passkeys[0].disabled_at, null)
  })

  test('a passkey is renamed and removed by its owner alone; an API key does neither', async () => {
    const [ana, ben] = [await platform.person('owner'), await platform.person('stranger')]
    const key = new SoftKey()
    const { id } = await enrol(ana, key)
    assert.equal((await ben.put(`${BASE}/${id}`, { name: 'mine' })).status, 404)
    assert.equal((await ben.delete(`${BASE}/${id}`)).status, 404)
    assert.equal((await ana.put(`${BASE}/${id}`, { name: 'Old phone' })).body.name, 'Old phone')
    assert.equal((await ana.put(`${BASE}/${id}`, { name: '' })).status, 422)
    const made = await ana.post('/api/v1/auth/api-keys', { name: 'script', scopes: ['*'] })
    const keyed = { headers: { 'x-api-key': made.body.key as string } }
    assert.equal((await platform.request('DELETE', `${BASE}/${id}`, keyed)).status, 403)
    assert.equal((await ana.delete(`${BASE}/${id}`)).status, 204)
    assert.equal((await send(key.use(await asked(), ORIGIN))).status, 401)
    assert.equal((await platform.request('GET', BASE)).status, 401)
  })

  test('a passkey of whoever signed up with an address goes when its owner proves the address', async () => {
    const squatter = await platform.person('squatter')
    const key = new SoftKey()
    await enrol(squatter, key)
    await platform.request('POST', '/api/v1/auth/reset-password/request', { body: { email: squatter.email } })
    const mail = platform.notices.filter((one) => one.to === squatter.email).at(-1)
    const token = /token=([\w-]+)/.exec(mail?.text ?? '')?.[1]
    const body = { token, new_password: 'a Phrase 4 the owner' }
    assert.equal((await platform.request('POST', '/api/v1/auth/reset-password/confirm', { body })).status, 200)
    assert.equal((await send(key.use(await asked(), ORIGIN))).status, 401)
  })

  test('one authenticator opens one account; a suspended account is not opened', async () => {
    const [ana, ben] = [await platform.person('first'), await platform.person('second')]
    const key = new SoftKey()
    await enrol(ana, key)
    assert.equal((await ben.post(BASE, { credential: key.make(await begin(ben), ORIGIN) })).status, 409)
    await platform.rows(`update auth.account set status = 'suspended' where user_id = $1`, [ana.accountId])
    assert.equal((await send(key.use(await asked(), ORIGIN))).status, 403)
  })

  test('an export names passkeys and never a key; erasure leaves none', async () => {
    const person = await platform.person('leaver')
    await enrol(person, new SoftKey())
    const { auth } = await platform.exportAll(person.accountId)
    assert.equal(auth?.passkeys?.length, 1)
    assert.equal(JSON.stringify(auth).includes('public_key'), false)
    await platform.erase(person.accountId)
    assert.deepEqual(await platform.rows('select id from auth.passkey where user_id = $1', [person.accountId]), [])
  })

  test('only ways to sign in that are set up are named', async () => {
    const { body } = await platform.request('GET', '/api/v1/auth/ways')
    assert.deepEqual(body, { passkeys: { rp_id: 'salus.example.test' }, social: ['github'] })
    const { platformOf } = platform
    const there = platformOf('auth').publicUrl
    platformOf('auth').publicUrl = 'http://192.0.2.7:8000'
    assert.equal((await platform.request('GET', '/api/v1/auth/ways')).body.passkeys, null)
    assert.equal((await platform.request('POST', `${BASE}/sign-in/begin`, { body: {} })).status, 503)
    platformOf('auth').publicUrl = there
  })
})
