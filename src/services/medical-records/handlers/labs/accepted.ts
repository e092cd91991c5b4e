import type { Transaction } from '../../../../kernel/database.ts'
import type { Context } from '../../../../kernel/service.ts'
import { judgeLab, type StatedLab } from '../../domain/labs/judge.ts'
import { deleteLabsOfFindings, type NewLab } from '../../store/labs.ts'
import type { LabFacts } from './common.ts'
import { personAt } from './common.ts'
import { announceRemoved, keepLabs } from './write.ts'

/** A value of a document that its person took. */
export interface AcceptedLabResult {
  readonly id: string
  readonly documentId: string
  readonly testName: string
  readonly value: number | null
  readonly comparator: '<' | '>' | null
  readonly valueText: string | null
  readonly unit: string | null
  readonly referenceLow: number | null
  readonly referenceHigh: number | null
  readonly referenceText: string | null
  readonly flag: 'H' | 'L' | 'A' | null
  readonly observedOn: string | null
  readonly labName: string | null
  readonly confirmedBy: string
  readonly confirmedAt: Date
}

/**
 * Keeps the values of a document that its person took; the same finding again is the same result. What the rules refuse (a
 * unit that isn't the test's, an impossible number) is kept as the words of the report, unjudged: the person confirmed that it
 * stands there.
 * @param facts of the person, asked for before the transaction; without them ranges that depend on age or sex aren't used
 */
export async function addAcceptedLabResults(
  transaction: Transaction,
  context: Context,
  results: readonly AcceptedLabResult[],
  facts?: LabFacts,
): Promise<void> {
  await keepLabs(
    context,
    transaction,
    results.map((result) => acceptedRow(context, result, facts)),
  )
}

/** Takes back the results made of these findings. */
export async function removeLabResultsOfFindings(
  transaction: Transaction,
  context: Context,
  findingIds: readonly string[],
): Promise<void> {
  await announceRemoved(context, transaction, await deleteLabsOfFindings(transaction, findingIds))
}

function acceptedRow(context: Context, result: AcceptedLabResult, facts: LabFacts | undefined): NewLab {
  const testedAt = result.observedOn === null ? result.confirmedAt : new Date(`${result.observedOn}T00:00:00Z`)
  const printed = result.value === null ? result.valueText : `${result.comparator ?? ''}${result.value}`
  const stated: StatedLab = {
    testName: result.testName,
    value: result.value !== null && result.comparator === null ? result.value : printed,
    unit: result.unit,
    rangeLow: result.referenceLow,
    rangeHigh: result.referenceHigh,
    rangeText: result.referenceText,
    flag: result.flag,
    abnormal: result.flag === null ? undefined : true,
  }
  const person = facts === undefined ? {} : personAt(facts, testedAt)
  const judged = judgeLab(stated, person)
  const asWords = { ...stated, value: [printed, result.unit].filter((part) => part !== null).join(' ') || '-' }
  const kept = 'lab' in judged ? judged : judgeLab({ ...asWords, unit: null }, person)
  if ('fault' in kept) throw new Error('words are always kept')
  return {
    id: context.newId(),
    test_name: result.testName,
    test_code: null,
    ...kept.lab,
    tested_at: testedAt,
    resulted_at: null,
    lab_name: result.labName,
    ordering_provider: null,
    specimen_type: null,
    status: 'final',
    source: 'document',
    external_id: null,
    fhir_resource_id: null,
    document_id: result.documentId,
    finding_id: result.id,
    import_item_id: null,
    confirmed_by: result.confirmedBy,
    notes: null,
    metadata: 'lab' in judged ? null : { not_judged_because: judged.fault.detail },
  }
}
