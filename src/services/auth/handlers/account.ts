import { announce } from '../../../kernel/context.ts'
import type { InputOf } from '../../../kernel/contract.ts'
import { notFound, PlatformError } from '../../../kernel/errors.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import { auth } from '../contract.ts'
import { factsOf, preferencesOf as preferencesIn } from '../domain/facts.ts'
import { authSettings } from '../domain/settings.ts'
import { newSecret, secretHash } from '../providers/secrets.ts'
import { type AccountRow, findAccount } from '../store/accounts.ts'
import { lockAdministrators } from '../store/admin.ts'
import { listKeys, revokeAllKeys } from '../store/apiKeys.ts'
import * as store from '../store/holder.ts'
import { removeAllPasskeys } from '../store/passkeys.ts'
import { sessionCacheOf } from '../store/sessionCache.ts'
import { revokeSessions } from '../store/sessions.ts'
import { keyView } from './apiKeys.ts'
import { assertPasswordAgain, assertPersonally } from './guard.ts'
import { consentOf, preferencesOf, userOf, userWithFacts } from './view.ts'

type Input<Name extends keyof typeof auth.operations> = InputOf<(typeof auth.operations)[Name]>

const CONSEQUENCES: Readonly<Record<string, string>> = {
  emergency_sharing: 'In an emergency nobody is shown your record.',
  health_record_storage: 'Nothing new is kept in your health record; what is there stays until you delete it.',
  ai_symptom_checker: 'The symptom checker does not use your record.',
}

const LEAVING =
  'The account is closed and signed out everywhere. It is erased after the time of grace; until then, sign in and take it back.'

export async function me(context: Context) {
  return userWithFacts(await own(context), countryCode(context))
}

export async function updateMe(context: Context, input: Input<'updateMe'>) {
  const { accountId } = context
  const facts = factsOf(input)
  const name = input.name?.trim()
  const names = {
    displayName: name,
    firstName: input.first_name,
    lastName: input.last_name,
    company: input.company,
  }
  const statements = [
    store.updateNames(accountId, names),
    store.mergeSignupProfile(accountId, facts, preferencesIn(input), context.now()),
  ]
  if (name !== undefined || Object.keys(facts).length > 0) {
    const given = { user_id: accountId, display_name: name ?? null, facts }
    statements.push(announce(context, auth.events.factsGiven, given))
  }
  await context.db.batch(statements)
  return me(context)
}

export async function deleteMe(context: Context, input: Input<'deleteMe'>) {
  assertPersonally(context)
  const { accountId } = context
  const hasPassword = (await store.findPasswordHash(context.db, accountId)) !== undefined
  if (hasPassword) await assertPasswordAgain(context, input.password)
  else if (input.confirm !== 'DELETE') {
    throw new PlatformError('wrong_credentials', 'Send {"confirm": "DELETE"} to delete the account')
  }
  const code = newSecret()
  await context.system('whether it is the last administrator needs a look at all').transact(async (transaction) => {
    const administrators = await lockAdministrators(transaction)
    if (administrators.length === 1 && administrators[0] === accountId) {
      throw new PlatformError('conflict', 'The last administrator cannot be deleted; make another one first')
    }
    const now = context.now()
    await transaction.batch([
      revokeSessions(accountId, {}, 'the account was deleted', now),
      revokeAllKeys(accountId, now),
      removeAllPasskeys(accountId),
    ])
    const receipt_digest = secretHash(code).toString('base64url')
    await transaction.publish(auth.events.leavingRequested, { user_id: accountId, receipt_digest })
  })
  sessionCacheOf(context.ports).forget(accountId)
  return { message: LEAVING, receipt_code: code }
}

export async function profile(context: Context) {
  const [account, keys] = [await own(context), await listKeys(context.db, context.accountId)]
  const now = context.now()
  return { user: userOf(account, countryCode(context)), api_keys: keys.map((row) => keyView(row, now)) }
}

export async function validate(context: Context, { authorization }: Input<'validate'>) {
  const token = /^bearer +(\S+)\s*$/i.exec(authorization ?? '')?.[1]
  return { valid: true, access_token: token ?? null, token_type: 'bearer' as const, user: await me(context) }
}

export async function preferences(context: Context) {
  const row = await store.findPreferences(context.db, context.accountId)
  return preferencesOf(row?.preferences ?? null)
}

export async function updatePreferences(context: Context, input: Input<'updatePreferences'>) {
  await context.db.run(store.mergeSignupProfile(context.accountId, {}, preferencesIn(input), context.now()))
  return preferences(context)
}

export async function consents(context: Context) {
  return (await store.listConsents(context.db, context.accountId)).map(consentOf)
}

/** The sources refuse to withdraw what they call mandatory. A consent can be withdrawn; what follows is said. */
export async function updateConsent(context: Context, { id, granted }: Input<'updateConsent'>) {
  const userId = context.accountId
  return context.transact(async (transaction) => {
    const row = await store.setConsent(transaction, { userId, id, granted }, context.now())
    if (row === undefined) throw notFound('Consent')
    const { purpose, data_category } = row
    await transaction.publish(auth.events.consentsGiven, {
      user_id: userId,
      consents: [{ purpose, data_category, granted }],
    })
    const consequence = granted ? undefined : CONSEQUENCES[purpose]
    return { ...consentOf(row), ...(consequence === undefined ? {} : { consequence }) }
  })
}

async function own(context: Context): Promise<AccountRow> {
  const row = await findAccount(context.db, context.accountId, context.now())
  if (row === undefined) throw notFound('Account')
  return row
}

function countryCode(context: Context): string {
  return settingsOf(context, authSettings).countryCode
}
