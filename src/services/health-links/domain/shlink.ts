/** What a SMART Health Link says (HL7 SMART Health Links, link payload). */
export interface LinkPayload {
  readonly url: string
  readonly key: string
  /** Seconds since 1970. */
  readonly exp?: number
  readonly flag?: string
  readonly label?: string
}

const SCHEME = 'shlink:/'
const LONGEST_TEXT = 4096
const LONGEST_URL = 500
const KEY = /^[A-Za-z0-9_-]{43}$/
const BASE64URL = /^[A-Za-z0-9_-]+$/

/** The link as text: `shlink:/` and the payload in base64url. Members without a value are left out. */
export function shlinkOf({ url, key, exp, flag, label }: LinkPayload): string {
  const payload = {
    url,
    key,
    ...(exp === undefined ? {} : { exp }),
    ...(flag === undefined || flag === '' ? {} : { flag }),
    ...(label === undefined ? {} : { label }),
    v: 1,
  }
  return `${SCHEME}${Buffer.from(JSON.stringify(payload)).toString('base64url')}`
}

/** Reads what somebody pasted, with or without the address of a viewer in front; undefined for what is no such link. */
export function readShlink(text: string): LinkPayload | undefined {
  const start = text.indexOf(SCHEME)
  const encoded = start < 0 ? '' : text.slice(start + SCHEME.length).trim()
  if (encoded.length > LONGEST_TEXT || !BASE64URL.test(encoded)) return undefined
  const payload = objectOf(Buffer.from(encoded, 'base64url').toString('utf8'))
  if (payload === undefined || (payload.v !== undefined && payload.v !== 1)) return undefined
  const { url, key, exp, flag, label } = payload
  if (typeof url !== 'string' || url.length > LONGEST_URL || typeof key !== 'string' || !KEY.test(key)) return undefined
  return {
    url,
    key,
    ...(typeof exp === 'number' ? { exp } : {}),
    ...(typeof flag === 'string' ? { flag } : {}),
    ...(typeof label === 'string' ? { label } : {}),
  }
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** The flags of a link, in the order of the alphabet. */
export function flagsOf(link: {
  readonly isLongTerm: boolean
  readonly hasPasscode: boolean
  readonly isDirect: boolean
}): string {
  return `${link.isLongTerm ? 'L' : ''}${link.hasPasscode ? 'P' : ''}${link.isDirect ? 'U' : ''}`
}

export type LinkState = 'active' | 'expired' | 'revoked' | 'used-up' | 'locked'

/** What a link is good for now. Without tries a passcode is never compared again. */
export function linkState(
  link: {
    readonly revoked_at: Date | null
    readonly expires_at: Date
    readonly max_uses: number | null
    readonly uses: number
    readonly tries_left: number
  },
  now: Date,
): LinkState {
  if (link.revoked_at !== null) return 'revoked'
  if (link.expires_at <= now) return 'expired'
  if (link.tries_left === 0) return 'locked'
  return link.max_uses !== null && link.uses >= link.max_uses ? 'used-up' : 'active'
}

export interface ManifestRequest {
  readonly recipient: string
  readonly passcode?: string
  readonly embeddedLengthMax?: number
}

const LONGEST_RECIPIENT = 200
const LONGEST_PASSCODE = 64

/** Reads the body of a manifest request, or says in a sentence what is wrong with it. Members it doesn't know are left. */
export function readManifestRequest(text: string): ManifestRequest | { readonly fault: string } {
  const body = objectOf(text)
  if (body === undefined) return { fault: 'The body must be a JSON object' }
  const recipient = recipientOf(body.recipient)
  const { passcode, embeddedLengthMax } = body
  if (recipient === undefined) return { fault: 'recipient must say who asks, in at most 200 characters' }
  if (passcode !== undefined && (typeof passcode !== 'string' || passcode.length > LONGEST_PASSCODE)) {
    return { fault: 'passcode must be a text of at most 64 characters' }
  }
  if (embeddedLengthMax !== undefined && !isLength(embeddedLengthMax)) {
    return { fault: 'embeddedLengthMax must be a whole number from 0' }
  }
  return {
    recipient,
    ...(typeof passcode === 'string' ? { passcode } : {}),
    ...(isLength(embeddedLengthMax) ? { embeddedLengthMax } : {}),
  }
}

const isLength = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

/** Who asks, as it can be noted: one line of readable text; undefined for none. */
export function recipientOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > LONGEST_RECIPIENT || !value.isWellFormed()) return undefined
  const line = value.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').trim()
  return line === '' ? undefined : line
}
