import type { RawAnswer } from '../../../../kernel/raw.ts'
import { type Context, settingsOf } from '../../../../kernel/service.ts'
import { authSettings } from '../../domain/settings.ts'
import { ASSERTION_ALGORITHMS } from '../../providers/clientKeys.ts'
import { fhirBase, jsonAnswer, tokenAddress } from './oauth.ts'
import { publicKeys } from './signing.ts'

const CAPABILITIES = [
  'launch-standalone',
  'launch-ehr',
  'authorize-post',
  'client-public',
  'client-confidential-symmetric',
  'client-confidential-asymmetric',
  'sso-openid-connect',
  'context-standalone-patient',
  'context-ehr-patient',
  'context-ehr-encounter',
  'context-banner',
  'context-style',
  'permission-offline',
  'permission-online',
  'permission-patient',
  'permission-user',
  'permission-v1',
  'permission-v2',
]

const SCOPES = [
  'openid',
  'fhirUser',
  'profile',
  'launch',
  'launch/patient',
  'offline_access',
  'online_access',
  'patient/*.cruds',
  'patient/*.rs',
  'user/*.cruds',
  'user/*.rs',
  'system/*.rs',
]

/** `/.well-known/smart-configuration` under the FHIR base. */
export async function smartConfiguration(context: Context): Promise<RawAnswer> {
  return published({ ...shared(context), capabilities: CAPABILITIES })
}

/** `/.well-known/openid-configuration`. */
export async function openidConfiguration(context: Context): Promise<RawAnswer> {
  return published({
    ...shared(context),
    userinfo_endpoint: `${context.publicUrl}/auth/app-userinfo`,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'nonce', 'fhirUser', 'name'],
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
  })
}

/** The keys that check id tokens. */
export async function jwks(context: Context): Promise<RawAnswer> {
  return published({ keys: await publicKeys(context) })
}

function shared(context: Context) {
  const { publicUrl } = context
  const { openRegistration } = settingsOf(context, authSettings)
  return {
    issuer: publicUrl,
    jwks_uri: `${publicUrl}/auth/jwks`,
    authorization_endpoint: `${publicUrl}/auth/authorize`,
    token_endpoint: tokenAddress(context),
    introspection_endpoint: `${publicUrl}/auth/introspect`,
    revocation_endpoint: `${publicUrl}/auth/revoke`,
    ...(openRegistration ? { registration_endpoint: `${publicUrl}/auth/client-registration` } : {}),
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    scopes_supported: SCOPES,
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: [...ASSERTION_ALGORITHMS],
    introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    associated_endpoints: [{ url: fhirBase(context), capabilities: CAPABILITIES }],
  }
}

function published(body: object): RawAnswer {
  const answer = jsonAnswer(body)
  return {
    ...answer,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'public, max-age=300' },
  }
}

/** How pages of ours look, for apps that want to look alike. */
export async function appStyle(): Promise<RawAnswer> {
  return published({
    color_background: '#fbfaf7',
    color_error: '#b3261e',
    color_highlight: '#0b6e5f',
    color_modal_backdrop: '',
    color_success: '#0b6e5f',
    color_text: '#16202a',
    dim_border_radius: '8px',
    dim_font_size: '16px',
    dim_spacing_size: '16px',
    font_family_body: 'system-ui, sans-serif',
    font_family_heading: 'system-ui, sans-serif',
  })
}
