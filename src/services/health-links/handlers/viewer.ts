import { PlatformError } from '../../../kernel/errors.ts'
import { escapeHtml } from '../../../kernel/http/html.ts'
import { askedAgain, type Reader, readerOf } from '../../../kernel/http/reader.ts'
import type { RawAnswer, RawRequest } from '../../../kernel/raw.ts'
import { equalSecrets } from '../../../kernel/secrets.ts'
import type { Context } from '../../../kernel/service.ts'
import { type ChosenManner, chosenTimeWords } from '../../../shared/chosenManner.ts'
import { timeWords } from '../../../shared/dayWords.ts'
import { type LinkPayload, readShlink } from '../domain/shlink.ts'
import { type ReadableSummary, readSummary } from '../domain/summary.ts'
import type { LinkRow } from '../store/links.ts'
import { linkTexts } from '../texts/texts.ts'
import { courses, coursesSection, type FoundCourses, unitsOfOwner } from './courses.ts'
import { KEY } from './links.ts'
import { keyOf, passes, sharedDocuments, smallBody, taken, usableLink } from './opening.ts'
import { daysLine, footOf, questionsOf, questionsSection } from './pageParts.ts'
import { messagePage, PAGE_HEADERS, page, passcodePage, pastePage } from './pages.ts'
import { section } from './sections.ts'
import { beginVisit, noteForm } from './visit.ts'

/** What a viewer address shows; with a passcode, the form that asks for it. */
export async function viewLink(context: Context, request: RawRequest): Promise<RawAnswer> {
  const reader = readerOf(request)
  const link = await usableLink(context, { viewer: request.params.token ?? '' })
  if (link === undefined) return nothing(readerOf(request))
  return link.passcode_hash === null ? show(context, link, reader) : answer(200, passcodePage(reader))
}

/** The same with the passcode of the form. */
export async function viewLinkWithPasscode(context: Context, request: RawRequest): Promise<RawAnswer> {
  const link = await usableLink(context, { viewer: request.params.token ?? '' })
  if (link === undefined) return nothing(readerOf(request))
  const form = new URLSearchParams((await smallBody(request)) ?? '')
  return openWith(context, link, askedAgain(readerOf(request)), form.get('passcode') ?? undefined)
}

/** The page where a link is pasted. */
export async function viewForm(_context: Context, request: RawRequest): Promise<RawAnswer> {
  return answer(200, pastePage(readerOf(request)))
}

/** What the pasted link shows: its address finds it, and its key must be the one that belongs to it. */
export async function viewPasted(context: Context, request: RawRequest): Promise<RawAnswer> {
  const reader = readerOf(request)
  const t = linkTexts(reader.language)
  const form = new URLSearchParams((await smallBody(request)) ?? '')
  const pasted = form.get('shlink') ?? ''
  const payload = readShlink(pasted)
  if (payload === undefined) return answer(422, pastePage(reader, t.noLink))
  const address = addressOf(context, payload)
  if (address === undefined) {
    return answer(422, pastePage(reader, t.madeElsewhere))
  }
  const link = await usableLink(context, { address })
  if (link === undefined) return nothing(readerOf(request))
  const key = await keyOf(context, link, KEY)
  if (key === undefined || !equalSecrets(key, payload.key)) return nothing(reader)
  return openWith(context, link, reader, form.get('passcode') ?? undefined, pasted)
}

/** The secret of an address of ours; undefined for any other, which this server doesn't fetch. */
function addressOf({ publicUrl }: Context, { url }: LinkPayload): string | undefined {
  const start = `${publicUrl}/shl/m/`
  const secret = url.startsWith(start) ? url.slice(start.length) : ''
  return /^[A-Za-z0-9_-]{43}$/.test(secret) ? secret : undefined
}

async function openWith(
  context: Context,
  link: LinkRow,
  reader: Reader,
  passcode: string | undefined,
  shlink?: string,
) {
  const passed = await passes(context, link, passcode)
  if (passed === 'yes') return show(context, link, reader)
  if (passcode === undefined) return answer(200, passcodePage(reader, undefined, shlink))
  if (passed.triesLeft === 0) return nothing(reader)
  const { wrongPasscode } = linkTexts(reader.language)
  return answer(403, passcodePage(reader, wrongPasscode(passed.triesLeft), shlink))
}

async function show(context: Context, link: LinkRow, reader: Reader): Promise<RawAnswer> {
  const t = linkTexts(reader.language)
  const documents = await sharedDocuments(context, link).catch(notReady)
  if (documents === 'not-ready') return answer(503, messagePage(reader, t.notReady, t.notReadyText))
  if (documents === undefined || !(await taken(context, link, 'they opened its page'))) return nothing(reader)
  const summaries = documents.flatMap(({ patient_id, document }) => {
    const summary = readSummary(withWrittenNumbers(document))
    return summary === undefined ? [] : [{ ...summary, patientId: patient_id }]
  })
  const [visit, questions, given, units] = await Promise.all([
    beginVisit(context, link),
    questionsOf(context, link),
    courses(context, link),
    unitsOfOwner(context, link),
  ])
  return answer(200, summaryPage(reader, link, summaries, { visit, questions, given, units }))
}

function notReady(error: unknown): 'not-ready' {
  if (error instanceof PlatformError && error.code === 'unavailable') return 'not-ready'
  throw error
}

function nothing(reader: Reader): RawAnswer {
  const t = linkTexts(reader.language)
  return answer(404, messagePage(reader, t.nothing, t.nothingText))
}

function answer(status: number, body: string): RawAnswer {
  return { status, headers: PAGE_HEADERS, body }
}

/** JSON whose numbers stay as they were written: a page says 1.00 where the laboratory did. */
function withWrittenNumbers(json: string): unknown {
  const keep = (_name: string, value: unknown, more?: { readonly source?: string }) =>
    typeof value === 'number' ? (more?.source ?? String(value)) : value
  return JSON.parse(json, keep)
}

type Shown = ReadableSummary & { readonly patientId: string }

/** What stands on a page beside its summaries. */
interface Beside {
  readonly visit: string
  readonly questions: readonly string[]
  readonly given: FoundCourses | undefined
  readonly units: ChosenManner
}

function summaryPage(
  reader: Reader,
  link: LinkRow,
  summaries: readonly Shown[],
  { visit, questions, given, units }: Beside,
): string {
  const { summary: t } = linkTexts(reader.language)
  const title = link.label ?? t.title
  const until = timeWords(reader.language, link.expires_at.toISOString())
  const one = (summary: Shown, index: number) => {
    const name = summary.name === '' ? t.noName : summary.name
    const born =
      summary.birthDate === ''
        ? ''
        : `${t.born(escapeHtml(chosenTimeWords(reader.language, summary.birthDate, units, 'text')))} `
    const made = t.made(escapeHtml(timeWords(reader.language, summary.madeAt)))
    // The person's own summary is the first one, and the courses are theirs.
    const drawn = index === 0 ? coursesSection(reader, given, units) : ''
    const sections = [...summary.sections.map((part) => section(reader, part, units)), drawn]
    return `<h2 dir="auto">${escapeHtml(name)}</h2><p class="soft">${born}${made}</p>${sections.join('')}${footOf(reader, visit, summary.patientId)}`
  }
  return page(
    // Of a link that is counted another look would use one up: its language is chosen by the browser, or before.
    link.max_uses === null ? reader : { language: reader.language },
    title,
    `<h1 dir="auto">${escapeHtml(title)}</h1><p class="soft">${t.openUntil(escapeHtml(until))}</p>${daysLine(reader, link)}${questionsSection(reader, questions)}${summaries.map(one).join('')}${link.allows_notes ? noteForm(reader, visit) : ''}`,
  )
}
