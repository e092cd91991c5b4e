import { flagSetting } from '../../../kernel/config.ts'

/** What an operator can set about FHIR. */
export const fhirSettings = {
  takesPrivateEndpoints: flagSetting('FHIR_PRIVATE_ENDPOINTS', {
    doc: 'Lets Subscriptions send to this machine and to private networks, also without TLS: for installations whose receivers stand beside them.',
    defaultValue: false,
  }),
}
