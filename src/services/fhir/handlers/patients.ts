import type { Context } from '../../../kernel/service.ts'
import { isObject, type JsonObject, listOf, parseJson, type Resource } from '../domain/json.ts'
import { findMatches } from '../store/search.ts'
import { filled } from './projection/filling.ts'
import { ensureIndexed } from './projection/indexing.ts'

const MOST_PATIENTS = 20

/** Whom the record holds as patients, the person's own profile among them. */
export async function patients(context: Context) {
  const scope = { personId: context.personId, now: context.now(), base: `${context.publicUrl}/fhir` }
  await ensureIndexed(context)
  const rows = await filled(context, await findMatches(context.db, 'Patient', [], scope, MOST_PATIENTS))
  return {
    patients: rows.map(({ id, content }) => {
      const resource = parseJson(content) as Resource
      const { birthDate } = resource
      return { id, name: nameOf(resource), birth_date: typeof birthDate === 'string' ? birthDate : null }
    }),
  }
}

function nameOf(patient: JsonObject): string {
  const [name] = listOf(patient.name).filter((one): one is JsonObject => isObject(one))
  if (name === undefined) return ''
  if (typeof name.text === 'string') return name.text
  return [...listOf(name.given), name.family].filter((part) => typeof part === 'string').join(' ')
}
