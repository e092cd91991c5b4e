/** A way to name an account when signing in. */
export interface Handle {
  readonly kind: 'email' | 'phone' | 'research' | 'oidc' | 'mobile'
  readonly value: string
}

/** E-mail addresses are compared without regard to case. */
export function emailHandle(email: string): Handle {
  return { kind: 'email', value: email.trim().toLowerCase() }
}

/** Phone number in E.164: ten bare digits get `countryCode` (digits). Undefined when it is no phone number. */
export function phoneHandle(phone: string, countryCode: string): Handle | undefined {
  const compact = phone.replaceAll(/[ ()-]/g, '')
  if (/^\+[1-9]\d{6,14}$/.test(compact)) return { kind: 'phone', value: compact }
  if (/^\d{10}$/.test(compact)) return { kind: 'phone', value: `+${countryCode}${compact}` }
  return undefined
}

/** Phone number as the clients of ten-digit numbers know it; E.164 for other countries. */
export function phoneText(e164: string, countryCode: string): string {
  const prefix = `+${countryCode}`
  return e164.startsWith(prefix) && e164.length === prefix.length + 10 ? e164.slice(prefix.length) : e164
}

/** Research ids are compared without regard to case. */
export function researchHandle(researchId: string): Handle {
  return { kind: 'research', value: researchId.trim().toUpperCase() }
}

/** Subjects are unique only within their issuer. */
export function subjectHandle(issuer: string, subject: string): Handle {
  return { kind: 'oidc', value: `${issuer}|${subject}` }
}

/**
 * The part of a network address that stands for one household: all of IPv4, the first 64 bits of IPv6.
 * Text that is no address stands for itself.
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped !== null) return mapped[1] as string
  if (!address.includes(':')) return address
  const [head = '', tail] = address.toLowerCase().split('%')[0]?.split('::') ?? []
  const left = head.split(':').filter((part) => part !== '')
  const right = tail === undefined ? [] : tail.split(':').filter((part) => part !== '')
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  const groups = [...left, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...right]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
