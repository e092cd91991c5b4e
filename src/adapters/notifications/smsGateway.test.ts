import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import type { Notice } from '../../kernel/ports.ts'
import type { Deadline, Deliver } from './port.ts'
import { openSmsGateway, openTwilio } from './smsGateway.ts'
import { type AdapterBench, assertDiscreet, describeAdapter, failure, type Mood } from './suite.ts'
import { HttpProvider, type HttpReaction, type ReceivedRequest } from './testing/httpProvider.ts'

const NOTICE: Notice = { channel: 'sms', to: '+14155550123', subject: 'unused', text: 'It is kestrel & more' }
const TOKEN = 'gateway-token'
const TWILIO = { accountSid: 'AC00000000000000000000000000000001', authToken: 'twilio-token', from: '+14155550100' }

interface Took {
  readonly to: string
  readonly text: string
}

type Service = (request: ReceivedRequest, took: Took[]) => HttpReaction

/** A gateway of the kind that SMS_GATEWAY_URL names. */
const gateway: Service = ({ method, path, headers, body }, took) => {
  if (method !== 'POST' || path !== '/messages?from=salus') return json(404, {})
  if (headers.authorization !== `Bearer ${TOKEN}`) return json(401, { error: 'who are you' })
  if (headers['content-type'] !== 'application/json') return json(415, {})
  const { to, text, ...others } = JSON.parse(body)
  if (Object.keys(others).length > 0) return json(400, { error: 'unknown members' })
  took.push({ to, text })
  return json(202, { id: 'm-1' })
}

/** The message API of Twilio, as its reference describes it. */
const twilio: Service = ({ method, path, headers, body }, took) => {
  if (path !== `/2010-04-01/Accounts/${TWILIO.accountSid}/Messages.json` || method !== 'POST') {
    return json(404, { code: 20404, message: `The requested resource ${path} was not found`, status: 404 })
  }
  const basic = Buffer.from(`${TWILIO.accountSid}:${TWILIO.authToken}`).toString('base64')
  if (headers.authorization !== `Basic ${basic}`)
    return json(401, { code: 20003, message: 'Authenticate', status: 401 })
  assert.equal(headers['content-type'], 'application/x-www-form-urlencoded')
  const form = new URLSearchParams(body)
  const [to, text] = [form.get('To') ?? '', form.get('Body') ?? '']
  if (!form.has('From') && !form.has('MessagingServiceSid')) return json(400, { code: 21603, status: 400 })
  if (to === '+15005550001') return json(400, { code: 21211, message: `The 'To' number ${to} is invalid`, status: 400 })
  took.push({ to, text })
  return json(201, { sid: 'SM00000000000000000000000000000001', status: 'queued', to, body: text, error_code: null })
}

function json(status: number, body: object, headers: Record<string, string> = {}): HttpReaction {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}

const MOODS: Readonly<Record<Exclude<Mood, 'well' | 'gone'>, HttpReaction>> = {
  // Real providers quote the number and the text in their refusals.
  refusing: json(400, { code: 21610, message: 'kestrel to +14155550123 is refused' }),
  silent: 'silence',
  garbled: { status: 200, headers: { 'content-type': 'text/html' }, body: '<title>Sign in</title> +14155550123' },
  cutting: 'cut',
}

async function openBench(service: Service, open: (url: string) => Deliver): Promise<AdapterBench> {
  const took: Took[] = []
  const well = (request: ReceivedRequest) => service(request, took)
  const provider = await HttpProvider.open(well)
  let isOpen = true
  const close = async () => {
    if (isOpen) await provider.close()
    isOpen = false
  }
  return {
    deliver: open(provider.url),
    received: () => took,
    async become(mood, onSilence) {
      provider.onSilence = onSilence
      if (mood === 'gone') await close()
      else provider.react = mood === 'well' ? well : () => MOODS[mood]
    },
    close,
  }
}

const ALL_MOODS: readonly Mood[] = ['well', 'refusing', 'silent', 'garbled', 'cutting', 'gone']

describeAdapter('SMS gateway', {
  channel: 'sms',
  moods: ALL_MOODS,
  open: (deadline) =>
    openBench(gateway, (url) => openSmsGateway({ url: `${url}/messages?from=salus`, token: TOKEN, deadline })),
})

describeAdapter('Twilio', {
  channel: 'sms',
  moods: ALL_MOODS,
  open: (deadline) => openBench(twilio, (url) => openTwilio({ ...TWILIO, baseUrl: `${url}/`, deadline })),
})

/** Both ways of sending a text, for what they owe in common. */
const WAYS: Readonly<Record<string, (url: string, deadline?: Deadline) => Deliver>> = {
  'SMS gateway': (url, deadline) => openSmsGateway({ url, token: TOKEN, deadline }),
  Twilio: (url, deadline) => openTwilio({ ...TWILIO, baseUrl: url, deadline }),
}

for (const [name, open] of Object.entries(WAYS)) {
  describe(`${name}, when the web is not well`, () => {
    let provider: HttpProvider
    const start = async (reaction: HttpReaction, deadline?: Deadline) => {
      provider = await HttpProvider.open(() => reaction)
      return open(provider.url, deadline)
    }
    afterEach(() => provider.close())

    const rows: readonly (readonly [string, HttpReaction, string])[] = [
      ['answers what is not HTTP', { raw: 'kestrel +14155550123\r\n\r\n' }, 'bad_upstream'],
      ['answers an error page', { status: 502, body: '<h1>kestrel</h1>' }, 'unavailable'],
      ['sends elsewhere', { status: 307, headers: { location: 'http://127.0.0.1:9/' } }, 'bad_upstream'],
      ['answers without end', { status: 200, body: `{"sid":"SM1","more":"${'x'.repeat(70_000)}"}` }, 'bad_upstream'],
      ['cuts its answer short', { partial: '{"sid":"SM' }, 'unavailable'],
    ]
    for (const [what, reaction, code] of rows) {
      it(`reports ${code} when the provider ${what}`, async () => {
        const error = await failure((await start(reaction))(NOTICE))
        assert.equal(error.code, code)
        assertDiscreet(error, NOTICE.to, TOKEN, TWILIO.authToken)
        assert.equal(provider.requests.length, 1)
      })
    }

    it('reports when to try again, if the provider says so', async () => {
      const deliver = await start({ status: 429, headers: { 'retry-after': '17' } })
      assert.equal((await failure(deliver(NOTICE))).options.retryAfterSeconds, 17)
    })

    it('does not begin when the time is over already', async () => {
      const deliver = await start({ status: 201, body: '{"sid":"SM1"}' }, () => AbortSignal.abort())
      assert.equal((await failure(deliver(NOTICE))).code, 'timeout')
      assert.equal(provider.requests.length, 0)
    })
  })
}

describe('SMS gateway', () => {
  let provider: HttpProvider
  afterEach(() => provider.close())

  it('may answer nothing at all, and may need no token', async () => {
    provider = await HttpProvider.open(() => ({ status: 204 }))
    await openSmsGateway({ url: provider.url })(NOTICE)
    assert.equal(provider.requests[0]?.headers.authorization, undefined)
    assert.deepEqual(JSON.parse(provider.requests[0]?.body ?? ''), { to: NOTICE.to, text: NOTICE.text })
  })

  it('reports a wrong token', async () => {
    provider = await HttpProvider.open((request) => gateway(request, []))
    const error = await failure(openSmsGateway({ url: `${provider.url}/messages?from=salus`, token: 'other' })(NOTICE))
    assert.deepEqual([error.code, error.options.privateDetail], ['unavailable', 'the SMS gateway answered 401'])
  })
})

describe('Twilio', () => {
  let provider: HttpProvider
  const took: Took[] = []
  const start = async (changes: Partial<typeof TWILIO> = {}) => {
    provider = await HttpProvider.open((request) => twilio(request, took))
    return openTwilio({ ...TWILIO, ...changes, baseUrl: provider.url })
  }
  afterEach(() => provider.close())

  it('sends a form that names number, sender and text', async () => {
    await (await start())(NOTICE)
    assert.equal(provider.requests[0]?.body, 'To=%2B14155550123&From=%2B14155550100&Body=It+is+kestrel+%26+more')
  })

  it('sends through a messaging service', async () => {
    const service = 'MG00000000000000000000000000000001'
    await (await start({ from: service }))(NOTICE)
    const form = new URLSearchParams(provider.requests[0]?.body)
    assert.deepEqual([form.get('MessagingServiceSid'), form.get('From')], [service, null])
  })

  it("reports Twilio's error number and keeps its message, which quotes the person, to itself", async () => {
    const deliver = await start()
    const error = await failure(deliver({ ...NOTICE, to: '+15005550001' }))
    assert.equal(error.options.privateDetail, 'Twilio answered 400, error 21211')
    assertDiscreet(error, '+15005550001')
  })

  it('reports a wrong token', async () => {
    const error = await failure((await start({ authToken: 'other' }))(NOTICE))
    assert.equal(error.options.privateDetail, 'Twilio answered 401, error 20003')
  })

  it('does not take a message that failed at once for one that was sent', async () => {
    const deliver = await start()
    provider.react = () => json(201, { sid: 'SM1', status: 'failed', error_code: 30007 })
    assert.equal((await failure(deliver(NOTICE))).code, 'unavailable')
  })
})
