import { randomBytes } from 'node:crypto'
import type { InputOf } from '../../../kernel/contract.ts'
import { fieldError, notFound } from '../../../kernel/errors.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import type { consentAudit } from '../contract.ts'
import { POLICIES, requestDue } from '../domain/jurisdictions.ts'
import { consentSettings, contactIn } from '../domain/settings.ts'
import { deleteObjection, insertObjections, listObjections, withdraw } from '../store/consents.ts'
import * as store from '../store/requests.ts'
import { announceWithdrawn, noteWithdrawn } from './consents.ts'
import { policyOf } from './policy.ts'

type Operations = typeof consentAudit.operations

export const requestHandlers = {
  correctMyData,
  complain,
  listRequests,
  openRequests,
  answerRequest,
  setNominee,
  readNominee,
  removeNominee,
  setJurisdiction,
  listPolicies,
  listRights,
  restrict,
  unrestrict,
  object,
  endObjection,
}

const PREFIX: Readonly<Record<string, string>> = { correction: 'CORR', grievance: 'GRV' }

/** Notes a request with the day it is due, and its reference. */
export async function openRequest(
  context: Context,
  kind: string,
  detail: string | null,
  state: 'open' | 'done' = 'open',
): Promise<store.RequestRow> {
  const now = context.now()
  const day = now.toISOString().slice(0, 10).replaceAll('-', '')
  const row = await store.insertRequest(context.db, {
    id: context.newId(),
    user_id: context.personId,
    reference: `${PREFIX[kind] ?? 'REQ'}-${day}-${randomBytes(4).toString('hex').toUpperCase()}`,
    kind,
    state,
    detail,
    created_at: now,
    due_at: requestDue(await policyOf(context), kind, now),
    done_at: state === 'done' ? now : null,
  })
  return row as store.RequestRow
}

export function ticketView(context: Context, row: store.RequestRow) {
  return {
    request_id: row.reference,
    kind: row.kind,
    status: row.state,
    detail: row.detail,
    answer: row.answer,
    created_at: row.created_at.toISOString(),
    due_at: row.due_at.toISOString(),
    done_at: row.done_at?.toISOString() ?? null,
    overdue: row.state === 'open' && row.due_at < context.now(),
    contact: contactIn(context.caller.language, settingsOf(context, consentSettings)),
  }
}

async function correctMyData(context: Context, input: InputOf<Operations['correctMyData']>) {
  const { field, corrected_value, current_value, reason, corrections } = input
  if (field === undefined && corrections === undefined)
    throw fieldError('field', 'name what is wrong, or give corrections')
  const detail = JSON.stringify({ field, current_value, corrected_value, reason, corrections })
  const row = await openRequest(context, 'correction', detail)
  context.audit({ action: 'data_correction', grantId: row.id })
  return { ...ticketView(context, row), ticket: row.reference }
}

async function complain(context: Context, { subject, detail }: InputOf<Operations['complain']>) {
  const row = await openRequest(context, 'grievance', `${subject}\n\n${detail}`)
  context.audit({ action: 'grievance', grantId: row.id })
  return ticketView(context, row)
}

async function listRequests(context: Context, { limit = 100 }: { limit?: number }) {
  const rows = await store.listRequests(context.db, context.personId, limit)
  return { items: rows.map((row) => ticketView(context, row)) }
}

const allRequests = (context: Context) => context.system('requests of all people, for those who answer them').db

async function openRequests(context: Context, { limit = 100 }: { limit?: number }) {
  const rows = await store.openRequests(allRequests(context), limit)
  return { items: rows.map((row) => ({ ...ticketView(context, row), user_id: row.user_id })) }
}

async function answerRequest(context: Context, input: InputOf<Operations['answerRequest']>) {
  const { reference, outcome, answer } = input
  const row = await store.answerRequest(
    allRequests(context),
    reference,
    { state: outcome, text: answer },
    context.now(),
  )
  if (row === undefined) throw notFound('Open request')
  context.audit({ action: 'request_answered', grantId: row.id, personId: row.user_id })
  return { ...ticketView(context, row), user_id: row.user_id }
}

const nomineeView = (row: store.NomineeRow) => ({ ...row, updated_at: row.updated_at.toISOString() })

async function setNominee(context: Context, input: InputOf<Operations['setNominee']>) {
  return nomineeView(await store.setNominee(context.db, context.personId, input, context.now()))
}

async function readNominee(context: Context) {
  const row = await store.findNominee(context.db, context.personId)
  if (row === undefined) throw notFound('Nominee')
  return nomineeView(row)
}

async function removeNominee(context: Context) {
  if (!(await store.deleteNominee(context.db, context.personId))) throw notFound('Nominee')
  return null
}

async function setJurisdiction(context: Context, { jurisdiction }: InputOf<Operations['setJurisdiction']>) {
  await store.setJurisdiction(context.db, context.personId, jurisdiction, context.now())
  return { jurisdiction }
}

async function listPolicies(context: Context) {
  return {
    policies: Object.values(POLICIES),
    contact: contactIn(context.caller.language, settingsOf(context, consentSettings)),
  }
}

async function listRights(context: Context) {
  const policy = await policyOf(context)
  const open = (await store.listRequests(context.db, context.personId, 500)).filter((row) => row.state === 'open')
  const right = (name: string, how: string, days: number, kind: string) => ({
    right: name,
    how,
    answered_within_days: days,
    open_requests: open.filter((row) => row.kind === kind).length,
  })
  return {
    user_id: context.personId,
    jurisdiction: policy.code,
    rights: [
      right('right_to_access', 'GET /api/v1/my-data', policy.accessLimitDays, 'access'),
      right('right_to_portability', 'POST /api/v1/my-data/exports', policy.accessLimitDays, 'portability'),
      right('right_to_rectification', 'PATCH /api/v1/my-data', policy.correctionLimitDays, 'correction'),
      right('right_to_erasure', 'DELETE /api/v1/my-data?confirm=true', policy.erasureLimitDays, 'erasure'),
      right('right_to_restriction', 'POST /api/v1/my-data/restriction', 0, 'restriction'),
      right('right_to_object', 'POST /api/v1/my-data/objections', 0, 'objection'),
      right('right_to_withdraw', 'POST /api/v1/consent/revoke', 0, 'withdrawal'),
      right('right_to_nominate', 'PUT /api/v1/my-data/nominee', 0, 'nomination'),
      right('right_to_grievance_redressal', 'POST /api/v1/my-data/grievances', policy.grievanceLimitDays, 'grievance'),
    ],
  }
}

async function setRestriction(context: Context, isRestricted: boolean) {
  const now = context.now()
  await context.transact((transaction) => store.setRestriction(transaction, context.personId, isRestricted, now))
  context.audit({ action: isRestricted ? 'data_restricted' : 'data_unrestricted' })
  return { restricted: isRestricted, since: isRestricted ? now.toISOString() : null }
}

export function restrict(context: Context) {
  return setRestriction(context, true)
}

function unrestrict(context: Context) {
  return setRestriction(context, false)
}

export async function object(context: Context, { purposes }: { readonly purposes: readonly string[] }) {
  if (purposes.length === 0) throw fieldError('purposes', 'name at least one purpose')
  const { personId } = context
  const now = context.now()
  const rows = await context.transact(async (transaction) => {
    await insertObjections(transaction, personId, purposes, now)
    const ended = await withdraw(transaction, { userId: personId, purposes }, 'objection', now)
    if (ended.length > 0) await announceWithdrawn(context, transaction, ended)
    return ended
  })
  noteWithdrawn(context, rows)
  context.audit({ action: 'objection' })
  return { purposes: await listObjections(context.db, personId), consents_revoked: rows.length }
}

async function endObjection(context: Context, { purpose }: InputOf<Operations['endObjection']>) {
  if (!(await deleteObjection(context.db, context.personId, purpose))) throw notFound('Objection')
  return { purposes: await listObjections(context.db, context.personId) }
}
