import { CATEGORIES, type InputOf, PURPOSES, RECIPIENTS } from '../../../kernel/contract.ts'
import { notFound, PlatformError } from '../../../kernel/errors.ts'
import type { Context } from '../../../kernel/service.ts'
import { consentAudit } from '../contract.ts'
import { AI_FEATURES, type Cell, CONSENT_WORDS, cellsOfWord, isShareable, readCells } from '../domain/matrix.ts'
import { categoryWords, NOTICE_VERSION, noticeFor, noticeId } from '../domain/notices.ts'
import { textHash } from '../providers/secrets.ts'
import * as store from '../store/consents.ts'
import { refuseUnfit } from './objections.ts'
import { futureField } from './times.ts'
import { consentView, isActive, receiptView } from './views.ts'

type Operations = typeof consentAudit.operations
type Transaction = Parameters<Parameters<Context['transact']>[0]>[0]

const DAY_MS = 86_400_000
const DISCLAIMER = 'A computer model may be wrong. It never replaces a doctor; in an emergency call for help.'

export const consentHandlers = {
  listConsents: page,
  myConsents: page,
  grantConsent,
  revokeConsent,
  checkConsent,
  verifyConsent,
  consentStatus,
  listRecords,
  createRecord,
  revokeRecord,
  consentHistory,
  readReceipt,
  readMatrix,
  readNotice,
  hasConsent,
}

/** Reads a cell as the old clients write it, or refuses with the code they know. */
export function cellsOrRefuse(given: { data_category: string; purpose: string; granted_to?: string | undefined }) {
  const cells = readCells({
    category: given.data_category,
    purpose: given.purpose,
    recipient: given.granted_to ?? 'self',
  })
  if (!('fault' in cells)) return cells
  const what = cells.fault === 'DPDP_CATEGORY_NOT_ALLOWED' ? 'category of data' : 'purpose or recipient'
  throw new PlatformError('forbidden', `This ${what} cannot be consented to`, { legacyCode: cells.fault })
}

async function page(context: Context, { limit = 100 }: { limit?: number }) {
  const { db, personId } = context
  const now = context.now()
  const rows = await store.listConsents(db, personId, limit)
  const counts = await store.countConsents(db, personId, now)
  return {
    consents: rows.map((row) => consentView(row, now)),
    total: counts.total,
    active_count: counts.active,
    revoked_count: counts.revoked,
    expired_count: counts.expired,
  }
}

async function grantConsent(context: Context, input: InputOf<Operations['grantConsent']>) {
  const cells = cellsOrRefuse(input)
  await refuseUnfit(context, cells)
  const now = context.now()
  const days = input.expires_in_days ?? undefined
  const expiresAt = days === undefined ? null : new Date(now.getTime() + days * DAY_MS)
  const [first] = await decideAll(context, cells, {
    granted: true,
    expiresAt,
    channel: 'api',
    text: input.consent_text,
    language: input.language,
  })
  return consentView(first as store.ConsentRow, now)
}

/** What is the same for all cells of one decision. */
export interface Decision {
  readonly granted: boolean
  readonly expiresAt: Date | null
  readonly channel: 'api' | 'sign-up' | 'record'
  readonly text?: string | null | undefined
  readonly language?: string | undefined
}

async function decideAll(context: Context, cells: readonly Cell[], decision: Decision): Promise<store.ConsentRow[]> {
  const rows = await context.transact((transaction) => decideWithin(context, transaction, cells, decision))
  for (const row of rows) {
    const action = decision.granted ? 'consent_granted' : 'consent_denied'
    context.audit({ action, purpose: row.purpose, grantId: row.id })
  }
  return rows
}

/** Writes the decision for each cell and announces it, in the given transaction. */
export async function decideWithin(
  context: Context,
  transaction: Transaction,
  cells: readonly Cell[],
  decision: Decision,
): Promise<store.ConsentRow[]> {
  const rows: store.ConsentRow[] = []
  for (const cell of cells) {
    rows.push(
      await store.decide(transaction, {
        ...cell,
        id: context.newId(),
        userId: context.personId,
        granted: decision.granted,
        noticeId: noticeId(cell),
        noticeVersion: NOTICE_VERSION,
        textHash: decision.text == null || decision.text === '' ? null : textHash(decision.text),
        language: decision.language ?? context.caller.language ?? 'en',
        channel: decision.channel,
        givenBy: context.caller.principal?.accountId ?? null,
        givenAt: context.now(),
        expiresAt: decision.expiresAt,
      }),
    )
  }
  const changed = cells.map(({ category, purpose, recipient }) => ({ category, purpose, recipient }))
  await transaction.publish(consentAudit.events.consentChanged, {
    user_id: context.personId,
    given: decision.granted ? changed : [],
    withdrawn: decision.granted ? [] : changed,
  })
  return rows
}

async function revokeConsent(context: Context, input: InputOf<Operations['revokeConsent']>) {
  const { data_category, purpose, granted_to } = input
  const word = purpose === undefined ? undefined : cellsOfWord(purpose)
  if (word !== undefined) return revoke(context, word.map(selectionOf))
  if (purpose === undefined || data_category === undefined) {
    const cells = purpose === undefined ? undefined : cellsOrRefuse({ data_category: 'personal_info', purpose })
    return revoke(context, [
      { category: data_category?.toLowerCase(), purposes: cells?.map((one) => one.purpose), recipient: granted_to },
    ])
  }
  const cells = cellsOrRefuse({ data_category, purpose, granted_to })
  return revoke(
    context,
    cells.map((cell) => ({ ...selectionOf(cell), recipient: granted_to === undefined ? undefined : cell.recipient })),
  )
}

const selectionOf = (cell: Cell) => ({ category: cell.category, purposes: [cell.purpose], recipient: cell.recipient })

/** Ends what is selected, in one transaction: the next statement of anybody is refused. */
async function revoke(context: Context, selections: readonly Omit<store.Selection, 'userId'>[]) {
  const now = context.now()
  const rows = await context.transact(async (transaction) => {
    const ended: store.ConsentRow[] = []
    for (const selection of selections) {
      ended.push(...(await store.withdraw(transaction, { ...selection, userId: context.personId }, 'withdrawn', now)))
    }
    if (ended.length > 0) await announceWithdrawn(context, transaction, ended)
    return ended
  })
  noteWithdrawn(context, rows)
  return {
    message: rows.length === 0 ? 'Nothing to withdraw' : `${rows.length} withdrawn; nobody uses it from now on`,
    consents_revoked: rows.length,
    effective_immediately: true,
    dpdp_compliant: true,
  }
}

/** Tells whoever acts on consents that these ended. */
export async function announceWithdrawn(context: Context, transaction: Transaction, rows: readonly store.ConsentRow[]) {
  const withdrawn = rows.map(({ category, purpose, recipient }) => ({ category, purpose, recipient }))
  await transaction.publish(consentAudit.events.consentChanged, { user_id: context.personId, given: [], withdrawn })
}

export function noteWithdrawn(context: Context, rows: readonly store.ConsentRow[]): void {
  for (const row of rows) context.audit({ action: 'consent_revoked', purpose: row.purpose, grantId: row.id })
}

async function stateOf(context: Context, cell: Cell) {
  const row = await store.latestDecision(context.db, context.personId, cell)
  const now = context.now()
  if (row === undefined) return { row, has: false, reason: 'no decision was made' }
  if (isActive(row, now)) return { row, has: true, reason: 'consent is given' }
  if (!row.granted) return { row, has: false, reason: 'consent was denied' }
  return { row, has: false, reason: row.ended_at === null ? 'the consent ran out' : 'the consent was withdrawn' }
}

async function checkConsent(context: Context, input: InputOf<Operations['checkConsent']>) {
  const cells = cellsOrRefuse(input)
  const states = await Promise.all(cells.map((cell) => stateOf(context, cell)))
  const missing = states.find((state) => !state.has)
  const shown = missing ?? states[0]
  const [first] = cells
  return {
    has_consent: missing === undefined,
    consent_id: shown?.has === true ? (shown.row?.seq ?? null) : null,
    reason: shown?.reason ?? '',
    expires_at: shown?.row?.expires_at?.toISOString() ?? null,
    data_category: input.data_category,
    purpose: input.purpose,
    granted_to: input.granted_to ?? first?.recipient ?? 'self',
  }
}

function cellsOfType(consentType: string, purpose: string | undefined): readonly Cell[] {
  const cells = cellsOfWord(consentType)
  if (cells !== undefined) return cells
  return cellsOrRefuse({ data_category: consentType, purpose: purpose ?? 'treatment' })
}

async function verifyConsent(context: Context, { consent_type, purpose }: InputOf<Operations['verifyConsent']>) {
  const cells = cellsOfType(consent_type, purpose)
  const states = await Promise.all(cells.map((cell) => stateOf(context, cell)))
  const missing = cells.filter((_cell, index) => states[index]?.has !== true).map(noticeId)
  const has = missing.length === 0
  const reason = states.find((state) => !state.has)?.reason ?? 'consent is given'
  return { has_consent: has, verified: has, consent_type, missing, reason }
}

async function consentStatus(context: Context) {
  const now = context.now()
  const rows = (await store.listConsents(context.db, context.personId, 500)).filter((row) => isActive(row, now))
  const given = new Set(rows.map(noticeId))
  const features = Object.entries(AI_FEATURES).map(([feature, cell]) => {
    const needs = noticeId(cell)
    return { feature, allowed: given.has(needs), needs, disclaimer: DISCLAIMER }
  })
  const active = rows.map((row) => consentView(row, now))
  return { user_id: context.personId, active, ai_features: features, checked_at: now.toISOString() }
}

async function listRecords(context: Context, { limit = 100 }: { limit?: number }) {
  const now = context.now()
  const items = (await store.listConsents(context.db, context.personId, limit)).map((row) => consentView(row, now))
  return { items, total: (await store.countConsents(context.db, context.personId, now)).total }
}

async function createRecord(context: Context, input: InputOf<Operations['createRecord']>) {
  const cells = cellsOfType(input.consent_type, input.purpose)
  const now = context.now()
  const expiresAt = input.expires_at == null ? null : futureField('expires_at', input.expires_at, now, 3650)
  if (input.granted) await refuseUnfit(context, cells)
  const rows = await decideAll(context, cells, { granted: input.granted, expiresAt, channel: 'record' })
  return { items: rows.map((row) => consentView(row, now)) }
}

async function revokeRecord(context: Context, { id }: { id: number }) {
  if ((await store.findConsent(context.db, context.personId, id)) === undefined) throw notFound('Consent')
  return revoke(context, [{ seq: id }])
}

async function consentHistory(context: Context, { limit = 100 }: { limit?: number }) {
  const now = context.now()
  const rows = await store.listConsents(context.db, context.personId, limit)
  const { total } = await store.countConsents(context.db, context.personId, now)
  return { user_id: context.personId, history: rows.map((row) => consentView(row, now)), total }
}

async function readReceipt(context: Context, { id }: { id: number }) {
  const row = await store.findConsent(context.db, context.personId, id)
  if (row === undefined) throw notFound('Consent')
  return receiptView(row)
}

async function readMatrix(context: Context) {
  const language = context.caller.language ?? 'en'
  return {
    categories: CATEGORIES.map((category) => ({
      category,
      words: categoryWords(category, language),
      shareable: isShareable(category),
    })),
    purposes: [...PURPOSES],
    recipients: [...RECIPIENTS],
    aliases: CONSENT_WORDS.map((word) => ({ word, cells: (cellsOfWord(word) ?? []).map(noticeId) })),
  }
}

/** In the language of whoever reads it: that of the request. */
async function readNotice(context: Context, input: InputOf<Operations['readNotice']>) {
  const notices = cellsOrRefuse(input).map((cell) => noticeFor(cell, context.caller.language))
  return { notices: notices.map((one) => ({ ...one, items: [...one.items], uses: [...one.uses] })) }
}

async function hasConsent(context: Context, { category, purpose, recipient }: InputOf<Operations['hasConsent']>) {
  const [cell] = cellsOrRefuse({ data_category: category, purpose, granted_to: recipient })
  const { row, has } = await stateOf(context, cell as Cell)
  return { allowed: has, consent_id: has ? (row?.id ?? null) : null }
}
