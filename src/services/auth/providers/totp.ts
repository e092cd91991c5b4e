import type { TOTP } from 'otpauth'

const PERIOD_SECONDS = 30

/** A new seed of 160 bits in base32, and the address that an authenticator app reads. */
export async function newTotp(label: string): Promise<{ readonly secret: string; readonly url: string }> {
  const { Secret } = await import('otpauth')
  const secret = new Secret({ size: 20 }).base32
  return { secret, url: (await totpOf(secret, label)).toString() }
}

/** The 30-second step whose code this is (now, or one step around it); undefined when it is none of them. */
export async function stepOf(secret: string, code: string, now: Date): Promise<number | undefined> {
  const totp = await totpOf(secret, 'account')
  const delta = totp.validate({ token: code, timestamp: now.getTime(), window: 1 })
  return delta === null ? undefined : Math.floor(now.getTime() / 1000 / PERIOD_SECONDS) + delta
}

async function totpOf(secret: string, label: string): Promise<TOTP> {
  const { Secret, TOTP } = await import('otpauth')
  return new TOTP({
    issuer: 'Salus',
    label,
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD_SECONDS,
    secret: Secret.fromBase32(secret),
  })
}
