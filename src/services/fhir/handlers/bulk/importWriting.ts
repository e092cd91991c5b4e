import { linkEntry, namesOf, provenanceOf, referencesOf } from '../../domain/bulkImport.ts'
import { isObject, type JsonObject, type Resource, stringify } from '../../domain/json.ts'
import { type ImportNote, moveOn } from '../../store/bulk.ts'
import { findLinks, type ImportLink, insertNotes, setDigests } from '../../store/bulkImport.ts'
import { lockResources, type NewVersion, writeVersions } from '../../store/resources.ts'
import { engines } from '../engines.ts'
import { leaveWord, someoneWatches } from '../subscriptions/noticing.ts'
import { contentName } from './importNames.ts'
import { ImportEnded, type ImportRun, type ReadLine } from './importRun.ts'
import type { ImportPosition } from './startImport.ts'

/** What acts, or says who acted, is not taken from elsewhere. */
const NOT_TAKEN = ['Subscription', 'AuditEvent', 'Bundle', 'Parameters', 'OperationOutcome']

interface Prepared {
  readonly resource: Resource
  readonly link: ImportLink
  readonly digest: string
}

/** The second pass: writes entries under their names, with what says where they come from; notes what is left out. */
export async function writeEntries(run: ImportRun, lines: readonly ReadLine[], to: ImportPosition): Promise<void> {
  const { context, job } = run
  const personId = job.user_id
  const links = await linksOf(run, lines)
  const notes: ImportNote[] = []
  const prepared = prepare(lines, links, notes)
  const now = context.now()
  const isMoved = await context.transact(async (transaction) => {
    const names = prepared.map(({ link: { type, id } }) => ({ type, id }))
    const states = names.length === 0 ? [] : await lockResources(transaction, personId, names)
    const versionOf = new Map(states.map((row) => [`${row.type}/${row.id}`, row.version]))
    const versions = prepared.map((one) => versionFor(one, (versionOf.get(nameOf(one)) ?? 0) + 1, now))
    count(run, 'taken', versions.filter((one) => one.version === 1).length)
    count(run, 'updated', versions.filter((one) => one.version > 1).length)
    const all = versions.length === 0 ? [] : [...versions, provenance(run, versions, now)]
    if ((await writeVersions(transaction, personId, all, now)) < all.length)
      throw new Error('changed at the same moment')
    const digests = prepared.map(({ link, digest }) => ({ type: link.type, id: link.id, digest }))
    await setDigests(transaction, personId, digests)
    await insertNotes(transaction, personId, job.id, notes)
    const types = all.map((one) => one.type)
    await leaveWord(transaction, await someoneWatches(transaction, personId, types), all)
    for (const { outcome } of notes) count(run, outcome, 1)
    const done = run.done + lines.length
    return moveOn(transaction, { id: job.id, step: run.step }, { position: to, done, counts: run.counts })
  })
  if (!isMoved) throw new ImportEnded()
  run.step += 1
  run.done += lines.length
}

const nameOf = ({ link }: Prepared) => `${link.type}/${link.id}`

function count(run: ImportRun, name: string, more: number): void {
  if (more > 0) run.counts[name] = (run.counts[name] ?? 0) + more
}

/** The links of a batch: of its entries, and of all they refer to. */
async function linksOf({ context, job }: ImportRun, lines: readonly ReadLine[]): Promise<Map<string, ImportLink>> {
  const sources = new Set<string>()
  for (const line of lines) {
    if (line.entry === undefined) continue
    for (const name of [...namesOf(line.entry), contentName(line), ...referencesOf(line.entry)]) sources.add(name)
  }
  const rows = await findLinks(context.db, job.user_id, [...sources])
  return new Map(rows.map((row) => [row.source, row]))
}

/** What of a batch is to be written; the rest is noted. */
function prepare(lines: readonly ReadLine[], links: ReadonlyMap<string, ImportLink>, notes: ImportNote[]): Prepared[] {
  const names = new Map([...links].map(([source, { type, id }]) => [source, `${type}/${id}`]))
  const written = new Map<string, Prepared>()
  for (const line of lines) {
    const { ordinal, entry, digest } = line
    const note = (outcome: ImportNote['outcome'], reason: string) =>
      notes.push({
        ordinal,
        outcome,
        reason: reason.slice(0, 500),
        source: (entry?.source ?? `line ${ordinal % 1e9}`).slice(0, 300),
      })
    const link = entry === undefined ? undefined : links.get(contentName(line))
    if (entry === undefined || link === undefined) note('refused', 'holds no resource')
    else if (NOT_TAKEN.includes(entry.resource.resourceType))
      note('refused', `${entry.resource.resourceType} is not imported`)
    else if (link.digest === 'alias') note('skipped', `is here already as ${link.type}/${link.id}`)
    else if (link.digest === digest) note('skipped', `was imported before as ${link.type}/${link.id}, and is the same`)
    else if (written.has(`${link.type}/${link.id}`)) note('skipped', 'stands twice in what is imported')
    else {
      linkEntry(entry, names)
      const [fault] = engines().validator.validate(entry.resource)
      if (fault !== undefined) note('refused', fault.text)
      else written.set(`${link.type}/${link.id}`, { resource: entry.resource, link, digest })
    }
  }
  return [...written.values()]
}

function versionFor({ resource, link }: Prepared, version: number, now: Date): NewVersion {
  const { resourceType, id: _id, meta, ...rest } = resource
  const kept: JsonObject = isObject(meta) ? meta : {}
  const whole = {
    resourceType,
    id: link.id,
    meta: { ...kept, versionId: String(version), lastUpdated: now.toISOString() },
    ...rest,
  }
  const method = version === 1 ? ('POST' as const) : ('PUT' as const)
  const values = engines().extractor.extract(whole)
  return { type: link.type, id: link.id, version, method, content: stringify(whole), values }
}

function provenance({ context, job }: ImportRun, versions: readonly NewVersion[], now: Date): NewVersion {
  const id = context.newId()
  const targets = versions.map((one) => `${one.type}/${one.id}`)
  const resource = provenanceOf(targets, { origin: job.parameters.origin, at: now.toISOString(), id })
  const values = engines().extractor.extract(resource)
  return { type: 'Provenance', id, version: 1, method: 'POST', content: stringify(resource), values }
}
