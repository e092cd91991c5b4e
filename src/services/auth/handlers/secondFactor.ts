import { PlatformError } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import { plainBackupCode } from '../providers/codes.ts'
import { secretHash, unseal } from '../providers/secrets.ts'
import { stepOf } from '../providers/totp.ts'
import { findTotp, takeBackupCode, takeStep } from '../store/mfa.ts'

export interface SecondFactor {
  readonly code: string | null | undefined
  readonly backupCode: string | null | undefined
}

/** Throws 401 unless a fresh code of the authenticator app, or an unused backup code, was given. */
export async function assertSecondFactor(context: Context, userId: string, given: SecondFactor): Promise<void> {
  const code = given.code ?? undefined
  if (code === undefined && (given.backupCode ?? undefined) === undefined) {
    throw new PlatformError('unauthenticated', 'Send the code of the authenticator app, or a backup code', {
      extra: { mfa_required: true, methods: ['totp', 'backup_code'] },
    })
  }
  const isRight =
    code === undefined
      ? await isBackupCode(context, userId, given.backupCode as string)
      : await isFreshCode(context, userId, code)
  if (!isRight) throw new PlatformError('wrong_credentials', 'The code is not right, or was used before')
}

/** Whether the code is right now; takes it, so that it is right only once. */
export async function isFreshCode(context: Context, userId: string, code: string): Promise<boolean> {
  const { db } = context.system('the second step of a sign-in')
  const totp = await findTotp(db, userId)
  const secret = totp === undefined ? undefined : unseal('totp', totp.sealed_secret, context.ports.secrets.tokenKey)
  if (secret === undefined) return false
  const step = await stepOf(secret, code, context.now())
  return step !== undefined && (await takeStep(db, userId, step))
}

function isBackupCode(context: Context, userId: string, typed: string): Promise<boolean> {
  const { db } = context.system('the second step of a sign-in')
  return takeBackupCode(db, userId, secretHash(plainBackupCode(typed)), context.now())
}
