import { decimalText, isObject, isRawNumber, type Json, type JsonObject, type Resource } from './json.ts'

/** Members that the server writes itself. */
const OURS = new Set(['id', 'meta'])

/**
 * Whether everything that `sent` says is said by `kept` as well, numbers digit by digit. What `kept` says beyond it (a
 * display, a second coding) loses nothing. Tags, profiles and security labels of `meta` count.
 */
export function keepsAll(sent: Resource, kept: Resource): boolean {
  const rest = (one: Resource) => Object.fromEntries(Object.entries(one).filter(([name]) => !OURS.has(name)))
  return says(rest(sent), rest(kept)) && says(labels(sent), labels(kept))
}

function labels({ meta }: Resource): Json {
  if (!isObject(meta)) return {}
  const { versionId: _version, lastUpdated: _updated, ...said } = meta
  return said
}

function says(sent: Json | undefined, kept: Json | undefined): boolean {
  if (sent === undefined) return true
  if (kept === undefined) return false
  if (typeof sent === 'number' || isRawNumber(sent)) return decimalText(sent) === decimalText(kept)
  if (Array.isArray(sent)) return Array.isArray(kept) && saysInOrder(sent, kept)
  if (isObject(sent)) return isObject(kept) && Object.keys(sent).every((name) => says(sent[name], kept[name]))
  return sent === kept
}

/** Each member of the one list is said by a member of the other, in the same order. */
function saysInOrder(sent: readonly Json[], kept: readonly Json[]): boolean {
  let next = 0
  for (const one of sent) {
    while (next < kept.length && !says(one, kept[next])) next += 1
    if (next === kept.length) return false
    next += 1
  }
  return true
}

/** The resource with the members that its owner says now in place of its own; members that only it has stay. */
export function overlaid(stored: Resource, owned: Resource): Resource {
  const { id: _id, meta: _meta, ...said } = owned
  const result: JsonObject = { ...stored }
  for (const name of Object.keys(said)) {
    // A choice has one value: what the owner says now replaces the other kind.
    const choice = /^(value|effective|onset|deceased|multipleBirth|start|dataAbsentReason)[A-Z]?/.exec(name)?.[1]
    if (choice !== undefined && name !== choice) {
      for (const other of Object.keys(result)) if (new RegExp(`^_?${choice}[A-Z]`).test(other)) delete result[other]
    }
    result[name] = said[name]
  }
  return result as Resource
}
