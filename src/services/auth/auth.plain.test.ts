import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../../testing.ts'
import { auth } from './contract.ts'

/** A browser without scripts: keeps cookies, and sends back what a page's form holds. */
class PlainBrowser {
  private readonly cookies = new Map<string, string>()
  private readonly platform: TestPlatform

  constructor(platform: TestPlatform) {
    this.platform = platform
  }

  async get(path: string): Promise<TestAnswer> {
    return this.keep(await this.platform.request('GET', path, { headers: { cookie: this.jar() } }))
  }

  /** Sends the form of `page` with these fields besides its hidden ones. */
  async send(
    page: TestAnswer,
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<TestAnswer> {
    const hidden = [...page.text.matchAll(/type="hidden" name="(\w+)" value="([^"]*)"/g)].map((found) => [
      found[1],
      found[2],
    ])
    const form = { ...Object.fromEntries(hidden), ...fields }
    return this.keep(await this.platform.request('POST', path, { form, headers: { ...headers, cookie: this.jar() } }))
  }

  has(name: string): boolean {
    return (this.cookies.get(name) ?? '') !== ''
  }

  private jar(): string {
    return [...this.cookies].map((pair) => pair.join('=')).join('; ')
  }

  private keep(answer: TestAnswer): TestAnswer {
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [name = '', value = ''] = String(line).split(';')[0]?.split('=') ?? []
      this.cookies.set(name, value)
    }
    return answer
  }
}

describe('auth: sign-in without scripts', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await openTestPlatform()
  })
  after(() => platform.close())

  const codeOf = (secret: string) =>
    new TOTP({ algorithm: 'SHA1', digits: 6, period: 30, secret: Secret.fromBase32(secret) }).generate({
      timestamp: platform.clock.now().getTime(),
    })
  const withSecondStep = async (person: TestPerson) => {
    const { secret } = (await person.post('/auth/mfa/setup', { password: person.password })).body
    await person.post('/auth/mfa/verify', { code: codeOf(secret) })
    platform.clock.advance({ minutes: 1 })
    return secret as string
  }
  const password = async (browser: PlainBrowser, person: TestPerson) =>
    browser.send(await browser.get('/sign-in'), '/sign-in', { email: person.email, password: person.password })

  test('the password opens a session of the cookie alone, and signing out ends it', async () => {
    const browser = new PlainBrowser(platform)
    const answer = await password(browser, await platform.person('plain'))
    assert.deepEqual([answer.status, answer.headers.location], [303, '/plain'])
    assert.match(String(answer.headers['set-cookie']), /^salus_session=.*HttpOnly; SameSite=Strict$/)
    const home = await browser.get('/plain')
    assert.match(home.text, /Signed in as/)
    const links = [...home.text.matchAll(/<li><a href="([^"]+)"/g)].map((found) => found[1] as string)
    assert.ok(links.length > 1)
    for (const link of links.filter((one) => one !== '/status'))
      assert.equal((await browser.get(link)).status, 200, link)
    assert.equal((await browser.get('/sign-in')).headers.location, '/plain')
    assert.equal((await browser.send(home, '/sign-out', {})).headers.location, '/sign-in')
    assert.equal((await browser.get('/plain')).headers.location, '/sign-in')
  })

  test('a wrong password, an empty form and a form of elsewhere are said on the page, and sign nobody in', async () => {
    const person = await platform.person('refused')
    const browser = new PlainBrowser(platform)
    const page = await browser.get('/sign-in')
    const wrong = await browser.send(page, '/sign-in', { email: person.email, password: 'Wrong123!"><b>' })
    assert.equal(wrong.status, 401)
    assert.match(wrong.text, /role="alert"/)
    assert.doesNotMatch(wrong.text, /<b>/)
    assert.equal((await browser.send(page, '/sign-in', { email: '', password: '' })).status, 400)
    const right = { email: person.email, password: person.password }
    assert.equal((await new PlainBrowser(platform).send(page, '/sign-in', right)).status, 403)
    assert.equal((await browser.send(page, '/sign-in', { ...right, form: 'guessed' })).status, 403)
    assert.equal((await browser.send(page, '/sign-in', right, { 'sec-fetch-site': 'cross-site' })).status, 403)
    assert.equal(browser.has('salus_session'), false)
  })

  test('the second step is asked for, refused when wrong, and good only in the browser that gave the password', async () => {
    const person = await platform.person('steps')
    const secret = await withSecondStep(person)
    const browser = new PlainBrowser(platform)
    const step = await password(browser, person)
    assert.match(step.text, /authenticator app/)
    assert.equal(browser.has('salus_session'), false)
    const wrong = await browser.send(step, '/sign-in/second-step', { code: '000000' })
    assert.equal(wrong.status, 401)
    const other = new PlainBrowser(platform)
    const theirs = await other.get('/sign-in')
    const ticket = /name="ticket" value="([^"]*)"/.exec(step.text)?.[1] as string
    const stolen = await other.send(theirs, '/sign-in/second-step', { ticket, code: codeOf(secret) })
    assert.equal(stolen.status, 403)
    const done = await browser.send(wrong, '/sign-in/second-step', { code: codeOf(secret) })
    assert.deepEqual([done.status, done.headers.location], [303, '/plain'])
  })

  test('after five minutes the password has to be given again', async () => {
    const person = await platform.person('slow')
    const secret = await withSecondStep(person)
    const browser = new PlainBrowser(platform)
    const step = await password(browser, person)
    platform.clock.advance({ minutes: 6 })
    assert.equal((await browser.send(step, '/sign-in/second-step', { code: codeOf(secret) })).status, 403)
    assert.equal(browser.has('salus_session'), false)
  })

  test('an account is made by a form; what is wrong with it stands on the page', async () => {
    const browser = new PlainBrowser(platform)
    const page = await browser.get('/register')
    const fields = { name: 'Plain <i>Person</i>', email: 'plain.new@example.test', password: 'short' }
    const refused = await browser.send(page, '/register', fields)
    assert.equal(refused.status, 422)
    assert.match(refused.text, /password/)
    assert.doesNotMatch(refused.text, /<i>/)
    const made = await browser.send(page, '/register', { ...fields, password: 'a Phrase 4 you' })
    assert.equal(made.headers.location, '/plain')
    assert.doesNotMatch((await browser.get('/plain')).text, /<i>/)
    const taken = await browser.send(page, '/register', { ...fields, password: 'a Phrase 4 you' })
    assert.equal(taken.status, 409)
  })

  test('an account of the demo household is none of anybody’s, and says what it is', async () => {
    const person = await platform.person('synthetic')
    assert.equal((await person.get('/auth/me')).body.is_demo, false)
    await platform.call(auth.operations.markDemo, { account_id: person.accountId })
    assert.equal((await person.get('/auth/me')).body.is_demo, true)
    const nobody = '01890000-0000-7000-8000-000000000000'
    await assert.rejects(platform.call(auth.operations.markDemo, { account_id: nobody }), { code: 'not_found' })
  })

  test('a platform is nobody’s until somebody has an account who is not made up', async () => {
    const fresh = await openTestPlatform()
    try {
      const asked = (input: object) => fresh.call(auth.operations.firstRun, input)
      const { path } = await fresh.call(auth.operations.createSetupLink, {})
      const setup_token = new URLSearchParams(path?.split('?')[1]).get('token') as string
      assert.deepEqual(await asked({ setup_token }), { has_account: false, is_setup_open: true })
      assert.deepEqual(await asked({ setup_token: 'guessed' }), { has_account: false, is_setup_open: false })
      const person = await fresh.person('first')
      assert.equal((await asked({})).has_account, true)
      await fresh.call(auth.operations.markDemo, { account_id: person.accountId })
      assert.equal((await asked({})).has_account, false)
      fresh.clock.advance({ minutes: 31 })
      assert.equal((await asked({ setup_token })).is_setup_open, false)
    } finally {
      await fresh.close()
    }
  })
})
