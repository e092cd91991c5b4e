import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { type Environment, settingValues } from '../../kernel/config.ts'
import { type Log, silentLog } from '../../kernel/log.ts'
import type { Notice } from '../../kernel/ports.ts'
import { notificationSettings, openNotifications } from './open.ts'
import { failure } from './suite.ts'
import { HttpProvider } from './testing/httpProvider.ts'
import { readMail } from './testing/mime.ts'
import { SmtpServer } from './testing/smtpServer.ts'

const EMAIL: Notice = { channel: 'email', to: 'ann@example.org', subject: 'A code', text: 'It is kestrel' }
const SMS: Notice = { channel: 'sms', to: '+14155550123', subject: '', text: 'It is kestrel' }
const MAIL_SERVER = { SMTP_HOST: 'mail.example.org', SMTP_FROM: 'salus@example.org' }
const TWILIO = { TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 'token', TWILIO_FROM: '+14155550100' }

function open(environment: Environment, isDemoMode = false, log: Log = silentLog) {
  return openNotifications({ settings: settingValues(notificationSettings, environment), isDemoMode, log })
}

function recordedLog(): Log & { readonly entries: string[] } {
  const entries: string[] = []
  const note = (fields: object, message = '') => void entries.push(`${message} ${JSON.stringify(fields)}`)
  return { entries, debug: note, info: note, warn: note, error: note }
}

describe('the notification port', () => {
  it('tells through what each channel goes', () => {
    const rows: readonly (readonly [Environment, boolean, string | undefined, string | undefined])[] = [
      [{}, false, undefined, undefined],
      [{}, true, 'console (demo mode)', 'console (demo mode)'],
      [MAIL_SERVER, false, 'SMTP', undefined],
      [MAIL_SERVER, true, 'SMTP', 'console (demo mode)'],
      [{ SMTP_HOST: 'h', SMTP_USER: 'salus@example.org', SMTP_PASSWORD: 'p' }, false, 'SMTP', undefined],
      [{ SMS_GATEWAY_URL: 'https://sms.example.org/send' }, false, undefined, 'SMS gateway'],
      [TWILIO, false, undefined, 'Twilio'],
      [{ ...TWILIO, SMS_GATEWAY_URL: 'https://sms.example.org/send' }, false, undefined, 'SMS gateway'],
    ]
    for (const [environment, isDemoMode, email, sms] of rows) {
      assert.deepEqual(open(environment, isDemoMode).channels, { email, sms })
    }
  })

  it('refuses on a channel that is off, and names what to set', async () => {
    const port = open({})
    const email = await failure(port.send(EMAIL))
    assert.equal(email.code, 'unavailable')
    assert.match(email.message, /^E-mail is not set up on this platform; .* SMTP_HOST and SMTP_FROM$/)
    const sms = await failure(port.send(SMS))
    assert.equal(sms.code, 'unavailable')
    assert.match(sms.message, /SMS_GATEWAY_URL, or TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM$/)
  })

  it('keeps a half set up channel off, and names what is missing to its operator and its callers', async () => {
    const rows: readonly (readonly [Environment, Notice, string])[] = [
      [{ SMTP_HOST: 'h' }, EMAIL, 'SMTP_FROM to an e-mail address'],
      [{ SMTP_HOST: 'h', SMTP_FROM: 'Salus' }, EMAIL, 'SMTP_FROM to an e-mail address'],
      [{ SMTP_HOST: 'h', SMTP_FROM: 'a@b.org\r\nBcc: c@d.org' }, EMAIL, 'SMTP_FROM to an e-mail address'],
      [{ ...MAIL_SERVER, SMTP_USER: 'u' }, EMAIL, 'SMTP_PASSWORD'],
      [{ SMS_GATEWAY_URL: 'sms.example.org' }, SMS, 'SMS_GATEWAY_URL to a web address'],
      [{ ...TWILIO, TWILIO_FROM: undefined }, SMS, 'TWILIO_FROM'],
      [{ TWILIO_FROM: '+14155550100' }, SMS, 'TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN'],
      [{ ...TWILIO, TWILIO_BASE_URL: 'x' }, SMS, 'TWILIO_BASE_URL to a web address'],
    ]
    for (const [environment, notice, missing] of rows) {
      const log = recordedLog()
      const port = open(environment, false, log)
      assert.equal(port.channels[notice.channel], undefined)
      assert.match(log.entries.join(), new RegExp(`half set up.*${missing}`))
      assert.ok((await failure(port.send(notice))).message.endsWith(`can set ${missing}`))
    }
  })

  it('sends each message by its own channel, as the variables say', async () => {
    const mail = await SmtpServer.open({ auth: { mechanism: 'PLAIN', user: 'clinic', password: 'p' } })
    const web = await HttpProvider.open(() => ({ status: 201, body: '{"sid":"SM1"}' }))
    const smtp = {
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(mail.port),
      SMTP_SECURE: 'false',
      SMTP_FROM: 'Salus <s@b.org>',
    }
    const port = open({ ...smtp, SMTP_USER: 'clinic', SMTP_PASSWORD: 'p', ...TWILIO, TWILIO_BASE_URL: web.url })
    await Promise.all([port.send(EMAIL), port.send(SMS)])
    assert.deepEqual(
      mail.received.map(({ to, source }) => [to, readMail(source).text]),
      [[[EMAIL.to], EMAIL.text]],
    )
    assert.equal(new URLSearchParams(web.requests[0]?.body).get('To'), SMS.to)
    await Promise.all([mail.close(), web.close()])
  })

  it('logs that a message failed and why, and nothing of the message', async () => {
    const web = await HttpProvider.open(() => ({ status: 403, body: '+14155550123 kestrel' }))
    const log = recordedLog()
    const port = open({ SMS_GATEWAY_URL: web.url, SMS_GATEWAY_TOKEN: 'token-word' }, false, log)
    await failure(port.send(SMS))
    assert.deepEqual(log.entries, [
      'a message was not delivered {"channel":"sms","code":"unavailable","why":"the SMS gateway answered 403"}',
    ])
    await web.close()
  })

  it('loads no adapter and no library before the first message, and prints messages in demo mode alone', () => {
    const script = `
      import { registerHooks } from 'node:module'
      const loaded = []
      registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
      const { notificationSettings, openNotifications } = await import(${JSON.stringify(import.meta.resolve('./open.ts'))})
      const { settingValues } = await import(${JSON.stringify(import.meta.resolve('../../kernel/config.ts'))})
      const settings = settingValues(notificationSettings, process.env)
      const port = openNotifications({ settings, isDemoMode: true, log: { warn() {}, error() {} } })
      console.log(JSON.stringify(loaded.map((url) => url.split('/').at(-1))))
      await port.send(${JSON.stringify(SMS)})`
    const environment = { PATH: process.env.PATH, ...MAIL_SERVER }
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { env: environment })
    const [first = '', ...printed] = output.toString().split('\n')
    const loaded: string[] = JSON.parse(first)
    assert.deepEqual(loaded.sort(), ['config.ts', 'errors.ts', 'open.ts', 'recipients.ts'])
    assert.match(printed.join('\n'), /DEMO MODE: this sms is printed here and sent to nobody.*It is kestrel/s)
  })

  it('documents every variable, and marks what is secret', () => {
    const all = Object.values(notificationSettings)
    assert.ok(all.every(({ doc }) => doc.endsWith('.') && doc.length > 20))
    assert.deepEqual(
      all.flatMap(({ variable, isSecret }) => (isSecret ? [variable] : [])),
      ['SMTP_PASSWORD', 'SMS_GATEWAY_TOKEN', 'TWILIO_AUTH_TOKEN'],
    )
  })
})
