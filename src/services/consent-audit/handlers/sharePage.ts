import type { OutputOf } from '../../../kernel/contract.ts'
import { frameOperations } from '../../../kernel/frameOperations.ts'
import { askedAgain, type Reader, readerOf } from '../../../kernel/http/reader.ts'
import { errorFields } from '../../../kernel/log.ts'
import type { RawAnswer, RawRequest } from '../../../kernel/raw.ts'
import { digestOf, isPasscode } from '../../../kernel/secrets.ts'
import type { Context } from '../../../kernel/service.ts'
import { type ChosenManner, NOTHING_CHOSEN } from '../../../shared/chosenManner.ts'
import { userProfile } from '../../user-profile/contract.ts'
import { countUse, findLink, type LinkRow, takeTry } from '../store/links.ts'
import { consentTexts } from '../texts/texts.ts'
import { linkPage, messagePage, PAGE_HEADERS, passcodePage } from './pages.ts'
import { linkState } from './views.ts'

const TRIES = 5
const PAUSE_MS = 15 * 60_000
const LARGEST_FORM_BYTES = 4096

type Part = OutputOf<ReturnType<typeof frameOperations>['summarisePart']>[number]

/** What a link shows; with a passcode, the form that asks for it. */
export async function openLink(context: Context, request: RawRequest): Promise<RawAnswer> {
  const link = await usable(context, request)
  if (!('uses' in link)) return link
  if (link.passcode_hash !== null) return page(200, passcodePage(readerOf(request)))
  return show(context, link, readerOf(request))
}

/** The same, with the passcode of the form; five wrong ones close the link for a quarter of an hour. */
export async function openLinkWithPasscode(context: Context, request: RawRequest): Promise<RawAnswer> {
  const link = await usable(context, request)
  if (!('uses' in link)) return link
  const reader = readerOf(request)
  const { share: t } = consentTexts(reader.language)
  if (link.passcode_hash === null) return show(context, link, reader)
  const passcode = new URLSearchParams(await formOf(request)).get('passcode') ?? ''
  const now = context.now()
  const { db } = context.system('nobody is signed in; the token names the link')
  const pauseUntil = new Date(now.getTime() + PAUSE_MS)
  if (!(await takeTry(db, link.id, { tries: TRIES, pauseUntil }, now))) {
    return page(429, messagePage(reader, t.tooMany, t.tooManyText))
  }
  if (!(await isPasscode(passcode, link.passcode_hash))) {
    context.audit({
      action: 'link_opened',
      outcome: 'refused',
      reason: 'passcode',
      grantId: link.id,
      personId: link.user_id,
    })
    return page(403, passcodePage(reader, t.wrongPasscode))
  }
  return show(context, link, askedAgain(reader))
}

/** The link behind the token while it can be used, or the page that says why not. */
async function usable(context: Context, request: RawRequest): Promise<LinkRow | RawAnswer> {
  const reader = readerOf(request)
  const { share: t } = consentTexts(reader.language)
  const { db } = context.system('nobody is signed in; the token names the link')
  const link = await findLink(db, digestOf(request.params.token ?? ''))
  if (link === undefined) return page(404, messagePage(reader, t.nothingHere, t.nothingHereText))
  const state = linkState(link, context.now())
  if (state === 'active') return link
  return gone(reader, { expired: t.expired, revoked: t.revoked, 'used-up': t.usedUp }[state])
}

const gone = (reader: Reader, why: string) =>
  page(410, messagePage(reader, consentTexts(reader.language).share.over, why))

async function show(context: Context, link: LinkRow, reader: Reader): Promise<RawAnswer> {
  const { db } = context.system('nobody is signed in; the token names the link')
  if (!(await countUse(db, link.id, context.now()))) {
    return gone(reader, consentTexts(reader.language).share.usedUp)
  }
  context.audit({ action: 'link_opened', grantId: link.id, personId: link.user_id })
  const [manner, ...parts] = await Promise.all([
    mannerOf(context, link.user_id),
    ...link.categories.map((category) => summaries(context, link, category)),
  ])
  return page(200, linkPage(reader, link, link.categories, parts.flat(), manner))
}

/** How the person reads units and dates. It says how values are written, nothing else: without it they stay as they are kept. */
async function mannerOf(context: Context, person_id: string): Promise<ChosenManner> {
  try {
    return await context.call(userProfile.operations.facts, { person_id })
  } catch (error) {
    context.log.warn(errorFields(error), 'the units of a shared page are the ones that values are kept in')
    return NOTHING_CHOSEN
  }
}

/** Asks each service that has the category; as the holder of the link, so that the database shows what the link opens. */
async function summaries(context: Context, link: LinkRow, category: string): Promise<Part[]> {
  const holder = context.asHolder(link.id, link.user_id, category)
  const { from_day: from, until_day: until, zone } = link
  const asked = {
    categories: [category],
    zone,
    ...(from === null ? {} : { from }),
    ...(until === null ? {} : { until }),
  }
  const having = context.contracts.filter((contract) =>
    Object.values(contract.operations).some(({ access }) => access.kind === 'person' && access.category === category),
  )
  const found = await Promise.all(
    having.map((contract) =>
      holder.call(frameOperations(contract.name).summarisePart, asked).catch((error: unknown) => {
        context.log.warn({ part: contract.name, ...errorFields(error) }, 'a part of a shared page is missing')
        return []
      }),
    ),
  )
  return found.flat()
}

async function formOf({ body }: RawRequest): Promise<string> {
  let text = ''
  for await (const piece of body) {
    text += String(piece)
    if (text.length > LARGEST_FORM_BYTES) return ''
  }
  return text
}

function page(status: number, body: string): RawAnswer {
  return { status, headers: PAGE_HEADERS, body }
}
