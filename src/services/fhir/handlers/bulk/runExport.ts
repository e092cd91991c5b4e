import { createGzip } from 'node:zlib'
import { PlatformError } from '../../../../kernel/errors.ts'
import type { Context } from '../../../../kernel/service.ts'
import { type ExportOrder, elementsOf, filtersOf } from '../../domain/bulkExport.ts'
import { parseJson, type Resource, stringify } from '../../domain/json.ts'
import { subsetOf } from '../../domain/subset.ts'
import { type BulkJob, beginJob, endJob, type FileKind, insertFile, moveOn, noteProgress } from '../../store/bulk.ts'
import { countResources, deletedPage, type ExportPart, exportPage, listTypes } from '../../store/bulkExport.ts'
import type { ValueScope } from '../../store/valueClauses.ts'
import { engines } from '../engines.ts'
import { filled } from '../projection/filling.ts'
import { ensureIndexed } from '../projection/indexing.ts'
import { reachesOf } from '../smartRights.ts'
import { AREA, readerOf } from './shared.ts'
import type { ExportPosition } from './startExport.ts'

const PAGE = 200
/** A file ends behind so many resources or bytes: what is done is kept when the process ends meanwhile. */
const FILE_RESOURCES = 50_000
const FILE_BYTES = 128 * 1024 * 1024
const LARGEST_FILE_BYTES = 2 * 1024 ** 3
const MOST_ATTEMPTS = 5

type Job = BulkJob<ExportOrder, ExportPosition>

/** Ends a run whose job was cancelled, or went on elsewhere. */
class Ended extends Error {}

/** Writes the files of an export, by job: type after type, from where an earlier run was interrupted. */
export async function runExport(context: Context, id: string): Promise<void> {
  const job = await beginJob<ExportOrder, ExportPosition>(context.db, context.personId, id, context.now())
  if (job === undefined) return
  if (job.attempts > MOST_ATTEMPTS) {
    await endJob(context.db, id, 'failed', context.now(), 'The export could not be made')
    return
  }
  try {
    await new ExportRun(context, job).run()
    await endJob(context.db, id, 'done', context.now())
  } catch (error) {
    if (!(error instanceof Ended)) throw error
  }
}

class ExportRun {
  private readonly context: Context
  private readonly reader: Context
  private readonly job: Job
  private step: number
  private position: ExportPosition
  private done: number
  private total: number | null = null

  constructor(context: Context, job: Job) {
    this.context = context
    this.reader = readerOf(context, job)
    this.job = job
    this.step = job.step
    this.position = job.position
    this.done = job.done_count
  }

  async run(): Promise<void> {
    const { parameters: order, user_id: personId } = this.job
    // What other services hold is in it too: an export without that would be taken for the whole.
    if (!(await ensureIndexed(this.context))) throw new PlatformError('unavailable', 'Not everything can be read now')
    const held = await listTypes(this.reader.db, personId)
    const isAsked = (type: string) =>
      (order.types?.includes(type) ?? true) || (order.associated !== undefined && type === 'Provenance')
    const types = held.filter(isAsked)
    this.total = await countResources(this.reader.db, personId)
    for (const type of types) {
      if (type < this.position.type) continue
      if (type > this.position.type) this.position = { ...this.position, type, after: '' }
      while (await this.writeFile(this.part(type))) {
        // The next file of the same type.
      }
    }
    if (order.since !== undefined && this.position.isDeletedDone !== true) await this.writeDeleted(types)
  }

  private part(type: string): ExportPart {
    const { parameters: order, created_at: at } = this.job
    return {
      type,
      of: order.patients ?? (order.level === 'system' ? 'record' : 'patients'),
      filters: filtersOf(order, type, engines().reader),
      ...this.associated(type),
      since: order.since === undefined ? undefined : new Date(order.since),
      at,
      reaches: order.scopes === undefined ? [] : reachesOf(order.scopes, ['r', 's'], engines(), this.scope()),
    }
  }

  /** Provenance comes along with what it is about, also where nobody asked for its type. */
  private associated(type: string): Pick<ExportPart, 'about'> {
    const { associated, types } = this.job.parameters
    if (associated === undefined || type !== 'Provenance' || types?.includes('Provenance') === true) return {}
    return { about: { types, isLatest: associated === 'latest' } }
  }

  private scope(): ValueScope {
    return { personId: this.job.user_id, now: this.job.created_at, base: `${this.context.publicUrl}/fhir` }
  }

  /** One file of a type; false when the type is done with it. */
  private async writeFile(part: ExportPart): Promise<boolean> {
    const lines = this.lines(part)
    const first = await lines.next()
    if (first.done === true) return false
    const made = { count: 0, after: this.position.after, isFull: false }
    await this.store('output', part.type, packed(this.counted(lines, first.value, made)), made)
    return made.isFull
  }

  private async *counted(
    lines: AsyncGenerator<Line, void>,
    first: Line,
    made: { count: number; after: string; isFull: boolean },
  ): AsyncGenerator<string, void> {
    let bytes = 0
    for (let line: Line | undefined = first; line !== undefined; ) {
      yield line.text
      made.count += 1
      made.after = line.id
      bytes += line.text.length
      made.isFull = made.count >= FILE_RESOURCES || bytes >= FILE_BYTES
      if (made.isFull) return void (await lines.return())
      const next = await lines.next()
      line = next.done === true ? undefined : next.value
    }
  }

  private async *lines(part: ExportPart): AsyncGenerator<Line, void> {
    const { parameters: order } = this.job
    const members = elementsOf(order, part.type)
    const subset = { summary: 'false', elements: members } as const
    const scope = this.scope()
    let { after } = this.position
    let seen = 0
    for (;;) {
      const rows = await exportPage(this.reader.db, part, scope, { after, limit: PAGE })
      const there = rows.filter((row) => row.content !== '' || row.is_elsewhere)
      for (const { id, content } of await filled(this.reader, there)) {
        const text =
          members.length === 0
            ? content
            : stringify(subsetOf(parseJson(content) as Resource, subset, engines().definitions))
        yield { id, text: `${text}\n` }
      }
      if (rows.length < PAGE) return
      after = rows.at(-1)?.id ?? after
      seen += rows.length
      if (!(await noteProgress(this.context.db, this.job.id, this.done + seen, this.total))) throw new Ended()
    }
  }

  /** What was deleted, as Bundles of the requests that delete it. */
  private async writeDeleted(types: readonly string[]): Promise<void> {
    const made = { count: 0 }
    const bundles = this.deletedBundles(types, made)
    const first = await bundles.next()
    if (first.done === true) return
    this.position = { ...this.position, isDeletedDone: true }
    await this.store('deleted', 'Bundle', packed(startingWith(first.value, bundles)), made)
  }

  private async *deletedBundles(types: readonly string[], made: { count: number }): AsyncGenerator<string, void> {
    for (const type of types) {
      const part = this.part(type)
      for (let after = ''; ; ) {
        const rows = await deletedPage(this.reader.db, this.job.user_id, part, { after, limit: PAGE })
        const entry = rows
          .filter((row) => this.wasMeant(part, row.content))
          .map((row) => ({ request: { method: 'DELETE', url: `${type}/${row.id}` } }))
        if (entry.length > 0) {
          made.count += 1
          yield `${stringify({ resourceType: 'Bundle', type: 'transaction', entry })}\n`
        }
        if (rows.length < PAGE) break
        after = rows.at(-1)?.id ?? after
      }
    }
  }

  /** Whether something deleted was in the compartments that the export is about. */
  private wasMeant({ of }: ExportPart, content: string | null): boolean {
    if (of === 'record') return true
    if (content === null || content === '') return false
    const { patients } = engines().extractor.extract(parseJson(content) as Resource)
    return of === 'patients' ? patients.length > 0 : patients.some((one) => of.includes(one))
  }

  /** Keeps a file, and in one step with its row where the export goes on. Throws `Ended` when the job was cancelled. */
  private async store(
    kind: FileKind,
    type: string,
    content: AsyncIterable<Buffer>,
    made: { readonly count: number; readonly after?: string },
  ): Promise<void> {
    const { context, job } = this
    const owner = { personId: job.user_id, area: AREA }
    const file = await context.ports.files.store(owner, content, { maximumBytes: LARGEST_FILE_BYTES })
    const ordinal = this.position.ordinal + 1
    this.position = { ...this.position, ordinal, after: made.after ?? this.position.after }
    this.done += made.count
    const isMoved = await context.transact(async (transaction) => {
      const step = { id: job.id, step: this.step }
      if (!(await moveOn(transaction, step, { position: this.position, done: this.done }))) return false
      const row = { id: context.newId(), job: job.id, kind, type, ordinal, ...file, count: made.count }
      await insertFile(transaction, job.user_id, row)
      return true
    })
    this.step += 1
    if (isMoved) return
    await context.ports.files.delete(owner, file.address)
    throw new Ended()
  }
}

interface Line {
  readonly id: string
  readonly text: string
}

async function* startingWith<Item>(first: Item, rest: AsyncGenerator<Item, void>): AsyncGenerator<Item, void> {
  yield first
  yield* rest
}

/** The lines, gzip'd, a chunk at a time; an error of the lines is thrown where the chunks are read. */
async function* packed(lines: AsyncIterable<string>): AsyncGenerator<Buffer, void> {
  const zip = createGzip({ level: 4 })
  let failure: unknown
  const feed = (async () => {
    try {
      for await (const line of lines) {
        if (zip.destroyed) throw new PlatformError('internal', 'Nobody reads this file')
        if (!zip.write(line)) await new Promise((resolve) => zip.once('drain', resolve).once('close', resolve))
      }
      zip.end()
    } catch (error) {
      failure = error
      zip.destroy()
    }
  })()
  try {
    for await (const chunk of zip) yield chunk as Buffer
  } catch (error) {
    throw failure ?? error
  } finally {
    zip.destroy()
    await feed
  }
  if (failure !== undefined) throw failure
}
