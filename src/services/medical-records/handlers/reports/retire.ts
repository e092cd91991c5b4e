import type { Context } from '../../../../kernel/service.ts'
import { findReport, insertStep, updateReport } from '../../store/reports.ts'
import { changedMeanwhile } from '../labs/common.ts'
import { announceReport } from './reports.ts'

/**
 * Takes a report of a clinic out of use, whatever its status here: its sender wrote another in its place, or withdrew it. It
 * stays to be read. One that is gone, or out of use already, is left.
 */
export async function retireReport(
  context: Context,
  id: string,
  how: { readonly by: string; readonly supersededBy: string | null },
): Promise<void> {
  const before = await findReport(context.db, context.personId, id)
  if (before === undefined || before.status === 'SUPERSEDED' || before.status === 'RETRACTED') return
  const status = how.supersededBy === null ? 'RETRACTED' : 'SUPERSEDED'
  const now = context.now()
  const row = { ...before, status, superseded_by: how.supersededBy, updated_at: now } as const
  const reason = how.supersededBy === null ? 'its sender withdrew it' : 'its sender changed it'
  const deed = { stepId: context.newId(), revisionId: context.newId(), by: how.by, reason, now }
  await context.transact(async (transaction) => {
    if (!(await updateReport(transaction, before, row))) throw changedMeanwhile()
    await insertStep(transaction, row, { action: 'moved', from: before.status, to: status }, deed)
    await announceReport(context, transaction, row)
  })
}
