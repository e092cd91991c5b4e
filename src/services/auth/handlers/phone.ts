import { fieldError, PlatformError } from '../../../kernel/errors.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import { type Handle, phoneHandle } from '../domain/handles.ts'
import { authSettings } from '../domain/settings.ts'
import { newCode } from '../providers/codes.ts'
import { keyedDigest } from '../providers/secrets.ts'
import { type Candidate, findCandidate } from '../store/accounts.ts'
import type { AttemptKey } from '../store/attempts.ts'
import { type ChallengeCounts, type ChallengeKind, countChallenges, insertChallenge } from '../store/challenges.ts'
import { authTexts } from '../texts/texts.ts'
import { attemptKey } from './guard.ts'
import { sendLater } from './notify.ts'

const CODE_SECONDS = 300
const TRIES = 5
const PAUSE_SECONDS = 30
const HOURLY_HERE = 5
const HOURLY_EVERYWHERE = 10

/** Sends a code when the phone has an account, and does and says the same when it hasn't. */
export async function requestCode(context: Context, { phone_number }: { phone_number: string }) {
  const handle = phoneHandle(phone_number, settingsOf(context, authSettings).countryCode)
  if (handle === undefined) throw fieldError('phone_number', 'must be ten digits, or + and the country code')
  assertChannel(context, 'sms')
  const { key, candidate } = await askedFor(context, 'phone', handle)
  const code = newCode()
  const id = context.newId()
  const now = context.now()
  await context.system('a code is asked for before signing in').db.run(
    insertChallenge(
      {
        id,
        kind: 'phone',
        key,
        userId: candidate?.user_id ?? null,
        secretHash: keyedDigest('code', code, context.ports.secrets.tokenKey),
        tries: TRIES,
        expiresAt: new Date(now.getTime() + CODE_SECONDS * 1000),
      },
      now,
    ),
  )
  if (candidate?.status === 'active') {
    const t = authTexts(context.caller.language ?? 'en').mails
    sendLater(context, { channel: 'sms', to: handle.value, subject: t.code, text: t.codeText(code) })
  }
  return {
    message: 'If this number has an account, a code is on its way to it',
    challenge_id: id,
    expires_in: CODE_SECONDS,
  }
}

/** Throws 503 when no message can leave by the channel; said alike for every account. */
export function assertChannel(context: Context, channel: 'email' | 'sms'): void {
  if (context.ports.notifications.channels[channel] !== undefined) return
  const what = channel === 'sms' ? 'text messages' : 'e-mail'
  throw new PlatformError('unavailable', `This platform has no way to send ${what} at the moment`)
}

/**
 * Finds whom a code or link is for, and throws 429 when it is asked for too often: from one network, or from anywhere
 * for networks that the owner doesn't use. Handles that nobody has are counted alike.
 */
export async function askedFor(
  context: Context,
  kind: ChallengeKind,
  handle: Handle,
): Promise<{ readonly key: AttemptKey; readonly candidate: Candidate | undefined }> {
  const now = context.now()
  const key = attemptKey(context, handle)
  const [counts, found] = await context
    .system('a code is asked for before signing in')
    .db.batch([countChallenges(kind, key, now), findCandidate(handle, key.address)])
  const { here, everywhere, last_at } = (counts as unknown as ChallengeCounts[])[0] as ChallengeCounts
  const candidate = found?.[0] as Candidate | undefined
  const sinceLast = last_at === null ? Number.POSITIVE_INFINITY : (now.getTime() - last_at.getTime()) / 1000
  const isSpent = here >= HOURLY_HERE || (everywhere >= HOURLY_EVERYWHERE && candidate?.is_known_network !== true)
  const wait = isSpent ? 3600 : PAUSE_SECONDS - sinceLast
  if (wait > 0) {
    throw new PlatformError('too_many_requests', 'This was asked for a moment ago; try again later', {
      retryAfterSeconds: Math.ceil(wait),
    })
  }
  return { key, candidate }
}
