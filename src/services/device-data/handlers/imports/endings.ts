import type { PipelineOutcome } from '../../providers/imports/plan.ts'
import type { ImportEnd } from '../../store/imports.ts'

/** What an import comes to, by what became of its files. */
export function endOf(outcome: PipelineOutcome): Pick<ImportEnd, 'state' | 'question' | 'failure'> {
  const { entries, fault } = outcome
  if (entries.some((entry) => entry.fault === 'date-order-unknown')) {
    return { state: 'asking', question: 'date-order', failure: null }
  }
  const known = entries.filter((entry) => entry.format !== undefined)
  const isRead = known.some((entry) => entry.outcome !== 'refused')
  const faulty = known.find((entry) => entry.outcome !== 'read') ?? entries.find(({ fault: one }) => isDamage(one))
  const failure = fault ?? faulty?.fault ?? null
  if (!isRead) return { state: 'failed', question: null, failure: failure ?? 'nothing-recognised' }
  return { state: failure === null ? 'done' : 'partly', question: null, failure }
}

/** Files that are simply of another kind are no damage: archives hold pictures and leaflets too. */
function isDamage(fault: string | undefined): boolean {
  return fault === 'entry-damaged' || fault === 'entry-encrypted' || fault === 'entry-too-large'
}
