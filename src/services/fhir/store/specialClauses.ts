import { join, type Statement, sql } from '../../../kernel/sql.ts'
import { keyOf } from '../domain/keys.ts'
import { normalText, unescaped } from '../domain/values.ts'

/** Refers to a resource by one of the parameters; `{def}` is the resource itself. */
export function linkedClause(
  { parameters, target }: { readonly parameters: readonly string[]; readonly target: string },
  r: Statement,
): Statement {
  const keys = parameters.filter((one) => one !== '{def}').map((one) => keyOf(one, 'value', target))
  const refers = sql`${r}.keys && ${keys}::bigint[]`
  return parameters.includes('{def}') ? sql`(${refers} or ${r}.type || '/' || ${r}.id = ${target})` : refers
}

/** Is an entry of one of the lists (`l`), as far as `limit` lets them be seen. */
export function listedClause(lists: readonly string[], personId: string, r: Statement, limit: Statement): Statement {
  return sql`(${r}.type, ${r}.id) in (select v.target_type, v.target_id from fhir.resource l
      join fhir.reference_value v on v.resource = l.pk
    where l.user_id = ${personId} and l.type = 'List' and l.id = any(${[...lists]}::text[]) and not l.is_deleted
      and v.parameter = ${keyOf('item', 'value', '')}${limit})`
}

/** All words stand somewhere in the narrative, or in any text of the resource. */
export function wordsClause(value: string, isNarrative: boolean, r: Statement): Statement {
  const words = normalText(unescaped(value))
    .split(' ')
    .filter((word) => word !== '')
  // Deleted resources have no content, and the order in which conditions are asked is not ours.
  const content = sql`nullif(${r}.content, '')::jsonb`
  const text = isNarrative
    ? sql`lower(regexp_replace(${content} #>> '{text,div}', '<[^>]*>', ' ', 'g'))`
    : sql`(select lower(string_agg(one #>> '{}', ' ')) from jsonb_path_query(${content}, '$.** ? (@.type() == "string")') one)`
  const each = words.map((word) => sql`strpos(lower(${r}.content), ${word}) > 0 and strpos(${text}, ${word}) > 0`)
  return sql`(${join(each, ' and ')})`
}
