import type { InputOf } from '../../../kernel/contract.ts'
import type { Context } from '../../../kernel/service.ts'
import { ALWAYS, spanOf } from '../../../shared/span.ts'
import { MOST_SUMMARIES, type summaryOperations } from '../contract/summaries.ts'
import { isObject, type JsonObject, listOf, parseJson, type Resource, stringify } from '../domain/json.ts'
import { findMatches } from '../store/search.ts'
import type { Call } from './call.ts'
import { engines } from './engines.ts'
import { filled } from './projection/filling.ts'
import { ensureIndexed, findUnindexed } from './projection/indexing.ts'
import { documentOf } from './summary.ts'

const ABSENT = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason'
/** What every document has: who it is about, its table of contents, who made it. */
const FRAME = new Set(['Patient', 'Composition', 'Device'])

/**
 * The summary of each patient of the record. Where the caller may not see who the person is, the person's own is about a
 * patient whose name is masked, as FHIR says it. Of what has a clinical date only what lies in the days that are asked for.
 */
export async function summaryDocuments(
  context: Context,
  { from, until, zone = 'UTC' }: InputOf<ReturnType<typeof summaryOperations>['summaryDocuments']>,
) {
  const span = from === undefined && until === undefined ? ALWAYS : spanOf({ from, until, zone })
  const isComplete = await ensureIndexed(context)
  const call = callFor(context)
  const scope = { personId: context.personId, now: context.now(), base: call.base }
  const read = async () => {
    const rows = await findMatches(context.db, 'Patient', [], scope, MOST_SUMMARIES)
    return (await filled(context, rows)).map((row) => parseJson(row.content) as Resource)
  }
  let known = await read()
  // Who said nothing of themselves is in no list; asked for by the id, there is how they are called.
  const isListed = known.some((one) => one.id === context.personId)
  if (!isListed && (await findUnindexed(context, [{ type: 'Patient', id: context.personId }])) > 0) known = await read()
  const others = known.filter((one) => one.id !== context.personId)
  const own = known.find((one) => one.id === context.personId) ?? masked(context.personId)
  const documents = []
  for (const patient of [own, ...others].slice(0, MOST_SUMMARIES)) {
    const bundle = await documentOf(call, patient, span)
    documents.push({ patient_id: String(patient.id), entries: entriesIn(bundle), document: stringify(bundle) })
  }
  // The person's own goes first and always; another patient of the record only with something to tell.
  return { documents: documents.filter((one, index) => index === 0 || one.entries > 0), is_complete: isComplete }
}

function callFor(context: Context): Call {
  return {
    context,
    db: context.db,
    engines: engines(),
    base: `${context.publicUrl}/fhir`,
    personId: context.personId,
    method: 'GET',
    path: [],
    query: [],
    headers: {},
    body: undefined,
  }
}

function masked(id: string): Resource {
  const extension: JsonObject[] = [{ url: ABSENT, valueCode: 'masked' }]
  return { resourceType: 'Patient', id, name: [{ extension }], _birthDate: { extension } }
}

function entriesIn(bundle: Resource): number {
  const resources = listOf(bundle.entry).flatMap((entry) => (isObject(entry) ? [entry.resource] : []))
  return resources.filter((one) => isObject(one) && !FRAME.has(String(one.resourceType))).length
}
