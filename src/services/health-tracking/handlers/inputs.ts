import { announceEach } from '../../../kernel/context.ts'
import type { EventType } from '../../../kernel/contract.ts'
import { fieldError, notFound, PlatformError } from '../../../kernel/errors.ts'
import type { RowEvent } from '../../../kernel/events.ts'
import type { Context } from '../../../kernel/service.ts'
import type { Paging } from '../domain/paging.ts'
import { type ReadTime, readBound } from '../domain/times.ts'
import { wantedVersion } from '../domain/versions.ts'
import type { RowEvents } from '../store/measurements.ts'
import { type PagingInput, readPaging } from './paging.ts'

/** The instant of a field, or 422. */
export function timeOf(field: string, read: ReadTime): Date {
  if ('fault' in read) throw fieldError(field, read.fault)
  return read.at
}

interface PeriodInput {
  readonly from?: string
  readonly to?: string
  readonly start_date?: string
  readonly end_date?: string
}

/** The bounds a list was asked for; a bare date is the person's local day. */
export async function periodOf(
  input: PeriodInput,
  zone: () => Promise<string>,
): Promise<{ readonly from: Date | undefined; readonly to: Date | undefined }> {
  const start = input.from ?? input.start_date
  const end = input.to ?? input.end_date
  // Only a bare date needs the person's zone: an instant spares the question.
  const isDay = [start, end].some((text) => text !== undefined && text.length === 10)
  const place = isDay ? await zone() : 'UTC'
  const startField = input.from === undefined ? 'start_date' : 'from'
  const endField = input.to === undefined ? 'end_date' : 'to'
  const from = start === undefined ? undefined : timeOf(startField, readBound(start, 'from', place))
  const to = end === undefined ? undefined : timeOf(endField, readBound(end, 'to', place))
  if (from !== undefined && to !== undefined && from > to) throw fieldError(endField, `lies before ${startField}`)
  return { from, to }
}

export function pagingOf(input: PagingInput): Paging {
  const paging = readPaging(input)
  if (paging === undefined) throw fieldError('cursor', 'is not a cursor of this list')
  return paging
}

/** The version that the caller wants to change: the row's own where none was named. Throws 412 when it moved on. */
export function checkVersion(
  input: { readonly version?: number | null; readonly if_match?: string },
  current: number,
): number {
  const wanted = wantedVersion(input)
  if (wanted === undefined) throw fieldError('if_match', 'must be an entity tag such as W/"3"')
  if (wanted !== null && wanted !== current) throw changedMeanwhile()
  return current
}

/** The version named by the caller, or null for whichever there is. */
export function versionOf(input: { readonly if_match?: string }): number | null {
  const wanted = wantedVersion(input)
  if (wanted === undefined) throw fieldError('if_match', 'must be an entity tag such as W/"3"')
  return wanted
}

export function changedMeanwhile(): PlatformError {
  return new PlatformError('precondition_failed', 'It was changed in between; read it again')
}

/** After a delete that found nothing: 412 when the row is there in another version, else 404. */
export async function missing(what: string, exists: () => Promise<boolean>): Promise<never> {
  if (await exists()) throw changedMeanwhile()
  throw notFound(what)
}

/** Whether a database error says that a unique or foreign key was in the way. */
export function isKeyConflict(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  return code === '23505' || code === '23503'
}

/** Events for a set of rows that the store writes. */
export function rowEvents(context: Context, type: EventType, events: readonly RowEvent[]): RowEvents {
  return { announce: (written) => announceEach(context, type, events, written), now: context.now() }
}

/** The fields that were given, null counting as "nothing". */
export function given<Value>(value: Value | null | undefined, otherwise: Value | null): Value | null {
  return value === undefined ? otherwise : value
}
