import { erasureNotes, servicesThatErase } from '../../../kernel/erasureNotes.ts'
import { notFound, PlatformError } from '../../../kernel/errors.ts'
import { digestOf } from '../../../kernel/secrets.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import { consentAudit } from '../contract.ts'
import { erasureDue, type JurisdictionPolicy } from '../domain/jurisdictions.ts'
import { consentSettings } from '../domain/settings.ts'
import { newSecret } from '../providers/secrets.ts'
import * as store from '../store/erasure.ts'
import { policyOf } from './policy.ts'

type Transaction = Parameters<Parameters<Context['transact']>[0]>[0]

export const erasureHandlers = { eraseMyData, cancelErasure, readErasure, readCertificate }

export function erasureView(row: store.ErasureRow, policy: JurisdictionPolicy) {
  const executes_at = row.due_at.toISOString()
  return {
    status: row.cancelled_at === null ? ('pending' as const) : ('cancelled' as const),
    requested_at: row.requested_at.toISOString(),
    executes_at,
    can_cancel_until: executes_at,
    jurisdiction: policy.code,
    certificate_id: row.certificate_id,
    message:
      row.cancelled_at === null
        ? `The record is closed. Everything is removed on ${executes_at.slice(0, 10)}; until then you can take this back.`
        : 'The request was taken back; the record is open again.',
  }
}

/** First phase: closes the record at once, to everybody. What remains open are the person's own rights. */
export async function eraseMyData(context: Context, { confirm }: { readonly confirm?: boolean }) {
  if (confirm !== true) {
    throw new PlatformError('bad_request', 'Erasing everything needs confirm=true')
  }
  const policy = await policyOf(context)
  const code = newSecret()
  const row = await beginErasure(context, policy, digestOf(code))
  if (row === undefined) throw new PlatformError('conflict', 'A request to erase waits already')
  return { ...erasureView(row, policy), receipt_code: code }
}

async function beginErasure(context: Context, policy: JurisdictionPolicy, codeHash: Buffer) {
  const row = await context.transact((transaction) => writeErasure(context, transaction, policy, codeHash))
  if (row !== undefined) context.audit({ action: 'data_erasure', grantId: row.certificate_id })
  return row
}

/** Notes the request, closes the record and announces it in the given transaction; undefined when one waits already. */
export async function writeErasure(
  context: Context,
  transaction: Transaction,
  policy: JurisdictionPolicy,
  codeHash: Buffer,
) {
  const now = context.now()
  const { personId } = context
  const dueAt = erasureDue(policy, now, settingsOf(context, consentSettings).retains || policy.retainsByDefault)
  const row = await store.requestErasure(
    transaction,
    { id: context.newId(), user_id: personId, certificate_id: context.newId(), requested_at: now, due_at: dueAt },
    { codeHash, jurisdiction: policy.code, policyVersion: policy.version },
  )
  if (row === undefined) return undefined
  const data = { user_id: personId, due_at: dueAt.toISOString() }
  await transaction.publish(consentAudit.events.erasureRequested, data)
  return row
}

async function cancelErasure(context: Context) {
  const now = context.now()
  const { personId } = context
  const row = await context.transact(async (transaction) => {
    const taken = await store.cancelErasure(transaction, personId, now)
    if (taken !== undefined) await transaction.publish(consentAudit.events.erasureCancelled, { user_id: personId })
    return taken
  })
  if (row === undefined) throw notFound('Request to erase')
  context.audit({ action: 'data_erasure_cancelled', grantId: row.certificate_id })
  return erasureView(row, await policyOf(context))
}

async function readErasure(context: Context) {
  const row = await store.pendingErasure(context.db, context.personId)
  if (row === undefined) throw notFound('Request to erase')
  return erasureView(row, await policyOf(context))
}

/** What proves the second phase: what every service removed, read from what they noted. */
async function readCertificate(context: Context, { receipt_code }: { receipt_code: string }) {
  const { db } = context.system('a certificate is of nobody; whoever holds its code may read it')
  const row = await store.findCertificate(db, digestOf(receipt_code))
  if (row === undefined) throw notFound('Certificate')
  const notes = await erasureNotes(db, row.id)
  const done = notes.map((note) => note.service)
  const waiting = (await servicesThatErase(db, 'consent-audit')).filter((service) => !done.includes(service))
  const removed = notes.flatMap(({ service, rows }) =>
    Object.entries(rows).map(([table, count]) => [`${service}.${table}`, count] as const),
  )
  const isDone = row.executed_at !== null && waiting.length === 0
  return {
    certificate_id: row.id,
    status: row.executed_at === null ? ('pending' as const) : isDone ? ('executed' as const) : ('executing' as const),
    jurisdiction: row.jurisdiction,
    policy_version: row.policy_version,
    requested_at: row.requested_at.toISOString(),
    due_at: row.due_at.toISOString(),
    executed_at: row.executed_at?.toISOString() ?? null,
    rows_removed: Object.fromEntries(removed),
    services_done: done,
    services_waiting: row.executed_at === null ? [] : waiting,
  }
}

const BATCH = 50

/** Second phase, by job: everything is removed, everywhere, of those whose time has come. */
export async function carryOutErasures(context: Context): Promise<void> {
  const system = context.system('erasures of all people whose time of grace is over')
  for (let due = await store.dueErasures(system.db, context.now(), BATCH); due.length > 0; ) {
    for (const row of due) {
      await system.transact(async (transaction) => {
        if (!(await store.takeErasure(transaction, row.id))) return
        await store.signCertificate(transaction, row.certificate_id, context.now())
        const data = { user_id: row.user_id, certificate_id: row.certificate_id }
        await transaction.publish(consentAudit.events.personErased, data)
      })
    }
    due = due.length < BATCH ? [] : await store.dueErasures(system.db, context.now(), BATCH)
  }
}
