import { notFound, PlatformError } from '../../../kernel/errors.ts'
import type { RawAnswer, RawRequest } from '../../../kernel/raw.ts'
import type { Context } from '../../../kernel/service.ts'
import { readManifestRequest, recipientOf } from '../domain/shlink.ts'
import { encryptDocument } from '../providers/jwe.ts'
import { newSecret } from '../providers/secrets.ts'
import type { LinkRow } from '../store/links.ts'
import { KEY } from './links.ts'
import { keyOf, linkOfTicket, noteTickets, passes, sharedDocuments, smallBody, taken, usableLink } from './opening.ts'

const FILE_TYPE = 'application/fhir+json'
/** The specification allows an hour. */
const FILE_MINUTES = 5
const SECRET = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' } as const

/** Unknown, over, taken back, locked, restricted and erased are told alike. */
const nothing = () => notFound('Health link')
const says = (recipient: string) => `they call themselves “${recipient}”`

/** `POST {url}`: the files of the link, encrypted with its key, within the answer or by short-lived addresses. */
export async function readManifest(context: Context, request: RawRequest): Promise<RawAnswer> {
  const given = await smallBody(request)
  if (given === undefined) throw new PlatformError('payload_too_large', 'A manifest request is a small JSON object')
  const asked = readManifestRequest(given)
  if ('fault' in asked) throw new PlatformError('bad_request', asked.fault)
  const link = await usableLink(context, { address: request.params.token ?? '' })
  if (link === undefined || link.is_direct) throw nothing()
  const passed = await passes(context, link, asked.passcode)
  if (passed !== 'yes') return json(401, { remainingAttempts: passed.triesLeft })
  const [documents, key] = await Promise.all([sharedDocuments(context, link), keyOf(context, link, KEY)])
  if (documents === undefined || key === undefined) throw nothing()
  const files = await Promise.all(
    documents.map(async ({ patient_id, document }) => ({
      patientId: patient_id,
      embedded: await encryptDocument(document, key),
    })),
  )
  if (!(await taken(context, link, says(asked.recipient)))) throw nothing()
  const status = link.is_long_term ? { status: 'can-change' } : {}
  return json(200, { ...status, files: await presented(context, link, files, asked.embeddedLengthMax) })
}

/** Each file as it is, or by an address of its own where it is longer than the client takes. */
async function presented(
  context: Context,
  link: LinkRow,
  files: readonly { readonly patientId: string; readonly embedded: string }[],
  longest = Number.POSITIVE_INFINITY,
) {
  const lastUpdated = context.now().toISOString()
  const located = files.map((file) => (file.embedded.length > longest ? newSecret() : undefined))
  const tickets = files.flatMap(({ patientId }, index) => {
    const ticket = located[index]
    return ticket === undefined ? [] : [{ ticket, patientId }]
  })
  const until = new Date(context.now().getTime() + FILE_MINUTES * 60_000)
  if (tickets.length > 0) await noteTickets(context, link, tickets, until)
  return files.map(({ embedded }, index) => {
    const ticket = located[index]
    const where = ticket === undefined ? { embedded } : { location: `${context.publicUrl}/shl/f/${ticket}` }
    return { contentType: FILE_TYPE, lastUpdated, ...where }
  })
}

/** `GET {url}?recipient=…` of a link with the flag U. */
export async function readDirectFile(context: Context, { params, query }: RawRequest): Promise<RawAnswer> {
  const recipient = recipientOf(query.recipient)
  if (recipient === undefined) throw new PlatformError('bad_request', 'recipient must say who asks')
  const link = await usableLink(context, { address: params.token ?? '' })
  if (link?.is_direct !== true) throw nothing()
  const [documents, key] = await Promise.all([sharedDocuments(context, link), keyOf(context, link, KEY)])
  const [first] = documents ?? []
  if (first === undefined || key === undefined || !(await taken(context, link, says(recipient)))) throw nothing()
  return jose(await encryptDocument(first.document, key))
}

/** A file by the address that a manifest gave: made anew, so that it is as current and as limited as the link is now. */
export async function readFile(context: Context, { params }: RawRequest): Promise<RawAnswer> {
  const link = await linkOfTicket(context, params.ticket ?? '')
  if (link === undefined) throw nothing()
  const [documents, key] = await Promise.all([sharedDocuments(context, link), keyOf(context, link, KEY)])
  const wanted = documents?.find((one) => one.patient_id === link.patient_id)
  if (wanted === undefined || key === undefined) throw nothing()
  return jose(await encryptDocument(wanted.document, key))
}

function json(status: number, body: object): RawAnswer {
  return {
    status,
    headers: { ...SECRET, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(body),
  }
}

function jose(body: string): RawAnswer {
  return { headers: { ...SECRET, 'content-type': 'application/jose' }, body }
}
