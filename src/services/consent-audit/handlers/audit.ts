import { type AuditEntry, type AuditPage, auditEntries, auditOf } from '../../../kernel/audit/read.ts'
import { countActions, newestOf } from '../../../kernel/audit/summary.ts'
import type { InputOf } from '../../../kernel/contract.ts'
import type { Context } from '../../../kernel/service.ts'
import type { consentAudit } from '../contract.ts'
import { type Known, sentenceOf } from '../domain/sentences.ts'
import { emergenciesAbout } from '../store/emergency.ts'
import { listGrants } from '../store/grants.ts'
import { consentTexts } from '../texts/texts.ts'

type Operations = typeof consentAudit.operations

const DAY_MS = 86_400_000
const HIGH_RISK = ['emergency_override', 'data_export', 'data_downloaded', 'data_erasure', 'audit_read']
const CONSENT_ACTIONS = ['consent_granted', 'consent_denied', 'consent_revoked']

export const auditHandlers = {
  myAudit,
  auditLogs,
  myAuditLogs,
  auditOfUser,
  auditViolations,
  auditHighRisk,
  auditProcessing,
  auditConsentEvents,
  verifyAudit,
  auditSummary,
}

/** Whom the person knows by more than an id: people they let in, clinicians who let themselves in. */
async function knownTo(context: Context): Promise<Known> {
  const [grants, emergencies] = await Promise.all([
    listGrants(context.db, context.personId, 200),
    emergenciesAbout(context.db, context.personId, 200),
  ])
  const others = new Map<string, string>()
  const language = context.caller.language ?? 'en'
  const t = consentTexts(language).audit
  for (const { clinician } of emergencies) if (clinician !== null) others.set(clinician, t.clinician)
  for (const { grantee, relation, label } of grants) {
    const name = relation === 'other' ? t.letIn : t.related(t.relations[relation] ?? relation)
    if (grantee !== null) others.set(grantee, label === null ? name : t.named(name, label))
  }
  if (context.accountId !== context.personId) others.set(context.personId, t.personThemselves)
  const summaries = new Map(
    context.contracts.flatMap((contract) =>
      [...Object.values(contract.operations), ...Object.values(contract.streams)].map(
        (one) => [`${contract.name}.${one.name}`, one.summary] as const,
      ),
    ),
  )
  return { you: context.accountId, language, others, summaries }
}

async function myAudit(context: Context, input: InputOf<Operations['myAudit']>) {
  const { db } = context.system('the audit of one person, which the frame keeps')
  const page = await auditOf(db, context.personId, filterOf(input))
  const known = await knownTo(context)
  const entries = page.entries.map((row) => {
    const { sentence, who, what, why } = sentenceOf(row, known)
    const { id, at, outcome, action, address } = row
    return { id, at: at.toISOString(), sentence, who, what, why, outcome, action, from: address }
  })
  return { entries, total: entries.length, next_cursor: page.nextCursor ?? null }
}

function filterOf(input: {
  readonly limit?: number
  readonly cursor?: string
  readonly action?: string
  readonly outcome?: 'allowed' | 'refused'
}) {
  const { limit = 100, cursor, action, outcome } = input
  return {
    limit,
    ...(cursor === undefined ? {} : { cursor }),
    ...(action === undefined ? {} : { action }),
    ...(outcome === undefined ? {} : { outcome }),
  }
}

export function rowView(row: AuditEntry) {
  return {
    id: row.id,
    at: row.at.toISOString(),
    account_id: row.accountId,
    person_id: row.personId,
    service: row.service,
    operation: row.operation,
    action: row.action,
    outcome: row.outcome,
    reason: row.reason,
    purpose: row.purpose,
    grant_id: row.grantId,
    request_id: row.requestId,
  }
}

const pageView = (page: AuditPage) => ({ items: page.entries.map(rowView), next_cursor: page.nextCursor ?? null })

const auditDb = (context: Context) => context.system('the audit of all people, for those who answer for it').db

async function auditLogs(context: Context, input: InputOf<Operations['auditLogs']>) {
  const { limit, cursor, ...filter } = filterOf(input)
  context.audit({ action: 'audit_read' })
  return pageView(await auditEntries(auditDb(context), filter, { limit, cursor }))
}

async function myAuditLogs(context: Context, input: InputOf<Operations['myAuditLogs']>) {
  const { limit, cursor, ...filter } = filterOf(input)
  const { db } = context.system('what this account did, which the frame keeps')
  return pageView(await auditEntries(db, { ...filter, accountId: context.accountId }, { limit, cursor }))
}

async function auditOfUser(context: Context, input: InputOf<Operations['auditOfUser']>) {
  const { subject_id, ...rest } = input
  context.audit({ action: 'audit_read', personId: subject_id })
  return pageView(await auditOf(auditDb(context), subject_id, filterOf(rest)))
}

async function auditViolations(context: Context, { limit = 100, cursor }: InputOf<Operations['auditViolations']>) {
  context.audit({ action: 'audit_read' })
  return pageView(await auditEntries(auditDb(context), { outcome: 'refused' }, { limit, cursor }))
}

async function newest(context: Context, which: Parameters<typeof newestOf>[1], limit: number) {
  context.audit({ action: 'audit_read' })
  return { items: (await newestOf(auditDb(context), which, limit)).map(rowView) }
}

function auditHighRisk(context: Context, { limit = 100 }: { limit?: number }) {
  return newest(context, { actions: HIGH_RISK }, limit)
}

function auditProcessing(context: Context, { limit = 100 }: { limit?: number }) {
  return newest(context, { forPurpose: true }, limit)
}

function auditConsentEvents(context: Context, { limit = 100 }: { limit?: number }) {
  return newest(context, { actions: CONSENT_ACTIONS }, limit)
}

async function auditSummary(context: Context, { days = 30 }: { days?: number }) {
  const since = new Date(context.now().getTime() - days * DAY_MS)
  const counts = await countActions(auditDb(context), since)
  const actions = counts.map(({ action, allowed, refused }) => ({
    action,
    allowed: Number(allowed),
    refused: Number(refused),
  }))
  return { since: since.toISOString(), actions }
}

async function verifyAudit(context: Context) {
  context.audit({ action: 'audit_read' })
  const { rows, erased, checkpoints, faults, faultCount } = await context.controls.verifyAudit()
  return {
    is_whole: faultCount === 0,
    verified_at: context.now().toISOString(),
    rows,
    erased,
    checkpoints,
    fault_count: faultCount,
    faults: faults.map(({ kind, position = null, id = null, detail }) => ({ kind, position, id, detail })),
  }
}
