import { flagSetting, listSetting, numberSetting, textSetting } from '../../../kernel/config.ts'

const off = { defaultValue: undefined } as const

/** What an operator can set about sign-in. None is required. */
export const authSettings = {
  accessMinutes: numberSetting('ACCESS_TOKEN_EXPIRE_MINUTES', {
    doc: 'How long an access token is good.',
    minimum: 1,
    maximum: 1440,
    defaultValue: 30,
  }),
  refreshDays: numberSetting('REFRESH_TOKEN_EXPIRE_DAYS', {
    doc: 'How long a refresh token is good.',
    minimum: 1,
    maximum: 365,
    defaultValue: 7,
  }),
  countryCode: textSetting('PHONE_COUNTRY_CODE', {
    doc: 'Country code (digits) of ten-digit phone numbers.',
    defaultValue: '91',
  }),
  researchIds: listSetting('RESEARCH_IDS', { doc: 'Research ids that may sign in.', defaultValue: [] }),
  disclaimerVersion: textSetting('RESEARCH_DISCLAIMER_VERSION', {
    doc: 'Version of the research disclaimer; a new one is asked for again.',
    defaultValue: '1',
  }),
  auth0Domain: textSetting('AUTH0_DOMAIN', { doc: 'Auth0 tenant whose access tokens are accepted.', ...off }),
  auth0Audience: textSetting('AUTH0_AUDIENCE', {
    aliases: ['OIDC_AUDIENCE'],
    doc: 'Audience that outside access tokens must name.',
    ...off,
  }),
  oidcIssuer: textSetting('OIDC_ISSUER', {
    doc: 'Any OpenID issuer whose RS256 access tokens are accepted (instead of AUTH0_DOMAIN).',
    ...off,
  }),
  issuerTimeoutSeconds: numberSetting('AUTH0_REQUEST_TIMEOUT', {
    doc: 'Seconds to wait for an outside issuer.',
    minimum: 1,
    maximum: 120,
    defaultValue: 30,
  }),
  allowInsecureSessions: flagSetting('ALLOW_INSECURE_SESSION_AUTH', {
    doc: 'Opens /mobile-auth/*, which signs in whoever names a user. For closed test networks only.',
    defaultValue: false,
  }),
} as const
