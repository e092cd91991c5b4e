import { containerOf, formatOf } from '../../domain/formats/catalogue.ts'
import {
  type Format,
  type FormatAnswers,
  type FormatContext,
  type FormatParser,
  FormatRefusal,
  type Sink,
} from '../../domain/formats/reading.ts'
import { LocalClock } from '../../domain/formats/times.ts'
import { type Batch, Collector } from './collector.ts'
import { asAsync, gunzipped, holdUpTo, type Peeked, peek } from './streams.ts'
import { type ArchiveEntry, type ArchiveLimits, ArchiveRefusal, EntryDamaged, unzip } from './unzip.ts'

/** What became of one file, or of one file inside an archive. */
export interface EntryReport {
  readonly index: number
  readonly name: string
  readonly format: string | undefined
  readonly outcome: 'read' | 'partly' | 'refused'
  /** Why it was not read whole. */
  readonly fault?: string
  /** Line, record or byte where reading ended. */
  readonly place?: number
}

export interface PipelineOutcome {
  readonly entries: readonly EntryReport[]
  /** Entries beyond those that are listed. */
  readonly unlisted: number
  /** Why reading of the whole ended early. */
  readonly fault?: string
}

export interface PipelineInput {
  /** The file from its first byte; asked for again where a file must be looked over first. */
  open(): AsyncIterable<Uint8Array>
  readonly name: string
  /** IANA zone of times that name none. */
  readonly zone: string
  readonly answers: FormatAnswers
  /** So many batches are stored already. */
  readonly skipBatches: number
  readonly limits: ArchiveLimits
  emit(batch: Batch): Promise<void>
  /** Reads the database of Health Connect; false when it is another one. */
  readDatabase(bytes: Uint8Array, sink: Sink): boolean
}

/** The name of the format, as reports show it. */
const HEALTH_CONNECT = 'health-connect'
/** A database is held in memory as a whole while it is read; larger ones are refused. */
const LARGEST_DATABASE_BYTES = 134_217_728
const MOST_LISTED = 1000
/** Files in archives that must be looked over first are held whole up to here; larger ones come unpacked. */
const MOST_HELD_BYTES = 67_108_864

/** Reads a file, or every file of an archive, and hands over what it finds. Holds a few pieces and one batch. */
export function runPipeline(input: PipelineInput): Promise<PipelineOutcome> {
  return new Pipeline(input).run()
}

class Pipeline {
  private readonly input: PipelineInput
  private readonly collector = new Collector()
  private readonly clock: LocalClock
  private readonly entries: EntryReport[] = []
  private unlisted = 0

  constructor(input: PipelineInput) {
    this.input = input
    this.clock = new LocalClock(input.zone)
  }

  async run(): Promise<PipelineOutcome> {
    const { head, whole } = await peek(this.input.open(), this.input.name)
    const container = containerOf(head.bytes)
    let fault: string | undefined
    if (container === 'zip') fault = await this.archive(whole())
    else if (container === 'gzip') fault = await this.gzip()
    else if (container === 'sqlite') await this.database({ index: 0, name: head.name }, whole())
    else await this.single({ head, whole }, () => this.input.open())
    this.collector.finish()
    await this.handOver()
    return { entries: this.entries, unlisted: this.unlisted, ...(fault === undefined ? {} : { fault }) }
  }

  private async handOver(): Promise<void> {
    for (let batch = this.collector.ready.shift(); batch !== undefined; batch = this.collector.ready.shift()) {
      if (batch.index >= this.input.skipBatches) await this.input.emit(batch)
    }
  }

  private list(report: EntryReport): void {
    if (this.entries.length < MOST_LISTED) this.entries.push(report)
    else this.unlisted += 1
  }

  private async single({ head, whole }: Peeked, again: () => AsyncIterable<Uint8Array>): Promise<void> {
    const format = formatOf(head)
    const report = { index: 0, name: head.name }
    if (format === undefined) {
      this.list({ ...report, format: undefined, outcome: 'refused', fault: 'entry-not-recognised' })
      return
    }
    const context = this.contextFor(head.name)
    let found: unknown
    let source = whole
    if (format.prescan !== undefined) {
      const prescan = format.prescan(context)
      await this.lookOver(prescan, whole())
      found = prescan.result()
      source = again
    }
    this.list({ ...report, ...(await this.read(format, context, found, source())) })
  }

  /** A database can only be read whole. */
  private async database(report: { index: number; name: string }, source: AsyncIterable<Uint8Array>): Promise<void> {
    const known = { ...report, format: HEALTH_CONNECT }
    const held = await holdUpTo(LARGEST_DATABASE_BYTES, source)
    if (held === undefined) return this.list({ ...known, outcome: 'refused', fault: 'entry-too-large' })
    const before = this.collector.readings
    try {
      const isKnown = this.input.readDatabase(Buffer.concat(held), this.collector)
      const none = { ...report, format: undefined, outcome: 'refused', fault: 'entry-not-recognised' } as const
      this.list(isKnown ? { ...known, outcome: 'read' } : none)
    } catch (error) {
      if (!isFaultOfFile(error)) throw error
      this.list({ ...known, outcome: this.collector.readings > before ? 'partly' : 'refused', fault: faultOf(error) })
    }
    await this.handOver()
  }

  private contextFor(name: string): FormatContext {
    return { sink: this.collector, clock: this.clock, name, answers: this.input.answers }
  }

  /** A file that cannot be read to its end tells what it can: the reading itself meets the same place. */
  private async lookOver(prescan: FormatParser, source: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const piece of source) prescan.push(piece)
      prescan.end()
    } catch (error) {
      if (!isFaultOfFile(error)) throw error
    }
  }

  private async read(format: Format, context: FormatContext, found: unknown, source: AsyncIterable<Uint8Array>) {
    const before = this.collector.readings
    try {
      const parser = format.open(context, found)
      for await (const piece of source) {
        parser.push(piece)
        await this.handOver()
      }
      parser.end()
      await this.handOver()
      return { format: format.name, outcome: 'read' } as const
    } catch (error) {
      if (!isFaultOfFile(error)) throw error
      await this.handOver()
      const place = error instanceof FormatRefusal ? { place: error.place } : {}
      const outcome = this.collector.readings > before ? 'partly' : 'refused'
      return { format: format.name, outcome, fault: faultOf(error), ...place } as const
    }
  }

  /** Why the packed file could not be opened; undefined when it could. */
  private async gzip(): Promise<string | undefined> {
    const unpacked = () => gunzipped(this.input.open(), this.input.limits)
    try {
      await this.single(await peek(unpacked(), this.input.name.replace(/\.gz$/i, '')), unpacked)
      return undefined
    } catch (error) {
      if (!isFaultOfFile(error)) throw error
      return faultOf(error)
    }
  }

  /** Why reading the archive ended early; undefined when it did not. */
  private async archive(source: AsyncIterable<Uint8Array>): Promise<string | undefined> {
    try {
      for await (const entry of unzip(source, this.input.limits)) {
        this.collector.entry = entry.index
        await this.archived(entry)
      }
      return undefined
    } catch (error) {
      if (!isFaultOfFile(error)) throw error
      return faultOf(error)
    }
  }

  private async archived(entry: ArchiveEntry): Promise<void> {
    const { index, name } = entry
    const refused = (fault: string) => {
      this.list({ index, name, format: undefined, outcome: 'refused', fault })
    }
    if (entry.fault === 'encrypted') return refused('entry-encrypted')
    if (entry.fault !== undefined) return refused(entry.fault === 'unsafe-name' ? 'entry-unsafe-name' : 'entry-damaged')
    const content = entry.content()
    try {
      const { head, whole } = await peek(content, name)
      const container = containerOf(head.bytes)
      if (container === 'sqlite') return await this.database({ index, name }, whole())
      if (container !== undefined) return refused('entry-nested-archive')
      const format = formatOf(head)
      // A table that nobody explained is nothing that can be asked about in the middle of an archive.
      if (format === undefined || format.name === 'table') return refused('entry-not-recognised')
      await this.archivedAs(format, { index, name }, whole())
    } catch (error) {
      if (error instanceof ArchiveRefusal || !isFaultOfFile(error)) throw error
      refused('entry-damaged')
    } finally {
      await content.return()
    }
  }

  private async archivedAs(
    format: Format,
    report: { index: number; name: string },
    source: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const context = this.contextFor(report.name)
    if (format.prescan === undefined) {
      const read = await this.read(format, context, undefined, source)
      this.list({ ...report, ...read })
      if (read.outcome !== 'read' && 'fault' in read) throwIfArchive(read.fault)
      return
    }
    const held = await holdUpTo(MOST_HELD_BYTES, source)
    if (held === undefined) {
      this.list({ ...report, format: format.name, outcome: 'refused', fault: 'entry-too-large' })
      return
    }
    const prescan = format.prescan(context)
    await this.lookOver(prescan, asAsync(held))
    this.list({ ...report, ...(await this.read(format, context, prescan.result(), asAsync(held))) })
  }
}

const ARCHIVE_FAULTS: ReadonlySet<string> = new Set(['too-many-entries', 'too-large', 'bomb'])

/** What ends an archive ends it also when it shows inside an entry. */
function throwIfArchive(fault: string): void {
  if (ARCHIVE_FAULTS.has(fault)) throw new ArchiveRefusal(fault as 'bomb')
}

function isFaultOfFile(error: unknown): boolean {
  if (error instanceof FormatRefusal || error instanceof ArchiveRefusal || error instanceof EntryDamaged) return true
  return /^Z_|^ERR_SQLITE/.test(String((error as { code?: unknown }).code ?? ''))
}

function faultOf(error: unknown): string {
  if (error instanceof FormatRefusal) return error.code
  if (error instanceof ArchiveRefusal) return error.fault
  return 'entry-damaged'
}
