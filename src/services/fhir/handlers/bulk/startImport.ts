import { PlatformError } from '../../../../kernel/errors.ts'
import type { StoredFile } from '../../../../kernel/ports.ts'
import type { RawAnswer } from '../../../../kernel/raw.ts'
import { settingsOf } from '../../../../kernel/service.ts'
import { isObject, type Json, type JsonObject, listOf, splitEntries } from '../../domain/json.ts'
import { refused } from '../../domain/refused.ts'
import { fhirSettings } from '../../domain/settings.ts'
import { endpointFault } from '../../providers/outward.ts'
import { insertFile, insertJob } from '../../store/bulk.ts'
import { addressOf, bodyText, type Call, jsonOf, parameterOf } from '../call.ts'
import { mayImport } from './rights.ts'
import { AREA, accepted, assertAsync, KEPT_MS, MOST_AT_ONCE, tooMany } from './shared.ts'

const NDJSON = /^application\/(?:fhir\+ndjson|ndjson|x-ndjson)\b/
/** Largest upload: some million resources. */
export const LARGEST_IMPORT_BYTES = 2 * 1024 ** 3
const MOST_INPUTS = 100

/** What an import was asked for. */
export interface ImportOrder {
  /** Where the resources come from, as the person or the sender names it. */
  readonly origin: string
  /** What is still to be fetched, by the manifest. */
  readonly inputs: readonly { readonly type: string; readonly url: string }[]
}

/** Where an import stands: first everything gets its name, then it is written. */
export interface ImportPosition {
  readonly pass: 'names' | 'resources'
  readonly file: number
  readonly line: number
}

interface Given {
  readonly order: ImportOrder
  readonly file: StoredFile | undefined
}

/** `$import`: NDJSON, a Bundle of any type, or a manifest of files to fetch. */
export async function startImport(call: Call): Promise<RawAnswer> {
  mayImport(call)
  assertAsync(call)
  const { context } = call
  const given = NDJSON.test(call.headers['content-type'] ?? '') ? await ofUpload(call) : await ofJson(call)
  const now = context.now()
  const id = context.newId()
  const begun = await context.transact(async (transaction) => {
    const job = {
      id,
      personId: call.personId,
      requester: context.accountId,
      kind: 'import' as const,
      request: addressOf(call, '$import', call.query),
      parameters: given.order,
      position: { pass: 'names', file: 1, line: 0 } satisfies ImportPosition,
      now,
      expiresAt: new Date(now.getTime() + KEPT_MS),
    }
    if (!(await insertJob(transaction, job, MOST_AT_ONCE))) return false
    if (given.file !== undefined) {
      const row = {
        id: context.newId(),
        job: id,
        kind: 'input' as const,
        type: '',
        ordinal: 1,
        count: 0,
        ...given.file,
      }
      await insertFile(transaction, call.personId, row)
    }
    await transaction.enqueue('import', { job: id }, { key: id })
    return true
  })
  if (!begun) throw tooMany()
  context.audit({ action: 'fhir_import', grantId: id })
  return accepted(call, id)
}

const originOf = (call: Call) => (parameterOf(call, 'source') ?? 'upload').slice(0, 200)

/** Lines as they come, straight into an encrypted file. */
async function ofUpload(call: Call): Promise<Given> {
  const owner = { personId: call.personId, area: AREA }
  const limits = { maximumBytes: LARGEST_IMPORT_BYTES }
  const file = await call.context.ports.files.store(owner, call.body as AsyncIterable<Uint8Array>, limits)
  return { order: { origin: originOf(call), inputs: [] }, file }
}

async function ofJson(call: Call): Promise<Given> {
  const text = await bodyText(call)
  const split = splitEntries(text)
  const head = jsonOf(split?.head ?? text)
  if (!isObject(head)) throw new PlatformError('bad_request', 'The body must be a Bundle, Parameters or a manifest')
  if (head.resourceType !== 'Bundle') return { order: manifestOf(call, head), file: undefined }
  const lines = (split?.entries ?? []).map((entry) => Buffer.from(`${entry.replaceAll(/[\r\n]+\s*/g, ' ')}\n`))
  const owner = { personId: call.personId, area: AREA }
  const file = await call.context.ports.files.store(owner, pieces(lines), { maximumBytes: LARGEST_IMPORT_BYTES })
  return { order: { origin: originOf(call), inputs: [] }, file }
}

async function* pieces(lines: readonly Buffer[]): AsyncGenerator<Uint8Array, void> {
  yield* lines
}

/** `{inputFormat, inputSource, input: [{type, url}]}`, or the same as Parameters. Throws 422. */
function manifestOf(call: Call, body: JsonObject): ImportOrder {
  const plain = body.resourceType === 'Parameters' ? plainOf(body) : body
  const format = plain.inputFormat ?? 'application/fhir+ndjson'
  if (typeof format !== 'string' || !NDJSON.test(format))
    throw refused('validation_failed', 'inputFormat must be application/fhir+ndjson')
  const inputs = listOf(plain.input).map((one, index) => inputOf(call, one, index))
  if (inputs.length === 0 || inputs.length > MOST_INPUTS)
    throw refused('validation_failed', `input must name 1 to ${MOST_INPUTS} files`)
  const origin = typeof plain.inputSource === 'string' ? plain.inputSource.slice(0, 200) : originOf(call)
  return { origin, inputs }
}

function inputOf(call: Call, one: Json, index: number): ImportOrder['inputs'][number] {
  if (!isObject(one) || typeof one.url !== 'string')
    throw refused('validation_failed', `input[${index}].url is required`)
  const fault = endpointFault(one.url, settingsOf(call.context, fhirSettings).takesPrivateEndpoints)
  if (fault !== undefined) throw refused('validation_failed', `input[${index}].url ${fault}`)
  return { type: typeof one.type === 'string' ? one.type.slice(0, 60) : '', url: one.url }
}

function plainOf(parameters: JsonObject): JsonObject {
  const plain: JsonObject = {}
  for (const one of listOf(parameters.parameter)) {
    if (!isObject(one) || typeof one.name !== 'string') continue
    const value = Object.entries(one).find(([key]) => key.startsWith('value'))?.[1]
    if (one.name === 'input') plain.input = [...listOf(plain.input), plainOf({ parameter: one.part ?? [] })]
    else if (value !== undefined) plain[one.name] = value
  }
  return plain
}
