import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { notFound } from '../../../../kernel/errors.ts'
import { isUuid } from '../../../../kernel/ids.ts'
import type { RawAnswer } from '../../../../kernel/raw.ts'
import { outcomeOf } from '../../contract/outcome.ts'
import { stringify } from '../../domain/json.ts'
import { findFile, listNotes } from '../../store/bulk.ts'
import type { Call } from '../call.ts'
import { AREA, ownJob } from './shared.ts'

const NDJSON = { 'content-type': 'application/fhir+ndjson', 'cache-control': 'private, no-store' }

/** A file of a job, as it lies packed; unpacked on the way for clients that take no gzip. */
export async function download(call: Call, id: string, name: string): Promise<RawAnswer> {
  const job = await ownJob(call, id)
  if (name === 'notes' && job.kind === 'import') return { headers: NDJSON, body: Readable.from(noteLines(call, id)) }
  const file = isUuid(name) ? await findFile(call.db, call.personId, id, name) : undefined
  if (file === undefined || file.kind === 'input') throw notFound('A file')
  call.context.audit({ action: 'fhir_export_download', grantId: id })
  const { content } = await call.context.ports.files.open({ personId: call.personId, area: AREA }, file.address)
  if (/\bgzip\b/.test(String(call.headers['accept-encoding'] ?? '')))
    return { headers: { ...NDJSON, 'content-encoding': 'gzip' }, body: content }
  const unpacked = createGunzip()
  content.once('error', (error) => unpacked.destroy(error))
  unpacked.once('close', () => content.destroy())
  return { headers: NDJSON, body: content.pipe(unpacked) }
}

const PAGE = 500

async function* noteLines(call: Call, job: string): AsyncGenerator<string, void> {
  let after = -1
  for (;;) {
    const rows = await listNotes(call.db, call.personId, job, after, PAGE)
    for (const { outcome, source, reason } of rows) {
      const severity = outcome === 'refused' ? ('error' as const) : ('information' as const)
      const code = outcome === 'refused' ? 'processing' : 'duplicate'
      yield `${stringify(outcomeOf([{ severity, code, text: `${source}: ${reason}` }]))}\n`
    }
    if (rows.length < PAGE) return
    after = rows.at(-1)?.ordinal ?? after
  }
}
