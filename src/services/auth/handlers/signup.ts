import { announce } from '../../../kernel/context.ts'
import type { InputOf } from '../../../kernel/contract.ts'
import { fieldError, PlatformError } from '../../../kernel/errors.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import { MANDATORY_PURPOSES } from '../contract/shapes.ts'
import { auth } from '../contract.ts'
import { factsOf, preferencesOf } from '../domain/facts.ts'
import { phoneHandle } from '../domain/handles.ts'
import { authSettings } from '../domain/settings.ts'
import { insertAccount, insertIdentity } from '../store/accounts.ts'
import { insertConsents, mergeSignupProfile } from '../store/holder.ts'
import { signIn } from './issue.ts'

/** An account with a phone number that nobody has proved yet, and the consents that the old client asks for. */
export async function signup(context: Context, input: InputOf<typeof auth.operations.signup>) {
  const { countryCode } = settingsOf(context, authSettings)
  const handle = phoneHandle(input.phone_number, countryCode)
  if (handle === undefined) throw fieldError('phone_number', 'must be ten digits, or + and the country code')
  const consents = input.consents ?? []
  assertMandatory(consents)
  const now = context.now()
  const userId = context.newId()
  const facts = factsOf(input)
  const preferences = preferencesOf(input)
  const displayName = input.name.trim()
  const answer = signIn(context, {
    userId,
    method: 'signup',
    message: 'Account created',
    before: [
      insertAccount({ userId, displayName }, now),
      insertIdentity(userId, handle, now),
      mergeSignupProfile(userId, facts, preferences, now),
      insertConsents(userId, consents, now),
      announce(context, auth.events.accountCreated, {
        user_id: userId,
        display_name: displayName,
        first_name: null,
        last_name: null,
        email: null,
        phone: handle.value,
        language: input.language ?? null,
        is_anonymous: false,
        facts,
      }),
      announce(context, auth.events.consentsGiven, {
        user_id: userId,
        consents: consents.map(({ purpose, data_category, granted }) => ({ purpose, data_category, granted })),
      }),
    ],
  })
  return answer.catch((error: unknown) => {
    throw asBadRequest(error)
  })
}

/** The clients of the phone sign-up expect 400 for a number that is taken. */
function asBadRequest(error: unknown): unknown {
  if (!(error instanceof PlatformError) || error.code !== 'already_exists') return error
  return new PlatformError('already_exists', error.message, { status: 400 })
}

function assertMandatory(consents: readonly { readonly purpose: string; readonly granted: boolean }[]): void {
  const granted = new Set(consents.filter((one) => one.granted).map((one) => one.purpose))
  const missing = MANDATORY_PURPOSES.filter((purpose) => !granted.has(purpose))
  if (missing.length === 0) return
  throw new PlatformError('bad_request', `Consent is needed for: ${missing.join(', ')}`, {
    extra: { missing_purposes: missing },
  })
}
