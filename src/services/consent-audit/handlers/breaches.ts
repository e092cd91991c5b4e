import type { InputOf } from '../../../kernel/contract.ts'
import { fieldError, notFound, PlatformError } from '../../../kernel/errors.ts'
import { errorFields } from '../../../kernel/log.ts'
import { type Context, settingsOf } from '../../../kernel/service.ts'
import { LANGUAGES, type Language } from '../../../shared/languages.ts'
import { auth } from '../../auth/contract.ts'
import type { consentAudit } from '../contract.ts'
import { type JurisdictionCode, POLICIES } from '../domain/jurisdictions.ts'
import { categoryWords } from '../domain/notices.ts'
import { consentSettings, contactIn } from '../domain/settings.ts'
import * as store from '../store/breaches.ts'
import { consentTexts } from '../texts/texts.ts'
import { pastField } from './times.ts'

type Operations = typeof consentAudit.operations

const HOUR_MS = 3_600_000
const PAGE = 200
const REASON = 'a breach concerns many people, and its record nobody'

export const breachHandlers = { recordBreach, listBreaches, noteAuthorityNotice, myBreaches }

async function recordBreach(context: Context, input: InputOf<Operations['recordBreach']>) {
  const { affects_everyone: affectsEveryone = false, account_ids: accountIds = [] } = input
  if (affectsEveryone === accountIds.length > 0) {
    throw fieldError('account_ids', 'name the accounts, or say affects_everyone')
  }
  const now = context.now()
  const detectedAt = pastField('detected_at', input.detected_at, now)
  const jurisdiction = settingsOf(context, consentSettings).jurisdiction.toUpperCase() as JurisdictionCode
  const hours = POLICIES[jurisdiction].breachNoticeHours.authority
  const id = context.newId()
  const { title, nature, categories, consequences, measures, advice } = input
  await context.system(REASON).transact(async (transaction) => {
    const breach = {
      ...{ id, title, nature, categories, consequences, measures, advice, jurisdiction },
      affects_everyone: affectsEveryone,
      detected_at: detectedAt,
      created_at: now,
      authority_due_at: new Date(detectedAt.getTime() + hours * HOUR_MS),
      next_seq: affectsEveryone ? 0 : null,
    }
    await store.insertBreach(transaction, breach, accountIds)
    await transaction.enqueue('send-breach-notices', { breach_id: id }, { key: id })
  })
  context.audit({ action: 'breach_recorded', grantId: id })
  return breachView(await existing(context, id), now)
}

async function existing(context: Context, id: string) {
  const row = await store.findBreach(context.system(REASON).db, id)
  if (row === undefined) throw notFound('Breach')
  return row
}

function toldView(row: store.BreachRow) {
  const { id: breach_id, title, nature, consequences, measures, advice } = row
  const categories = [...row.categories]
  return {
    breach_id,
    title,
    nature,
    categories,
    consequences,
    measures,
    advice,
    detected_at: row.detected_at.toISOString(),
  }
}

function breachView(row: store.BreachRow & store.BreachCount, now: Date) {
  const { concerned, told, waiting, authority_noticed_at: noticed } = row
  return {
    ...toldView(row),
    affects_everyone: row.affects_everyone,
    jurisdiction: row.jurisdiction,
    authority_due_at: row.authority_due_at.toISOString(),
    authority_noticed_at: noticed?.toISOString() ?? null,
    authority_reference: row.authority_reference,
    authority_overdue: noticed === null && row.authority_due_at < now,
    persons: POLICIES[row.jurisdiction].breachNoticeHours.persons,
    notices: { concerned, told, waiting },
  }
}

async function listBreaches(context: Context, { limit = 50 }: { limit?: number }) {
  const rows = await store.listBreaches(context.system(REASON).db, limit)
  return { items: rows.map((row) => breachView(row, context.now())) }
}

async function noteAuthorityNotice(context: Context, input: InputOf<Operations['noteAuthorityNotice']>) {
  const { breach_id: id, reference } = input
  await existing(context, id)
  const isNoted = await store.noteAuthority(context.system(REASON).db, id, reference, context.now())
  if (!isNoted) throw new PlatformError('conflict', 'The notice of the authority was noted before')
  return breachView(await existing(context, id), context.now())
}

async function myBreaches(context: Context) {
  const contact = contactIn(context.caller.language, settingsOf(context, consentSettings))
  const rows = await store.breachesOf(context.db, context.personId)
  return { items: rows.map((row) => ({ ...toldView(row), contact })) }
}

/** By job: finds everyone whom the breach concerns, and tells each. Goes on where it was cut. */
export async function sendBreachNotices(context: Context, breachId: string): Promise<void> {
  const system = context.system(REASON)
  const breach = await store.findBreach(system.db, breachId)
  if (breach === undefined) return
  for (let next = breach.next_seq; next !== null; ) {
    const page = await context.call(auth.operations.listHolders, { after_seq: next, limit: PAGE })
    const nextSeq = page.next_seq
    await system.transact((transaction) => store.addPage(transaction, breachId, page.account_ids, nextSeq))
    next = nextSeq
  }
  for (let waiting = await store.waitingFor(system.db, breachId, PAGE); waiting.length > 0; ) {
    for (const accountId of waiting) await tellOne(context, breach, accountId)
    waiting = await store.waitingFor(system.db, breachId, PAGE)
  }
}

async function tellOne(context: Context, breach: store.BreachRow, account_id: string): Promise<void> {
  const say = (language: Language) => {
    const { mails } = consentTexts(language)
    return { language, subject: mails.breach, text: noticeText(context, breach, language) }
  }
  const { subject, text } = say('en')
  const message = { account_id, subject, text, translations: LANGUAGES.filter((one) => one !== 'en').map(say) }
  const { told } = await context.call(auth.operations.tellHolder, message).catch((error: unknown) => {
    context.log.warn(errorFields(error), 'somebody could not be told of a breach; it stands in their record')
    return { told: false }
  })
  await store.noteTold(context.system(REASON).db, breach.id, account_id, told, context.now())
}

/** In plain words: what, when, what may follow, what was done, what to do, whom to ask (DPDP Rules r.7(1), GDPR Art. 34(2)). */
function noticeText(context: Context, breach: store.BreachRow, language: Language): string {
  const contact = contactIn(language, settingsOf(context, consentSettings))
  const { mails } = consentTexts(language)
  const { title, nature, consequences, measures, advice } = breach
  const day = breach.detected_at.toISOString().slice(0, 10)
  const categories = breach.categories.map((one) => categoryWords(one, language)).join('; ')
  const text = mails.breachText({ title, day, nature, categories, consequences, measures, advice, contact })
  return text.length > 4000 ? `${text.slice(0, 3900)} … ${mails.more}` : text
}
