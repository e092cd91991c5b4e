import type { ProviderState } from '../kernel/http/system.ts'
import type { Platform } from '../kernel/platform.ts'
import type { Runtime } from './opening.ts'
import { hostTexts } from './texts/texts.ts'

/** Capabilities that need somebody else, whether they are on, and what stands in for them while they are not. */
export function providersOf({ environment }: Runtime, platform: Platform): ProviderState[] {
  const { channels } = platform.options.ports.notifications
  const isSet = (name: string) => (environment[name] ?? '') !== ''
  const social = (['GOOGLE', 'GITHUB', 'MICROSOFT'] as const).filter((name) => isSet(`${name}_CLIENT_ID`))
  const state = (key: keyof ProviderWords, name: string, on: string | undefined, off: string): ProviderState => ({
    ...{ name, isOn: on !== undefined, through: on ?? off },
    inWords(language) {
      const words = hostTexts(language).providers[key]
      return { name: words.name, through: on ?? words.off }
    },
  })
  const issuer = isSet('AUTH0_DOMAIN') ? 'auth0' : isSet('OIDC_ISSUER') ? 'openid' : undefined
  const own = 'own accounts until AUTH0_DOMAIN or OIDC_ISSUER is set'
  const others = social.length > 0 ? social.join(', ').toLowerCase() : issuer
  return [
    state('email', 'e-mail', channels.email, 'password resets by the administrator until SMTP_HOST is set'),
    state('sms', 'text messages', channels.sms, 'sign in by e-mail until SMS_GATEWAY_URL or TWILIO_* is set'),
    state('signIn', 'outside sign-in', others, own),
  ]
}

type ProviderWords = ReturnType<typeof hostTexts>['providers']
