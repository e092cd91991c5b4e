import type { Context } from '../../../kernel/service.ts'

/**
 * `Set-Cookie` for a cookie that no script reads. `Strict` is for sign-ins that begin and end here; `Lax` for those that
 * come back from a provider, whose redirect would not carry a strict one.
 */
export function sessionCookie(
  context: Context,
  name: string,
  value: string,
  seconds: number,
  sameSite: 'Lax' | 'Strict' = 'Lax',
): string {
  const secure = context.publicUrl.startsWith('https:') ? '; Secure' : ''
  return `${name}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=${sameSite}${secure}`
}

/** The cookie's value; empty when there is none. */
export function cookieOf(header: string | undefined, name: string): string {
  const pair = (header ?? '').split(';').find((part) => part.trim().startsWith(`${name}=`))
  return pair?.trim().slice(name.length + 1) ?? ''
}
