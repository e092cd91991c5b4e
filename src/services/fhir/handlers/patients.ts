import type { Context } from '../../../kernel/service.ts'
import { isObject, type JsonObject, listOf, parseJson, type Resource } from '../domain/json.ts'
import { findMatches } from '../store/search.ts'

const MOST_PATIENTS = 20

/** Whom the record holds as patients. Rows that other services own have no text here and are named by their id. */
export async function patients(context: Context) {
  const scope = { personId: context.personId, now: context.now(), base: `${context.publicUrl}/fhir` }
  const rows = await findMatches(context.db, 'Patient', [], scope, MOST_PATIENTS)
  return {
    patients: rows.map(({ id, content }) => {
      const resource = content === '' ? {} : (parseJson(content) as Resource)
      const birthDate = (resource as JsonObject).birthDate
      return { id, name: nameOf(resource as JsonObject), birth_date: typeof birthDate === 'string' ? birthDate : null }
    }),
  }
}

function nameOf(patient: JsonObject): string {
  const [name] = listOf(patient.name).filter((one): one is JsonObject => isObject(one))
  if (name === undefined) return ''
  if (typeof name.text === 'string') return name.text
  return [...listOf(name.given), name.family].filter((part) => typeof part === 'string').join(' ')
}
