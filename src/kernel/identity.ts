import { createHmac, timingSafeEqual } from 'node:crypto'
import { Type } from 'typebox'
import { LANGUAGES } from '../shared/languages.ts'
import { object } from './fields.ts'
import { type Caller, type Grounds, Principal } from './principal.ts'
import { matches } from './schema.ts'

const textOrNull = Type.Union([Type.String(), Type.Null()])

const SignedCaller = object({
  principal: Type.Union([Principal, Type.Null()]),
  personId: Type.Union([Type.String(), Type.Null()]),
  origin: Type.Enum(['request', 'service', 'system']),
  requestId: Type.String(),
  traceparent: Type.Union([Type.String(), Type.Null()]),
  deadline: Type.Number(),
  address: Type.String(),
  userAgent: Type.String(),
  idempotencyKey: Type.Union([Type.String(), Type.Null()]),
  language: Type.Optional(Type.Enum([...LANGUAGES])),
  grounds: Type.Union([
    object({
      category: textOrNull,
      action: Type.Enum(['read', 'write']),
      purpose: textOrNull,
      recipient: textOrNull,
    }),
    Type.Null(),
  ]),
  /** The operation it was signed for: a captured header opens no other door. */
  audience: Type.String(),
  expires: Type.Number(),
})

const LIFETIME_MS = 60_000

/** Header in which services of one platform tell each other who is behind a call. */
export const CALLER_HEADER = 'x-salus-caller'

/** Signs the caller for one operation on another process. */
export function signCaller(caller: Caller, audience: string, key: string, nowMs: number): string {
  const body = {
    ...caller,
    principal: caller.principal ?? null,
    personId: caller.personId ?? null,
    traceparent: caller.traceparent ?? null,
    idempotencyKey: caller.idempotencyKey ?? null,
    grounds: signedGrounds(caller.grounds),
    audience,
    expires: nowMs + LIFETIME_MS,
  }
  const text = Buffer.from(JSON.stringify(body)).toString('base64url')
  return `${text}.${signature(text, key)}`
}

/** Reads a signed caller; undefined when the signature, the audience or the time doesn't fit. */
export function verifyCaller(header: string, audience: string, key: string, nowMs: number): Caller | undefined {
  const [text = '', mac = ''] = header.split('.')
  const expected = Buffer.from(signature(text, key))
  const given = Buffer.from(mac)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  const body: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
  if (!matches(SignedCaller, body) || body.audience !== audience || body.expires < nowMs) return undefined
  const { audience: _audience, expires: _expires, grounds, ...caller } = body
  return {
    ...caller,
    principal: caller.principal ?? undefined,
    personId: caller.personId ?? undefined,
    traceparent: caller.traceparent ?? undefined,
    idempotencyKey: caller.idempotencyKey ?? undefined,
    grounds:
      grounds === null
        ? undefined
        : {
            category: grounds.category ?? undefined,
            action: grounds.action,
            purpose: grounds.purpose ?? undefined,
            recipient: grounds.recipient ?? undefined,
          },
  }
}

function signedGrounds(grounds: Grounds | undefined) {
  if (grounds === undefined) return null
  const { category = null, action, purpose = null, recipient = null } = grounds
  return { category, action, purpose, recipient }
}

function signature(text: string, key: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}
