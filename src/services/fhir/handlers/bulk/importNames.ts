import { identifierNames, namesOf } from '../../domain/bulkImport.ts'
import { keyOf } from '../../domain/keys.ts'
import { isId } from '../../domain/primitives.ts'
import { moveOn } from '../../store/bulk.ts'
import {
  findByIdentifiers,
  findDigests,
  findLinks,
  type ImportLink,
  insertLinks,
  takenNames,
} from '../../store/bulkImport.ts'
import { ImportEnded, type ImportRun, type ReadLine } from './importRun.ts'
import type { ImportPosition } from './startImport.ts'

/**
 * The first pass: what each entry will be called here, so that references to it can be written wherever they stand. What was
 * imported before keeps its name; what is here under one of its identifiers, or with the same content, stands for it.
 */
export async function nameEntries(run: ImportRun, lines: readonly ReadLine[], to: ImportPosition): Promise<void> {
  const known = await knownOf(run, lines)
  const links: ImportLink[] = []
  for (const line of lines) {
    const { entry } = line
    if (entry === undefined) continue
    const names = [...namesOf(entry), contentName(line)]
    const target =
      names.map((name) => known.links.get(name)).find((one) => one !== undefined) ?? targetOf(run, line, known)
    for (const source of names) {
      if (known.links.has(source)) continue
      const link = { ...target, source }
      known.links.set(source, link)
      links.push(link)
    }
  }
  const { context, job } = run
  const isMoved = await context.transact(async (transaction) => {
    await insertLinks(transaction, job.user_id, links)
    return moveOn(transaction, { id: job.id, step: run.step }, { position: to, done: run.done })
  })
  if (!isMoved) throw new ImportEnded()
  run.step += 1
}

/** How an entry without any address is told from others: by what it says. */
export const contentName = ({ entry, digest }: ReadLine) =>
  entry !== undefined && namesOf(entry).length > 0 ? `${namesOf(entry)[0]}` : `content ${digest}`

interface Known {
  readonly links: Map<string, ImportLink>
  readonly digests: ReadonlyMap<string, string>
  /** Ids by type and identifier; empty where two have it. */
  readonly identifiers: ReadonlyMap<string, string>
  readonly taken: Set<string>
}

async function knownOf({ context, job }: ImportRun, lines: readonly ReadLine[]): Promise<Known> {
  const { db } = context
  const { user_id: personId } = job
  const entries = lines.flatMap((line) => (line.entry === undefined ? [] : [{ ...line, entry: line.entry }]))
  const identifiable = entries.filter((line) => identifierNames(line.entry).length > 0)
  const types = [...new Set(identifiable.map((line) => line.entry.resource.resourceType))]
  const identifiers = identifiable.flatMap((line) => identifierNames(line.entry))
  const own = entries.flatMap(({ entry: { resource } }) =>
    typeof resource.id === 'string' ? [{ type: resource.resourceType, id: resource.id }] : [],
  )
  const [links, digests, identified, taken] = await Promise.all([
    findLinks(
      db,
      personId,
      entries.flatMap((line) => [...namesOf(line.entry), contentName(line)]),
    ),
    findDigests(
      db,
      personId,
      entries.map((line) => ({ type: line.entry.resource.resourceType, digest: line.digest })),
    ),
    types.length === 0
      ? []
      : findByIdentifiers(
          db,
          personId,
          types,
          identifiers,
          identifiers.map((name) => keyOf('identifier', 'value', name)),
        ),
    takenNames(db, personId, own),
  ])
  const here = new Map<string, string>()
  for (const { type, id, name } of identified) here.set(`${type} ${name}`, here.has(`${type} ${name}`) ? '' : id)
  return {
    links: new Map(links.map((link) => [link.source, link])),
    digests: new Map(digests.map(({ type, id, digest }) => [`${type} ${digest}`, id])),
    identifiers: here,
    taken: new Set(taken.map(({ type, id }) => `${type}/${id}`)),
  }
}

function targetOf(run: ImportRun, { entry, digest }: ReadLine, known: Known): Omit<ImportLink, 'source'> {
  if (entry === undefined) throw new Error('a line without an entry has no name')
  const { resource } = entry
  const { resourceType: type, id } = resource
  const same = known.digests.get(`${type} ${digest}`)
  if (same !== undefined) return { type, id: same, digest: 'alias' }
  const here = identifierNames(entry)
    .map((name) => known.identifiers.get(`${type} ${name}`))
    .find((one) => one !== undefined && one !== '')
  if (here !== undefined) return { type, id: here, digest: 'alias' }
  const isFree = isId(id) && !known.taken.has(`${type}/${id}`)
  const chosen = isFree ? (id as string) : run.context.newId()
  known.taken.add(`${type}/${chosen}`)
  return { type, id: chosen, digest: '' }
}
