import { auditOf } from '../../../../kernel/audit/read.ts'
import type { InputOf, OutputOf } from '../../../../kernel/contract.ts'
import type { Context } from '../../../../kernel/service.ts'
import type { medicalRecords } from '../../contract.ts'
import { emergencyFactsOf, factOfDocument } from '../../domain/emergency.ts'
import type { CriticalContent } from '../../domain/extract/findings.ts'
import { emergencyEntries } from '../../store/clinical.ts'
import * as documents from '../../store/documents.ts'
import { confirmed, findingsOf } from '../../store/findings.ts'
import { findOwn, removeDocument } from '../documents/remove.ts'
import { openDecided, openDetails, openFinding, openPages } from '../documents/sealed.ts'
import { cardView, recordType, recordView, seenValues, valueMembers } from './views.ts'

type Operations = typeof medicalRecords.operations

export const readHandlers = {
  healthRecords,
  recordTimeline,
  getHealthRecord,
  searchRecords,
  emergencyInfo,
  emergencyFacts,
  emergencyAccess,
  myRecords,
  recordAuditTrail,
}

const EMERGENCY_DISCLAIMER =
  'From documents, confirmed by the person or whoever keeps their record. What is not here is not known to be absent.'

async function healthRecords(context: Context, { limit = 100, offset = 0 }: InputOf<Operations['healthRecords']>) {
  const { rows, total } = await documents.listDocuments(context.db, context.personId, {}, { limit, offset })
  return { records: await Promise.all(rows.map((row) => cardView(context, row))), total_count: total }
}

async function recordTimeline(context: Context, { limit = 100, offset = 0 }: InputOf<Operations['recordTimeline']>) {
  const window = { limit, offset, isByDay: true }
  const { rows, total } = await documents.listDocuments(context.db, context.personId, {}, window)
  const entries = await Promise.all(
    rows.map(async (row) => {
      const { id, date, document_type, title, doctor_name, hospital_name, created_at } = await cardView(context, row)
      return { id, date: date ?? created_at.slice(0, 10), document_type, title, doctor_name, hospital_name }
    }),
  )
  return { entries, total_count: total }
}

async function getHealthRecord(context: Context, { id }: { id: string }) {
  const row = await findOwn(context, id)
  return recordView(context, row, await findingsOf(context.db, row.id))
}

/** Documents looked through at once, and in all: what they say opens only with the person's key. */
const SEARCH_BATCH = 50
const SEARCH_MOST = 1000

async function searchRecords(context: Context, input: InputOf<Operations['searchRecords']>) {
  const { document_type: type, date_from: from, date_to: until, limit = 50 } = input
  const found: documents.SearchRow[] = []
  let total = 0
  const filter = { from: from ?? undefined, until: until ?? undefined }
  for (let offset = 0; offset < SEARCH_MOST; offset += SEARCH_BATCH) {
    const window = { limit: SEARCH_BATCH, offset }
    const rows = await documents.searchable(context.db, context.personId, filter, window)
    for (const row of rows) {
      if (type !== undefined && type !== null && recordType(row.document_type) !== type) continue
      if (!(await matches(context, row, input))) continue
      total += 1
      if (found.length < limit) found.push(row)
    }
    if (rows.length < SEARCH_BATCH) break
  }
  return { records: await Promise.all(found.map((row) => cardView(context, row))), total_count: total }
}

async function matches(context: Context, row: documents.SearchRow, input: InputOf<Operations['searchRecords']>) {
  const details = await openDetails(context, row)
  const has = (text: string | undefined, word: string | null | undefined) =>
    !word || (text ?? '').toLowerCase().includes(word.toLowerCase())
  if (!has(details.doctor_name, input.doctor) || !has(details.hospital_name, input.hospital)) return false
  if (!input.query && !input.medicine) return true
  const values = await Promise.all(
    (await findingsOf(context.db, row.id)).map((one) =>
      openDecided<object>(context, one).then((taken) => taken ?? openFinding<object>(context, one)),
    ),
  )
  const text = (await openPages(context, row.id, row.content)).join('\n')
  const said = [details.title, details.doctor_name, details.hospital_name, details.notes, ...row.tags].join('\n')
  const all = `${said}\n${text}\n${JSON.stringify(values)}`
  return has(all, input.query) && has(`${text}\n${JSON.stringify(values)}`, input.medicine)
}

async function emergencyInfo(context: Context) {
  const rows = await confirmed(context.db, context.personId, ['critical_info'], 200)
  const contents = await Promise.all(rows.map((row) => openDecided<CriticalContent>(context, row)))
  const of = (type: CriticalContent['info_type']) => {
    const values = contents.flatMap((content) => (content?.info_type === type ? [content.value] : []))
    return [...new Map(values.map((value) => [value.toLowerCase(), value])).values()]
  }
  const groups = of('blood_group')
  return {
    // Two documents that say different groups: nobody is told one of them.
    blood_group: groups.length === 1 ? (groups[0] as string) : null,
    allergies: of('allergy'),
    chronic_conditions: of('chronic_condition'),
    disclaimer: EMERGENCY_DISCLAIMER,
  }
}

/** The same with medicines and the entries of the record, each with its source; all under the right to the emergency part. */
async function emergencyFacts(context: Context): Promise<OutputOf<Operations['emergencyFacts']>> {
  const [findings, entries] = await Promise.all([
    confirmed(context.db, context.personId, ['critical_info'], 200),
    emergencyEntries(context.db, context.personId),
  ])
  const contents = await Promise.all(findings.map((row) => openDecided<CriticalContent>(context, row)))
  const ofDocuments = findings.flatMap(({ decided_at }, index) =>
    factOfDocument(contents[index], decided_at ?? undefined),
  )
  return emergencyFactsOf(ofDocuments, entries)
}

async function emergencyAccess(context: Context, { id, reason }: InputOf<Operations['emergencyAccess']>) {
  const row = await findOwn(context, id)
  context.audit({ action: 'emergency_record_access', reason, purpose: 'emergency' })
  const rows = (await findingsOf(context.db, row.id)).filter((one) => one.kind === 'critical_info')
  const values = (await seenValues(context, rows)).filter((one) => one.isConfirmed)
  return {
    id: Number(row.seq),
    document_type: recordType(row.document_type),
    date: row.document_date,
    critical_info: valueMembers(values).critical_info,
    disclaimer: EMERGENCY_DISCLAIMER,
  }
}

async function myRecords(context: Context, input: InputOf<Operations['myRecords']>) {
  const { records, total_count } = await healthRecords(context, input)
  return { user_id: context.personId, total_records: total_count, records }
}

async function recordAuditTrail(context: Context, { limit = 100 }: InputOf<Operations['recordAuditTrail']>) {
  const { db } = context.system('the audit of one person, which the frame keeps')
  const page = await auditOf(db, context.personId, { limit: 500 })
  const entries = page.entries
    .filter((entry) => entry.service === 'medical-records')
    .slice(0, limit)
    .map(({ action, operation, outcome, accountId, at }) => ({
      action: action === '' ? operation : action,
      outcome,
      actor: accountId,
      at: at.toISOString(),
    }))
  return { user_id: context.personId, entries, total_count: entries.length }
}

export const removeHandlers = { revokeRecordConsent, cleanupExpired, deleteMyRecords }

async function revokeRecordConsent(context: Context, { id }: { id: string }) {
  const row = await findOwn(context, id)
  const isDeleted = await removeDocument(context, row)
  context.audit({ action: 'consent_revoked', purpose: 'storage' })
  return { success: true, revoked: true, deleted: isDeleted, message: 'The record and its file were removed' }
}

const BATCH = 200

async function cleanupExpired(context: Context) {
  let count = 0
  for (;;) {
    const rows = await documents.expired(context.db, context.now(), BATCH, context.personId)
    for (const row of rows) if (await removeDocument(context, row)) count += 1
    if (rows.length < BATCH) return { deleted_count: count }
  }
}

async function deleteMyRecords(context: Context) {
  let count = 0
  for (;;) {
    const rows = await documents.allDocuments(context.db, context.personId, BATCH)
    for (const { id } of rows) if (await removeDocument(context, { id, user_id: context.personId })) count += 1
    if (rows.length < BATCH) return { success: true, deleted_count: count }
  }
}
