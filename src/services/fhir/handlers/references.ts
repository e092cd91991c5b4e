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
  const written = rewritten(resource, call.base, links, conditional) as Resource
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
  return written
}

function rewritten(
  value: Json,
  base: string,
  links: ReadonlyMap<string, string>,
  conditional: { holder: JsonObject; condition: string }[],
): Json {
  if (Array.isArray(value)) return value.map((one) => rewritten(one, base, links, conditional))
  if (!isObject(value)) return value
  const copy: JsonObject = {}
  for (const key of Object.keys(value)) {
    const member = value[key] as Json
    if (typeof member !== 'string') copy[key] = rewritten(member, base, links, conditional)
    else if (key === 'reference') {
      const local = links.get(member) ?? linkOfFragment(member, links) ?? relative(member, base)
      if (/^[A-Z][A-Za-z]+\?/.test(local)) conditional.push({ holder: copy, condition: local })
      copy[key] = local
    } else copy[key] = ADDRESSES.test(key) ? (links.get(member) ?? member) : member
  }
  return copy
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
