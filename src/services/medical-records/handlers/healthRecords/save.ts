import { isDeepStrictEqual } from 'node:util'
import type { InputOf } from '../../../../kernel/contract.ts'
import type { Transaction } from '../../../../kernel/database.ts'
import { fieldError, notFound, PlatformError } from '../../../../kernel/errors.ts'
import type { Context } from '../../../../kernel/service.ts'
import { medicalRecords } from '../../contract.ts'
import { type GivenContent, type GivenValues, givenContents, givenKinds } from '../../domain/extract/given.ts'
import * as documents from '../../store/documents.ts'
import * as findings from '../../store/findings.ts'
import { valuesChanged } from '../../store/words.ts'
import { announcementOf } from '../documents/announce.ts'
import { checkDocumentDate } from '../documents/documents.ts'
import { announceDocument } from '../documents/fhirViews.ts'
import { labResultOf } from '../documents/labResult.ts'
import { findOwn } from '../documents/remove.ts'
import { assertPossible, type ReadContent } from '../documents/review.ts'
import { type Details, openDetails, sealDecided, sealDetails, sealFinding } from '../documents/sealed.ts'
import { expiryOf } from '../documents/upload.ts'
import { addAcceptedLabResults, removeLabResultsOfFindings } from '../labs/accepted.ts'
import { labFactsOf } from '../labs/common.ts'
import { type RecordView, recordView } from './views.ts'

type Operations = typeof medicalRecords.operations
type Saving = InputOf<Operations['saveRecord']>
type Said = Pick<Saving, 'title' | 'date' | 'doctor' | 'hospital' | 'patient_name' | 'notes' | 'document_type'>

export const saveHandlers = { saveRecord, verifyRecord }

/** Keeps an analysed draft, or what a person wrote down by hand. What they gave counts as confirmed by them. */
async function saveRecord(context: Context, input: Saving): Promise<RecordView> {
  if (input.consent_given !== true) {
    throw new PlatformError('consent_required', 'Keeping a record needs consent_given: true')
  }
  const policy = input.storage_policy ?? input.storage_type ?? 'permanent'
  if (policy === 'do_not_store')
    throw fieldError('storage_type', 'keeps nothing, so there is nothing to save', ['permanent', 'temporary'])
  checkDocumentDate(input.date, context.now())
  const id = input.record_id ?? undefined
  const said = id === undefined ? input : saidByPerson(input, await shown(context, id))
  const contents = givenContents(said, input.date ?? null)
  for (const { kind, content } of contents) assertPossible(context, kind, content as unknown as ReadContent)
  const row = id === undefined ? await writeDown(context, input, policy) : await keepDraft(context, id, input, policy)
  await replaceValues(context, row, said, contents)
  return shown(context, row.id)
}

/**
 * The kinds of values that a person gave. What comes back as `analyze` answered it (`confirmed: false`, and nothing changed) is
 * a program's reading still: it waits for the review.
 */
function saidByPerson(input: Saving, read: RecordView): GivenValues {
  const isEcho = (given: readonly Given[] | undefined, before: readonly Given[]) =>
    given !== undefined &&
    given.length > 0 &&
    given.every((one) => one.confirmed === false) &&
    isDeepStrictEqual(given.map(wordsOf), before.map(wordsOf))
  return {
    diagnosis: input.diagnosis === read.diagnosis ? undefined : input.diagnosis,
    medications: isEcho(input.medications, read.medications) ? undefined : input.medications,
    test_results: isEcho(input.test_results, read.test_results) ? undefined : input.test_results,
    critical_info: isEcho(input.critical_info, read.critical_info) ? undefined : input.critical_info,
  }
}

interface Given {
  readonly confirmed?: boolean | undefined
}

/** A value without what was said of its reading, empty members left out. */
function wordsOf(given: Given) {
  const { confirmed: _confirmed, ...rest } = given
  const words = Object.entries(rest).filter(
    ([name, value]) => !['confidence', 'doubts', 'is_abnormal', 'severity'].includes(name) && (value ?? '') !== '',
  )
  return Object.fromEntries(words.map(([name, value]) => [name, String(value)]))
}

async function shown(context: Context, id: string): Promise<RecordView> {
  const row = await documents.findDocument(context.db, id)
  if (row === undefined) throw notFound('Record')
  return recordView(context, row, await findings.findingsOf(context.db, id))
}

async function writeDown(context: Context, input: Saving, policy: 'permanent' | 'temporary') {
  const id = context.newId()
  const now = context.now()
  const type = input.document_type ?? 'other'
  const title = input.title ?? `${type.replaceAll('_', ' ')} ${input.date ?? now.toISOString().slice(0, 10)}`
  const document: documents.NewDocument = {
    id,
    isDraft: false,
    documentType: type,
    status: 'validated',
    fault: null,
    storagePolicy: policy,
    source: 'manual',
    mimeType: null,
    sizeBytes: null,
    address: null,
    documentDate: input.date ?? null,
    tags: [],
    details: await sealDetails(context, id, changed({ title }, input)),
    consentedAt: now,
    expiresAt: expiryOf(policy, now),
    now,
  }
  return context.transact(async (transaction) => {
    const row = (await documents.insertDocument(transaction, context.personId, document)) as documents.DocumentRow
    const data = announcementOf('document_uploaded', context.personId, row, now)
    await transaction.publish(medicalRecords.events.documentUploaded, data)
    await announceDocument(context, transaction, row.id)
    return row
  })
}

async function keepDraft(context: Context, id: string, input: Saving, policy: 'permanent' | 'temporary') {
  const row = await findOwn(context, id)
  await change(context, row, input, {
    isDraft: false,
    storagePolicy: policy,
    consentedAt: context.now(),
    expiresAt: expiryOf(policy, context.now()),
  })
  return row
}

/** What a person says of the document goes before what was read; what they leave out stays. */
function changed(before: Details, said: Said): Details {
  const given = (value: string | null | undefined, old: string | undefined) =>
    value === undefined ? old : value || undefined
  return {
    ...before,
    title: said.title ?? before.title,
    doctor_name: given(said.doctor, before.doctor_name),
    hospital_name: given(said.hospital, before.hospital_name),
    patient_name: given(said.patient_name, before.patient_name),
    notes: given(said.notes, before.notes),
  }
}

async function change(context: Context, row: documents.DocumentRow, said: Said, more: documents.DocumentChange) {
  const details = await sealDetails(context, row.id, changed(await openDetails(context, row), said))
  const written = { ...more, details, documentType: said.document_type, documentDate: said.date }
  await context.transact(async (transaction) => {
    await documents.updateDocument(transaction, row.id, written, context.now())
    await announceDocument(context, transaction, row.id)
  })
}

async function verifyRecord(context: Context, input: InputOf<Operations['verifyRecord']>): Promise<RecordView> {
  const { id, ...given } = input
  if (Object.values(given).every((value) => value === undefined))
    throw fieldError('test_results', 'or another member must be given')
  checkDocumentDate(given.date, context.now())
  const row = await findOwn(context, id)
  const contents = givenContents(given, given.date ?? row.document_date)
  for (const { kind, content } of contents) assertPossible(context, kind, content as unknown as ReadContent)
  await change(context, row, given, {})
  await replaceValues(context, row, given, contents)
  return shown(context, row.id)
}

/** Puts what a person gave in place of all values of the same kinds. */
async function replaceValues(
  context: Context,
  row: documents.DocumentRow,
  given: GivenValues,
  contents: readonly GivenContent[],
): Promise<void> {
  const kinds = givenKinds(given)
  if (kinds.length === 0) return
  const values = await Promise.all(
    contents.map(async ({ kind, content }) => {
      const id = context.newId()
      return {
        id,
        kind,
        content: await sealFinding(context, id, content),
        decided: await sealDecided(context, id, content),
        lab: kind === 'lab' ? labResultOf(context, row, id, content) : undefined,
      }
    }),
  )
  const facts = values.some(({ lab }) => lab !== undefined) ? await labFactsOf(context) : undefined
  await context.transact(async (transaction) => {
    const dropped = await findings.dropKinds(transaction, row.id, kinds)
    if (dropped.length > 0) await removeLabResultsOfFindings(transaction, context, dropped)
    await findings.insertDecided(transaction, context.personId, row.id, values, {
      accountId: context.accountId,
      now: context.now(),
    })
    await valuesChanged(transaction, row.id)
    const labs = values.flatMap(({ lab }) => (lab === undefined ? [] : [lab]))
    if (labs.length > 0) await addAcceptedLabResults(transaction, context, labs, facts)
    await documents.closeReviewed(transaction, row.id, context.now())
    await announceDocument(context, transaction, row.id)
    await announceConfirmed(context, transaction, row, values.length)
  })
}

async function announceConfirmed(
  context: Context,
  transaction: Transaction,
  row: documents.DocumentRow,
  count: number,
) {
  if (count === 0) return
  const data = announcementOf('values_confirmed', context.personId, row, context.now(), count)
  await transaction.publish(medicalRecords.events.valuesConfirmed, data)
}
