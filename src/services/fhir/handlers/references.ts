import type { Transaction } from '../../../kernel/database.ts'
import { PlatformError } from '../../../kernel/errors.ts'
import { isObject, type Json, type JsonObject, type Resource } from '../domain/json.ts'
import type { Call } from './call.ts'
import { matchesOf } from './conditions.ts'

/** Members, besides `reference`, that hold an address which may be that of an entry of the same transaction. */
const ADDRESSES = /^(?:uri|url|value(?:Uri|Url|Oid|Uuid|Canonical))$/

/**
 * The resource with its references as they are stored: entries of the same transaction by their id, conditional
 * references by what they find, absolute ones to this server as relative. Throws 400 or 412.
 */
export async function resolveReferences(
  call: Call,
  transaction: Transaction,
  resource: Resource,
  links: ReadonlyMap<string, string>,
): Promise<Resource> {
  const conditional: { holder: JsonObject; condition: string }[] = []
  rewrite(resource, call.base, links, conditional)
  for (const { holder, condition } of conditional) {
    const matches = await matchesOf(call, transaction, condition)
    const [match] = matches
    if (match === undefined || matches.length > 1) {
      const found = match === undefined ? 'nothing' : 'more than one'
      throw new PlatformError(
        'precondition_failed',
        `A conditional reference to ${match?.type ?? condition.split('?')[0]} finds ${found}`,
      )
    }
    holder.reference = `${match.type}/${match.id}`
  }
  return resource
}

/** Rewrites in place: the resource was parsed for this change and is nobody else's. */
function rewrite(
  value: Json,
  base: string,
  links: ReadonlyMap<string, string>,
  conditional: { holder: JsonObject; condition: string }[],
): void {
  if (Array.isArray(value)) {
    for (const one of value) if (typeof one === 'object') rewrite(one, base, links, conditional)
    return
  }
  if (!isObject(value)) return
  for (const key in value) {
    const member = value[key] as Json
    if (typeof member === 'object') rewrite(member, base, links, conditional)
    else if (typeof member !== 'string') continue
    else if (key === 'div' && links.size > 0) value[key] = narrativeWith(member, links)
    else if (key === 'reference') {
      const local = links.get(member) ?? linkOfFragment(member, links) ?? relative(member, base)
      if (/^[A-Z][A-Za-z]+\?/.test(local)) conditional.push({ holder: value, condition: local })
      if (local !== member) value[key] = local
    } else if (links.size > 0 && (key.startsWith('u') || key.startsWith('value')) && ADDRESSES.test(key)) {
      const link = links.get(member)
      if (link !== undefined) value[key] = link
    }
  }
}

const ADDRESS_IN_NARRATIVE = /(\s(?:href|src)\s*=\s*)("([^"<]{1,300})"|'([^'<]{1,300})')/g

/** The narrative with its links and pictures as they are stored. */
function narrativeWith(text: string, links: ReadonlyMap<string, string>): string {
  if (!text.includes('<a') && !text.includes('<img')) return text
  return text.replaceAll(ADDRESS_IN_NARRATIVE, (whole: string, start: string, quoted: string) => {
    const address = quoted.slice(1, -1)
    const link = links.get(address) ?? linkOfFragment(address, links)
    return link === undefined ? whole : `${start}"${link}"`
  })
}

/** `urn:uuid:…#part` points into another entry. */
function linkOfFragment(text: string, links: ReadonlyMap<string, string>): string | undefined {
  const hash = text.indexOf('#')
  const link = hash <= 0 ? undefined : links.get(text.slice(0, hash))
  return link === undefined ? undefined : `${link}${text.slice(hash)}`
}

function relative(text: string, base: string): string {
  return text.startsWith(`${base}/`) ? text.slice(base.length + 1) : text
}
