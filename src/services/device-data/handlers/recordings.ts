import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Transaction } from '../../../kernel/database.ts'
import { fieldError, notFound } from '../../../kernel/errors.ts'
import { decodeCursor, encodeCursor } from '../../../kernel/fields.ts'
import { isUuid } from '../../../kernel/ids.ts'
import { fhirChange, type ProjectedResource, projected } from '../../../kernel/projection.ts'
import type { Context, Handlers } from '../../../kernel/service.ts'
import { recordingsProjection } from '../contract/projection.ts'
import { deviceData } from '../contract.ts'
import { recordingObservation } from '../domain/fhirRecording.ts'
import { decodeTrace, durationMs, NANOVOLTS } from '../domain/recording.ts'
import {
  listRecordings,
  openWords,
  type RecordingRow,
  recordingsBehind,
  recordingsNamed,
  removeRecording,
  type TraceRow,
} from '../store/recordings.ts'

type RecordingHandlers = Pick<
  Handlers<typeof deviceData>,
  'listRecordings' | 'readRecording' | 'deleteRecording' | 'recordingsFhirResources'
>

/** Traces of a page: each is some 100 000 signs as FHIR. */
const PAGE = 20
const BEGINNING = ['0001-01-01', '00000000-0000-0000-0000-000000000000'] as const
const PREFIX = 'ecg-'

export const recordingHandlers: RecordingHandlers = {
  async listRecordings(context, { limit = 50, cursor }) {
    const position = positionOf(cursor)
    const behind = position === undefined ? undefined : ([Number(position[0]), String(position[1])] as const)
    if (behind !== undefined && !(Number.isSafeInteger(behind[0]) && isUuid(behind[1]))) throw noCursor()
    const rows = await listRecordings(context.db, context.personId, limit + 1, behind)
    const shown = rows.slice(0, limit)
    const last = rows.length > limit ? shown.at(-1) : undefined
    return {
      items: await Promise.all(shown.map((row) => viewOf(context, row))),
      next_cursor: last === undefined ? null : encodeCursor([last.start_ms, last.id]),
    }
  },

  async readRecording(context, { id }) {
    const [row] = await recordingsNamed(context.db, context.personId, [id])
    if (row === undefined) throw notFound('Recording')
    const values = Array.from(decodeTrace(row.trace), (nanovolts) => nanovolts / NANOVOLTS)
    return { ...(await viewOf(context, row)), unit: 'uV', values }
  },

  async deleteRecording(context, { id }) {
    await context.transact(async (transaction) => {
      if (!(await removeRecording(transaction, id, context.now()))) throw notFound('Recording')
      await announceRecordings(transaction, context.personId, [id])
    })
    return null
  },

  async recordingsFhirResources(context, { ids, cursor, limit = PAGE }) {
    const { db, personId } = context
    if (ids !== undefined) {
      const named = ids.map((id) => id.slice(PREFIX.length)).filter(isUuid)
      return { items: await resourcesOf(context, await recordingsNamed(db, personId, named)), next_cursor: null }
    }
    const [at, id] = (positionOf(cursor) ?? BEGINNING) as readonly [string, string]
    const count = Math.min(limit, PAGE)
    const rows = await recordingsBehind(db, personId, [at, id], count)
    const last = rows.length < count ? undefined : rows.at(-1)
    return {
      items: await resourcesOf(context, rows),
      next_cursor: last === undefined ? null : encodeCursor([last.created_at.toISOString(), last.id]),
    }
  },
}

function positionOf(cursor: string | undefined): (string | number)[] | undefined {
  if (cursor === undefined) return undefined
  const position = decodeCursor(cursor, 2)
  if (position === undefined) throw noCursor()
  return position
}

const noCursor = () => fieldError('cursor', 'is not a cursor of this list')

async function viewOf(context: Context, row: RecordingRow) {
  const { classification, symptoms, device, software, lead } = await openWords(context, row)
  return {
    id: row.id,
    kind: 'ecg',
    source_name: row.source,
    started_at: new Date(row.start_ms).toISOString(),
    offset_minutes: row.offset_minutes,
    duration_seconds: durationMs({ count: row.n, rateHz: row.rate_hz }) / 1000,
    rate_hz: row.rate_hz,
    count: row.n,
    ...{ classification, symptoms, device, software, lead },
  }
}

/** One at a time: a trace takes some milliseconds to write out, and others have their turn between two. */
async function resourcesOf(context: Context, rows: readonly TraceRow[]): Promise<ProjectedResource[]> {
  const items: ProjectedResource[] = []
  for (const row of rows) {
    const words = await openWords(context, row)
    const shown = {
      userId: context.personId,
      source: row.source,
      startMs: row.start_ms,
      rateHz: row.rate_hz,
      count: row.n,
      trace: row.trace,
      words,
    }
    const state = { id: `${PREFIX}${row.id}`, version: row.version, updatedAt: row.updated_at }
    items.push(projected(state, recordingObservation(shown)))
    await nextTurn()
  }
  return items
}

/** Says that recordings came or went. */
export async function announceRecordings(
  transaction: Transaction,
  personId: string,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return
  const names = ids.map((id) => ({ type: 'Observation', id: `${PREFIX}${id}` }))
  await transaction.publish(deviceData.events.fhirChanged, fhirChange(personId, recordingsProjection, names))
}
