import { PlatformError } from '../../../kernel/errors.ts'
import { escapeHtml } from '../../../kernel/http/html.ts'
import { errorFields } from '../../../kernel/log.ts'
import type { RawAnswer, RawRequest } from '../../../kernel/raw.ts'
import type { Context } from '../../../kernel/service.ts'
import { auth } from '../../auth/contract.ts'
import type { CardPart, EmergencyCard } from '../contract/card.ts'
import { healthLinks } from '../contract.ts'
import { digestOf } from '../providers/secrets.ts'
import * as store from '../store/card.ts'
import { cardAddress, gatherCard, qrOf } from './card.ts'
import { messagePage, PAGE_HEADERS, page } from './pages.ts'

/** However often a card is opened, the person is written to once an hour; each opening is in the audit. */
const TOLD_EVERY_MS = 3_600_000

/** The card to print: the person's, or of whoever keeps their record. */
export async function printCard(context: Context): Promise<RawAnswer> {
  const [card, url] = await Promise.all([gatherCard(context), cardAddress(context)])
  const qr = await qrOf(card, url)
  const short = qr.is_shortened
    ? '<p>The code has no room for everything: it says how much is left out, and the page below has all of it.</p>'
    : ''
  const link =
    url === undefined
      ? '<p>The code holds plain text only. Helpers without an account cannot open the card online: that is off until you turn it on.</p>'
      : '<p>The last line of the code is the address where helpers open the card as it is then. You are told, and can take it back.</p>'
  return answer(
    200,
    page(
      'Emergency card',
      `<h1 class="noprint">Your emergency card</h1><div class="noprint soft"><p>Print this page, cut the small card out, and keep it where helpers look.</p>${link}${short}</div>${missing(card)}
<section aria-label="Card in the size of a bank card">${smallCard(card, qr.svg)}</section><section aria-label="Card as a page">${wholeCard(card, qr.svg)}</section>`,
    ),
  )
}

/** The card for whoever holds its address. Everything that ends it (the person, a consent, a restriction) is told alike. */
export async function openCard(context: Context, { params }: RawRequest): Promise<RawAnswer> {
  const system = context.system('nobody is signed in; the secret in the address names the card')
  const row = await store.cardOfToken(system.db, digestOf(params.token ?? ''))
  const card = row === undefined ? undefined : await cardFor(context, row)
  if (row === undefined || card === undefined) return nothing()
  const now = context.now()
  const times = { now, toldBefore: new Date(now.getTime() - TOLD_EVERY_MS) }
  const isDue = await store.countOpening(system.db, row.id, times)
  if (isDue === undefined) return nothing()
  context.audit({ action: 'emergency_card_opened', purpose: 'emergency', grantId: row.id, personId: row.user_id })
  if (isDue) await tell(context, row.user_id, now)
  return answer(200, page('Emergency card', wholeCard(card)))
}

/** As the holder of the address: with the right behind it and the person's consent, or not at all. */
async function cardFor(context: Context, row: { readonly id: string; readonly user_id: string }) {
  try {
    const holder = context.asHolder(row.id, row.user_id, 'emergency')
    return await holder.call(healthLinks.operations.cardForResponder, {})
  } catch (error) {
    const isRefused =
      error instanceof PlatformError && ['not_found', 'consent_required', 'forbidden', 'gone'].includes(error.code)
    if (isRefused) return undefined
    throw error
  }
}

/** Tells the person and whoever keeps their record. That nobody could be told keeps no helper waiting. */
async function tell(context: Context, personId: string, at: Date): Promise<void> {
  const guardians = await store.guardiansOf(context.system('whom to tell about an opened card').db, personId)
  const text = `Somebody opened your emergency card at ${at.toISOString()} through the address on it. If this was no emergency, turn the address off or make a new one: ${context.publicUrl}/`
  for (const account_id of [personId, ...guardians]) {
    await context
      .call(auth.operations.tellHolder, { account_id, subject: 'Your emergency card was opened', text })
      .catch((error: unknown) => context.log.warn(errorFields(error), 'the owner of a card could not be told'))
  }
}

const nothing = () => answer(404, messagePage('Nothing here', 'There is no such card, or it was taken back.'))

function answer(status: number, body: string): RawAnswer {
  return { status, headers: PAGE_HEADERS, body }
}

const SOURCES = {
  profile: 'said by the person',
  document: 'from a paper, confirmed by the person',
  entered: 'entered in the record',
  imported: 'from an imported record',
  demo: 'demo data',
} as const

/** The card as a page, with the source of each line. */
function wholeCard(card: EmergencyCard, svg?: string): string {
  // Printed, the page has a heading of its own above.
  const [who, of] = svg === undefined ? ['h1', 'h2'] : ['h2', 'h3']
  const head = (title: string) => `<${of} class="of">${title}</${of}>`
  const born = [
    card.birth_date === null ? '' : `Born ${card.birth_date}`,
    card.age_years === null ? '' : `${card.age_years} years`,
  ]
  const blood =
    card.blood_group === null
      ? '<p>Not known here.</p>'
      : `<p><strong>${escapeHtml(card.blood_group.value)}</strong> <span class="soft">${SOURCES[card.blood_group.source]}; not for transfusion without a test</span></p>`
  const contacts = card.contacts.map(({ name, relationship, phone }) => {
    const who = [name, relationship === null ? null : `(${relationship})`].filter((one) => one !== null).join(' ')
    const dial =
      phone === null ? '' : `<a href="tel:${escapeHtml(phone.replaceAll(/[^+0-9]/g, ''))}">${escapeHtml(phone)}</a>`
    return `<li>${escapeHtml(who)} ${dial}</li>`
  })
  const unread =
    card.unread.length === 0
      ? ''
      : '<p class="error" role="alert">A part of the record could not be read now. Open this page again.</p>'
  return `<article class="ice"><div><${who} class="who">${escapeHtml(card.name ?? 'Emergency card')}</${who}><p>${escapeHtml(born.filter((one) => one !== '').join(', '))}</p>${unread}
${head('Allergies')}${part(card.allergies)}${head('Blood group')}${blood}${head('Call')}${contacts.length === 0 ? '<p>Nobody was named.</p>' : `<ul>${contacts.join('')}</ul>`}
${head('Conditions')}${part(card.conditions)}${head('Medicines')}${part(card.medications)}${card.notes === null ? '' : `${head('Notes')}<p>${escapeHtml(card.notes)}</p>`}
${card.language === null ? '' : `${head('Speaks')}<p>${escapeHtml(card.language)}</p>`}<p class="soft">As the record says on ${escapeHtml(card.made_at.slice(0, 16).replace('T', ' '))} UTC. What is not here is not known to be absent.</p></div>${svg === undefined ? '' : `<div class="qr">${svg}</div>`}</article>`
}

function part({ state, lines }: CardPart): string {
  return {
    listed: `<ul>${lines.map((one) => `<li><strong>${escapeHtml(one.text)}</strong>${one.detail === null ? '' : ` – ${escapeHtml(one.detail)}`} <span class="soft">${SOURCES[one.source]}</span></li>`).join('')}</ul>`,
    none: '<p>None, says the person.</p>',
    unknown: '<p>Not known here.</p>',
  }[state]
}

/** 85.6 x 54 mm (ISO/IEC 7810 ID-1), black on white: what fits beside the code, most important first. */
function smallCard(card: EmergencyCard, svg: string): string {
  const names = ({ state, lines }: CardPart) =>
    state === 'none'
      ? 'none, says the person'
      : state === 'unknown'
        ? 'not known'
        : `${lines
            .slice(0, 4)
            .map((one) => one.text)
            .join(', ')}${lines.length > 4 ? ` +${lines.length - 4} more` : ''}`
  const [contact] = card.contacts
  const rows = [
    ['Allergies', names(card.allergies)],
    ['Blood', card.blood_group?.value ?? 'not known'],
    [
      'Call',
      contact === undefined ? 'nobody named' : [contact.name, contact.phone].filter((one) => one !== null).join(' '),
    ],
    ['Conditions', names(card.conditions)],
    ['Medicines', names(card.medications)],
  ] as const
  return `<div class="small"><div><strong>${escapeHtml(card.name ?? 'Emergency card')}</strong><p>${card.birth_date === null ? '' : `born ${escapeHtml(card.birth_date)}`}</p>${rows.map(([label, value]) => `<p><b>${label}:</b> ${escapeHtml(value.length > 90 ? `${value.slice(0, 89)}…` : value)}</p>`).join('')}</div><div class="qr">${svg}</div></div>`
}

function missing(card: EmergencyCard): string {
  if (card.missing.length === 0) return ''
  const rows = card.missing.map(({ how }) => `<li>${escapeHtml(how)}.</li>`)
  return `<section class="card noprint"><h2>What the card lacks</h2><ul>${rows.join('')}</ul></section>`
}
