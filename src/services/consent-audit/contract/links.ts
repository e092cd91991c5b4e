import { command, query, stream } from '../../../kernel/contract.ts'
import { date, integer, list, nullable, object, optional, Type, text, uuid } from '../../../kernel/fields.ts'
import { categories, Instant, instantOrNull, limit, own, word } from './shapes.ts'

export const LONGEST_LINK_DAYS = 90

const Link = object({
  id: Type.String(),
  label: nullable(Type.String()),
  categories: list(Type.String()),
  status: Type.Enum(['active', 'expired', 'revoked', 'used-up']),
  has_passcode: Type.Boolean(),
  from: nullable(
    Type.String({ description: 'YYYY-MM-DD, the first day of what has a clinical date; null: from the beginning' }),
  ),
  until: nullable(Type.String({ description: 'YYYY-MM-DD, the last day' })),
  access_count: Type.Integer(),
  max_uses: nullable(Type.Integer()),
  created_at: Instant,
  expires_at: Instant,
  last_used_at: instantOrNull,
  revoked_at: instantOrNull,
})

export const linkOperations = {
  createLink: command({
    summary: 'A link that shows some categories to whoever holds it, until a day',
    route: 'POST /share',
    access: own,
    status: 201,
    showsSecret: true,
    limit: { requests: 60, windowSeconds: 3600 },
    errors: ['conflict'],
    input: object({
      label: optional(text(100)),
      categories: optional(categories),
      permissions: optional(list(word, 20)),
      expires_days: optional(integer(1, LONGEST_LINK_DAYS)),
      expires_at: optional(Type.String({ minLength: 10, maxLength: 40 })),
      max_uses: optional(integer(1, 1000)),
      from: optional(date('the first day that is shown, of what has a clinical date')),
      until: optional(date('the last day that is shown')),
      passcode: optional(text(64, { minimum: 4 })),
    }),
    output: object({
      ...Link.properties,
      token: Type.String({ description: 'shown once' }),
      url: Type.String(),
    }),
  }),
  listLinks: query({
    summary: 'Links to the record, and how often each was used',
    route: 'GET /share',
    access: own,
    input: object({ limit: limit(200) }),
    output: object({ links: list(Link, 200) }),
  }),
  revokeLink: command({
    summary: 'End a link at once',
    route: 'DELETE /share/:id',
    access: own,
    errors: ['not_found'],
    input: object({ id: uuid() }),
    output: Link,
  }),
}

const page = {
  access: { kind: 'public', ignoresCredential: true },
  produces: ['text/html'],
} as const

export const linkStreams = {
  openLink: stream({
    ...page,
    summary: 'What a link shows, as a page that needs no scripts; with a passcode, the form that asks for it',
    kind: 'query',
    route: 'GET /share/:token',
    aliases: ['GET /share/:token'],
  }),
  openLinkWithPasscode: stream({
    ...page,
    summary: 'The same, with the passcode of the form',
    kind: 'command',
    route: 'POST /share/:token',
    aliases: ['POST /share/:token'],
  }),
}
