import { numberSetting, textSetting } from '../../../kernel/config.ts'

const off = { defaultValue: undefined } as const

function keysOf(maker: string, label: string) {
  return {
    id: textSetting(`${maker}_CLIENT_ID`, {
      doc: `Data from ${label}: client id of the application registered there.`,
      ...off,
    }),
    secret: textSetting(`${maker}_CLIENT_SECRET`, {
      doc: `Data from ${label}: client secret.`,
      isSecret: true,
      ...off,
    }),
  }
}

const dexcom = keysOf('DEXCOM', 'Dexcom')
const oura = keysOf('OURA', 'Oura')
const fitbit = keysOf('FITBIT', 'Fitbit')
const withings = keysOf('WITHINGS', 'Withings')

/** Keys of makers; without both of a maker's, its connection is off and says so. */
export const deviceSettings = {
  dexcomId: dexcom.id,
  dexcomSecret: dexcom.secret,
  dexcomUrl: textSetting('DEXCOM_BASE_URL', {
    doc: 'Address of Dexcom; https://api.dexcom.eu outside the United States, https://sandbox-api.dexcom.com to try.',
    defaultValue: 'https://api.dexcom.com',
  }),
  ouraId: oura.id,
  ouraSecret: oura.secret,
  ouraUrl: textSetting('OURA_BASE_URL', { doc: 'Address of the Oura API.', defaultValue: 'https://api.ouraring.com' }),
  ouraSignInUrl: textSetting('OURA_SIGN_IN_URL', {
    doc: 'Where people sign in at Oura.',
    defaultValue: 'https://cloud.ouraring.com/oauth/authorize',
  }),
  fitbitId: fitbit.id,
  fitbitSecret: fitbit.secret,
  fitbitUrl: textSetting('FITBIT_BASE_URL', {
    doc: 'Address of the Fitbit API.',
    defaultValue: 'https://api.fitbit.com',
  }),
  fitbitSignInUrl: textSetting('FITBIT_SIGN_IN_URL', {
    doc: 'Where people sign in at Fitbit.',
    defaultValue: 'https://www.fitbit.com/oauth2/authorize',
  }),
  fitbitVerifyCode: textSetting('FITBIT_VERIFY_CODE', {
    doc: 'Code by which Fitbit proves this server as a subscriber; without it Fitbit is asked by schedule only.',
    isSecret: true,
    ...off,
  }),
  ouraVerificationToken: textSetting('OURA_VERIFICATION_TOKEN', {
    doc: 'Token that the webhook subscription at Oura was made with; without it Oura is asked by schedule only.',
    isSecret: true,
    ...off,
  }),
  withingsId: withings.id,
  withingsSecret: withings.secret,
  withingsUrl: textSetting('WITHINGS_BASE_URL', {
    doc: 'Address of the Withings API.',
    defaultValue: 'https://wbsapi.withings.net',
  }),
  withingsSignInUrl: textSetting('WITHINGS_SIGN_IN_URL', {
    doc: 'Where people sign in at Withings.',
    defaultValue: 'https://account.withings.com/oauth2_user/authorize2',
  }),
  makerTimeoutSeconds: numberSetting('DEVICE_MAKER_TIMEOUT', {
    doc: 'Seconds to wait for an answer of a maker.',
    minimum: 1,
    maximum: 120,
    defaultValue: 20,
  }),
} as const
