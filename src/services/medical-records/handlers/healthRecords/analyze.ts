import { PlatformError } from '../../../../kernel/errors.ts'
import { takeUpload, wholeOf } from '../../../../kernel/http/uploads.ts'
import type { RawAnswer, RawRequest } from '../../../../kernel/raw.ts'
import type { Context } from '../../../../kernel/service.ts'
import type { StoragePolicy } from '../../contract/shapes.ts'
import { type FileType, SNIFFED_BYTES } from '../../domain/fileTypes.ts'
import type { ReadingResult } from '../../providers/reader/protocol.ts'
import { waitingReadings } from '../../providers/reader.ts'
import * as documents from '../../store/documents.ts'
import { findingsOf } from '../../store/findings.ts'
import { outcomeOf, readContent, readRow, warningsOf } from '../documents/read.ts'
import { openDetails } from '../documents/sealed.ts'
import { acceptedType, addDocument, keepFile, largestBytes, policyOf } from '../documents/upload.ts'
import { DISCLAIMER, purposeOf, recordType, recordView, type SeenValue, valueMembers } from './views.ts'

/** The limit that S001 documents. */
const LARGEST_BYTES = 10 * 1_048_576
/** A draft that nobody saves is removed after this. */
const DRAFT_MS = 86_400_000

/** Each that waits holds its file in memory. */
const MOST_WAITING = 6

interface Received {
  readonly bytes: Buffer
  readonly name: string | undefined
  readonly type: FileType
}

/** Reads a document at once. What is not to be stored passes through the memory of the reading process and nowhere else. */
export async function analyzeRecord(context: Context, request: RawRequest): Promise<RawAnswer> {
  if (waitingReadings() >= MOST_WAITING) {
    throw new PlatformError('too_many_requests', 'Other documents are being read; send it again in a minute', {
      retryAfterSeconds: 60,
    })
  }
  const { fields, result: file } = await takeUpload(request, async ({ name, content }): Promise<Received> => {
    const bytes = await wholeOf(content, Math.min(LARGEST_BYTES, largestBytes(context)))
    return { bytes, name, type: acceptedType(bytes.subarray(0, SNIFFED_BYTES)) }
  })
  const policy = policyOf(fields)
  if (fields.user_id !== undefined) assertSamePerson(context, fields.user_id)
  const answer = policy === 'do_not_store' ? await onlyRead(context, file) : await readAndKeep(context, file, policy)
  return { headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(answer) }
}

/** The form may name the person as old clients do; whose record it is says the credential. */
function assertSamePerson(context: Context, userId: string): void {
  const { principal } = context.caller
  const own = [principal?.accountId, String(principal?.seq), principal?.subject]
  const isOwn = own.includes(userId) && principal?.accountId === context.personId
  if (!isOwn && userId.toLowerCase() !== context.personId) {
    throw new PlatformError('forbidden', 'user_id is somebody else than the person of the call')
  }
}

async function* once(bytes: Buffer) {
  yield bytes
}

async function onlyRead(context: Context, { bytes, type }: Received) {
  const result: ReadingResult =
    type.reading === 'none'
      ? { pageCount: undefined, extract: undefined, fault: undefined }
      : await readContent(context, type.reading, once(bytes))
  const { extract } = result
  const facts = extract?.facts
  const documentType = facts?.documentType ?? 'other'
  const values: SeenValue[] = (extract?.findings ?? []).map(({ kind, content, doubts, confidence }) => ({
    kind,
    content,
    doubts,
    isConfirmed: false,
    confidence: confidence / 100,
  }))
  return {
    id: null,
    record_id: null,
    document_type: recordType(documentType),
    date: facts?.date ?? null,
    doctor: facts?.doctor ?? null,
    hospital: facts?.hospital ?? null,
    patient_name: facts?.patient ?? null,
    notes: null,
    ...valueMembers(values),
    purpose_tag: purposeOf(documentType),
    storage_policy: 'do_not_store' satisfies StoragePolicy,
    ai_disclaimer: DISCLAIMER,
    warnings: await warningsOf(context, extract),
    fault: type.reading === 'none' ? 'type_not_read' : outcomeOf(result).fault,
    save_before: null,
  }
}

async function readAndKeep(context: Context, file: Received, policy: 'permanent' | 'temporary') {
  const kept = await keepFile(context, { name: file.name, content: once(file.bytes) })
  const expiresAt = new Date(context.now().getTime() + DRAFT_MS)
  const asked = { title: undefined, documentType: undefined, tags: [] }
  const { row, isDuplicate } = await addDocument(context, kept, {
    ...asked,
    policy,
    source: 'analyze',
    isDraft: true,
    expiresAt,
  })
  if (!isDuplicate && kept.type.reading !== 'none') {
    await readRow(context, row, { isTypeAsked: false, isTitleAsked: false })
  }
  const read = (await documents.findDocument(context.db, row.id)) ?? row
  const {
    title: _title,
    verified: _verified,
    expires_at,
    created_at: _at,
    ...view
  } = await recordView(context, read, await findingsOf(context.db, row.id))
  const { warnings = [] } = await openDetails(context, read)
  return {
    ...view,
    warnings,
    fault: kept.type.reading === 'none' ? 'type_not_read' : read.fault,
    save_before: read.is_draft ? expires_at : null,
  }
}
