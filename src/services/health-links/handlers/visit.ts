import { encryptedText } from '../../../kernel/encryption.ts'
import { escapeHtml } from '../../../kernel/http/html.ts'
import { type Reader, readerOf } from '../../../kernel/http/reader.ts'
import type { RawAnswer, RawRequest } from '../../../kernel/raw.ts'
import { digestOf } from '../../../kernel/secrets.ts'
import type { Context } from '../../../kernel/service.ts'
import { LONGEST_AUTHOR, LONGEST_NOTE, MOST_WAITING, NOTES_AN_HOUR } from '../contract/notes.ts'
import { readNote } from '../domain/note.ts'
import { newSecret } from '../providers/secrets.ts'
import type { LinkRow } from '../store/links.ts'
import * as store from '../store/notes.ts'
import { LINK_NOTE } from '../store/personal.ts'
import { linkTexts } from '../texts/texts.ts'
import { sharedDocuments, smallBody } from './opening.ts'
import { messagePage, PAGE_HEADERS, page } from './pages.ts'
import { tellOwner } from './telling.ts'

/** How long somebody who opened a page may take its document along, or write back. */
const VISIT_MS = 30 * 60_000
const HOUR_MS = 3_600_000
/** Each letter of the longest note, written as a form writes it, in the scripts that need most. */
const LARGEST_FORM_BYTES = (LONGEST_NOTE + LONGEST_AUTHOR) * 12 + 1000

const systemDb = (context: Context) =>
  context.system('nobody is signed in; the secret in the address names what was opened').db

/** Begins a visit: the secret that stands in the addresses of an opened page. It says nothing of the link's own secrets. */
export async function beginVisit(context: Context, link: LinkRow): Promise<string> {
  const visit = newSecret()
  const until = new Date(context.now().getTime() + VISIT_MS)
  await store.insertVisit(systemDb(context), link, digestOf(visit), until)
  return visit
}

const linkOf = (context: Context, { params }: RawRequest) =>
  store.linkOfVisit(systemDb(context), digestOf(params.visit ?? ''), context.now())

/** `GET /shl/d/{visit}`: the document behind the page, made anew, so that it is as limited as the link is now. */
export async function takeDocument(context: Context, request: RawRequest): Promise<RawAnswer> {
  const link = await linkOf(context, request)
  const documents = link === undefined ? undefined : await sharedDocuments(context, link)
  const { patient } = request.query
  const wanted = documents?.find((one) => patient === undefined || one.patient_id === patient)
  if (link === undefined || wanted === undefined) return nothing(readerOf(request))
  context.audit({
    action: 'link_opened',
    reason: 'they took it along as a file',
    grantId: link.id,
    personId: link.user_id,
  })
  const name = `patient-summary-${context.now().toISOString().slice(0, 10)}.json`
  return {
    headers: {
      'content-type': 'application/fhir+json; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
    },
    body: wanted.document,
  }
}

/** `GET /shl/n/{visit}`: what stands after a note was handed over. */
export async function noteWritten(context: Context, request: RawRequest): Promise<RawAnswer> {
  const reader = readerOf(request)
  const link = await linkOf(context, request)
  if (link?.allows_notes !== true) return nothing(reader)
  const { notes: t } = linkTexts(reader.language)
  return answer(200, messagePage(reader, t.handedOver, t.handedOverText))
}

/**
 * `POST /shl/n/{visit}`: keeps what was typed for the person to look at. The secret in the address is all that lets somebody
 * write, no cookie counts; a form on another site is refused all the same.
 */
export async function writeNote(context: Context, request: RawRequest): Promise<RawAnswer> {
  const reader = readerOf(request)
  const link = await linkOf(context, request)
  const isForeign = request.headers['sec-fetch-site'] === 'cross-site'
  if (link?.allows_notes !== true || isForeign) return nothing(reader, isForeign ? 403 : 404)
  const body = await smallBody(request, LARGEST_FORM_BYTES)
  const form = new URLSearchParams(body ?? '')
  const note = body === undefined ? { fault: 'long' as const } : readNote(form, LIMITS)
  const { notes: t } = linkTexts(reader.language)
  if ('fault' in note) {
    const problem = note.fault === 'long' ? t.tooLong(LONGEST_NOTE) : t.empty
    return answer(422, page(reader, t.title, noteForm(reader, request.params.visit ?? '', { problem, form })))
  }
  const state = await keep(context, link, JSON.stringify(note))
  if (state === 'closed') return nothing(reader)
  if (state === 'full') return answer(429, messagePage(reader, t.full, t.fullText), { 'retry-after': '3600' })
  return answer(303, '', { location: `/shl/n/${encodeURIComponent(request.params.visit ?? '')}` })
}

const LIMITS = { author: LONGEST_AUTHOR, text: LONGEST_NOTE }

async function keep(context: Context, link: LinkRow, content: string) {
  const [id, now] = [context.newId(), context.now()]
  const owner = { personId: link.user_id, ports: context.ports }
  const sealed = (await encryptedText(owner, LINK_NOTE, content, id)) as Buffer
  const note = { id, linkId: link.id, userId: link.user_id, content: sealed }
  const limits = { anHour: NOTES_AN_HOUR, waiting: MOST_WAITING, hourAgo: new Date(now.getTime() - HOUR_MS) }
  const system = context.system('nobody is signed in; the secret in the address names the link')
  const state = await system.transact((transaction) => store.insertNote(transaction, note, limits, now))
  if (state === 'first' || state === 'further') {
    context.audit({ action: 'link_note_written', grantId: link.id, personId: link.user_id })
  }
  if (state === 'first') {
    const address = `${context.publicUrl}/app/sharing`
    await tellOwner(context, link.user_id, ({ mails }) => [mails.noted, mails.notedText(address)])
  }
  return state
}

interface Again {
  readonly problem: string
  readonly form: URLSearchParams
}

/** The form for a note back; again with what was typed and what is wrong with it. */
export function noteForm({ language }: Reader, visit: string, again?: Again): string {
  const { notes: t } = linkTexts(language)
  const typed = (name: string) => escapeHtml(again?.form.get(name)?.slice(0, LONGEST_NOTE) ?? '')
  const problem = again === undefined ? '' : `<p class="error" role="alert">${escapeHtml(again.problem)}</p>`
  return `<section class="card noprint"><h2>${t.title}</h2><p class="soft">${t.text}</p>${problem}
<form method="post" action="/shl/n/${escapeHtml(visit)}"><label for="author">${t.author}</label>
<input id="author" name="author" dir="auto" autocomplete="name" required maxlength="${LONGEST_AUTHOR}" value="${typed('author')}">
<label for="note">${t.note}</label>
<textarea id="note" name="note" dir="auto" required maxlength="${LONGEST_NOTE}">${typed('note')}</textarea>
<button type="submit">${t.send}</button></form></section>`
}

function nothing(reader: Reader, status = 404): RawAnswer {
  const t = linkTexts(reader.language)
  return answer(status, messagePage(reader, t.nothing, t.nothingText))
}

function answer(status: number, body: string, more: Readonly<Record<string, string>> = {}): RawAnswer {
  return { status, headers: { ...PAGE_HEADERS, ...more }, body }
}
