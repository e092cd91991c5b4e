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
  appTokenMinutes: numberSetting('APP_TOKEN_MINUTES', {
    doc: 'How long an access token of an app is good; it can be renewed as long as the person allowed.',
    minimum: 1,
    maximum: 1440,
    defaultValue: 60,
  }),
  openRegistration: flagSetting('APP_OPEN_REGISTRATION', {
    doc: 'Lets apps register themselves (RFC 7591); people still decide about each.',
    defaultValue: false,
  }),
  allowInsecureSessions: flagSetting('ALLOW_INSECURE_SESSION_AUTH', {
    doc: 'Opens /mobile-auth/*, which signs in whoever names a user. For closed test networks only.',
    defaultValue: false,
  }),
} as const

/** Sign-in with accounts of others. Each is off until its client id and secret are set. */
export const socialSettings = {
  googleId: textSetting('GOOGLE_CLIENT_ID', { doc: 'Sign-in with Google: client id.', ...off }),
  googleSecret: textSetting('GOOGLE_CLIENT_SECRET', { doc: 'Sign-in with Google: secret.', isSecret: true, ...off }),
  googleIssuer: textSetting('GOOGLE_ISSUER', { doc: 'Issuer of Google.', defaultValue: 'https://accounts.google.com' }),
  microsoftId: textSetting('MICROSOFT_CLIENT_ID', { doc: 'Sign-in with Microsoft: client id.', ...off }),
  microsoftSecret: textSetting('MICROSOFT_CLIENT_SECRET', {
    doc: 'Sign-in with Microsoft: secret.',
    isSecret: true,
    ...off,
  }),
  microsoftIssuer: textSetting('MICROSOFT_ISSUER', {
    doc: 'Issuer of Microsoft; name your tenant instead of `common` to let only its people in.',
    defaultValue: 'https://login.microsoftonline.com/common/v2.0',
  }),
  githubId: textSetting('GITHUB_CLIENT_ID', { doc: 'Sign-in with GitHub: client id.', ...off }),
  githubSecret: textSetting('GITHUB_CLIENT_SECRET', { doc: 'Sign-in with GitHub: secret.', isSecret: true, ...off }),
  githubUrl: textSetting('GITHUB_URL', {
    doc: 'GitHub, or your GitHub Enterprise.',
    defaultValue: 'https://github.com',
  }),
  githubApiUrl: textSetting('GITHUB_API_URL', { doc: 'Its API.', defaultValue: 'https://api.github.com' }),
} as const
