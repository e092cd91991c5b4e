import type { Transaction } from '../../../../kernel/database.ts'
import { fieldError, notFound, PlatformError } from '../../../../kernel/errors.ts'
import { type Context, type Handlers, settingsOf } from '../../../../kernel/service.ts'
import { medicalRecords } from '../../contract.ts'
import { mayBeSamePerson } from '../../domain/extract/facts.ts'
import { type ImportedFile, type ImportedItem, MOST_SKIPPED } from '../../domain/imported.ts'
import { recordSettings } from '../../domain/settings.ts'
import { isQuickFull, readExchangeFile } from '../../providers/reader.ts'
import {
  decideItems,
  deleteImport,
  findImport,
  type ImportRow,
  type ItemRow,
  importOfContent,
  insertImport,
  itemsOf,
  pageOfImports,
} from '../../store/imports.ts'
import { announceChange, type LabFacts, labFactsOf, numbered, pagingOf } from '../labs/common.ts'
import { inSlices, keepAccepted } from './accept.ts'
import { arrivalsOf, keepArrivals } from './arrivals.ts'

type ExchangeHandlers = Pick<
  Handlers<typeof medicalRecords>,
  'importText' | 'listImports' | 'getImport' | 'decideImport' | 'deleteImport'
>

/** How long the reading of a file may take. */
const SECONDS = 60

export const exchangeHandlers: ExchangeHandlers = {
  importText: (context, { content }) => takeFile(context, Buffer.from(content)),

  async listImports(context, input) {
    const paging = pagingOf(input)
    const { rows, total } = await pageOfImports(context.db, context.personId, paging.skip, paging.limit)
    return numbered(rows.map(summaryOf), total, paging)
  },

  async getImport(context, { id }) {
    return viewOf(context, await existing(context, id))
  },

  async decideImport(context, input) {
    const row = await existing(context, input.id)
    const facts = await labFactsOf(context)
    const items = await itemsOf(context.db, row.id)
    const accept = new Set([...(input.accept ?? []), ...(input.accept_all === true ? withoutDoubt(items) : [])])
    const reject = (input.reject ?? []).filter((id) => !accept.has(id))
    const states = new Map(items.map(({ id, state }) => [id, state]))
    const unknown = [...accept, ...reject].find((id) => !states.has(id))
    if (unknown !== undefined) throw notFound('Value of this import')
    if (accept.size > 0 && differencesOf(row, facts).length > 0 && input.is_about_me !== true) {
      throw fieldError('is_about_me', 'must be true: date of birth or sex in the file differ from the profile')
    }
    const decided = [...accept, ...reject].find((id) => states.get(id) !== 'unconfirmed')
    if (decided !== undefined && input.accept_all !== true)
      throw new PlatformError('conflict', 'A value was decided already')
    const by = { by: context.accountId, now: context.now() }
    await context.transact(async (transaction) => {
      const taken = await decideItems(transaction, row.id, [...accept], { ...by, state: 'accepted' })
      await decideItems(transaction, row.id, reject, { ...by, state: 'rejected' })
      await keepAccepted(context, transaction, row, taken, facts)
    })
    return viewOf(context, await existing(context, input.id))
  },

  async deleteImport(context, { id }) {
    const isGone = await context.transact((transaction) => deleteImport(transaction, context.personId, id))
    if (!isGone) throw notFound('Import')
    return null
  },
}

/**
 * Reads a file and keeps its values as unconfirmed. The same file again is the same import; values that another file brought
 * already aren't brought twice. Throws 415 for other formats and 422 for a file that can't be read.
 */
export async function takeFile(context: Context, bytes: Uint8Array, documentId?: string) {
  const fingerprint = await fingerprintOf(context, bytes)
  const before = await importOfContent(context.db, context.personId, fingerprint)
  if (before !== undefined) return viewOf(context, before)
  if (isQuickFull(context.personId)) {
    throw new PlatformError('too_many_requests', 'Other files are being read; send it again in a moment', {
      retryAfterSeconds: 10,
    })
  }
  const file = withoutElsewhere(await readFile(context, bytes))
  const arrivals = await arrivalsOf(context, file, await labFactsOf(context))
  const one = { id: context.newId(), fingerprint, ...file, ...(documentId === undefined ? {} : { documentId }) }
  const kept = await context.transact(async (transaction) => {
    if (!(await insertImport(transaction, context.personId, one, context.now()))) return 0
    const written = await keepArrivals(context, transaction, one.id, arrivals)
    await announceImport(context, transaction, one)
    return written
  })
  const row = (await importOfContent(context.db, context.personId, fingerprint)) ?? missing()
  return viewOf(context, row, Math.max(0, arrivals.arrived.length - kept))
}

/** Papers whose files lie at a clinic that nobody can ask: only a connection with it brings them. */
function withoutElsewhere(file: ImportedFile): ImportedFile {
  const isElsewhere = (item: ImportedItem) => item.kind === 'document' && item.url !== null
  const left = file.items.filter(isElsewhere).map(({ key }) => ({ where: key, why: 'Its file lies elsewhere' }))
  if (left.length === 0) return file
  const items = file.items.filter((item) => !isElsewhere(item))
  return { ...file, items, skipped: [...file.skipped, ...left].slice(0, MOST_SKIPPED) }
}

/** A keyed digest, so that whoever reads the table learns nothing of a content by trying it. */
export async function fingerprintOf(context: Context, content: Uint8Array | string): Promise<string> {
  return (await context.ports.encryption.fingerprint(context.personId)).update(content).digest('hex')
}

/** Says that an import waits. */
export function announceImport(
  context: Context,
  transaction: Transaction,
  { id, format }: { id: string; format: string },
) {
  const change = { resourceType: format, ids: [id], status: 'unconfirmed' }
  return announceChange(context, transaction, medicalRecords.events.recordsImported, change)
}

/** What a file says; it is read in a process of its own. Throws 415 for other formats, 422 for what can't be read. */
export async function readFile(context: Context, bytes: Uint8Array): Promise<ImportedFile> {
  const reading = formatOf(bytes)
  if (reading === undefined) {
    throw new PlatformError(
      'unsupported_media_type',
      'Only HL7 v2, C-CDA and FHIR files are read here; PDF and pictures go to /documents/upload',
    )
  }
  const now = context.now().toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)
  const { memoryMb } = settingsOf(context, recordSettings)
  const { file, refusal, fault } = await readExchangeFile(
    context.personId,
    bytes,
    { reading, now },
    { seconds: SECONDS, memoryMb },
  )
  if (file === undefined) throw fieldError('content', refusal ?? WHY[fault ?? 'damaged'] ?? WHY.damaged)
  return file
}

const WHY: Readonly<Record<string, string>> & { readonly damaged: string } = {
  damaged: 'is no file that can be read',
  too_slow: 'takes too long to read',
  too_much_memory: 'takes too much memory to read',
  reader_stopped: 'could not be read: the program that reads it stopped by a fault of its own',
}

function formatOf(bytes: Uint8Array): 'hl7v2' | 'ccda' | 'fhir' | undefined {
  const head = Buffer.from(bytes.subarray(0, 400)).toString('latin1').replaceAll('\0', '')
  if (/^[^<]{0,4}<(\?xml|ClinicalDocument|!)/.test(head)) return 'ccda'
  if (/^\s*[[{]/.test(head)) return 'fhir'
  return /(^|[\r\n\v])(MSH|FHS|BHS)[^A-Za-z0-9]/.test(head.slice(0, 20)) ? 'hl7v2' : undefined
}

/**
 * New values without doubt that wait still; that a test is only not known here is no doubt about its value. What would change
 * something that was taken wants a decision of its own.
 */
function withoutDoubt(items: readonly ItemRow[]): string[] {
  return items
    .filter(
      (item) =>
        item.state === 'unconfirmed' &&
        item.change === null &&
        item.doubts.every((doubt) => doubt.startsWith('the test is not known')),
    )
    .map((item) => item.id)
}

/** What the person should look at before taking anything. People are called by many names: another one only warns. */
function warningsOf(row: ImportRow, facts: LabFacts): string[] {
  const { name } = row.patient
  const isNamedOtherwise = name !== null && facts.name !== undefined && !mayBeSamePerson(name, facts.name)
  return [
    ...(isNamedOtherwise ? ['The name in the file is not the one in the profile'] : []),
    ...differencesOf(row, facts),
  ]
}

function differencesOf(row: ImportRow, facts: LabFacts): string[] {
  const { birthDate, sex } = row.patient
  const differsInBirth = birthDate !== null && facts.birthDate !== undefined && !facts.birthDate.startsWith(birthDate)
  return [
    ...(differsInBirth ? ['The date of birth in the file is not the one in the profile'] : []),
    ...(sex !== null && facts.sex !== undefined && sex !== facts.sex
      ? ['The sex in the file is not the one in the profile']
      : []),
  ]
}

async function viewOf(context: Context, row: ImportRow, alreadyKnown = 0) {
  const [items, facts] = await Promise.all([itemsOf(context.db, row.id), labFactsOf(context)])
  return {
    ...summaryOf(row),
    items: await inSlices(items, ({ id, kind, state, content, doubts, change, was }) => ({
      id,
      kind,
      state,
      content: contentView(content),
      doubts: [...doubts],
      change,
      was: was === null ? null : contentView(was),
    })),
    skipped: [...row.skipped],
    acknowledgement: row.acknowledgement,
    warnings: warningsOf(row, facts),
    already_known: alreadyKnown,
  }
}

function contentView(content: ImportedItem): Record<string, unknown> {
  const entries = Object.entries(content).filter(([name]) => !HIDDEN.has(name))
  return Object.fromEntries(entries.map(([name, value]) => [snakeCase(name), value]))
}

/** What is kept beside the words that a person decides by. */
const HIDDEN: ReadonlySet<string> = new Set(['key', 'resource', 'data', 'url', 'hospital'])

/** The few names of values, each made once. */
const NAMES = new Map<string, string>()

function snakeCase(name: string): string {
  const known = NAMES.get(name)
  if (known !== undefined) return known
  const made = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  NAMES.set(name, made)
  return made
}

function summaryOf(row: ImportRow) {
  const { name, birthDate, sex } = row.patient
  return {
    id: row.id,
    format: row.format,
    sender: row.sender,
    patient: { name, birth_date: birthDate, sex },
    created_at: row.created_at.toISOString(),
    unconfirmed: row.unconfirmed,
    accepted: row.accepted,
    rejected: row.rejected,
  }
}

async function existing(context: Context, id: string): Promise<ImportRow> {
  return (await findImport(context.db, context.personId, id)) ?? missing()
}

function missing(): never {
  throw notFound('Import')
}
