import type { InputOf } from '../../../kernel/contract.ts'
import { decryptedText, encryptedText } from '../../../kernel/encryption.ts'
import { PlatformError } from '../../../kernel/errors.ts'
import { errorFields } from '../../../kernel/log.ts'
import { qrRows, qrSvg } from '../../../kernel/qr.ts'
import { digestOf } from '../../../kernel/secrets.ts'
import type { Context } from '../../../kernel/service.ts'
import type { Language } from '../../../shared/languages.ts'
import { consentAudit } from '../../consent-audit/contract.ts'
import { medicalRecords } from '../../medical-records/contract.ts'
import { userProfile } from '../../user-profile/contract.ts'
import type { EmergencyCard } from '../contract/card.ts'
import type { healthLinks } from '../contract.ts'
import { cardOf } from '../domain/card.ts'
import { cardText } from '../domain/cardText.ts'
import { newSecret } from '../providers/secrets.ts'
import * as store from '../store/card.ts'
import { NOTES } from '../store/personal.ts'
import { linkTexts } from '../texts/texts.ts'

type Operations = typeof healthLinks.operations

const TOKEN = 'health_links.card_link.token'
const CONSENT = { category: 'emergency', purpose: 'emergency', recipient: 'emergency_responder' } as const

export const cardHandlers = {
  readEmergencyCard,
  saveCardNotes,
  readCardLink,
  turnCardLinkOn,
  turnCardLinkOff,
  cardForResponder,
}

/** The card of the call's person, of what the caller's right to the emergency part opens. */
export async function gatherCard(context: Context): Promise<EmergencyCard> {
  const [profile, records, sealed] = await Promise.all([
    orUnread(context, context.call(userProfile.operations.emergencyFacts, {})),
    orUnread(context, context.call(medicalRecords.operations.emergencyFacts, {})),
    store.findNotes(context.db, context.personId),
  ])
  return cardOf({ profile, records, notes: await decryptedText(context, NOTES, sealed), now: context.now() })
}

/** A part that can't be reached now leaves the others readable, and is named. What is refused is refused. */
async function orUnread<Answer>(context: Context, asked: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof PlatformError && error.status < 500) throw error
    context.log.warn(errorFields(error), 'a part of an emergency card is missing')
    return undefined
  }
}

export async function qrOf(card: EmergencyCard, url?: string, language: Language = 'en') {
  const { text, isShortened } = cardText(card, url)
  const svg = await qrSvg(text, linkTexts(language).card.qr)
  return { text, svg, rows: await qrRows(text), is_shortened: isShortened }
}

async function readEmergencyCard(context: Context) {
  const card = await gatherCard(context)
  return { ...card, qr: await qrOf(card) }
}

async function cardForResponder(context: Context): Promise<EmergencyCard> {
  return gatherCard(context)
}

async function saveCardNotes(context: Context, { notes }: InputOf<Operations['saveCardNotes']>) {
  await store.writeNotes(context.db, context.personId, await encryptedText(context, NOTES, notes), context.now())
  return { notes }
}

/** The address of the card while it is on, for the person and whoever keeps their record. */
export async function cardAddress(context: Context): Promise<string | undefined> {
  const row = await store.findCardLink(context.db, context.personId)
  return row === undefined ? undefined : addressOf(context, row)
}

async function addressOf(context: Context, row: store.CardLinkRow): Promise<string> {
  return `${context.publicUrl}/e/${await decryptedText(context, TOKEN, row.token, row.id)}`
}

async function readCardLink(context: Context) {
  return linkView(context, await store.findCardLink(context.db, context.personId))
}

async function turnCardLinkOn(context: Context) {
  await context.call(consentAudit.operations.mayShare, {})
  if (!(await hasConsent(context))) {
    const { category: data_category, purpose, recipient: granted_to } = CONSENT
    throw new PlatformError('consent_required', 'This needs your consent: emergency for emergency', {
      extra: { data_category, purpose, granted_to },
    })
  }
  const [id, token] = [context.newId(), newSecret()]
  const sealed = (await encryptedText(context, TOKEN, token, id)) as Buffer
  const link = { id, userId: context.personId, tokenHash: digestOf(token), token: sealed }
  const row = await context.transact((transaction) => store.replaceCardLink(transaction, link, context.now()))
  context.audit({ action: 'emergency_card_on', grantId: id })
  return linkView(context, row)
}

async function turnCardLinkOff(context: Context) {
  const ended = await context.transact((transaction) => store.endCardLink(transaction, context.personId))
  if (ended !== undefined) context.audit({ action: 'emergency_card_off', grantId: ended })
  return linkView(context, undefined)
}

async function hasConsent(context: Context): Promise<boolean> {
  return (await context.call(consentAudit.operations.hasConsent, CONSENT)).allowed
}

async function linkView(context: Context, row: store.CardLinkRow | undefined) {
  const [card, allowed] = await Promise.all([gatherCard(context), hasConsent(context)])
  const url = row === undefined ? undefined : await addressOf(context, row)
  return {
    is_on: row !== undefined,
    has_consent: allowed,
    url: url ?? null,
    access_count: row?.opened ?? 0,
    created_at: row?.created_at.toISOString() ?? null,
    last_opened_at: row?.last_opened_at?.toISOString() ?? null,
    qr: await qrOf(card, url),
  }
}
