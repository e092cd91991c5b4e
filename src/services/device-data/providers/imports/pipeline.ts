import { containerOf, formatNamed, formatOf } from '../../domain/formats/catalogue.ts'
import {
  type Format,
  type FormatContext,
  type FormatParser,
  FormatRefusal,
  type Mark,
} from '../../domain/formats/reading.ts'
import { LocalClock } from '../../domain/formats/times.ts'
import type { Checkpoint, EntryPlace, EntryReport, Place } from './checkpoint.ts'
import { Collector } from './collector.ts'
import { faultOf, isFaultOfFile, throwIfArchive } from './faults.ts'
import type { PipelineInput, PipelineOutcome } from './plan.ts'
import { asAsync, behind, gunzipped, holdUpTo, type Peeked, peek } from './streams.ts'
import { type ArchiveEntry, ArchiveRefusal, unzip } from './unzip.ts'

/** The name of the format, as reports show it. */
const HEALTH_CONNECT = 'health-connect'
/** A database is held in memory as a whole while it is read; larger ones are refused. */
const LARGEST_DATABASE_BYTES = 134_217_728
const MOST_LISTED = 1000
/** Findings that make a batch at the beginning of an entry, where reading can always go on. */
const LEAST_AT_ENTRY = 5000
/** Files in archives that must be looked over first are held whole up to here; larger ones come unpacked. */
const MOST_HELD_BYTES = 67_108_864

/** Reads a file, or every file of an archive, and hands over what it finds. Holds a few pieces and one batch. */
export function runPipeline(input: PipelineInput): Promise<PipelineOutcome> {
  return new Pipeline(input).run()
}

class Pipeline {
  private readonly input: PipelineInput
  private readonly collector: Collector
  private readonly clock: LocalClock
  private readonly entries: EntryReport[]
  private unlisted: number
  /** In a gzip there is no place to go on from. */
  private isPacked = false
  /** The entry that is being read. */
  private entry: EntryPlace | undefined

  constructor(input: PipelineInput) {
    this.input = input
    this.collector = new Collector(input.checkpoint)
    this.entries = [...(input.checkpoint?.entries ?? [])]
    this.unlisted = input.checkpoint?.unlisted ?? 0
    this.clock = new LocalClock(input.zone)
  }

  async run(): Promise<PipelineOutcome> {
    const { checkpoint } = this.input
    const fault = checkpoint === undefined ? await this.fromTheStart() : await this.goOn(checkpoint)
    this.collector.finish()
    await this.handOver()
    return { entries: this.entries, unlisted: this.unlisted, ...(fault === undefined ? {} : { fault }) }
  }

  private async fromTheStart(): Promise<string | undefined> {
    const { head, whole } = await peek(this.input.open(0), this.input.name)
    const container = containerOf(head.bytes)
    if (container === 'zip') return this.archive(whole())
    if (container === 'gzip') return this.gzip()
    if (container === 'sqlite') await this.database({ index: 0, name: head.name }, whole())
    else await this.single({ head, whole }, () => this.input.open(0))
    return undefined
  }

  /** Goes on where a run before this one stored its last place: what lies before is not read again. */
  private async goOn({ entry, inside }: Checkpoint): Promise<string | undefined> {
    if (entry !== undefined) return this.archive(this.input.open(entry.at), entry, inside)
    if (inside === undefined) return this.fromTheStart()
    // Only whole files that are not packed have such a place.
    const { name } = this.input
    await this.readOn({ index: 0, name }, inside, this.input.open(inside.mark.offset))
    return undefined
  }

  private async readOn(
    report: { index: number; name: string },
    { format, found, mark, before }: NonNullable<Place['inside']>,
    source: AsyncIterable<Uint8Array>,
  ): Promise<string | undefined> {
    const known = formatNamed(format)
    if (known === undefined) throw new Error(`A checkpoint names the format ${format}, which is none`)
    const read = await this.read(known, this.contextFor(report.name), found, source, { mark, before })
    this.list({ ...report, ...read })
    return 'fault' in read ? read.fault : undefined
  }

  /** A place to go on from, inside of what is being read or at the next entry. */
  private place(inside?: Place['inside']): Place {
    const { entry, unlisted } = this
    return {
      entries: [...this.entries],
      unlisted,
      ...(entry === undefined ? {} : { entry }),
      ...(inside === undefined ? {} : { inside }),
    }
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
      // The pieces go as they are joined: SQLite makes a copy of its own, and two are enough.
      const isKnown = this.input.readDatabase(Buffer.concat(held.splice(0)), this.collector)
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

  private async read(
    format: Format,
    context: FormatContext,
    found: unknown,
    source: AsyncIterable<Uint8Array>,
    from?: { readonly mark: Mark; readonly before: number },
  ) {
    const { collector } = this
    const before = from?.before ?? collector.readings
    try {
      const parser = format.open(context, found)
      const isLasting = parser.mark !== undefined && !this.isPacked
      // Where the parser can go on at another time, batches end between its pieces, at a place.
      collector.isCounting = !isLasting
      if (from !== undefined) collector.muted(() => parser.goOn?.(from.mark))
      for await (const piece of source) {
        parser.push(piece)
        if (isLasting) this.cut(format, found, parser, before)
        await this.handOver()
      }
      parser.end()
      await this.handOver()
      return { format: format.name, outcome: 'read' } as const
    } catch (error) {
      if (!isFaultOfFile(error)) throw error
      await this.handOver()
      const place = error instanceof FormatRefusal ? { place: error.place } : {}
      const outcome = collector.readings > before ? 'partly' : 'refused'
      return { format: format.name, outcome, fault: faultOf(error), ...place } as const
    } finally {
      collector.isCounting = true
    }
  }

  private cut(format: Format, found: unknown, parser: FormatParser, before: number): void {
    this.collector.cut(() => {
      const mark = parser.mark?.()
      return mark === undefined ? undefined : this.place({ format: format.name, found, mark, before })
    })
  }

  /** Why the packed file could not be opened; undefined when it could. */
  private async gzip(): Promise<string | undefined> {
    const unpacked = () => gunzipped(this.input.open(0), this.input.limits)
    this.isPacked = true
    try {
      await this.single(await peek(unpacked(), this.input.name.replace(/\.gz$/i, '')), unpacked)
      return undefined
    } catch (error) {
      if (!isFaultOfFile(error)) throw error
      return faultOf(error)
    }
  }

  /** Why reading the archive ended early; undefined when it did not. */
  private async archive(
    source: AsyncIterable<Uint8Array>,
    from?: EntryPlace,
    inside?: Place['inside'],
  ): Promise<string | undefined> {
    try {
      for await (const entry of unzip(source, this.input.limits, from)) {
        const { index, at, totalBytes } = entry
        this.collector.entry = index
        this.entry = { index, at, totalBytes }
        this.collector.cut(() => this.place(), LEAST_AT_ENTRY)
        if (inside !== undefined && index === from?.index) await this.archivedOn(entry, inside)
        else await this.archived(entry)
      }
      return undefined
    } catch (error) {
      if (!isFaultOfFile(error)) throw error
      return faultOf(error)
    }
  }

  /** The rest of an entry: what was read of it is unpacked and passed over. */
  private async archivedOn(entry: ArchiveEntry, inside: NonNullable<Place['inside']>): Promise<void> {
    const { index, name } = entry
    const content = entry.content()
    try {
      const fault = await this.readOn({ index, name }, inside, behind(content, inside.mark.offset))
      if (fault !== undefined) throwIfArchive(fault)
    } finally {
      await content.return()
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
