import type { InputOf } from '../../../kernel/contract.ts'
import { notFound } from '../../../kernel/errors.ts'
import type { Principal } from '../../../kernel/principal.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import type { auth } from '../contract.ts'
import { authSettings } from '../domain/settings.ts'
import { fetchUserinfo } from '../providers/issuer.ts'
import { findAccount } from '../store/accounts.ts'
import { userOf } from './view.ts'

/** Claims as the issuer wrote them; for tokens of ours, those of OpenID Connect. */
export async function claims(context: Context) {
  const principal = context.caller.principal as Principal
  const user = principal.method === 'oidc' ? principal.claims : await ownClaims(context)
  return { user, user_id: principal.subject }
}

export async function userinfo(context: Context, { authorization }: InputOf<typeof auth.operations.userinfo>) {
  const principal = context.caller.principal as Principal
  if (principal.method !== 'oidc') return ownClaims(context)
  const token = /^bearer +(\S+)\s*$/i.exec(authorization ?? '')?.[1] ?? ''
  return fetchUserinfo(settingsOf(context, authSettings), token)
}

export async function protectedTest(context: Context) {
  const { subject } = context.caller.principal as Principal
  return {
    message: 'The credential is good',
    user_id: subject,
    authenticated: true,
    at: context.now().toISOString(),
  }
}

async function ownClaims(context: Context): Promise<Record<string, unknown>> {
  const row = await findAccount(context.db, context.accountId, context.now())
  if (row === undefined) throw notFound('Account')
  const user = userOf(row, settingsOf(context, authSettings).countryCode)
  const phone = row.identities.find((one) => one.kind === 'phone')
  return {
    ...context.caller.principal?.claims,
    sub: user.id,
    name: user.name,
    given_name: user.first_name,
    family_name: user.last_name,
    email: user.email,
    email_verified: user.email_verified,
    phone_number: phone?.value ?? null,
    phone_number_verified: user.phone_verified,
  }
}
