import { numberSetting, type SettingsOf, textSetting, wordSetting } from '../../kernel/config.ts'
import { asPlatformError } from '../../kernel/errors.ts'
import type { Log } from '../../kernel/log.ts'
import type { Notice, NotificationPort } from '../../kernel/ports.ts'
import type { Deliver, Route } from './port.ts'
import { isMailAddress } from './recipients.ts'

/** The settings of messages that leave the platform. None is required. */
export const notificationSettings = {
  smtpHost: textSetting('SMTP_HOST', {
    doc: 'Mail server that sends e-mail; without it e-mail is off.',
    defaultValue: undefined,
  }),
  smtpPort: numberSetting('SMTP_PORT', {
    doc: 'Port of the mail server; 0 takes 587, or 465 with SMTP_SECURE=true.',
    minimum: 0,
    maximum: 65535,
    defaultValue: 0,
  }),
  smtpSecure: wordSetting('SMTP_SECURE', ['auto', 'true', 'false'], {
    doc: 'true: TLS from the start; auto: the same on port 465, STARTTLS demanded on others; false: TLS only if offered.',
    defaultValue: 'auto',
  }),
  smtpUser: textSetting('SMTP_USER', { doc: 'Account at the mail server, if it wants one.', defaultValue: undefined }),
  smtpPassword: textSetting('SMTP_PASSWORD', {
    doc: 'Password of that account.',
    isSecret: true,
    defaultValue: undefined,
  }),
  smtpFrom: textSetting('SMTP_FROM', {
    doc: 'Sender of the e-mails, `Name <address>` or an address; without it SMTP_USER, when that is an address.',
    defaultValue: undefined,
  }),
  smsGatewayUrl: textSetting('SMS_GATEWAY_URL', {
    doc: 'Address that text messages are posted to as {"to", "text"}; goes before Twilio.',
    defaultValue: undefined,
  }),
  smsGatewayToken: textSetting('SMS_GATEWAY_TOKEN', {
    doc: 'Bearer token for that address.',
    isSecret: true,
    defaultValue: undefined,
  }),
  twilioAccountSid: textSetting('TWILIO_ACCOUNT_SID', {
    doc: 'Twilio account that sends text messages.',
    defaultValue: undefined,
  }),
  twilioAuthToken: textSetting('TWILIO_AUTH_TOKEN', {
    doc: 'Token of that account.',
    isSecret: true,
    defaultValue: undefined,
  }),
  twilioFrom: textSetting('TWILIO_FROM', {
    doc: 'Number, name or messaging service (MG...) that the text messages come from.',
    defaultValue: undefined,
  }),
  twilioBaseUrl: textSetting('TWILIO_BASE_URL', {
    doc: 'Where the Twilio API is; for tests and regional addresses.',
    defaultValue: 'https://api.twilio.com',
  }),
} as const

export type NotificationSettings = SettingsOf<typeof notificationSettings>

interface NotificationOptions {
  readonly settings: NotificationSettings
  readonly isDemoMode: boolean
  readonly log: Log
}

/**
 * Opens the notification port. Each channel goes through what is configured for it; in demo mode a channel without a
 * provider is printed on the console, otherwise it is off and says so. Nothing is loaded or connected before the first
 * message.
 */
export function openNotifications({ settings, isDemoMode, log }: NotificationOptions): NotificationPort {
  const routes: Readonly<Record<Notice['channel'], Route>> = {
    email: orDemo(emailRoute(settings, log), isDemoMode),
    sms: orDemo(smsRoute(settings, log), isDemoMode),
  }
  const opened: Partial<Record<Notice['channel'], Promise<Deliver>>> = {}
  return {
    channels: { email: routes.email.through, sms: routes.sms.through },
    async send(notice) {
      const { channel } = notice
      opened[channel] ??= routes[channel].open()
      const deliver = await opened[channel]
      try {
        await deliver(notice)
      } catch (thrown) {
        const { code, status, options } = asPlatformError(thrown)
        // Callers may keep a failure to themselves (a reset must not tell who has an account); the operator sees it here.
        if (status >= 500) log.warn({ channel, code, why: options.privateDetail }, 'a message was not delivered')
        throw thrown
      }
    },
  }
}

function orDemo(route: Route, isDemoMode: boolean): Route {
  if (!isDemoMode || route.through !== undefined) return route
  return { through: 'console (demo mode)', open: async () => (await import('./console.ts')).openConsole() }
}

function emailRoute(settings: NotificationSettings, log: Log): Route {
  const { smtpHost: host, smtpUser: user, smtpPassword: password } = settings
  if (host === undefined) return offRoute('email', 'SMTP_HOST and SMTP_FROM')
  const from = settings.smtpFrom ?? user ?? ''
  const missing: string[] = []
  if (!isSender(from)) missing.push('SMTP_FROM to an e-mail address')
  if (user !== undefined && password === undefined) missing.push('SMTP_PASSWORD')
  if (missing.length > 0) return halfRoute('email', missing.join(' and '), log)
  const options = { host, port: settings.smtpPort, security: settings.smtpSecure, user, password, from }
  return { through: 'SMTP', open: async () => (await import('./smtp.ts')).openSmtp(options) }
}

function isSender(text: string): boolean {
  const address = /^[^<>\p{Cc}]*<([^<>]+)>$/u.exec(text)?.[1] ?? text
  return isMailAddress(address)
}

function smsRoute(settings: NotificationSettings, log: Log): Route {
  const { smsGatewayUrl: url, smsGatewayToken: token } = settings
  const {
    twilioAccountSid: accountSid,
    twilioAuthToken: authToken,
    twilioFrom: from,
    twilioBaseUrl: baseUrl,
  } = settings
  if (url !== undefined) {
    if (!isWebAddress(url)) return halfRoute('sms', 'SMS_GATEWAY_URL to a web address', log)
    return {
      through: 'SMS gateway',
      open: async () => (await import('./smsGateway.ts')).openSmsGateway({ url, token }),
    }
  }
  if (accountSid !== undefined && authToken !== undefined && from !== undefined) {
    if (!isWebAddress(baseUrl)) return halfRoute('sms', 'TWILIO_BASE_URL to a web address', log)
    const options = { accountSid, authToken, from, baseUrl }
    return { through: 'Twilio', open: async () => (await import('./smsGateway.ts')).openTwilio(options) }
  }
  const twilio = { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_FROM: from }
  const missing = Object.entries(twilio).flatMap(([variable, value]) => (value === undefined ? [variable] : []))
  if (missing.length < 3) return halfRoute('sms', missing.join(' and '), log)
  return offRoute('sms', 'SMS_GATEWAY_URL, or TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM')
}

function isWebAddress(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? '')
}

function halfRoute(channel: Notice['channel'], variables: string, log: Log): Route {
  log.warn({ channel, set: variables }, 'a notification channel is half set up and stays off')
  return offRoute(channel, variables)
}

function offRoute(channel: Notice['channel'], variables: string): Route {
  return { through: undefined, open: async () => (await import('./off.ts')).offChannel(channel, variables) }
}
