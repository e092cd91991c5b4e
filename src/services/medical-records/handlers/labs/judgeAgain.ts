import { isDeepStrictEqual } from 'node:util'
import type { Context } from '../../../../kernel/service.ts'
import { medicalRecords } from '../../contract.ts'
import { judgeLab } from '../../domain/labs/judge.ts'
import { type Judged, type LabRow, labsOfOwnRange, writeJudgements } from '../../store/labs.ts'
import { announceChange, announceFhir, knownFactsOf, personAt } from './common.ts'
import { changedStatement } from './write.ts'

/** Judged between two round trips; some 10 ms. */
const BATCH = 100

/**
 * Judges results again that only ranges of ours can judge, by job: who the person is has changed. What a report's own range or flag
 * says stays.
 */
export async function judgeLabsAgain(context: Context): Promise<void> {
  const facts = await knownFactsOf(context)
  let after: string | undefined
  for (;;) {
    const rows = await labsOfOwnRange(context.db, context.personId, after, BATCH)
    const changed = rows.flatMap((row) => {
      const judged = judgeLab(changedStatement(row, {}), personAt(facts, row.tested_at))
      return 'lab' in judged && !isSame(row, judged.lab) ? [{ id: row.id, version: row.version, ...judged.lab }] : []
    })
    if (changed.length > 0) await keep(context, changed)
    after = rows.at(-1)?.id
    if (after === undefined || rows.length < BATCH) return
  }
}

function isSame(row: LabRow, { interpretation, level, judged_by }: Omit<Judged, 'id' | 'version'>): boolean {
  return row.interpretation === interpretation && row.level === level && isDeepStrictEqual(row.judged_by, judged_by)
}

async function keep(context: Context, changed: readonly Judged[]): Promise<void> {
  await context.transact(async (transaction) => {
    const ids = await writeJudgements(transaction, context.personId, changed, context.now())
    if (ids.length === 0) return
    await announceChange(context, transaction, medicalRecords.events.labResultsChanged, {
      resourceType: 'lab_result',
      ids,
      status: 'judged_again',
    })
    await announceFhir(
      context,
      transaction,
      ids.map((id) => ({ type: 'Observation', id })),
    )
  })
}
