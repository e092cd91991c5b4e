import type { Context } from '../../../../kernel/service.ts'
import type { LabContent } from '../../domain/extract/findings.ts'
import type { AcceptedLabResult } from '../labs/accepted.ts'

/** A taken value as the results of the record keep it. */
export function labResultOf(
  context: Context,
  document: { readonly id: string; readonly document_date: string | null },
  findingId: string,
  content: LabContent,
): AcceptedLabResult {
  return {
    id: findingId,
    documentId: document.id,
    testName: content.test_name,
    value: content.value,
    comparator: content.comparator,
    valueText: content.value_text,
    unit: content.unit,
    referenceLow: content.reference_low,
    referenceHigh: content.reference_high,
    referenceText: content.reference_text,
    flag: content.flag,
    observedOn: content.observed_on ?? document.document_date,
    labName: null,
    confirmedBy: context.accountId,
    confirmedAt: context.now(),
  }
}
