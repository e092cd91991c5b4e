import type { ProviderState } from '../kernel/http/system.ts'
import type { Platform } from '../kernel/platform.ts'
import type { Runtime } from './opening.ts'

/** Capabilities that need somebody else, whether they are on, and what stands in for them while they are not. */
export function providersOf({ environment }: Runtime, platform: Platform): ProviderState[] {
  const { channels } = platform.options.ports.notifications
  const isSet = (name: string) => (environment[name] ?? '') !== ''
  const social = (['GOOGLE', 'GITHUB', 'MICROSOFT'] as const).filter((name) => isSet(`${name}_CLIENT_ID`))
  return [
    {
      name: 'e-mail',
      isOn: channels.email !== undefined,
      through: channels.email ?? 'password resets by the administrator until SMTP_HOST is set',
    },
    {
      name: 'text messages',
      isOn: channels.sms !== undefined,
      through: channels.sms ?? 'sign in by e-mail until SMS_GATEWAY_URL or TWILIO_* is set',
    },
    {
      name: 'outside sign-in',
      isOn: social.length > 0 || isSet('AUTH0_DOMAIN') || isSet('OIDC_ISSUER'),
      through:
        social.length > 0 ? social.join(', ').toLowerCase() : 'own accounts until AUTH0_DOMAIN or OIDC_ISSUER is set',
    },
  ]
}
