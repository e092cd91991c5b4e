import { isUuid } from '../../../kernel/ids.ts'
import { isObject, type JsonObject, listOf, parseJson, stringify } from '../domain/json.ts'
import { openRecords, recordsHolding } from '../store/bulkRecords.ts'
import type { Answer } from './answers.ts'
import { addressOf, type Call, type Pairs } from './call.ts'
import { ensureIndexed, findUnindexed } from './projection/indexing.ts'
import { search } from './searching.ts'
import { rightsElsewhere } from './smartRights.ts'

/** So many records an account or a service looks into where it names none. */
const MOST_RECORDS = 200
const CATEGORY = 'health_records'
const reason = 'records that the account may see, each asked under its own right'

/**
 * Whether the app looks into every record that its account may see: it was let in so, or is a backend service. In a
 * transaction, and where a record was named, it doesn't.
 */
function looksAround(call: Call): boolean {
  const { principal } = call.context.caller
  const isNamed = call.headers['x-profile-id'] !== undefined || call.query.some(([name]) => name === 'profile_id')
  if (call.app === undefined || isNamed || call.db !== call.context.db) return false
  return call.app.isBackend ? call.personId === principal?.accountId : principal?.app?.spansRecords === true
}

/**
 * The call in the record that it is about: that of the patient it names, or the one that holds the resource it reads. The
 * patient of a launch is one of the record of the launch; elsewhere `patient/` scopes open nothing.
 */
export async function inItsRecord(call: Call): Promise<Call> {
  const isRead = call.method === 'GET' || call.path.some((part) => part.startsWith('$') || part === '_search')
  if (!isRead || !looksAround(call)) return call
  const [type = '', id] = call.path
  const isOne = id !== undefined && !/^[_$]/.test(id) && call.engines.definitions.isResource(type)
  const patient = type === 'Patient' && isOne ? id : patientOf(call.query)
  if (patient === undefined && !isOne) return call
  if (patient === call.personId) return call
  const others = await otherRecords(call)
  if (patient !== undefined && others.includes(patient)) return moved(call, patient)
  if (!isOne || others.length === 0) return call
  const { db } = call.context.system(reason)
  const holding = await recordsHolding(db, [call.personId, ...others], { type, id })
  const [only] = holding
  return only === undefined || holding.length > 1 || only === call.personId ? call : moved(call, only)
}

/** The patient that a search is about, where it names one by the id of a person. */
function patientOf(query: Pairs): string | undefined {
  const named = query.flatMap(([name, value]) => (/^(?:patient|subject)(?::Patient)?$/.test(name) ? [value] : []))
  const ids = new Set(named.map((one) => one.replace(/^(?:.*\/)?Patient\//, '')))
  const [id] = ids
  return ids.size === 1 && id !== undefined && isUuid(id) ? id : undefined
}

/** The other records that the account may see now. */
async function otherRecords(call: Call): Promise<string[]> {
  const { accountId } = call.context
  const others = await openRecords(call.context.system(reason).db, accountId, call.context.now(), MOST_RECORDS)
  const own = call.app?.isBackend === true ? [] : [accountId]
  return [...own, ...others].filter((one) => one !== call.personId)
}

async function moved(call: Call, personId: string): Promise<Call> {
  const context = call.context.asHolder(call.context.accountId, personId, CATEGORY)
  context.audit({ action: 'read', reason: `app:${call.app?.clientId}` })
  const isIncomplete = !(await ensureIndexed(context))
  return { ...call, context, db: context.db, personId, app: rightsElsewhere(call), isIncomplete }
}

/** What says how patients are answered, and not which. */
const SHAPING = /^(?:_count|_format|_pretty|_summary|_elements|_total|_sort|profile_id)$/

/**
 * The patients of a record; where it holds none yet, the person themselves, as far as their account knows them: whoever opens
 * an app before saying anything in a profile is somebody too.
 */
async function ownPatients(call: Call, parameters: Pairs): Promise<Answer> {
  const answer = await search(call, { type: 'Patient' }, parameters)
  const isAll = parameters.every(([name, value]) => SHAPING.test(name) || (name === '_id' && value === call.personId))
  const isNobodys = call.app?.isBackend === true && call.personId === call.context.accountId
  if (!isAll || isNobodys || call.db !== call.context.db) return answer
  const bundle = parseJson(answer.body) as JsonObject
  if (listOf(bundle.entry).length > 0 || (bundle.total !== undefined && bundle.total !== 0)) return answer
  await findUnindexed(call.context, [{ type: 'Patient', id: call.personId }])
  return search(call, { type: 'Patient' }, parameters)
}

/** Behind `_cursor` of the page on which the persons of other records begin. */
const OTHERS = 'others.'

/**
 * `GET Patient?…`: the patients of the record; for an app that looks into every record also each other person, behind
 * them. A record may hold patients of any id: of other records only the person is shown, whose id leads there.
 */
export async function searchPatients(call: Call, parameters: Pairs = call.query): Promise<Answer> {
  if (!looksAround(call)) return ownPatients(call, parameters)
  const others = await otherRecords(call)
  const given = parameters.find(([name]) => name === '_cursor')?.[1]
  const own = parameters.filter(([name]) => name !== '_cursor')
  const first = given?.startsWith(OTHERS) === true ? Number(given.slice(OTHERS.length)) : undefined
  const query: Pairs = first === undefined ? parameters : [...own, ['_count', '0']]
  const answer = first === undefined ? await ownPatients(call, query) : await search(call, { type: 'Patient' }, query)
  const bundle = parseJson(answer.body) as JsonObject
  const links = listOf(bundle.link)
  if (links.some((one) => isObject(one) && one.relation === 'next') || others.length === 0) return answer
  const count = countOf(own)
  const begin = Number.isSafeInteger(first) ? (first as number) : 0
  const room = Math.max(0, count - (first === undefined ? listOf(bundle.entry).length : 0))
  const looked = others.slice(begin, begin + room)
  const found: JsonObject[] = []
  for (const personId of looked) {
    const page = await ownPatients(await moved(call, personId), [...own, ['_id', personId]])
    found.push(...listOf((parseJson(page.body) as JsonObject).entry).filter(isObject))
  }
  const next = begin + looked.length
  const link =
    next < others.length && count > 0
      ? [...links, { relation: 'next', url: addressOf(call, 'Patient', [...own, ['_cursor', `${OTHERS}${next}`]]) }]
      : links
  // How many there are in records that were not looked into, nobody has counted.
  const { total: _counted, entry, ...rest } = bundle
  const isCounted = first === undefined && next >= others.length && typeof bundle.total === 'number'
  const total = isCounted ? { total: Number(bundle.total) + found.length } : {}
  const entries = [...(first === undefined ? listOf(entry) : []), ...found]
  return {
    ...answer,
    body: stringify({ ...rest, ...total, link, ...(entries.length === 0 ? {} : { entry: entries }) }),
  }
}

function countOf(query: Pairs): number {
  const text = query.find(([name]) => name === '_count')?.[1]
  return text === undefined ? 50 : Math.min(Number(text), 200)
}
