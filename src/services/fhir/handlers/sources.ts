import type { Sources } from '../domain/expansion.ts'
import { parseJson, type Resource } from '../domain/json.ts'
import { type CodeSystem, type SetSource, setOf, systemOf } from '../domain/terminology.ts'
import { listCanonical } from '../store/canonical.ts'
import type { Call } from './call.ts'
import { terminology } from './engines.ts'

const MOST_ROUNDS = 6
const plainUrl = (url: string) => url.split('|')[0] as string

/** Terminology of R4, and of the record what these sets and systems need of it. */
export async function sourcesFor(
  call: Call,
  need: {
    readonly sets?: readonly SetSource[]
    readonly urls?: readonly string[]
    readonly systems?: readonly string[]
  },
): Promise<Sources> {
  const terms = terminology()
  const sets = new Map<string, SetSource>()
  const systems = new Map<string, CodeSystem>()
  let waiting = [...(need.sets ?? [])]
  let urls = [...(need.urls ?? [])]
  const wanted = new Set(need.systems ?? [])
  for (let round = 0; round < MOST_ROUNDS && (waiting.length > 0 || urls.length > 0); round += 1) {
    for (const set of waiting) {
      for (const part of [...set.included, ...set.excluded]) {
        urls.push(...part.sets)
        if (part.system !== undefined) wanted.add(part.system)
      }
    }
    const missing = [...new Set(urls.map(plainUrl))].filter((url) => !sets.has(url))
    const known = missing.flatMap((url) => terms.set(url) ?? [])
    const foreign = missing.filter((url) => terms.set(url) === undefined)
    const own = foreign.length === 0 ? [] : await listCanonical(call.db, call.personId, 'ValueSet', foreign)
    waiting = [...known, ...own.map((text) => setOf(parseJson(text) as Resource))]
    for (const set of waiting) if (!sets.has(set.url)) sets.set(set.url, set)
    urls = []
  }
  const unknown = [...wanted].map(plainUrl).filter((url) => terms.system(url) === undefined)
  if (unknown.length > 0) {
    for (const text of await listCanonical(call.db, call.personId, 'CodeSystem', unknown)) {
      const system = systemOf(parseJson(text) as Resource)
      if (system !== undefined && !systems.has(system.url)) systems.set(system.url, system)
    }
  }
  return {
    system: (url) => terms.system(url) ?? systems.get(plainUrl(url)),
    set: (url) => terms.set(url) ?? sets.get(plainUrl(url)),
  }
}
