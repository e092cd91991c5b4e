import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import type { Notice } from '../../kernel/ports.ts'
import { connectionOf, openSmtp, type SmtpOptions } from './smtp.ts'
import { type AdapterBench, assertDiscreet, describeAdapter, failure, type Mood } from './suite.ts'
import { readMail } from './testing/mime.ts'
import { type Fault, SmtpServer, type SmtpServerOptions, type Stage, TEST_AUTHORITY } from './testing/smtpServer.ts'

const LOGIN = { user: 'clinic', password: 'pass word é' }
const NOTICE: Notice = { channel: 'email', to: 'ann@example.org', subject: 'A code', text: 'It is kestrel' }
const FROM = 'Salus <salus@example.org>'

function optionsFor(server: SmtpServer, changes: Partial<SmtpOptions> = {}): SmtpOptions {
  return { host: '127.0.0.1', port: server.port, security: 'false', from: FROM, ...changes }
}

const FAULTS: Readonly<Record<Exclude<Mood, 'well' | 'gone'>, Fault>> = {
  // Real servers quote the address in their refusals.
  refusing: { at: 'RCPT', how: { say: '550 5.1.1 <kestrel@example.org>: no such user' } },
  silent: { at: 'END', how: 'silence' },
  garbled: { at: 'CONNECT', how: { say: 'HTTP/1.1 400 Bad Request' } },
  cutting: { at: 'DATA', how: 'cut' },
}

describeAdapter('SMTP', {
  channel: 'email',
  moods: ['well', 'refusing', 'silent', 'garbled', 'cutting', 'gone'],
  async open(deadline): Promise<AdapterBench> {
    const server = await SmtpServer.open({ auth: { mechanism: 'PLAIN', ...LOGIN } })
    let isOpen = true
    const close = async () => {
      if (isOpen) await server.close()
      isOpen = false
    }
    return {
      deliver: await openSmtp(optionsFor(server, { ...LOGIN, deadline })),
      received: () => server.received.map(({ to, source }) => ({ to: to.join(), text: readMail(source).text })),
      async become(mood, onSilence) {
        server.onSilence = onSilence
        if (mood === 'gone') await close()
        else server.fault = mood === 'well' ? undefined : FAULTS[mood]
      },
      close,
    }
  },
})

describe('SMTP', () => {
  let server: SmtpServer
  const open = async (options: SmtpServerOptions = {}) => {
    server = await SmtpServer.open(options)
  }
  afterEach(() => server.close())

  it('says who it is from and that a machine wrote it, and nothing about the platform', async () => {
    await open()
    await (await openSmtp(optionsFor(server)))({ ...NOTICE, subject: 'Erinnerung für Zoë: ❤️ um 8' })
    const mail = server.received[0]
    const { headers } = readMail(mail?.source ?? '')
    assert.equal(mail?.from, 'salus@example.org')
    assert.deepEqual(headers.get('from'), [FROM])
    assert.deepEqual(headers.get('to'), ['ann@example.org'])
    assert.deepEqual(headers.get('subject'), ['Erinnerung für Zoë: ❤️ um 8'])
    assert.deepEqual(headers.get('auto-submitted'), ['auto-generated'])
    assert.equal(headers.get('x-mailer'), undefined)
  })

  it('lets neither a subject nor a text add a header, a recipient or a second message', async () => {
    const attack =
      '\r\nBcc: eve@example.org\r\n\r\n.\r\nMAIL FROM:<eve@example.org>\n.\nRCPT TO:<eve@example.org>\r.\rQUIT'
    await open()
    await (await openSmtp(optionsFor(server)))({ ...NOTICE, subject: `Hello${attack}`, text: `Hello${attack}` })
    assert.equal(server.received.length, 1)
    assert.deepEqual(server.received[0]?.to, ['ann@example.org'])
    assert.equal(server.bareLineBreaks, 0)
    const { headers } = readMail(server.received[0]?.source ?? '')
    assert.equal(headers.get('bcc'), undefined)
    assert.equal(headers.get('subject')?.length, 1)
    assert.ok(!server.commands.some((line) => line.includes('eve')))
  })

  for (const mechanism of ['PLAIN', 'LOGIN'] as const) {
    it(`signs in with AUTH ${mechanism}`, async () => {
      await open({ auth: { mechanism, ...LOGIN } })
      await (await openSmtp(optionsFor(server, LOGIN)))(NOTICE)
      assert.equal(server.received[0]?.user, LOGIN.user)
    })

    it(`reports a wrong password at AUTH ${mechanism} without telling it`, async () => {
      await open({ auth: { mechanism, ...LOGIN } })
      const deliver = await openSmtp(optionsFor(server, { user: LOGIN.user, password: 'wrong-one' }))
      const error = await failure(deliver(NOTICE))
      assert.equal(error.code, 'unavailable')
      assert.equal(error.options.privateDetail, `the SMTP server answered 535 5.7.8 to AUTH ${mechanism}`)
      assertDiscreet(error, 'wrong-one', Buffer.from('wrong-one').toString('base64'))
    })
  }

  const stages: readonly Stage[] = ['CONNECT', 'EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA', 'END']
  for (const at of stages) {
    it(`keeps its promises when the session fails at ${at}`, async () => {
      await open({ auth: { mechanism: 'PLAIN', ...LOGIN } })
      let end = new AbortController()
      const deliver = await openSmtp(optionsFor(server, { ...LOGIN, deadline: () => end.signal }))
      server.onSilence = () => end.abort()
      const codeFor = async (how: Fault['how']) => {
        server.fault = { at, how }
        end = new AbortController()
        const error = await failure(deliver(NOTICE))
        assertDiscreet(error, NOTICE.to)
        return error
      }
      assert.equal((await codeFor('cut')).code, 'unavailable')
      assert.equal((await codeFor('silence')).code, 'timeout')
      assert.equal((await codeFor({ say: '554 5.7.1 ann@example.org is refused' })).code, 'unavailable')
      assert.equal((await codeFor({ say: '421 4.3.2 kestrel, closing' })).code, 'unavailable')
      assert.equal((await codeFor({ say: 'kestrel ann@example.org' })).code, 'bad_upstream')
      assert.deepEqual(server.received, [])
    })
  }

  it('tells when it is worth trying again: after a passing refusal, not after a lasting one', async () => {
    await open()
    const deliver = await openSmtp(optionsFor(server))
    server.fault = { at: 'RCPT', how: { say: '450 4.2.1 try later' } }
    assert.equal((await failure(deliver(NOTICE))).options.retryAfterSeconds, 60)
    server.fault = { at: 'RCPT', how: { say: '550 5.1.1 never' } }
    assert.equal((await failure(deliver(NOTICE))).options.retryAfterSeconds, undefined)
  })
})

describe('SMTP encryption', () => {
  let server: SmtpServer
  afterEach(() => server?.close())

  it('follows SMTP_SECURE', () => {
    const rows = [
      ['auto', 0, 587, false, true],
      ['auto', 25, 25, false, true],
      ['auto', 465, 465, true, false],
      ['true', 0, 465, true, false],
      ['true', 2465, 2465, true, false],
      ['false', 0, 587, false, false],
      ['false', 25, 25, false, false],
    ] as const
    for (const [security, port, expectedPort, secure, requireTLS] of rows) {
      const connection = connectionOf({ host: 'mail.example.org', port, security, from: FROM })
      assert.deepEqual(connection, { host: 'mail.example.org', port: expectedPort, secure, requireTLS })
    }
  })

  it('encrypts by STARTTLS before it signs in', async () => {
    server = await SmtpServer.open({ tls: 'starttls', auth: { mechanism: 'PLAIN', ...LOGIN } })
    const options = optionsFor(server, { security: 'auto', host: 'localhost', authority: TEST_AUTHORITY, ...LOGIN })
    await (await openSmtp(options))(NOTICE)
    assert.deepEqual([server.received[0]?.isEncrypted, server.received[0]?.user], [true, LOGIN.user])
    assert.deepEqual(
      server.commands.map((line) => line.split(' ')[0]),
      ['EHLO', 'STARTTLS', 'EHLO', 'AUTH', 'MAIL', 'RCPT', 'DATA'],
    )
  })

  it('encrypts from the first byte', async () => {
    server = await SmtpServer.open({ tls: 'direct' })
    await (await openSmtp(optionsFor(server, { security: 'true', host: 'localhost', authority: TEST_AUTHORITY })))(
      NOTICE,
    )
    assert.equal(server.received[0]?.isEncrypted, true)
  })

  it('gives neither password nor message to a server that does not encrypt, or that nobody vouches for', async () => {
    const cases = [
      [{}, 'auto'],
      [{ tls: 'starttls' }, 'auto'],
      [{ tls: 'direct' }, 'true'],
    ] as const
    for (const [options, security] of cases) {
      server = await SmtpServer.open({ ...options, auth: { mechanism: 'PLAIN', ...LOGIN } })
      const deliver = await openSmtp(optionsFor(server, { security, host: 'localhost', ...LOGIN }))
      const error = await failure(deliver(NOTICE))
      assert.equal(error.code, 'unavailable')
      assert.ok(!server.commands.some((line) => /^(AUTH|MAIL)/.test(line)))
      await server.close()
    }
  })
})
