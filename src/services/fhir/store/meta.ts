import type { Database } from '../../../kernel/database.ts'
import { nothing, sql } from '../../../kernel/sql.ts'
import { type ReachScope, withinReach } from './smartScopes.ts'

export interface MetaPart {
  readonly kind: 'profile' | 'security' | 'tag'
  readonly value: unknown
}

/** The profiles, labels and tags in use in a record, or among its resources of a type; each once, at most `limit`. */
export function listMeta(
  db: Database,
  personId: string,
  type: string | undefined,
  reach: ReachScope | undefined,
  limit: number,
): Promise<MetaPart[]> {
  return db.many<MetaPart>(sql`select distinct part.kind, part.value from fhir.resource r
      cross join lateral (select nullif(r.content, '')::jsonb -> 'meta' as meta) m
      cross join lateral (
        select 'profile' as kind, value from jsonb_array_elements(m.meta -> 'profile')
        union all select 'security', value from jsonb_array_elements(m.meta -> 'security')
        union all select 'tag', value from jsonb_array_elements(m.meta -> 'tag')) part
    where r.user_id = ${personId} and not r.is_deleted${type === undefined ? nothing : sql` and r.type = ${type}`}${withinReach(reach, 'r', type)}
    order by 1, 2 limit ${limit}`)
}
