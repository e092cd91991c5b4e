import { keyOf } from './keys.ts'
import { badSearch } from './refused.ts'
import { splitEscaped, unescaped } from './values.ts'

/** What stands for codes that the handlers look up; where they don't, it must not be taken for a code. */
const UNRESOLVED = new Set(['in', 'not-in', 'above', 'below'])

/** The key under which a token is found: `code`, `system|code`, `|code`, `system|`. Throws 400. */
export function tokenKey(name: string, value: string, modifier: string | undefined): number {
  const parts = splitEscaped(value, '|').map((part) => unescaped(part))
  if (modifier !== undefined && UNRESOLVED.has(modifier)) throw badSearch(`${name}:${modifier} can't be asked here`)
  if (modifier === 'of-type') {
    if (parts.length !== 3) throw badSearch(`${name}:of-type needs system|code|value`)
    return keyOf(name, 'of-type', parts.join('|'))
  }
  if (parts.length > 2) throw badSearch(`${name} takes system|code`)
  const [system = '', code] = parts
  if (code === undefined) return keyOf(name, 'value', system)
  return code === '' ? keyOf(name, 'system', system) : keyOf(name, 'value', `${system}|${code}`)
}

/** The key under which a reference is found: `Type/id`, an id, an address; `base` is this server's own. */
export function referenceKey(
  name: string,
  value: string,
  { modifier, targets, base }: { modifier: string | undefined; targets: readonly string[]; base: string },
): number {
  const text = unescaped(value)
  if (modifier === 'identifier') return keyOf(name, 'identifier', text)
  const local = text.startsWith(`${base}/`) ? text.slice(base.length + 1) : text
  const isBare = /^[A-Za-z0-9\-.]{1,64}$/.test(local)
  if (!isBare) return keyOf(name, 'value', local.replace(/\/_history\/.*$/, ''))
  const type = modifier ?? (targets.length === 1 ? targets[0] : undefined)
  return type === undefined ? keyOf(name, 'id', local) : keyOf(name, 'value', `${type}/${local}`)
}

/** The keys under which an address, or one that it begins with, is found. */
export function uriKeys(name: string, value: string, isAbove: boolean): number[] {
  const text = unescaped(value)
  if (!isAbove) return [keyOf(name, 'value', text)]
  const parts = text.split('/')
  const prefixes = parts.map((_part, index) => parts.slice(0, index + 1).join('/'))
  return prefixes.flatMap((prefix) => [prefix, `${prefix}/`].map((one) => keyOf(name, 'value', one)))
}
