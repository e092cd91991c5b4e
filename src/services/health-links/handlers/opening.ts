import type { OutputOf } from '../../../kernel/contract.ts'
import { decryptedText } from '../../../kernel/encryption.ts'
import { PlatformError } from '../../../kernel/errors.ts'
import type { RawRequest } from '../../../kernel/raw.ts'
import { digestOf, isPasscode } from '../../../kernel/secrets.ts'
import type { Context } from '../../../kernel/service.ts'
import { fhir } from '../../fhir/contract.ts'
import { MOST_TRIES } from '../contract/shapes.ts'
import { linkState } from '../domain/shlink.ts'
import * as store from '../store/links.ts'

export type SharedDocuments = OutputOf<(typeof fhir.operations)['summaryDocuments']>['documents']
const LARGEST_BODY_BYTES = 16_384
const MOST_READ_BYTES = 2_000_000

const systemDb = (context: Context) =>
  context.system('nobody is signed in; the secret in the address names the link').db

/** The link of a secret while it can be used. Undefined says nothing of why: unknown, over, taken back and locked are alike. */
export async function usableLink(
  context: Context,
  by: { readonly address: string } | { readonly viewer: string },
): Promise<store.LinkRow | undefined> {
  const digest = 'address' in by ? { address: digestOf(by.address) } : { viewer: digestOf(by.viewer) }
  const link = await store.findLink(systemDb(context), digest)
  return link !== undefined && linkState(link, context.now()) === 'active' ? link : undefined
}

/** The link behind the address of a file while it is not over; its uses were counted with the manifest. */
export async function linkOfTicket(context: Context, ticket: string) {
  const now = context.now()
  const link = await store.findTicket(systemDb(context), digestOf(ticket), now)
  return link !== undefined && link.revoked_at === null && link.expires_at > now ? link : undefined
}

/**
 * Compares a passcode. A wrong one takes one of the tries of the link's whole life, before it is compared, so that guesses at
 * the same moment get no more. None given takes none. Answers how many are left when it isn't right.
 */
export async function passes(
  context: Context,
  link: store.LinkRow,
  passcode: string | undefined,
): Promise<'yes' | { readonly triesLeft: number }> {
  if (link.passcode_hash === null) return 'yes'
  if (passcode === undefined || passcode === '') return { triesLeft: link.tries_left }
  const triesLeft = await store.takeTry(systemDb(context), link.id)
  if (triesLeft === undefined) return { triesLeft: 0 }
  if (await isPasscode(passcode, link.passcode_hash)) {
    await store.returnTry(systemDb(context), link.id, MOST_TRIES)
    return 'yes'
  }
  context.audit({
    action: 'link_opened',
    outcome: 'refused',
    reason: 'passcode',
    grantId: link.id,
    personId: link.user_id,
  })
  return { triesLeft }
}

/**
 * The summaries of what the link shows, made now, asked for as its holder: the database shows what that right opens.
 * Undefined where it opens nothing any more (taken back, restricted, erased). Throws 503 while a large record is still being
 * read: nobody takes a part for the whole.
 */
export async function sharedDocuments(context: Context, link: store.LinkRow): Promise<SharedDocuments | undefined> {
  const holder = context.asHolder(link.id, link.user_id, link.categories[0] as string)
  try {
    const { from_day: from, until_day: until, zone } = link
    const { documents, is_complete } = await holder.call(fhir.operations.summaryDocuments, {
      ...(from === null ? {} : { from }),
      ...(until === null ? {} : { until }),
      zone,
    })
    if (!is_complete)
      throw new PlatformError('unavailable', 'This record is still being read', { retryAfterSeconds: 10 })
    return documents
  } catch (error) {
    if (error instanceof PlatformError && (error.code === 'not_found' || error.code === 'gone')) return undefined
    throw error
  }
}

/** Counts the use and tells the person's audit who it was; false when no use was left. */
export async function taken(context: Context, link: store.LinkRow, who: string): Promise<boolean> {
  if (!(await store.countUse(systemDb(context), link.id, context.now()))) return false
  context.audit({ action: 'link_opened', reason: who, grantId: link.id, personId: link.user_id })
  return true
}

/** The key that the holder of the link has. */
export async function keyOf({ ports }: Context, link: store.LinkRow, column: string): Promise<string | undefined> {
  return (await decryptedText({ personId: link.user_id, ports }, column, link.key, link.id)) ?? undefined
}

/** Addresses of files, good for a few minutes. */
export async function noteTickets(
  context: Context,
  link: store.LinkRow,
  tickets: readonly { readonly ticket: string; readonly patientId: string }[],
  expiresAt: Date,
): Promise<void> {
  const hashed = tickets.map(({ ticket, patientId }) => ({ hash: digestOf(ticket), patientId }))
  await store.insertTickets(systemDb(context), link, hashed, expiresAt)
}

/** A small body as text; undefined when it is larger than any honest one. */
export async function smallBody({ body }: RawRequest, largestBytes = LARGEST_BODY_BYTES): Promise<string | undefined> {
  const pieces: Buffer[] = []
  let length = 0
  // What is too large is read on and let go, up to a point: a body that is left half read keeps its connection from others.
  for await (const piece of body) {
    length += (piece as Buffer).length
    if (length > MOST_READ_BYTES) return undefined
    if (length <= largestBytes) pieces.push(Buffer.from(piece as Buffer))
  }
  if (length > largestBytes) return undefined
  return Buffer.concat(pieces).toString('utf8')
}
