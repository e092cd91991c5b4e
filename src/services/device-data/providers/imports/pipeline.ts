import { containerOf, formatNamed, formatOf, isClinicalRecord } from '../../domain/formats/catalogue.ts'
import {
  type Format,
  type FormatContext,
  type FormatParser,
  FormatRefusal,
  type Mark,
  type Prescan,
} from '../../domain/formats/reading.ts'
import { LocalClock } from '../../domain/formats/times.ts'
import type { Checkpoint, EntryPlace, EntryReport, Place } from './checkpoint.ts'
import { BATCH_READINGS, Collector } from './collector.ts'
import { faultOf, isFaultOfFile, throwIfArchive } from './faults.ts'
import type { PipelineInput, PipelineOutcome } from './plan.ts'
import { behind, gunzipped, headFrom, inPieces, Keeper, peek } from './streams.ts'
import { type ArchiveEntry, ArchiveRefusal, unzip } from './unzip.ts'

const MOST_LISTED = 1000
/** Findings that make a batch at the beginning of an entry, where reading can always go on. */
const LEAST_AT_ENTRY = 5000
/** Files in archives that are looked over first are held up to here; larger ones are unpacked again. */
const MOST_HELD_BYTES = 1_048_576
/** A parser is given so much between two places where a batch may end. */
const PIECE_BYTES = 65_536

/** Reads a file, or every file of an archive, and hands over what it finds. Holds a few pieces and one batch. */
export function runPipeline(input: PipelineInput): Promise<PipelineOutcome> {
  return new Pipeline(input).run()
}

/** A file, or one of an archive. */
interface Named {
  readonly index: number
  readonly name: string
}

/** What is to be done in the next way through a file. */
interface Task {
  readonly format: Format
  /** Looks it over; undefined when it is to be read. */
  readonly look: Prescan | undefined
  readonly found: unknown
  /** Where reading goes on, and how much was found before the file. */
  readonly from: { readonly mark: Mark; readonly before: number } | undefined
}

class Pipeline {
  private readonly input: PipelineInput
  private readonly collector: Collector
  private readonly clock: LocalClock
  private readonly entries: EntryReport[]
  private unlisted: number
  private isPacked: boolean
  /** The entry that is being read. */
  private entry: EntryPlace | undefined

  constructor(input: PipelineInput) {
    const { checkpoint } = input
    this.input = input
    this.collector = new Collector(checkpoint)
    this.entries = [...(checkpoint?.entries ?? [])]
    this.unlisted = checkpoint?.unlisted ?? 0
    this.isPacked = checkpoint?.isPacked ?? false
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
    let head = await headFrom(this.input.open(0), this.input.name)
    const container = containerOf(head.bytes)
    if (container === 'zip') return this.archive()
    try {
      this.isPacked = container === 'gzip'
      if (this.isPacked) head = await headFrom(this.open(0), this.nameInside())
    } catch (error) {
      if (!isFaultOfFile(error)) throw error
      return faultOf(error)
    }
    const format = formatOf(head)
    const named = { index: 0, name: head.name }
    if (format === undefined) this.list({ ...named, ...NOT_RECOGNISED })
    else await this.single(this.taskFor(format, head.name), named)
    return undefined
  }

  /** Goes on where a run before this one stored its last place: what lies before is not taken again. */
  private async goOn({ entry, inside }: Checkpoint): Promise<string | undefined> {
    if (entry !== undefined) return this.archive(entry, inside)
    if (inside === undefined) return this.fromTheStart()
    const name = this.nameInside()
    await this.single(this.taskFrom(inside, name), { index: 0, name })
    return undefined
  }

  private nameInside(): string {
    return this.isPacked ? this.input.name.replace(/\.gz$/i, '') : this.input.name
  }

  /** The file itself, or what it holds, from a byte on. */
  private open(from: number): AsyncGenerator<Uint8Array, void> | AsyncIterable<Uint8Array> {
    const { input, isPacked } = this
    return isPacked ? behind(gunzipped(input.open(0), input.limits), from) : input.open(from)
  }

  private async single(first: Task, named: Named): Promise<void> {
    for (let task: Task | undefined = first; task !== undefined; ) {
      task = await this.way(task, named, this.open(task.look === undefined ? (task.from?.mark.offset ?? 0) : 0))
    }
  }

  private taskFor(format: Format, name: string): Task {
    return { format, look: format.prescan?.(this.contextFor(name)), found: undefined, from: undefined }
  }

  private taskFrom({ format: formatName, found, mark, before }: NonNullable<Place['inside']>, name: string): Task {
    const format = formatNamed(formatName)
    if (format === undefined) throw new Error(`A checkpoint names the format ${formatName}, which is none`)
    const look = format.isLookedOverAgain === true ? format.prescan?.(this.contextFor(name)) : undefined
    return { format, look, found, from: { mark, before } }
  }

  /** One way through a file, from its beginning or from the place of the task; the task of the next way, if any. */
  private async way(task: Task, named: Named, source: AsyncIterable<Uint8Array>): Promise<Task | undefined> {
    const { look } = task
    if (look === undefined) {
      const read = await this.read(task, this.contextFor(named.name), source)
      this.list({ ...named, ...read })
      return undefined
    }
    await this.lookOver(look, source)
    const next = look.again?.()
    return next === undefined ? { ...task, look: undefined, found: look.result() } : { ...task, look: next }
  }

  /** A place to go on from, inside of what is being read or at the next entry. */
  private place(inside?: Place['inside']): Place {
    const { entry, unlisted, isPacked } = this
    return {
      entries: [...this.entries],
      unlisted,
      ...(entry === undefined ? {} : { entry }),
      ...(isPacked ? { isPacked } : {}),
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

  private contextFor(name: string): FormatContext {
    return { sink: this.collector, clock: this.clock, name, answers: this.input.answers }
  }

  /** A file that cannot be read to its end tells what it can: the reading itself meets the same place. */
  private async lookOver(prescan: Prescan, source: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const piece of source) prescan.push(piece)
      prescan.end()
    } catch (error) {
      if (!isFaultOfFile(error)) throw error
    }
  }

  private async read({ format, found, from }: Task, context: FormatContext, source: AsyncIterable<Uint8Array>) {
    const { collector } = this
    const before = from?.before ?? collector.readings
    try {
      const parser = format.open(context, found)
      if (from !== undefined) collector.muted(() => parser.goOn(from.mark))
      for await (const piece of inPieces(source, PIECE_BYTES)) {
        parser.push(piece)
        this.cut(format, found, parser, before)
        await this.handOver()
      }
      parser.end()
      await this.handOver()
      return { format: format.name, outcome: 'read' } as const
    } catch (error) {
      if (!isFaultOfFile(error)) throw error
      await this.handOver()
      if (faultOf(error) === NOT_RECOGNISED.fault) return NOT_RECOGNISED
      const place = error instanceof FormatRefusal ? { place: error.place } : {}
      const outcome = collector.readings > before ? 'partly' : 'refused'
      return { format: format.name, outcome, fault: faultOf(error), ...place } as const
    }
  }

  /** Batches end between the pieces that a parser is given, at a place to go on from. */
  private cut(format: Format, found: unknown, parser: FormatParser, before: number): void {
    this.collector.cut(() => {
      const mark = parser.mark()
      const kept = format.isLookedOverAgain === true ? undefined : found
      return mark === undefined ? undefined : this.place({ format: format.name, found: kept, mark, before })
    }, this.input.batchReadings ?? BATCH_READINGS)
  }

  /** Why reading the archive ended early; undefined when it did not. */
  private async archive(from?: EntryPlace, inside?: Place['inside']): Promise<string | undefined> {
    try {
      let task = inside === undefined ? undefined : (name: string) => this.taskFrom(inside, name)
      for (let at = from; ; at = this.entry) {
        const next = await this.entriesFrom(at, task)
        if (next === undefined) return undefined
        task = () => next
      }
    } catch (error) {
      if (!isFaultOfFile(error)) throw error
      return faultOf(error)
    }
  }

  /** Reads the entries up to one that must be unpacked again: its next task, or undefined at the end of the archive. */
  private async entriesFrom(from: EntryPlace | undefined, task?: (name: string) => Task): Promise<Task | undefined> {
    for await (const entry of unzip(this.input.open(from?.at ?? 0), this.input.limits, from)) {
      const { index, at, totalBytes, name } = entry
      this.collector.entry = index
      this.entry = { index, at, totalBytes }
      const isKnown = task !== undefined && index === from?.index
      if (!isKnown) this.collector.cut(() => this.place(), this.input.batchReadings ?? LEAST_AT_ENTRY)
      const next = await this.archived(entry, isKnown ? task(name) : undefined)
      if (next !== undefined) return next
    }
    return undefined
  }

  private async archived(entry: ArchiveEntry, known: Task | undefined): Promise<Task | undefined> {
    const { index, name } = entry
    const refused = (fault: string): undefined => {
      this.list({ index, name, format: undefined, outcome: 'refused', fault })
    }
    if (entry.fault === 'encrypted') return refused('entry-encrypted')
    if (entry.fault !== undefined) return refused(entry.fault === 'unsafe-name' ? 'entry-unsafe-name' : 'entry-damaged')
    const content = entry.content()
    try {
      if (known !== undefined) return await this.entryWays(known, { index, name }, content)
      const { head, whole } = await peek(content, name)
      if (containerOf(head.bytes) !== undefined) return refused('entry-nested-archive')
      if (isClinicalRecord(head)) return refused('entry-clinical-record')
      const format = formatOf(head)
      // A table that nobody explained is nothing that can be asked about in the middle of an archive.
      if (format === undefined || format.name === 'table') return refused('entry-not-recognised')
      return await this.entryWays(this.taskFor(format, name), { index, name }, whole())
    } catch (error) {
      if (error instanceof ArchiveRefusal || !isFaultOfFile(error)) throw error
      return refused('entry-damaged')
    } finally {
      await content.return()
    }
  }

  /** All ways through an entry where it is small; otherwise one, and the task of the next. */
  private async entryWays(first: Task, named: Named, content: AsyncIterable<Uint8Array>): Promise<Task | undefined> {
    const keeper = new Keeper(first.look === undefined ? 0 : MOST_HELD_BYTES)
    let source: AsyncIterable<Uint8Array> | undefined = keeper.through(content)
    for (let task: Task | undefined = first; ; source = keeper.again()) {
      if (source === undefined) return task
      const { look, from } = task
      task = await this.way(task, named, look === undefined ? behind(source, from?.mark.offset ?? 0) : source)
      if (task === undefined) break
    }
    const last = this.entries.at(-1)
    if (last?.index === named.index && last.outcome !== 'read' && last.fault !== undefined) throwIfArchive(last.fault)
    return undefined
  }
}

const NOT_RECOGNISED = { format: undefined, outcome: 'refused', fault: 'entry-not-recognised' } as const
