import { request } from 'undici'
import { PlatformError } from '../../kernel/errors.ts'
import { garbled, refused, sendLimit, tooSlow } from './failures.ts'
import type { Deadline, Deliver } from './port.ts'
import { phoneNumber } from './recipients.ts'

const LONGEST_ANSWER_BYTES = 65_536

export interface SmsGatewayOptions {
  readonly url: string
  readonly token?: string
  readonly deadline?: Deadline
}

/** Delivers text messages through any gateway that takes `{to, text}` and answers 2xx with JSON or nothing. */
export function openSmsGateway({ url, token, deadline = sendLimit }: SmsGatewayOptions): Deliver {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  }
  return async ({ to, text }) => {
    const body = JSON.stringify({ to: phoneNumber(to), text })
    const answer = await post(url, { headers, body, signal: deadline() })
    if (answer.status >= 400)
      throw refused('sms', `the SMS gateway answered ${answer.status}`, answer.retryAfterSeconds)
    if (answer.status >= 300) throw garbled('sms', `the SMS gateway answered ${answer.status}`)
    // A sign-in page or a wrong address also answers 200, and is not a message sent.
    if (answer.body.trim() !== '' && answer.json === undefined) throw garbled('sms', 'the SMS gateway answered no JSON')
  }
}

export interface TwilioOptions {
  readonly accountSid: string
  readonly authToken: string
  /** A number, a name, or a messaging service (`MG...`). */
  readonly from: string
  readonly baseUrl: string
  readonly deadline?: Deadline
}

/** Delivers text messages through the message API of Twilio. */
export function openTwilio(options: TwilioOptions): Deliver {
  const { accountSid, authToken, from, baseUrl, deadline = sendLimit } = options
  const url = `${baseUrl.replace(/\/+$/, '')}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
  }
  const sender = /^MG[0-9a-f]{32}$/i.test(from) ? 'MessagingServiceSid' : 'From'
  return async ({ to, text }) => {
    const body = new URLSearchParams({ To: phoneNumber(to), [sender]: from, Body: text }).toString()
    const { status, json, retryAfterSeconds } = await post(url, { headers, body, signal: deadline() })
    const { code, sid, status: progress } = (json ?? {}) as { code?: unknown; sid?: unknown; status?: unknown }
    if (status >= 400) {
      const reason = Number.isInteger(code) ? `, error ${code}` : ''
      throw refused('sms', `Twilio answered ${status}${reason}`, retryAfterSeconds)
    }
    if (status >= 300 || typeof sid !== 'string') throw garbled('sms', `Twilio answered ${status} without a message`)
    if (progress === 'failed' || progress === 'undelivered') throw refused('sms', `Twilio reports ${progress}`)
  }
}

interface Answer {
  readonly status: number
  readonly body: string
  /** The body, when it is a JSON object. */
  readonly json: object | undefined
  readonly retryAfterSeconds: number | undefined
}

interface Sending {
  readonly headers: Record<string, string>
  readonly body: string
  readonly signal: AbortSignal
}

async function post(url: string, { headers, body, signal }: Sending): Promise<Answer> {
  try {
    // Redirects are not followed: the credential is for this address. `reset` leaves no idle connection behind.
    const answer = await request(url, { method: 'POST', headers, body, signal, reset: true })
    const text = await readBounded(answer.body)
    const wait = Number(answer.headers['retry-after'])
    return {
      status: answer.statusCode,
      body: text,
      json: asObject(text),
      retryAfterSeconds: Number.isInteger(wait) && wait > 0 ? wait : undefined,
    }
  } catch (error) {
    if (error instanceof PlatformError) throw error
    if (signal.aborted) throw tooSlow('sms')
    const { name, code = name } = error as Error & { code?: string }
    if (name === 'HTTPParserError') throw garbled('sms', `not an HTTP answer (${code})`)
    throw refused('sms', `the SMS provider cannot be reached (${code})`)
  }
}

async function readBounded(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > LONGEST_ANSWER_BYTES) throw garbled('sms', `an answer of more than ${LONGEST_ANSWER_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function asObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
