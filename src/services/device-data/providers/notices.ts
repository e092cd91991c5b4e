import { createHmac, timingSafeEqual } from 'node:crypto'

/** Whether Fitbit signed a notice: HMAC-SHA1 of the body with the client's secret and an ampersand, in base64. */
export function isFromFitbit(body: Buffer, signature: string, clientSecret: string): boolean {
  return isSame(createHmac('sha1', `${clientSecret}&`).update(body).digest('base64'), signature)
}

/** Whether Oura signed a notice: HMAC-SHA256 of its time and body with the client's secret, in hexadecimal capitals. */
export function isFromOura(body: Buffer, time: string, signature: string, clientSecret: string): boolean {
  const wanted = createHmac('sha256', clientSecret).update(time).update(body).digest('hex').toUpperCase()
  return isSame(wanted, signature.toUpperCase())
}

/** Compares two texts in a time that says nothing about where they differ. */
export function isSame(wanted: string, given: string): boolean {
  const [left, right] = [Buffer.from(wanted), Buffer.from(given)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** The accounts that a notice of Fitbit or Oura names; none for what is no notice. */
export function accountsIn(provider: string, notice: unknown): string[] {
  const list = (Array.isArray(notice) ? notice : [notice]).slice(0, 1000)
  const name = provider === 'fitbit' ? 'ownerId' : 'user_id'
  const ids = list.map((one) => (one as Record<string, unknown> | null)?.[name])
  return [...new Set(ids.filter((id): id is string => typeof id === 'string' && id !== '' && id.length <= 100))]
}
