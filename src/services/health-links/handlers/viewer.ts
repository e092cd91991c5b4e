import { PlatformError } from '../../../kernel/errors.ts'
import { escapeHtml } from '../../../kernel/http/html.ts'
import type { RawAnswer, RawRequest } from '../../../kernel/raw.ts'
import type { Context } from '../../../kernel/service.ts'
import { type LinkPayload, readShlink } from '../domain/shlink.ts'
import { type ReadableRow, type ReadableSection, type ReadableSummary, readSummary } from '../domain/summary.ts'
import { isSame } from '../providers/secrets.ts'
import type { LinkRow } from '../store/links.ts'
import { KEY } from './links.ts'
import { keyOf, passes, sharedDocuments, smallBody, taken, usableLink } from './opening.ts'
import { messagePage, PAGE_HEADERS, page, passcodePage, pastePage } from './pages.ts'

/** What a viewer address shows; with a passcode, the form that asks for it. */
export async function viewLink(context: Context, { params }: RawRequest): Promise<RawAnswer> {
  const link = await usableLink(context, { viewer: params.token ?? '' })
  if (link === undefined) return nothing()
  return link.passcode_hash === null ? show(context, link) : answer(200, passcodePage())
}

/** The same with the passcode of the form. */
export async function viewLinkWithPasscode(context: Context, request: RawRequest): Promise<RawAnswer> {
  const link = await usableLink(context, { viewer: request.params.token ?? '' })
  if (link === undefined) return nothing()
  const form = new URLSearchParams((await smallBody(request)) ?? '')
  return openWith(context, link, form.get('passcode') ?? undefined)
}

/** The page where a link is pasted. */
export async function viewForm(): Promise<RawAnswer> {
  return answer(200, pastePage())
}

/** What the pasted link shows: its address finds it, and its key must be the one that belongs to it. */
export async function viewPasted(context: Context, request: RawRequest): Promise<RawAnswer> {
  const form = new URLSearchParams((await smallBody(request)) ?? '')
  const pasted = form.get('shlink') ?? ''
  const payload = readShlink(pasted)
  if (payload === undefined) return answer(422, pastePage('This is no health link. It begins with shlink:/'))
  const address = addressOf(context, payload)
  if (address === undefined) {
    return answer(422, pastePage('This link was made elsewhere. Open it with the viewer of whoever made it.'))
  }
  const link = await usableLink(context, { address })
  if (link === undefined) return nothing()
  const key = await keyOf(context, link, KEY)
  if (key === undefined || !isSame(key, payload.key)) return nothing()
  return openWith(context, link, form.get('passcode') ?? undefined, pasted)
}

/** The secret of an address of ours; undefined for any other, which this server doesn't fetch. */
function addressOf({ publicUrl }: Context, { url }: LinkPayload): string | undefined {
  const start = `${publicUrl}/shl/m/`
  const secret = url.startsWith(start) ? url.slice(start.length) : ''
  return /^[A-Za-z0-9_-]{43}$/.test(secret) ? secret : undefined
}

async function openWith(context: Context, link: LinkRow, passcode: string | undefined, shlink?: string) {
  const passed = await passes(context, link, passcode)
  if (passed === 'yes') return show(context, link)
  if (passcode === undefined) return answer(200, passcodePage(undefined, shlink))
  if (passed.triesLeft === 0) return nothing()
  const words = passed.triesLeft === 1 ? 'One try is left' : `${passed.triesLeft} tries are left`
  return answer(403, passcodePage(`This is not the passcode. ${words}.`, shlink))
}

async function show(context: Context, link: LinkRow): Promise<RawAnswer> {
  const documents = await sharedDocuments(context, link).catch(notReady)
  if (documents === 'not-ready')
    return answer(503, messagePage('Not ready yet', 'This record is still being read. Try again in a minute.'))
  if (documents === undefined || !(await taken(context, link, 'they opened its page'))) return nothing()
  const summaries = documents.flatMap(({ document }) => readSummary(withWrittenNumbers(document)) ?? [])
  return answer(200, summaryPage(link, summaries))
}

function notReady(error: unknown): 'not-ready' {
  if (error instanceof PlatformError && error.code === 'unavailable') return 'not-ready'
  throw error
}

const nothing = () =>
  answer(
    404,
    messagePage('Nothing here', 'There is no such link, or it is over. Ask whoever gave it to you for another.'),
  )

function answer(status: number, body: string): RawAnswer {
  return { status, headers: PAGE_HEADERS, body }
}

/** JSON whose numbers stay as they were written: a page says 1.00 where the laboratory did. */
function withWrittenNumbers(json: string): unknown {
  const keep = (_name: string, value: unknown, more?: { readonly source?: string }) =>
    typeof value === 'number' ? (more?.source ?? String(value)) : value
  return JSON.parse(json, keep)
}

function summaryPage(link: LinkRow, summaries: readonly ReadableSummary[]): string {
  const title = link.label ?? 'Patient summary'
  const until = escapeHtml(link.expires_at.toISOString().slice(0, 16).replace('T', ' '))
  const one = (summary: ReadableSummary) =>
    `<h2>${escapeHtml(summary.name === '' ? 'Name not shared' : summary.name)}</h2><p class="soft">${summary.birthDate === '' ? '' : `Born ${escapeHtml(summary.birthDate)}. `}Made ${escapeHtml(summary.madeAt.slice(0, 16).replace('T', ' '))} UTC.</p>${summary.sections.map(section).join('')}`
  return page(
    title,
    `<h1>${escapeHtml(title)}</h1><p class="soft">International Patient Summary. Open until ${until} UTC. Only what the person chose to share is here: what is missing is not known to be absent.</p>${summaries.map(one).join('')}`,
  )
}

function section({ title, rows }: ReadableSection): string {
  const body =
    rows.length === 0
      ? '<p class="soft">Nothing was shared.</p>'
      : `<div class="scroll"><table><thead><tr><th scope="col">What</th><th scope="col">Value</th>${hasRange(rows) ? '<th scope="col">Range</th>' : ''}<th scope="col">Date</th></tr></thead><tbody>${rows.map((row) => line(row, hasRange(rows))).join('')}</tbody></table></div>`
  return `<section class="card"><h3>${escapeHtml(title)}</h3>${body}</section>`
}

const hasRange = (rows: readonly ReadableRow[]) => rows.some((row) => row.range !== '' || row.verdict !== '')
const VERDICTS = { '': '', below: 'below', within: 'within', above: 'above', flagged: 'flagged' } as const

function line(row: ReadableRow, isRanged: boolean): string {
  const isOff = row.verdict === 'below' || row.verdict === 'above' || row.verdict === 'flagged'
  const verdict =
    row.verdict === ''
      ? ''
      : ` <span class="verdict${isOff ? ' high' : ''}">${row.range === '' ? VERDICTS[row.verdict] : `(${VERDICTS[row.verdict]})`}</span>`
  const range = isRanged ? `<td>${escapeHtml(row.range)}${verdict}</td>` : ''
  return `<tr><th scope="row">${escapeHtml(row.what)}</th><td>${escapeHtml(row.value)}</td>${range}<td>${escapeHtml(row.at)}</td></tr>`
}
