import type { InputOf } from '../../../kernel/contract.ts'
import { notFound, PlatformError } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import type { auth } from '../contract.ts'
import { newBackupCodes, plainBackupCode } from '../providers/codes.ts'
import { seal, secretHash } from '../providers/secrets.ts'
import { newTotp } from '../providers/totp.ts'
import { forgetAttempts } from '../store/attempts.ts'
import { findContacts } from '../store/holder.ts'
import * as store from '../store/mfa.ts'
import { assertPasswordAgain, assertPersonally, attempt } from './guard.ts'
import { tellOwner } from './notify.ts'
import { assertSecondFactor, isFreshCode } from './secondFactor.ts'

type Input<Name extends keyof typeof auth.operations> = InputOf<(typeof auth.operations)[Name]>

export async function setupTotp(context: Context, { password }: Input<'setupTotp'>) {
  assertPersonally(context)
  await assertPasswordAgain(context, password)
  const contacts = await findContacts(context.db, context.accountId)
  const { secret, url } = await newTotp(contacts[0]?.value ?? 'account')
  const sealed = seal('totp', secret, context.ports.secrets.tokenKey)
  if (!(await store.putTotp(context.db, context.accountId, sealed, context.now()))) {
    throw new PlatformError('conflict', 'An authenticator app is set up already; disable it first')
  }
  return { secret, otpauth_url: url, message: 'Add it to your authenticator app, then send a code to /auth/mfa/verify' }
}

export async function verifyTotp(context: Context, input: Input<'verifyTotp'>) {
  assertPersonally(context)
  const { accountId } = context
  const totp = await store.findTotp(context.db, accountId)
  if (totp === undefined) throw notFound('Authenticator app')
  const code = input.code ?? input.totp ?? input.otp
  const { key } = await attempt(context, { kind: 'email', value: `again:${accountId}` })
  if (code === undefined || !(await isFreshCode(context, accountId, code))) {
    throw new PlatformError('wrong_credentials', 'The code is not right, or was used before')
  }
  const codes = totp.confirmed_at === null ? newBackupCodes() : []
  const hashes = codes.map((one) => secretHash(plainBackupCode(one)))
  const now = context.now()
  if (codes.length > 0) await context.db.batch(store.confirmTotp(accountId, hashes, now))
  await context.system('the failures of this network are forgotten').db.batch(forgetAttempts(accountId, key, now))
  const message = codes.length > 0 ? 'Keep the backup codes: they are shown only now' : 'The code is right'
  return { verified: true, backup_codes: codes, message }
}

export async function disableTotp(context: Context, input: Input<'disableTotp'>) {
  assertPersonally(context)
  const { accountId } = context
  const totp = await store.findTotp(context.db, accountId)
  if (totp === undefined) throw notFound('Authenticator app')
  await assertPasswordAgain(context, input.password)
  if (totp.confirmed_at !== null) {
    const { key } = await attempt(context, { kind: 'email', value: `again:${accountId}` })
    await assertSecondFactor(context, accountId, { code: input.code ?? input.totp, backupCode: input.backup_code })
    await context
      .system('the failures of this network are forgotten')
      .db.batch(forgetAttempts(accountId, key, context.now()))
  }
  await context.db.batch(store.removeTotp(accountId))
  await tellOwner(context, accountId, (t) => [t.secondStepOff, t.secondStepOffText])
  return { message: 'The authenticator app is no longer needed' }
}

export async function mfaState(context: Context) {
  const state = await store.findMfaState(context.db, context.accountId)
  return {
    enabled: state?.confirmed_at != null,
    confirmed_at: state?.confirmed_at?.toISOString() ?? null,
    backup_codes_left: state?.codes_left ?? 0,
  }
}
