import { PlatformError } from '../../../../kernel/errors.ts'
import type { Context } from '../../../../kernel/service.ts'
import { healthTracking } from '../../../health-tracking/contract.ts'
import type { ImportedReport, ImportedVital } from '../../domain/imported.ts'
import { HospitalBusy } from '../../providers/ehr/hospital.ts'
import { type DueItem, dueItems, finishItem, type ItemRow, reopenItem } from '../../store/imports.ts'
import { findReport } from '../../store/reports.ts'
import { keepReport } from '../reports/reports.ts'
import { keepCarried } from './carried.ts'
import { keepPaper } from './papers.ts'

const AWAY: ReadonlySet<string> = new Set(['unavailable', 'timeout'])

/**
 * Keeps, by job, what the person took and that isn't a row of ours: vital signs, reports, and papers whose files are fetched.
 * Each ends as kept, or waits for the person again with the reason. Doing one twice keeps it once.
 */
export async function keepDue(context: Context, data: Readonly<Record<string, unknown>>): Promise<void> {
  const importId = String(data.import_id)
  for (const item of await dueItems(context.db, importId)) {
    try {
      await keepOne(context, item)
      await finishItem(context.db, item.id)
    } catch (error) {
      if (error instanceof HospitalBusy) return askAgain(context, importId, error.seconds)
      if (!(error instanceof PlatformError)) throw error
      // Another service that is away for a moment: the job is run again.
      if (AWAY.has(error.code) && item.kind !== 'document') throw error
      await reopen(context, item, error.message)
    }
  }
}

async function keepOne(context: Context, { id, content: item, decided_by }: DueItem): Promise<void> {
  if (item.kind === 'vital') await keepVital(context, id, item)
  else if (item.kind === 'report') await keepWords(context, id, item, decided_by)
  else if (item.kind === 'document') await keepPaper(context, item)
}

/** What measurements have no place for stays as the Observation that it is. */
async function keepVital(context: Context, id: string, { resource, display, startedOn }: ImportedVital): Promise<void> {
  try {
    const content = JSON.stringify({ ...resource, subject: { reference: `Patient/${context.personId}` } })
    const { kept } = await context.call(healthTracking.operations.vitalsFhirWrite, { id, is_new: true, content })
    if (kept !== null) return
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
  await context.transact((transaction) => keepCarried(context, transaction, [row]))
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
