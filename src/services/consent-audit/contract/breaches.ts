import { CATEGORIES, command, query } from '../../../kernel/contract.ts'
import { flag, list, nullable, object, oneOf, optional, Type, text, uuid } from '../../../kernel/fields.ts'
import { Instant, instantOrNull, limit, own, staff } from './shapes.ts'

/** Longer lists of people are everyone. */
export const MOST_NAMED = 1000

const told = {
  title: Type.String(),
  nature: Type.String({ description: 'what happened, when, and how far it reached' }),
  categories: list(Type.String()),
  consequences: Type.String(),
  measures: Type.String({ description: 'what was done about it' }),
  advice: Type.String({ description: 'what the person can do' }),
  detected_at: Instant,
}

const Breach = object({
  breach_id: Type.String(),
  ...told,
  affects_everyone: Type.Boolean(),
  jurisdiction: Type.String(),
  authority_due_at: Instant,
  authority_noticed_at: instantOrNull,
  authority_reference: nullable(Type.String()),
  authority_overdue: Type.Boolean(),
  persons: Type.String({ description: 'by when the law wants the persons told' }),
  notices: object({ concerned: Type.Integer(), told: Type.Integer(), waiting: Type.Integer() }),
})

const breach_id = uuid()

export const breachOperations = {
  recordBreach: command({
    summary: 'A breach of personal data: starts the clock of the authority’s notice and tells the people it concerns',
    route: 'POST /compliance/breaches',
    access: staff,
    input: object({
      title: text(200),
      nature: text(4000),
      categories: list(oneOf(CATEGORIES), CATEGORIES.length),
      consequences: text(2000),
      measures: text(2000),
      advice: text(2000),
      detected_at: text(40),
      affects_everyone: optional(flag({ description: 'everyone with an account' })),
      account_ids: optional(list(uuid(), MOST_NAMED)),
    }),
    output: Breach,
    status: 201,
  }),
  listBreaches: query({
    summary: 'Breaches, newest first, with their clocks',
    route: 'GET /compliance/breaches',
    access: staff,
    input: object({ limit: limit(200, 50) }),
    output: object({ items: list(Breach, 200) }),
  }),
  noteAuthorityNotice: command({
    summary: 'The authority was told, under this reference',
    route: 'POST /compliance/breaches/:breach_id/authority',
    access: staff,
    errors: ['not_found', 'conflict'],
    input: object({ breach_id, reference: text(200) }),
    output: Breach,
  }),
  myBreaches: query({
    summary: 'Breaches that concern this record, newest first',
    route: 'GET /my-data/breaches',
    access: own,
    input: object({}),
    output: object({ items: list(object({ breach_id: Type.String(), ...told, contact: Type.String() }), 200) }),
  }),
}
