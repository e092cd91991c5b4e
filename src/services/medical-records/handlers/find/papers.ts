import type { Context } from '../../../../kernel/service.ts'
import { type Hits, hitsIn, type Part, snippetOf } from '../../domain/words/snippet.ts'
import { wordedDocuments } from '../../store/words.ts'
import { inPieces, type Said, saidIn } from './words.ts'

/** A document that was found, and the page that has the most of the words, if any has one. */
export interface FoundPaper {
  readonly id: string
  readonly title: string
  readonly place: string | undefined
  readonly at: string
  readonly page: number | null
  readonly snippet: Part[] | null
}

/** Opened at once. */
const OPENED = 10
/** Beyond so many characters nothing more is opened for one question: some seconds, in short turns. */
const MOST_CHARACTERS = 5_000_000

interface Wanted {
  /** Folded. */
  readonly words: readonly string[]
  /** Found already, by their names; shown first, whatever their text says. */
  readonly named: readonly string[]
  /** May have the words: each is opened and looked through. */
  readonly likely: readonly string[]
  readonly limit: number
}

/** The documents with all words, newest first after those that are named so, opened for the person that the call is about. */
export async function openFound(context: Context, { words, named, likely, limit }: Wanted): Promise<FoundPaper[]> {
  const first = named.slice(0, limit)
  const queue = [...first, ...likely.filter((id) => !named.includes(id))]
  const found: FoundPaper[] = []
  let left = MOST_CHARACTERS
  for (let from = 0; from < queue.length && found.length < limit && left > 0; from += OPENED) {
    const ids = queue.slice(from, from + OPENED)
    const rows = new Map((await wordedDocuments(context.db, ids)).map((row) => [row.id, row]))
    for (const id of ids) {
      const row = rows.get(id)
      if (row === undefined || found.length === limit) continue
      const said = await saidIn(context, row)
      for (const page of said.pages) left -= page.length
      const seen = await lookThrough(said, words)
      if (!seen.hasAll && !first.includes(id)) continue
      const { title, place } = said
      found.push({ id, title, place, at: row.at, page: seen.page, snippet: seen.snippet })
    }
  }
  return found
}

/** Whether a document has all words, and the first page with the most of them. */
async function lookThrough({ about, taken, pages }: Said, words: readonly string[]) {
  const has = new Set<number>()
  for (const text of [...about, ...taken]) for (const one of hitsIn(text, words).wanted) has.add(one)
  let best: { text: string; page: number; hits: Hits } | undefined
  for await (const { text, of } of inPieces(pages)) {
    const hits = hitsIn(text, words)
    for (const one of hits.wanted) has.add(one)
    if (hits.wanted.size > (best?.hits.wanted.size ?? 0)) best = { text, page: of + 1, hits }
    if (best?.hits.wanted.size === words.length) break
  }
  const snippet = best === undefined ? null : snippetOf(best.text, best.hits)
  return { hasAll: has.size === words.length, page: best?.page ?? null, snippet }
}
