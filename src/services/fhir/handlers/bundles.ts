import { asPlatformError, PlatformError } from '../../../kernel/errors.ts'
import { errorIssue, issuesOf, outcomeOf } from '../contract/outcome.ts'
import { isObject, type Json, type JsonObject, type Resource, splitEntries, stringify } from '../domain/json.ts'
import { Refused } from '../domain/refused.ts'
import { type Answer, bundleText, entryText, etagOf, versionUrl } from './answers.ts'
import { bodyText, type Call, jsonOf, Pace, preferenceOf } from './call.ts'
import type { Change, Changed } from './changes.ts'
import { changeAll } from './projection/changing.ts'
import { ContentElsewhere } from './projection/filling.ts'
import { platformError } from './refusals.ts'
import { assertId, assertValid } from './writing.ts'

/** One entry as it came. */
interface Entry {
  readonly method: string
  readonly url: string
  readonly request: JsonObject
  readonly resource: Json | undefined
  readonly fullUrl: string | undefined
}

type Interact = (call: Call) => Promise<Answer>

/** `POST /`: a batch, each entry for itself; or a transaction, all or nothing. */
export async function processBundle(call: Call, interact: Interact): Promise<Answer> {
  const pace = new Pace()
  const text = await bodyText(call)
  await pace.giveWay()
  const split = splitEntries(text)
  await pace.giveWay()
  const head = jsonOf(split?.head ?? text)
  if (!isObject(head) || head.resourceType !== 'Bundle')
    throw new PlatformError('bad_request', 'The body must be a Bundle')
  if (head.type !== 'batch' && head.type !== 'transaction') {
    throw new PlatformError('bad_request', 'The Bundle must be a batch or a transaction')
  }
  const entries: Entry[] = []
  for (const [index, one] of (split?.entries ?? []).entries()) {
    entries.push(readEntry(call, jsonOf(one, split?.odd[index]), `Bundle.entry[${index}]`))
    await pace.step()
  }
  const answers =
    head.type === 'batch' ? await runBatch(call, entries, interact) : await runTransaction(call, entries, interact)
  const body = bundleText(
    { type: `${head.type}-response` },
    answers.map((answer) => responseEntry(answer)),
  )
  return { status: 200, body }
}

function readEntry(call: Call, entry: Json, place: string): Entry {
  const request = isObject(entry) ? entry.request : undefined
  if (!isObject(entry) || !isObject(request) || typeof request.method !== 'string' || typeof request.url !== 'string') {
    throw new Refused('bad_request', [errorIssue('required', `${place} needs request.method and request.url`, place)])
  }
  const url = request.url.startsWith(`${call.base}/`)
    ? request.url.slice(call.base.length + 1)
    : request.url.replace(/^\//, '')
  const fullUrl = typeof entry.fullUrl === 'string' ? entry.fullUrl : undefined
  return { method: request.method, url, request, resource: entry.resource, fullUrl }
}

/** The entry as a request of its own. */
function entryCall(call: Call, entry: Entry): Call {
  const [path = '', ...query] = entry.url.split('?')
  const text = (name: string) => (typeof entry.request[name] === 'string' ? (entry.request[name] as string) : undefined)
  return {
    ...call,
    method: entry.method === 'HEAD' ? 'GET' : entry.method,
    path: path.split('/').filter((part) => part !== ''),
    query: [...new URLSearchParams(query.join('?'))],
    headers: {
      prefer: call.headers.prefer,
      'if-match': text('ifMatch'),
      'if-none-match': text('ifNoneMatch'),
      'if-none-exist': text('ifNoneExist'),
      'if-modified-since': text('ifModifiedSince'),
    },
    body: undefined,
    given: entry.resource ?? null,
  }
}

async function runBatch(call: Call, entries: readonly Entry[], interact: Interact): Promise<Answer[]> {
  const answers: Answer[] = []
  const pace = new Pace()
  for (const entry of entries) {
    const inner = entryCall(call, entry)
    // A batch within a batch would be a way around every limit.
    const isNested = inner.path.length === 0
    const run = isNested ? Promise.reject(new PlatformError('bad_request', 'A batch holds no batch')) : interact(inner)
    const answer = await run.catch((error) => refusedAnswer(error))
    answers.push(entry.method === 'HEAD' && answer.status < 400 ? { ...answer, body: '' } : answer)
    await pace.step()
  }
  return answers
}

function refusedAnswer(thrown: unknown): Answer {
  const error = asPlatformError(platformError(thrown))
  return { status: error.status, body: stringify(outcomeOf(issuesOf(error))) }
}

/** The order in which a transaction is done, whatever the order of its entries. */
const ORDER = ['DELETE', 'POST', 'PUT', 'PATCH']

async function runTransaction(call: Call, entries: readonly Entry[], interact: Interact): Promise<Answer[]> {
  const pace = new Pace()
  const linkTypes = linkTypesOf(entries)
  const changes: { index: number; change: Change }[] = []
  for (const [index, entry] of entries.entries()) {
    if (entry.method === 'GET' || entry.method === 'HEAD') continue
    changes.push({ index, change: changeOf(call, entry, `Bundle.entry[${index}]`, linkTypes) })
    await pace.step()
  }
  changes.sort((a, b) => ORDER.indexOf(a.change.method) - ORDER.indexOf(b.change.method))
  const answers: Answer[] = []
  const later: number[] = []
  const done = await changeAll(
    call,
    changes.map((one) => one.change),
    async (transaction) => {
      const read = new Set(changes.map((one) => one.index))
      for (const [index, entry] of entries.entries()) {
        if (read.has(index)) continue
        const answer = interact({ ...entryCall(call, entry), db: transaction, method: 'GET' })
        // What other services own is asked for when the transaction is done.
        const found = await answer.catch((error: unknown) =>
          error instanceof ContentElsewhere ? undefined : fail(error),
        )
        if (found === undefined) later.push(index)
        else answers[index] = found
      }
    },
  )
  changes.forEach(({ index }, position) => {
    answers[index] = changedAnswer(call, done[position] as Changed)
  })
  for (const index of later) {
    answers[index] = await interact({ ...entryCall(call, entries[index] as Entry), method: 'GET' })
  }
  return answers
}

function fail(error: unknown): never {
  throw error
}

/** Of which type each entry is that others may name by its `fullUrl`. */
function linkTypesOf(entries: readonly Entry[]): Map<string, string> {
  const types = new Map<string, string>()
  for (const { fullUrl, resource } of entries) {
    if (fullUrl !== undefined && isObject(resource)) types.set(fullUrl, String(resource.resourceType))
  }
  return types
}

function changeOf(call: Call, entry: Entry, place: string, linkTypes: ReadonlyMap<string, string>): Change {
  const { path, query, headers } = entryCall(call, entry)
  const [type = '', id, ...more] = path
  const isKnown: boolean = call.engines.definitions.isResource(type)
  if (!ORDER.includes(entry.method) || !isKnown || more.length > 0) {
    throw new Refused('bad_request', [
      errorIssue('invalid', `${place}: ${entry.method} ${entry.url.slice(0, 80)} can't be done`, place),
    ])
  }
  const condition = query.length === 0 ? undefined : entry.url.split('?').slice(1).join('?')
  const shared = {
    type,
    id,
    condition: id === undefined ? condition : undefined,
    ifMatch: headers['if-match'],
    ifNoneMatch: headers['if-none-match'],
    fullUrl: entry.fullUrl,
    place: `${place}.resource`,
  }
  if (entry.method === 'DELETE') return { ...shared, method: 'DELETE' }
  if (entry.method === 'PATCH') return { ...shared, method: 'PATCH', patch: patchOf(entry.resource, place) }
  assertValid(call, entry.resource, type, `${place}.resource`, linkTypes)
  const resource = entry.resource as Resource
  if (entry.method === 'PUT') {
    if (id !== undefined) assertId(resource, id)
    return { ...shared, method: 'PUT', resource }
  }
  if (id !== undefined)
    throw new Refused('bad_request', [errorIssue('invalid', `${place}: a create names no id`, place)])
  const ifNoneExist = headers['if-none-exist'] as string | undefined
  return { ...shared, method: 'POST', condition: undefined, ifNoneExist, resource }
}

/** In a Bundle a JSON Patch travels as a Binary, a FHIRPath Patch as it is. */
export function patchOf(resource: Json | undefined, place: string): Json {
  if (isObject(resource) && resource.resourceType === 'Parameters') return resource
  if (isObject(resource) && resource.resourceType === 'Binary' && typeof resource.data === 'string') {
    return jsonOf(Buffer.from(resource.data, 'base64').toString('utf8'))
  }
  throw new Refused('bad_request', [
    errorIssue('invalid', `${place}: a patch travels as Parameters, or as the data of a Binary`, place),
  ])
}

function changedAnswer(call: Call, { status, stored }: Changed): Answer {
  if (stored === undefined) return { status, body: '' }
  const shown = preferenceOf(call, 'return') === 'representation' ? stored.content : ''
  return {
    status,
    body: shown,
    version: stored.version,
    updated: stored.updated_at,
    location: versionUrl(call, stored),
  }
}

function responseEntry(answer: Answer): string {
  const isRefused = answer.status >= 400
  const response = {
    status: String(answer.status),
    ...(answer.location === undefined ? {} : { location: answer.location }),
    ...(answer.version === undefined ? {} : { etag: etagOf(answer.version) }),
    ...(answer.updated === undefined ? {} : { lastModified: answer.updated.toISOString() }),
    ...(isRefused ? { outcome: JSON.parse(answer.body) as object } : {}),
  }
  return entryText({ resource: isRefused ? '' : answer.body, response })
}
