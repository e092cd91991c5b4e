import type { Context } from '../../../../kernel/service.ts'
import { settingsOf } from '../../../../kernel/service.ts'
import { userProfile } from '../../../user-profile/contract.ts'
import { medicalRecords } from '../../contract.ts'
import type { Extract } from '../../domain/extract/extract.ts'
import { mayBeSamePerson } from '../../domain/extract/facts.ts'
import type { Finding, StudyFinding } from '../../domain/extract/findings.ts'
import { recordSettings } from '../../domain/settings.ts'
import type { ReadingOrder, ReadingResult } from '../../providers/reader/protocol.ts'
import { readFileContent } from '../../providers/reader.ts'
import * as store from '../../store/documents.ts'
import { replaceFindings } from '../../store/findings.ts'
import { makeWords } from '../find/words.ts'
import { announcementOf } from './announce.ts'
import { announceDocument } from './fhirViews.ts'
import { AREA } from './remove.ts'
import { type Details, openDetails, sealDetails, sealFinding, sealPages } from './sealed.ts'

const LARGEST_PIXELS = 40_000_000

/** Reads a file in its own process, with the limits of the settings. */
export function readContent(
  context: Context,
  reading: ReadingOrder['reading'],
  source: AsyncIterable<Uint8Array>,
): Promise<ReadingResult> {
  const { tesseract, heif, languages, pages, seconds, memoryMb } = settingsOf(context, recordSettings)
  const order = {
    reading,
    maximumPages: pages,
    maximumPixels: LARGEST_PIXELS,
    tesseract: tesseract === 'off' ? undefined : tesseract,
    languages,
    heif: heif === 'off' ? undefined : heif,
  }
  return readFileContent(source, order, { seconds, memoryMb })
}

/** Reads a stored document, by job. Values that the person has decided about stay as they are. */
export async function readStored(context: Context, data: Readonly<Record<string, unknown>>): Promise<void> {
  const row = await store.findDocument(context.db, String(data.document_id))
  if (row === undefined || row.address === null) return
  await readRow(context, row, {
    isTypeAsked: typeof data.document_type === 'string',
    isTitleAsked: typeof data.title === 'string',
  })
}

export interface ReadOptions {
  readonly isTypeAsked: boolean
  readonly isTitleAsked: boolean
}

/** Reads the file of a document and keeps what it says. */
export async function readRow(context: Context, row: store.DocumentRow, options: ReadOptions): Promise<void> {
  await store.updateDocument(context.db, row.id, { status: 'processing' }, context.now())
  const file = await context.ports.files.open({ personId: context.personId, area: AREA }, row.address as string)
  const reading = readingOf(row.mime_type)
  const result: ReadingResult = await readContent(context, reading, file.content)
  await keepReading(context, row, result, options)
}

function readingOf(mime: string | null): ReadingOrder['reading'] {
  if (mime === 'application/pdf') return 'pdf'
  if (mime === 'image/tiff') return 'tiff'
  if (mime === 'application/dicom') return 'dicom'
  if (mime === 'image/heic') return 'heic'
  return mime?.startsWith('image/') === true ? 'picture' : 'text'
}

/** Where a document stands after a reading, and why it stands no further. */
export function outcomeOf({ extract, fault }: ReadingResult): { status: string; fault: string | null } {
  const hasText = extract?.texts.some((text) => text.trim() !== '') === true
  if (fault !== undefined) return { status: hasText ? 'ocr_completed' : 'error', fault }
  if (!hasText) return { status: 'error', fault: 'no_text_found' }
  return { status: 'metadata_extracted', fault: null }
}

async function keepReading(
  context: Context,
  row: store.DocumentRow,
  result: ReadingResult,
  options: ReadOptions,
): Promise<void> {
  const { personId } = context
  const { extract } = result
  const before = await openDetails(context, row)
  const details = await detailsOf(context, before, extract)
  const isAnother = details.warnings?.includes('patient_name_differs') === true
  const findings = await sealed(
    context,
    (extract?.findings ?? []).map((one) => (isAnother ? ofAnother(one) : one)),
  )
  const { status, fault } = outcomeOf(result)
  const reading: store.Reading = {
    status,
    fault,
    documentType: options.isTypeAsked ? row.document_type : (extract?.facts.documentType ?? row.document_type),
    documentDate: row.document_date ?? extract?.facts.date ?? null,
    pageCount: result.pageCount ?? extract?.texts.length ?? null,
    method: extract?.method ?? 'none',
    confidence: extract?.confidence ?? null,
    details: await sealDetails(context, row.id, details),
    content: await sealPages(context, row.id, extract?.texts ?? []),
  }
  await context.transact(async (transaction) => {
    // It may have been removed while it was read.
    if (!(await store.writeReading(transaction, row.id, reading, context.now()))) return
    await replaceFindings(transaction, personId, row.id, findings, context.now())
    const { status: now, documentType } = reading
    const about = { id: row.id, document_type: documentType, status: now }
    const data = announcementOf('document_processed', personId, about, context.now(), findings.length)
    await transaction.publish(medicalRecords.events.documentProcessed, data)
    if (!row.is_draft) await announceDocument(context, transaction, row.id)
  })
  // Where this fails, the job that looks for documents without words makes them; it is not read again for that.
  if (!row.is_draft) await makeWords(context, row.id).catch(() => undefined)
}

/** What a person said of the document goes before what was read in it. */
async function detailsOf(context: Context, before: Details, extract: Extract | undefined): Promise<Details> {
  const facts = extract?.facts
  return {
    ...before,
    doctor_name: before.doctor_name ?? facts?.doctor,
    hospital_name: before.hospital_name ?? facts?.hospital,
    patient_name: before.patient_name ?? facts?.patient,
    warnings: await warningsOf(context, extract),
  }
}

/** What about the document as a whole wants a look, as codes. */
export async function warningsOf(context: Context, extract: Extract | undefined): Promise<string[]> {
  if (extract === undefined) return []
  const { patient, isDateAmbiguous, date } = extract.facts
  const warnings: string[] = []
  if (isDateAmbiguous) warnings.push('date_ambiguous')
  if (date !== undefined && date > context.now().toISOString().slice(0, 10)) warnings.push('date_in_the_future')
  if (patient !== undefined) {
    const known = await nameOf(context)
    if (known !== undefined && !mayBeSamePerson(patient, known)) warnings.push('patient_name_differs')
  }
  return warnings
}

/** How the person is called; undefined where nobody said, or where it can't be asked now: then nothing is compared. */
async function nameOf(context: Context): Promise<string | undefined> {
  try {
    const facts = await context.call(userProfile.operations.facts, { person_id: context.personId })
    return facts.display_name ?? undefined
  } catch {
    return undefined
  }
}

/** A picture that names somebody else is taken by nobody who did not look at that. */
function ofAnother(finding: Finding | StudyFinding): Finding | StudyFinding {
  return finding.kind === 'imaging_study' ? { ...finding, doubts: [...finding.doubts, 'names_another'] } : finding
}

async function sealed(context: Context, findings: readonly (Finding | StudyFinding)[]) {
  return Promise.all(
    findings.map(async ({ kind, content, page, box, line, confidence, doubts }) => {
      const id = context.newId()
      const sealedContent = await sealFinding(context, id, { ...content, line, confidence })
      return { id, kind, isCertain: doubts.length === 0, doubts, page, box, content: sealedContent }
    }),
  )
}
