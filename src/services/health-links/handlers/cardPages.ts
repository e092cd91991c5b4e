import { PlatformError } from '../../../kernel/errors.ts'
import { escapeHtml } from '../../../kernel/http/html.ts'
import { type Reader, readerOf } from '../../../kernel/http/reader.ts'
import type { RawAnswer, RawRequest } from '../../../kernel/raw.ts'
import { digestOf } from '../../../kernel/secrets.ts'
import type { Context } from '../../../kernel/service.ts'
import { timeWords } from '../../../shared/dayWords.ts'
import { detailWords } from '../../../shared/recordWords.ts'
import type { CardPart, EmergencyCard } from '../contract/card.ts'
import { healthLinks } from '../contract.ts'
import * as store from '../store/card.ts'
import { linkTexts } from '../texts/texts.ts'
import { cardAddress, gatherCard, qrOf } from './card.ts'
import { messagePage, PAGE_HEADERS, page } from './pages.ts'
import { tellOwner } from './telling.ts'

/** However often a card is opened, the person is written to once an hour; each opening is in the audit. */
const TOLD_EVERY_MS = 3_600_000

/** The card to print: the person's, or of whoever keeps their record. */
export async function printCard(context: Context, request: RawRequest): Promise<RawAnswer> {
  const reader = readerOf(request)
  const { card: t } = linkTexts(reader.language)
  const [card, url] = await Promise.all([gatherCard(context), cardAddress(context)])
  const qr = await qrOf(card, url, reader.language)
  const notes = [t.print, url === undefined ? t.plainCode : t.linkInCode, ...(qr.is_shortened ? [t.shortened] : [])]
  const lead = notes.map((one) => `<p>${one}</p>`).join('')
  return answer(
    200,
    page(
      reader,
      t.title,
      `<h1 class="noprint">${t.yours}</h1><div class="noprint soft">${lead}</div>${missing(reader, card)}
<section aria-label="${t.small}">${smallCard(reader, card, qr.svg)}</section><section aria-label="${t.whole}">${wholeCard(reader, card, qr.svg)}</section>`,
    ),
  )
}

/** The card for whoever holds its address. Everything that ends it (the person, a consent, a restriction) is told alike. */
export async function openCard(context: Context, request: RawRequest): Promise<RawAnswer> {
  const reader = readerOf(request)
  const system = context.system('nobody is signed in; the secret in the address names the card')
  const row = await store.cardOfToken(system.db, digestOf(request.params.token ?? ''))
  const card = row === undefined ? undefined : await cardFor(context, row)
  if (row === undefined || card === undefined) return nothing(reader)
  const now = context.now()
  const times = { now, toldBefore: new Date(now.getTime() - TOLD_EVERY_MS) }
  const isDue = await store.countOpening(system.db, row.id, times)
  if (isDue === undefined) return nothing(reader)
  context.audit({ action: 'emergency_card_opened', purpose: 'emergency', grantId: row.id, personId: row.user_id })
  if (isDue) {
    const link = `${context.publicUrl}/`
    await tellOwner(context, row.user_id, ({ mails }) => [mails.opened, mails.openedText(now.toISOString(), link)])
  }
  return answer(
    200,
    page({ language: reader.language }, linkTexts(reader.language).card.title, wholeCard(reader, card)),
  )
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

function nothing(reader: Reader): RawAnswer {
  const t = linkTexts(reader.language)
  return answer(404, messagePage(reader, t.nothing, t.noCard))
}

function answer(status: number, body: string): RawAnswer {
  return { status, headers: PAGE_HEADERS, body }
}

/** The card as a page, with the source of each line. */
function wholeCard(reader: Reader, card: EmergencyCard, svg?: string): string {
  const { card: t } = linkTexts(reader.language)
  // Printed, the page has a heading of its own above.
  const [who, of] = svg === undefined ? ['h1', 'h2'] : ['h2', 'h3']
  const head = (title: string) => `<${of} class="of">${title}</${of}>`
  const born = [
    ...(card.birth_date === null ? [] : [t.born(timeWords(reader.language, card.birth_date))]),
    ...(card.age_years === null ? [] : [t.years(card.age_years)]),
  ]
  const blood =
    card.blood_group === null
      ? `<p>${t.unknown}</p>`
      : `<p><strong dir="ltr">${escapeHtml(card.blood_group.value)}</strong> <span class="soft">${t.notTransfusion(t.sources[card.blood_group.source])}</span></p>`
  const contacts = card.contacts.map((one) => `<li>${contactLine(one)}</li>`)
  const unread = card.unread.length === 0 ? '' : `<p class="error" role="alert">${t.unread}</p>`
  const parts = [
    [t.allergies, part(reader, card.allergies)],
    [t.blood, blood],
    [t.call, contacts.length === 0 ? `<p>${t.nobody}</p>` : `<ul>${contacts.join('')}</ul>`],
    [t.conditions, part(reader, card.conditions)],
    [t.medicines, part(reader, card.medications)],
    ...(card.notes === null ? [] : [[t.notes, `<p dir="auto">${escapeHtml(card.notes)}</p>`] as const]),
    ...(card.language === null ? [] : [[t.speaks, `<p>${escapeHtml(card.language)}</p>`] as const]),
  ] as const
  const asOf = t.asOf(escapeHtml(timeWords(reader.language, card.made_at)))
  return `<article class="ice"><div><${who} class="who" dir="auto">${escapeHtml(card.name ?? t.title)}</${who}><p>${escapeHtml(born.join(', '))}</p>${unread}
${parts.map(([title, body]) => `${head(title)}${body}`).join('')}<p class="soft">${asOf}</p></div>${svg === undefined ? '' : `<div class="qr">${svg}</div>`}</article>`
}

function contactLine({ name, relationship, phone }: EmergencyCard['contacts'][number]): string {
  const who = [name, relationship === null ? null : `(${relationship})`].filter((one) => one !== null).join(' ')
  const dial =
    phone === null
      ? ''
      : `<a dir="ltr" href="tel:${escapeHtml(phone.replaceAll(/[^+0-9]/g, ''))}">${escapeHtml(phone)}</a>`
  return `<bdi>${escapeHtml(who)}</bdi> ${dial}`
}

function part({ language }: Reader, { state, lines }: CardPart): string {
  const { card: t } = linkTexts(language)
  const items = lines.map(({ text, detail, source }) => {
    const more = detail === null ? '' : ` – ${escapeHtml(detailWords(language, detail))}`
    return `<li><bdi><strong>${escapeHtml(text)}</strong>${more}</bdi> <span class="soft">${t.sources[source]}</span></li>`
  })
  return { listed: `<ul>${items.join('')}</ul>`, none: `<p>${t.none}</p>`, unknown: `<p>${t.unknown}</p>` }[state]
}

/** 85.6 x 54 mm (ISO/IEC 7810 ID-1), black on white: what fits beside the code, most important first. */
function smallCard({ language }: Reader, card: EmergencyCard, svg: string): string {
  const { card: t } = linkTexts(language)
  const names = ({ state, lines }: CardPart) => {
    if (state !== 'listed') return state === 'none' ? t.noneShort : t.unknownShort
    const shown = lines.slice(0, 4).map((one) => one.text)
    return `${shown.join(', ')}${lines.length > 4 ? ` ${t.more(lines.length - 4)}` : ''}`
  }
  const [contact] = card.contacts
  const call =
    contact === undefined ? t.nobodyShort : [contact.name, contact.phone].filter((one) => one !== null).join(' ')
  const rows = [
    [t.allergies, names(card.allergies)],
    [t.bloodShort, card.blood_group?.value ?? t.unknownShort],
    [t.call, call],
    [t.conditions, names(card.conditions)],
    [t.medicines, names(card.medications)],
  ] as const
  return `<div class="small"><div><strong>${escapeHtml(card.name ?? t.title)}</strong><p>${card.birth_date === null ? '' : t.born(escapeHtml(timeWords(language, card.birth_date)))}</p>${rows.map(([label, value]) => `<p><b>${label}:</b> ${escapeHtml(value.length > 90 ? `${value.slice(0, 89)}…` : value)}</p>`).join('')}</div><div class="qr">${svg}</div></div>`
}

function missing({ language }: Reader, card: EmergencyCard): string {
  if (card.missing.length === 0) return ''
  const { card: t } = linkTexts(language)
  const rows = card.missing.map(({ field, how }) => `<li>${escapeHtml(t.missing[field] ?? how)}</li>`)
  return `<section class="card noprint"><h2>${t.lacks}</h2><ul>${rows.join('')}</ul></section>`
}
