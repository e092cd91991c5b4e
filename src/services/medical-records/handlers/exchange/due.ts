import { PlatformError } from '../../../../kernel/errors.ts'
import type { Context } from '../../../../kernel/service.ts'
import { healthTracking } from '../../../health-tracking/contract.ts'
import type { ImportedReport, ImportedVital } from '../../domain/imported.ts'
import { HospitalBusy } from '../../providers/ehr/hospital.ts'
import { changeCarried, deleteCarriedOf } from '../../store/carried.ts'
import { type DueItem, dueItems, finishItem, type ItemRow, reopenItem } from '../../store/imports.ts'
import { findReport } from '../../store/reports.ts'
import { keepReport } from '../reports/reports.ts'
import { retireReport } from '../reports/retire.ts'
import { announceCarried, keepCarried } from './carried.ts'
import { keepPaper, markPaper } from './papers.ts'

const AWAY: ReadonlySet<string> = new Set(['unavailable', 'timeout'])

/**
 * Keeps, by job, what the person took and that isn't a row of ours: vital signs, reports, and papers whose files are fetched.
 * Each ends as kept, or waits for the person again with the reason. Doing one twice keeps it once.
 */
export async function keepDue(context: Context, data: Readonly<Record<string, unknown>>): Promise<void> {
  const importId = String(data.import_id)
  for (const item of await dueItems(context.db, importId)) {
    try {
      await finishItem(context.db, item.id, await keepOne(context, item))
    } catch (error) {
      if (error instanceof HospitalBusy) return askAgain(context, importId, error.seconds)
      if (!(error instanceof PlatformError)) throw error
      // Another service that is away for a moment: the job is run again.
      if (AWAY.has(error.code) && item.kind !== 'document') throw error
      await reopen(context, item, error.message)
    }
  }
}

/** Keeps one, or changes or removes what it was before; what it is kept as. */
async function keepOne(context: Context, item: DueItem): Promise<string | null> {
  const { id, content, decided_by, change, kept_before: before } = item
  if (change === 'withdrawn') return dropTaken(context, item)
  if (content.kind === 'vital') return keepVital(context, item, content)
  if (content.kind === 'report') {
    await keepWords(context, id, content, decided_by)
    if (before !== null) await retireReport(context, before, { by: decided_by, supersededBy: id })
    return id
  }
  if (content.kind !== 'document') return null
  const kept = await keepPaper(context, content)
  if (before !== null && before !== kept) await markPaper(context, before, 'replaced')
  return kept
}

/** What its sender withdrew, and the person took so, counts no more. */
async function dropTaken(
  context: Context,
  { kind, decided_by, replaces, kept_before: before }: DueItem,
): Promise<null> {
  if (before === null || replaces === null) return null
  if (kind === 'report') await retireReport(context, before, { by: decided_by, supersededBy: null })
  else if (kind === 'document') await markPaper(context, before, 'withdrawn')
  else if (!(await context.call(healthTracking.operations.vitalsFhirRemove, { id: before })).removed) {
    await context.transact(async (transaction) => {
      const kept = await deleteCarriedOf(transaction, context.personId, replaces)
      if (kept !== undefined) await announceCarried(context, transaction, [kept])
    })
  }
  return null
}

/** What measurements have no place for stays as the Observation that it is. */
async function keepVital(context: Context, item: DueItem, content: ImportedVital): Promise<string> {
  const { id, replaces, kept_before: before } = item
  const { resource, display, startedOn } = content
  try {
    const said = JSON.stringify({ ...resource, subject: { reference: `Patient/${context.personId}` } })
    const write = { id: before ?? id, is_new: before === null, content: said }
    const { kept } = await context.call(healthTracking.operations.vitalsFhirWrite, write)
    if (kept !== null) return kept.id
  } catch (error) {
    // A number that it refuses is nobody's: the person hears so.
    if (!(error instanceof PlatformError && error.code === 'forbidden')) throw error
  }
  const row = {
    id,
    type: 'Observation',
    display,
    occurred_on: startedOn,
    content: resource,
    import_item_id: id,
  } as const
  await context.transact(async (transaction) => {
    const changed =
      replaces === null ? undefined : await changeCarried(transaction, context.personId, replaces, row, context.now())
    if (changed === undefined) await keepCarried(context, transaction, [row])
    else await announceCarried(context, transaction, [changed])
  })
  return id
}

async function keepWords(context: Context, id: string, item: ImportedReport, by: string): Promise<void> {
  if ((await findReport(context.db, context.personId, id)) !== undefined) return
  const { reportType: report_type, display: title, content, summary, author, facility, status, startedOn } = item
  const reported_at = startedOn === null ? context.now() : new Date(startedOn)
  const said = { id, report_type, title, content, summary, author, facility, status, reported_at }
  await keepReport(context, said, by)
}

async function askAgain(context: Context, importId: string, seconds: number): Promise<void> {
  const runAt = new Date(context.now().getTime() + seconds * 1000)
  await context.transact((transaction) =>
    transaction.enqueue('keep-taken', { import_id: importId }, { runAt, key: `taken/${importId}` }),
  )
}

async function reopen(context: Context, item: ItemRow, why: string): Promise<void> {
  await reopenItem(context.db, item.id, `it could not be kept: ${why}`.slice(0, 300))
}
