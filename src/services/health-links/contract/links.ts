import { command, query, stream } from '../../../kernel/contract.ts'
import {
  date,
  flag,
  integer,
  list,
  nullable,
  object,
  oneOf,
  optional,
  Type,
  text,
  uuid,
} from '../../../kernel/fields.ts'
import {
  anyone,
  Instant,
  instantOrNull,
  LINK_CATEGORIES,
  LONGEST_LABEL,
  LONGEST_LINK_DAYS,
  MOST_TRIES,
  own,
  page,
} from './shapes.ts'

const HealthLink = object({
  id: uuid(),
  label: nullable(Type.String()),
  categories: list(Type.String()),
  status: oneOf(['active', 'expired', 'revoked', 'used-up', 'locked']),
  flags: Type.String({ description: 'L long-term, P passcode, U direct file; empty for none' }),
  has_passcode: Type.Boolean(),
  tries_left: nullable(
    integer(0, MOST_TRIES, { description: 'wrong passcodes that are left; null without a passcode' }),
  ),
  from: nullable(
    Type.String({ description: 'YYYY-MM-DD, the first day of what has a clinical date; null: from the beginning' }),
  ),
  until: nullable(Type.String({ description: 'YYYY-MM-DD, the last day' })),
  allows_notes: Type.Boolean({ description: 'whether whoever opens it may write a note back' }),
  access_count: Type.Integer(),
  max_uses: nullable(Type.Integer()),
  created_at: Instant,
  expires_at: Instant,
  last_used_at: instantOrNull,
  revoked_at: instantOrNull,
})

export const linkOperations = {
  createHealthLink: command({
    summary: 'A SMART Health Link: a summary of chosen parts of the record for whoever holds it, until a day',
    route: 'POST /shl',
    access: own,
    status: 201,
    showsSecret: true,
    limit: { requests: 60, windowSeconds: 3600 },
    errors: ['conflict'],
    input: object({
      label: optional(text(LONGEST_LABEL)),
      categories: optional(list(text(60), 30)),
      passcode: optional(text(64, { minimum: 4 })),
      expires_days: optional(integer(1, LONGEST_LINK_DAYS)),
      expires_at: optional(Type.String({ minLength: 10, maxLength: 40 })),
      max_uses: optional(integer(1, 1000)),
      from: optional(date('the first day that is shown, of what has a clinical date')),
      until: optional(date('the last day that is shown')),
      allows_notes: optional(
        flag({ description: 'whoever opens the page may write a note, which the person reviews' }),
      ),
      is_long_term: optional(flag({ description: 'L: the receiver may come back for newer content' })),
      is_direct: optional(flag({ description: 'U: one file by GET, without manifest; not with a passcode' })),
    }),
    output: object({
      ...HealthLink.properties,
      shlink: Type.String({ description: 'shlink:/…, shown once: it holds the key' }),
      viewer_url: Type.String({ description: 'shown once: the summary as a page that needs no scripts' }),
      manifest_url: Type.String({ description: 'shown once' }),
    }),
  }),
  listHealthLinks: query({
    summary: 'SMART Health Links of the record, newest first, and how often each was used',
    route: 'GET /shl',
    access: own,
    input: object({ limit: optional(integer(1, 200, { default: 100 })) }),
    output: object({ links: list(HealthLink, 200), categories: list(oneOf(LINK_CATEGORIES), 30) }),
  }),
  revokeHealthLink: command({
    summary: 'End a SMART Health Link at once, and forget its key',
    route: 'DELETE /shl/:id',
    access: own,
    errors: ['not_found'],
    input: object({ id: uuid() }),
    output: HealthLink,
  }),
}

/** Viewers of any origin ask these; what opens them is the secret in the address. */
const outside = { access: anyone, anyOrigin: true } as const

export const linkStreams = {
  readManifest: stream({
    ...outside,
    summary: 'The files of a SMART Health Link, for `{ recipient, passcode?, embeddedLengthMax? }`',
    kind: 'command',
    route: 'POST /shl/m/:token',
    aliases: ['POST /shl/m/:token'],
    produces: ['application/json'],
  }),
  readDirectFile: stream({
    ...outside,
    summary: 'The file of a SMART Health Link with the flag U',
    kind: 'query',
    route: 'GET /shl/m/:token',
    aliases: ['GET /shl/m/:token'],
    produces: ['application/jose'],
    parameters: { recipient: 'Who asks, as it shall be noted for the person' },
  }),
  readFile: stream({
    ...outside,
    summary: 'One file that a manifest named, for a few minutes',
    kind: 'query',
    route: 'GET /shl/f/:ticket',
    aliases: ['GET /shl/f/:ticket'],
    produces: ['application/jose'],
  }),
  viewForm: stream({
    ...page,
    summary: 'A page where one pastes a SMART Health Link of this platform',
    kind: 'query',
    route: 'GET /shl/view',
    aliases: ['GET /shl/view'],
  }),
  viewPasted: stream({
    ...page,
    summary: 'What the pasted link shows, as a page that needs no scripts',
    kind: 'command',
    route: 'POST /shl/view',
    aliases: ['POST /shl/view'],
  }),
  viewLink: stream({
    ...page,
    summary: 'What a link shows, as a page that needs no scripts; with a passcode, the form that asks for it',
    kind: 'query',
    route: 'GET /shl/v/:token',
    aliases: ['GET /shl/v/:token'],
  }),
  viewLinkWithPasscode: stream({
    ...page,
    summary: 'The same, with the passcode of the form',
    kind: 'command',
    route: 'POST /shl/v/:token',
    aliases: ['POST /shl/v/:token'],
  }),
}
