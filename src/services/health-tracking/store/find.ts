import { hasWords } from '../../../kernel/found.ts'
import { type Statement, sql } from '../../../kernel/sql.ts'
import type { FOUND_KINDS } from '../contract/find.ts'

export interface FoundRow {
  readonly kind: (typeof FOUND_KINDS)[number]
  readonly id: string
  readonly title: string
  readonly detail: string | null
  readonly at: Date
}

/** How many of each a search looks at, newest first: what the index hands over, so that a long record costs no more. */
const SEARCHED = 2000

interface Wanted {
  readonly userId: string
  readonly words: readonly string[]
  readonly limit: number
}

/** Each name once, at its newest. */
export function symptomsWith({ userId, words, limit }: Wanted): Statement {
  return sql`select * from (
      select distinct on (lower(title)) 'symptom' as kind, id, title, null as detail, at from (
        select id, name as title, details, started_at as at from health_tracking.symptom where user_id = ${userId}
          order by started_at desc, id desc limit ${SEARCHED}) s
      where ${hasWords(sql`title || ' ' || coalesce(details ->> 'notes', '')`, words)} order by lower(title), at desc) found
    order by at desc limit ${limit}`
}

export function goalsWith({ userId, words, limit }: Wanted): Statement {
  return sql`select 'goal' as kind, id, title, status as detail, created_at as at from (
      select id, title, description, status, created_at from health_tracking.goal where user_id = ${userId}
        order by created_at desc, id desc limit ${SEARCHED}) g
    where ${hasWords(sql`title || ' ' || coalesce(description, '')`, words)} order by created_at desc limit ${limit}`
}

export function alertsWith({ userId, words, limit }: Wanted): Statement {
  return sql`select 'alert' as kind, id, title, state as detail, raised_at as at from (
      select id, title, message, state, raised_at from health_tracking.alert where user_id = ${userId}
        order by raised_at desc, id desc limit ${SEARCHED}) a
    where ${hasWords(sql`title || ' ' || message`, words)} order by raised_at desc limit ${limit}`
}
