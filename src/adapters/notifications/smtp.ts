import type { PlatformError } from '../../kernel/errors.ts'
import { garbled, refused, SEND_LIMIT_MS, sendLimit, tooSlow } from './failures.ts'
import type { Deadline, Deliver } from './port.ts'
import { mailAddress, oneLine } from './recipients.ts'

/** How the connection is protected: see `SMTP_SECURE`. */
export type SmtpSecurity = 'auto' | 'true' | 'false'

export interface SmtpOptions {
  readonly host: string
  /** 0 or undefined takes the usual port of the security. */
  readonly port?: number
  readonly security: SmtpSecurity
  /** Both or none. */
  readonly user?: string
  readonly password?: string
  /** `ann@example.org` or `Ann <ann@example.org>`. */
  readonly from: string
  readonly deadline?: Deadline
  /** A certificate authority (PEM) to trust instead of the usual ones. */
  readonly authority?: string
}

/** Delivers e-mail through an SMTP server, one connection a message. */
export async function openSmtp(options: SmtpOptions): Promise<Deliver> {
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({
    ...connectionOf(options),
    ...(options.user !== undefined && { auth: { user: options.user, pass: options.password } }),
    connectionTimeout: SEND_LIMIT_MS,
    greetingTimeout: SEND_LIMIT_MS,
    socketTimeout: SEND_LIMIT_MS,
    dnsTimeout: SEND_LIMIT_MS,
    socketCloseTimeout: 0,
    maxResponseSize: 65_536,
    // Messages are words alone: nothing in them may make the library read a file or fetch an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const deadline = options.deadline ?? sendLimit
  return async (notice) => {
    const to = mailAddress(notice.to)
    const signal = deadline()
    try {
      await transport.sendMail({
        from: options.from,
        to: { name: '', address: to },
        subject: oneLine(notice.subject),
        text: notice.text,
        // Keeps holiday answers from coming back.
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal,
      })
    } catch (error) {
      throw failureOf(error as SmtpError, signal)
    }
  }
}

/** Host, port and protection as the mail library wants them. */
export function connectionOf({ host, port, security, authority }: SmtpOptions) {
  const secure = security === 'true' || (security === 'auto' && port === 465)
  return {
    host,
    port: port || (secure ? 465 : 587),
    secure,
    // Without this, whoever sits in between can hide the server's offer to encrypt, and read password and message.
    requireTLS: security === 'auto' && !secure,
    ...(authority !== undefined && { tls: { ca: authority } }),
  }
}

interface SmtpError {
  readonly code?: string
  readonly originalCode?: string
  readonly command?: string
  readonly response?: string
  readonly responseCode?: number
}

function failureOf(error: SmtpError, signal: AbortSignal): PlatformError {
  const { code = 'unknown', originalCode, command = 'send', response, responseCode = 0 } = error
  if (signal.aborted || code === 'ETIMEDOUT') return tooSlow('email')
  if (responseCode >= 400 && responseCode < 600) {
    const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response ?? '')?.[1]
    const answer = enhanced === undefined ? responseCode : `${responseCode} ${enhanced}`
    return refused('email', `the SMTP server answered ${answer} to ${command}`, responseCode < 500 ? 60 : undefined)
  }
  if (response !== undefined || code === 'EPROTOCOL')
    return garbled('email', `not an SMTP reply to ${command} (${code})`)
  return refused('email', `SMTP failed at ${command} (${originalCode ?? code})`)
}
