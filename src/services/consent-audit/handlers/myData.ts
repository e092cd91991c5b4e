import { auditOf } from '../../../kernel/audit/read.ts'
import type { InputOf } from '../../../kernel/contract.ts'
import { notFound, PlatformError } from '../../../kernel/errors.ts'
import { frameOperations } from '../../../kernel/frameOperations.ts'
import { restrictedSince } from '../../../kernel/holds.ts'
import { errorFields } from '../../../kernel/log.ts'
import type { RawAnswer, RawRequest } from '../../../kernel/raw.ts'
import type { Context } from '../../../kernel/service.ts'
import { EXPORT_DAYS, INLINE_ROWS } from '../contract/rights.ts'
import type { consentAudit } from '../contract.ts'
import { listConsents } from '../store/consents.ts'
import { pendingErasure } from '../store/erasure.ts'
import * as store from '../store/exports.ts'
import { findNominee } from '../store/requests.ts'
import { rowView } from './audit.ts'
import { eraseMyData, erasureView } from './erasure.ts'
import { policyOf } from './policy.ts'
import { object, openRequest, restrict } from './requests.ts'
import { consentView } from './views.ts'

type Operations = typeof consentAudit.operations

const DAY_MS = 86_400_000
const ARCHIVE_NAME = 'my-health-data.zip'

export const myDataHandlers = { readMyData, readStanding, startExport, listExports, readExport, exerciseRight }

async function readMyData(context: Context) {
  const { personId, db } = context
  const now = context.now()
  const services: Record<string, Record<string, unknown[]>> = {}
  const shortened: string[] = []
  const unreachable: string[] = []
  // One after the other: what all services hold at once could be large.
  for (const { name } of context.contracts) {
    try {
      const { collections } = await context.call(frameOperations(name).exportPart, {})
      const filled = Object.entries(collections).filter(([, rows]) => rows.length > 0)
      if (filled.length === 0) continue
      services[name] = Object.fromEntries(filled.map(([one, rows]) => [one, rows.slice(0, INLINE_ROWS)]))
      shortened.push(...filled.filter(([, rows]) => rows.length > INLINE_ROWS).map(([one]) => `${name}.${one}`))
    } catch (error) {
      context.log.warn({ part: name, ...errorFields(error) }, 'a part of a person’s data could not be read')
      unreachable.push(name)
    }
  }
  const audit = await auditOf(context.system('the audit of one person, which the frame keeps').db, personId, {
    limit: 100,
  })
  const erasure = await pendingErasure(db, personId)
  context.audit({ action: 'data_export' })
  return {
    user_id: personId,
    generated_at: now.toISOString(),
    is_complete: shortened.length === 0 && unreachable.length === 0,
    services,
    shortened,
    unreachable,
    consents: (await listConsents(db, personId, 500)).map((row) => consentView(row, now)),
    audit: audit.entries.map(rowView),
    exports: (await store.listExports(db, personId, 20)).map(exportView),
    erasure: erasure === undefined ? null : erasureView(erasure, await policyOf(context)),
  }
}

async function readStanding(context: Context) {
  const { db, personId } = context
  const policy = await policyOf(context)
  const [erasure, nominee, since] = await Promise.all([
    pendingErasure(db, personId),
    findNominee(db, personId),
    restrictedSince(db, personId),
  ])
  return {
    jurisdiction: policy.code,
    restricted_since: since?.toISOString() ?? null,
    erasure: erasure === undefined ? null : erasureView(erasure, policy),
    nominee:
      nominee === undefined
        ? null
        : { name: nominee.name, relationship: nominee.relationship, contact: nominee.contact },
  }
}

export function exportView(row: store.ExportRow) {
  const progress = row.parts_total === 0 ? 0 : Math.floor((100 * row.parts_done) / row.parts_total)
  return {
    id: row.id,
    status: row.state,
    progress: row.state === 'ready' ? 100 : Math.min(progress, 99),
    size_bytes: row.size_bytes,
    sha256: row.sha256,
    created_at: row.created_at.toISOString(),
    ready_at: row.ready_at?.toISOString() ?? null,
    expires_at: row.expires_at.toISOString(),
    download_url: row.state === 'ready' ? `/api/v1/my-data/exports/${row.id}/download` : null,
  }
}

async function startExport(context: Context) {
  const now = context.now()
  const { personId } = context
  const id = context.newId()
  const expiresAt = new Date(now.getTime() + EXPORT_DAYS * DAY_MS)
  const row = await context.transact(async (transaction) => {
    const made = await store.insertExport(transaction, { id, userId: personId, expiresAt }, now)
    if (made !== undefined) await transaction.enqueue('make-export', { export_id: id }, { key: id })
    return made
  })
  if (row === undefined) throw new PlatformError('conflict', 'An export is being made already')
  context.audit({ action: 'data_export', grantId: id })
  return exportView(row)
}

async function listExports(context: Context, { limit = 20 }: { limit?: number }) {
  return { exports: (await store.listExports(context.db, context.personId, limit)).map(exportView) }
}

async function readExport(context: Context, { id }: { id: string }) {
  const row = await store.findExport(context.db, context.personId, id)
  if (row === undefined) throw notFound('Export')
  return exportView(row)
}

/** Streams the zip from where it lies encrypted. */
export async function downloadExport(context: Context, { params }: RawRequest): Promise<RawAnswer> {
  const { personId } = context
  const id = params.id ?? ''
  const row = /^[0-9a-f-]{36}$/i.test(id) ? await store.findExport(context.db, personId, id) : undefined
  if (row === undefined) throw notFound('Export')
  if (row.state === 'expired' || row.expires_at <= context.now()) throw new PlatformError('gone', 'This export ran out')
  if (row.state !== 'ready' || row.address === null) throw new PlatformError('conflict', 'This export is not ready yet')
  const file = await context.ports.files.open({ personId, area: 'consent-audit' }, row.address)
  context.audit({ action: 'data_downloaded', grantId: row.id })
  const headers = {
    'content-type': 'application/zip',
    'content-disposition': `attachment; filename="${ARCHIVE_NAME}"`,
    'content-length': String(file.sizeBytes),
  }
  return { headers, body: file.content }
}

/** The words of S002 for what other paths do; each does it, and notes it as done or as waiting for an answer. */
async function exerciseRight(context: Context, input: InputOf<Operations['exerciseRight']>) {
  const { right_type: right, description = null } = input
  const finish = async (kind: string, state: 'open' | 'done', done: string) => {
    const row = await openRequest(context, kind, description, state)
    return {
      status: state === 'done' ? ('completed' as const) : ('processing' as const),
      request_id: row.reference,
      right,
      estimated_completion: row.due_at.toISOString(),
      done,
    }
  }
  switch (right) {
    case 'right_to_access':
    case 'right_to_portability': {
      const made = await startExport(context)
      return finish(right === 'right_to_access' ? 'access' : 'portability', 'done', `export ${made.id} is being made`)
    }
    case 'right_to_erasure': {
      const erasure = await eraseMyData(context, input)
      return finish(
        'erasure',
        'done',
        `closed now; erased on ${erasure.executes_at}; receipt code ${erasure.receipt_code}`,
      )
    }
    case 'right_to_restriction':
      await restrict(context)
      return finish('restriction', 'done', 'the record is restricted from now on')
    case 'right_to_object': {
      const { purposes, consents_revoked } = await object(context, {
        purposes: input.purposes ?? ['analytics', 'marketing', 'research', 'ai_processing'],
      })
      return finish('objection', 'done', `objected to ${purposes.join(', ')}; ${consents_revoked} consents ended`)
    }
    case 'right_to_rectification':
      return finish('correction', 'open', 'the correction waits for an answer')
  }
}
