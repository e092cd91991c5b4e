import type { OutputOf } from '../../../kernel/contract.ts'
import { frameOperations } from '../../../kernel/frameOperations.ts'
import { errorFields } from '../../../kernel/log.ts'
import type { RawAnswer, RawRequest } from '../../../kernel/raw.ts'
import type { Context } from '../../../kernel/service.ts'
import { digestOf, isPasscode } from '../providers/secrets.ts'
import { countUse, findLink, type LinkRow, takeTry } from '../store/links.ts'
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
  if (link.passcode_hash !== null) return page(200, passcodePage())
  return show(context, link)
}

/** The same, with the passcode of the form; five wrong ones close the link for a quarter of an hour. */
export async function openLinkWithPasscode(context: Context, request: RawRequest): Promise<RawAnswer> {
  const link = await usable(context, request)
  if (!('uses' in link)) return link
  if (link.passcode_hash === null) return show(context, link)
  const passcode = new URLSearchParams(await formOf(request)).get('passcode') ?? ''
  const now = context.now()
  const { db } = context.system('nobody is signed in; the token names the link')
  const pauseUntil = new Date(now.getTime() + PAUSE_MS)
  if (!(await takeTry(db, link.id, { tries: TRIES, pauseUntil }, now))) {
    return page(429, messagePage('Too many tries', 'Wait a quarter of an hour, then try again.'))
  }
  if (!(await isPasscode(passcode, link.passcode_hash))) {
    context.audit({
      action: 'link_opened',
      outcome: 'refused',
      reason: 'passcode',
      grantId: link.id,
      personId: link.user_id,
    })
    return page(403, passcodePage('This is not the passcode.'))
  }
  return show(context, link)
}

/** The link behind the token while it can be used, or the page that says why not. */
async function usable(context: Context, { params }: RawRequest): Promise<LinkRow | RawAnswer> {
  const { db } = context.system('nobody is signed in; the token names the link')
  const link = await findLink(db, digestOf(params.token ?? ''))
  if (link === undefined) return page(404, messagePage('Nothing here', 'There is no such link. Ask whoever sent it.'))
  const state = linkState(link, context.now())
  if (state === 'active') return link
  return gone({ expired: 'ran out', revoked: 'was taken back', 'used-up': 'was used as often as it may be' }[state])
}

const gone = (why: string) =>
  page(410, messagePage('No longer open', `This link ${why}. Ask whoever sent it for another.`))

async function show(context: Context, link: LinkRow): Promise<RawAnswer> {
  const { db } = context.system('nobody is signed in; the token names the link')
  if (!(await countUse(db, link.id, context.now()))) return gone('was used as often as it may be')
  context.audit({ action: 'link_opened', grantId: link.id, personId: link.user_id })
  const parts = await Promise.all(link.categories.map((category) => summaries(context, link, category)))
  return page(200, linkPage(link, link.categories, parts.flat()))
}

/** Asks each service that has the category; as the holder of the link, so that the database shows what the link opens. */
async function summaries(context: Context, link: LinkRow, category: string): Promise<Part[]> {
  const holder = context.asHolder(link.id, link.user_id, category)
  const having = context.contracts.filter((contract) =>
    Object.values(contract.operations).some(({ access }) => access.kind === 'person' && access.category === category),
  )
  const found = await Promise.all(
    having.map((contract) =>
      holder.call(frameOperations(contract.name).summarisePart, { categories: [category] }).catch((error: unknown) => {
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
