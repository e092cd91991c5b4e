import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { type Context, settingsOf } from '../../../../kernel/service.ts'
import { contentText, readImportEntry } from '../../domain/bulkImport.ts'
import { parseJson } from '../../domain/json.ts'
import { fhirSettings } from '../../domain/settings.ts'
import { fetchOut, OutwardError } from '../../providers/outward.ts'
import { type BulkFile, beginJob, endJob, insertFile, listFiles } from '../../store/bulk.ts'
import { refreshStatistics } from '../../store/projection.ts'
import { Pace } from '../call.ts'
import { nameEntries } from './importNames.ts'
import { ImportEnded, type ImportJob, type ImportRun, type ReadLine } from './importRun.ts'
import { writeEntries } from './importWriting.ts'
import { AREA, removeFiles } from './shared.ts'
import { type ImportOrder, type ImportPosition, LARGEST_IMPORT_BYTES } from './startImport.ts'

const BATCH = 250
const LONGEST_LINE = 16 * 1024 * 1024
const MOST_ATTEMPTS = 5

/** Imports, by job, from where an earlier run was interrupted. */
export async function runImport(context: Context, id: string): Promise<void> {
  const job = await beginJob<ImportOrder, ImportPosition>(context.db, context.personId, id, context.now())
  if (job === undefined) return
  if (job.attempts > MOST_ATTEMPTS) return fail(context, job, 'The import could not be done')
  try {
    await fetchInputs(context, job)
    await readAll({ context, job, step: job.step, done: job.done_count, counts: { ...job.counts } })
    await refreshStatistics(context.db)
    await endJob(context.db, id, 'done', context.now())
    await removeInputs(context, job)
  } catch (error) {
    if (error instanceof OutwardError) return fail(context, job, `A file could not be fetched: ${error.message}`)
    if (!(error instanceof ImportEnded)) throw error
  }
}

async function fail(context: Context, job: ImportJob, why: string): Promise<void> {
  await endJob(context.db, job.id, 'failed', context.now(), why)
  await removeInputs(context, job)
}

async function removeInputs(context: Context, job: ImportJob): Promise<void> {
  const files = await listFiles(context.db, job.user_id, job.id)
  await removeFiles(
    context,
    job,
    files.filter((file) => file.kind === 'input'),
  )
}

/** Fetches what the manifest names and is not here yet. */
async function fetchInputs(context: Context, job: ImportJob): Promise<void> {
  const here = new Set((await listFiles(context.db, job.user_id, job.id)).map((file) => file.ordinal))
  const { takesPrivateEndpoints } = settingsOf(context, fhirSettings)
  for (const [index, { type, url }] of job.parameters.inputs.entries()) {
    if (here.has(index + 1)) continue
    const source = fetchOut(url, takesPrivateEndpoints)
    const owner = { personId: job.user_id, area: AREA }
    const file = await context.ports.files.store(owner, source, { maximumBytes: LARGEST_IMPORT_BYTES })
    const row = {
      id: context.newId(),
      job: job.id,
      kind: 'input' as const,
      type,
      ordinal: index + 1,
      count: 0,
      ...file,
    }
    await insertFile(context.db, job.user_id, row)
  }
}

async function readAll(run: ImportRun): Promise<void> {
  const { context, job } = run
  const files = (await listFiles(context.db, job.user_id, job.id)).filter((file) => file.kind === 'input')
  const from = job.position
  for (const pass of ['names', 'resources'] as const) {
    if (pass === 'names' && from.pass === 'resources') continue
    for (const file of files) {
      const isBehind = pass === from.pass && file.ordinal < from.file
      if (isBehind) continue
      const skipped = pass === from.pass && file.ordinal === from.file ? from.line : 0
      await readFile(run, file, pass, skipped)
    }
  }
}

async function readFile(run: ImportRun, file: BulkFile, pass: ImportPosition['pass'], skipped: number): Promise<void> {
  const { context, job } = run
  const { content } = await context.ports.files.open({ personId: job.user_id, area: AREA }, file.address)
  const work = pass === 'names' ? nameEntries : writeEntries
  const pace = new Pace()
  let batch: ReadLine[] = []
  let line = 0
  const flush = async () => {
    if (batch.length > 0) await work(run, batch, { pass, file: file.ordinal, line })
    batch = []
  }
  for await (const text of linesOf(content)) {
    line += 1
    if (line <= skipped || text.trim() === '') continue
    batch.push(readLine(text, file.ordinal * 1_000_000_000 + line, job.parameters.origin))
    await pace.step()
    if (batch.length >= BATCH) await flush()
  }
  await flush()
}

function readLine(text: string, ordinal: number, origin: string): ReadLine {
  try {
    const entry = readImportEntry(parseJson(text), origin)
    const digest = entry === undefined ? '' : createHash('sha256').update(contentText(entry)).digest('base64url')
    return { ordinal, entry, digest }
  } catch {
    return { ordinal, entry: undefined, digest: '' }
  }
}

/** The lines of a file. One that is longer than any resource ends the job. */
async function* linesOf(content: Readable): AsyncGenerator<string, void> {
  const decoder = new TextDecoder('utf-8')
  let rest = ''
  for await (const chunk of content) {
    rest += decoder.decode(chunk as Buffer, { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > LONGEST_LINE) throw new OutwardError('a line is longer than 16 MB')
    yield* lines
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}
