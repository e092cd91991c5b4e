import { PlatformError } from '../../../kernel/errors.ts'
import { isObject, type Json, type JsonObject, listOf, parseJson, type Resource } from '../domain/json.ts'
import { listMeta } from '../store/meta.ts'
import { type Answer, etagOf } from './answers.ts'
import type { Call } from './call.ts'
import { inputsOf, parametersAnswer } from './inputs.ts'
import { changeAll } from './projection/changing.ts'
import { readResource } from './reading.ts'
import { reachScope } from './smartRights.ts'
import { assertValid } from './writing.ts'

const PARTS = ['profile', 'security', 'tag'] as const
const MOST_PARTS = 1000

/** `$meta` of a resource, of a type, or of the whole record. */
export async function metaOf(call: Call, type: string, id: string | undefined): Promise<Answer> {
  if (id !== undefined) {
    const resource = parseJson((await readResource(plain(call), type, id)).body) as Resource
    return answerOf(isObject(resource.meta) ? resource.meta : {})
  }
  const meta: JsonObject = {}
  const of = type === '' ? undefined : type
  const parts = await listMeta(call.db, call.personId, of, reachScope(call, 's'), MOST_PARTS)
  for (const { kind, value } of parts) {
    meta[kind] = [...listOf(meta[kind]), value as Json]
  }
  return answerOf(meta)
}

/** What the client knows of the resource does not matter to an operation on it. */
const plain = (call: Call): Call => ({ ...call, headers: {}, query: [] })

function answerOf(meta: JsonObject): Answer {
  const isEmpty = Object.keys(meta).length === 0
  return parametersAnswer(isEmpty ? [] : [{ name: 'return', valueMeta: meta }])
}

/** `$meta-add`: profiles, labels and tags that are not there yet. */
export function addMeta(call: Call, type: string, id: string): Promise<Answer> {
  return change(call, type, id, (own, given) => [
    ...own,
    ...given.filter((one) => !own.some((other) => isSame(one, other))),
  ])
}

/** `$meta-delete`: what is given goes, what is not there is no fault. */
export function removeMeta(call: Call, type: string, id: string): Promise<Answer> {
  return change(call, type, id, (own, given) => own.filter((one) => !given.some((other) => isSame(one, other))))
}

/** Two codings are one by system and code, whatever their display. */
function isSame(a: Json, b: Json): boolean {
  if (isObject(a) && isObject(b)) return a.system === b.system && a.code === b.code
  return a === b
}

async function change(
  call: Call,
  type: string,
  id: string,
  merge: (own: readonly Json[], given: readonly Json[]) => readonly Json[],
): Promise<Answer> {
  const given = (await inputsOf(call)).object('meta')
  if (given === undefined) throw new PlatformError('bad_request', 'Give the parameter meta')
  const read = await readResource(plain(call), type, id)
  const resource = parseJson(read.body) as Resource
  const meta: JsonObject = isObject(resource.meta) ? { ...resource.meta } : {}
  for (const part of PARTS) {
    const merged = merge(listOf(meta[part]), listOf(given[part]))
    if (merged.length === 0) delete meta[part]
    else meta[part] = [...merged]
  }
  const changed = { ...resource, meta }
  assertValid(call, changed, type)
  const ifMatch = etagOf(read.version ?? 0)
  await changeAll(call, [{ method: 'PUT', type, id, ifMatch, resource: changed }])
  return answerOf((parseJson((await readResource(plain(call), type, id)).body) as Resource).meta as JsonObject)
}
