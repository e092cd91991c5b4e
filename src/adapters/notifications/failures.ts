import { PlatformError } from '../../kernel/errors.ts'
import type { Notice } from '../../kernel/ports.ts'
import type { Deadline } from './port.ts'

/** The longest a provider may take for one message, everything included. */
export const SEND_LIMIT_MS = 10_000

/** The deadline outside of tests. */
export const sendLimit: Deadline = () => AbortSignal.timeout(SEND_LIMIT_MS)

const WORDS: Readonly<Record<Notice['channel'], { readonly message: string; readonly provider: string }>> = {
  email: { message: 'The e-mail', provider: 'The mail server' },
  sms: { message: 'The text message', provider: 'The text message service' },
}

// Errors of this folder carry no `cause`: what providers answer and what their libraries throw quotes addresses and
// texts, and the log prints causes.

/** 503: the provider refused, or could not be reached. */
export function refused(channel: Notice['channel'], privateDetail: string, retryAfterSeconds?: number): PlatformError {
  return new PlatformError('unavailable', `${WORDS[channel].message} could not be sent at the moment`, {
    privateDetail,
    retryAfterSeconds,
  })
}

/** 504: the provider did not take the message in time; whether it still will is not known. */
export function tooSlow(channel: Notice['channel']): PlatformError {
  const { message, provider } = WORDS[channel]
  return new PlatformError('timeout', `${provider} took too long; ${message.toLowerCase()} may not have been sent`, {
    privateDetail: `no answer within ${SEND_LIMIT_MS} ms`,
  })
}

/** 502: what the provider answered has no meaning in its protocol. */
export function garbled(channel: Notice['channel'], privateDetail: string): PlatformError {
  return new PlatformError('bad_upstream', `${WORDS[channel].provider} gave an answer that makes no sense`, {
    privateDetail,
  })
}
