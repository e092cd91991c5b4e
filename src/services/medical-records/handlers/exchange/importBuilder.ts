import type { Context } from '../../../../kernel/service.ts'
import { type ImportedFile, type ImportedItem, MOST_SKIPPED, type Skipped } from '../../domain/imported.ts'
import { deleteImport, insertImport, noteSkipped } from '../../store/imports.ts'
import { type LabFacts, labFactsOf } from '../labs/common.ts'
import { type Arrivals, arrivalsOf, keepArrivals } from './arrivals.ts'
import { announceImport, fingerprintOf, readFile } from './imports.ts'

interface Source {
  readonly id: string
  readonly system: string
  readonly baseUrl: string
}

/** An import of FHIR that comes in parts, as a hospital's server gives them. */
export class ImportBuilder {
  private readonly context: Context
  private readonly fingerprint: string
  private readonly sender: string
  private readonly facts: LabFacts
  private readonly hospital: Source
  private readonly id: string
  private patient: ImportedFile['patient'] | undefined
  private readonly skipped: Skipped[] = []
  private taken = 0

  private constructor(context: Context, fingerprint: string, sender: string, facts: LabFacts, hospital: Source) {
    this.context = context
    this.fingerprint = fingerprint
    this.sender = sender
    this.facts = facts
    this.hospital = hospital
    this.id = context.newId()
  }

  /** @param name what tells this import from every other of the person */
  static async begin(context: Context, name: string, sender: string, hospital: Source): Promise<ImportBuilder> {
    return new ImportBuilder(
      context,
      await fingerprintOf(context, name),
      sender.slice(0, 200),
      await labFactsOf(context),
      hospital,
    )
  }

  /**
   * Takes some resources, each as JSON, with a digest by reference (`Type/id`). Values that the person has already aren't brought
   * twice; those that changed wait beside what was taken. Throws 422 for what can't be read.
   */
  async add(resources: readonly string[], digests: ReadonlyMap<string, string>): Promise<void> {
    const { context } = this
    const file = await readFile(context, Buffer.from(`[${resources.join(',')}]`))
    this.skipped.push(...file.skipped.slice(0, MOST_SKIPPED - this.skipped.length))
    const here = { ...file, items: file.items.map((item) => this.fromHere(item)) }
    const arrivals = await arrivalsOf(context, here, this.facts, (reference) => ({
      origin: this.originOf(reference),
      digest: digests.get(reference) ?? null,
    }))
    await this.keep(file.patient, arrivals)
  }

  /** Resources (`Type/id`) that are not there any more: what was taken of them waits to be withdrawn. */
  async addGone(references: readonly string[]): Promise<void> {
    if (references.length === 0) return
    const withdrawn = references.map((reference) => ({ origin: this.originOf(reference), kind: null, key: null }))
    await this.keep({ name: null, birthDate: null, sex: null }, { arrived: [], withdrawn })
  }

  private async keep(patient: ImportedFile['patient'], arrivals: Arrivals): Promise<void> {
    const { context } = this
    const isFirst = this.patient === undefined
    this.patient ??= patient
    this.taken += await context.transact(async (transaction) => {
      if (isFirst) await insertImport(transaction, context.personId, this.row(patient), context.now())
      return keepArrivals(context, transaction, this.id, arrivals)
    })
  }

  private originOf(reference: string): string {
    return `${this.hospital.baseUrl}/${reference}`
  }

  /** How many were new so far. */
  get count(): number {
    return this.taken
  }

  /** A paper's file is asked for where the paper was named. */
  private fromHere(item: ImportedItem): ImportedItem {
    return item.kind === 'document' ? { ...item, hospital: this.hospital.system } : item
  }

  /** Ends it: one that brought nothing new is none. */
  async finish(skipped: readonly Skipped[]): Promise<{ readonly importId: string | null; readonly taken: number }> {
    const { context, id, taken } = this
    await context.transact(async (transaction) => {
      if (taken === 0) return void (await deleteImport(transaction, context.personId, id))
      await noteSkipped(transaction, id, [...this.skipped, ...skipped].slice(0, MOST_SKIPPED))
      await announceImport(context, transaction, { id, format: 'fhir' })
    })
    return { importId: taken === 0 ? null : id, taken }
  }

  private row(patient: ImportedFile['patient']) {
    const { id, fingerprint, sender } = this
    return {
      hospitalId: this.hospital.id,
      id,
      fingerprint,
      format: 'fhir' as const,
      sender,
      patient,
      acknowledgement: null,
      skipped: [],
    }
  }
}
