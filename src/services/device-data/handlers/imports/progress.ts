import { Readable } from 'node:stream'
import { fieldError, notFound } from '../../../../kernel/errors.ts'
import { isUuid } from '../../../../kernel/ids.ts'
import type { RawAnswer, RawRequest } from '../../../../kernel/raw.ts'
import type { Context } from '../../../../kernel/service.ts'
import { findImport, type ImportRow } from '../../store/imports.ts'
import { importView } from './views.ts'

const LOOK_MS = 500
/** So many looks without a change before a line says that the connection lives. */
const LOOKS_A_BEAT = 30
/** Clients connect again; nobody holds a connection for ever. */
const MOST_LOOKS = 7200

/** Tells how an import goes on, each time that something changed, until it ends or asks. */
export async function importEvents(context: Context, request: RawRequest): Promise<RawAnswer> {
  const { id = '' } = request.params
  if (!isUuid(id)) throw fieldError('id', 'must be the id of an import')
  const first = await findImport(context.db, context.personId, id)
  if (first === undefined) throw notFound('Import')
  return {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
    body: Readable.from(eventsOf(context, first), { objectMode: false, highWaterMark: 4096 }),
  }
}

async function* eventsOf(context: Context, first: ImportRow): AsyncGenerator<string, void> {
  let row: ImportRow | undefined = first
  let told = ''
  for (let look = 0; look < MOST_LOOKS && row !== undefined; look += 1) {
    const text = JSON.stringify(await importView(context, row))
    if (text !== told) yield `event: ${isOpen(row) ? 'progress' : 'end'}\ndata: ${text}\n\n`
    else if (look % LOOKS_A_BEAT === 0) yield ': still here\n\n'
    told = text
    if (!isOpen(row)) return
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS).unref())
    row = await findImport(context.db, context.personId, first.id)
  }
}

function isOpen({ state }: ImportRow): boolean {
  return state === 'waiting' || state === 'running'
}
