import { event } from '../../../kernel/contract.ts'
import { list, object, Type, uuid } from '../../../kernel/fields.ts'

/** The members that S002 documents for its events; no content of a record is among them. */
function recordEvent(data: Parameters<typeof object>[0]) {
  return object({
    event_type: Type.String(),
    event_timestamp: Type.String({ description: 'ISO 8601, UTC' }),
    source: Type.Literal('medical-records'),
    user_id: uuid('whose record'),
    data: object({ resource_type: Type.String(), resource_ids: list(uuid(), 5000), status: Type.String(), ...data }),
    extra_metadata: object({}),
  })
}

const topic = 'medical-record-events'
const changed = recordEvent({})

export const labEvents = {
  labResultsChanged: event(1, changed, { topic, summary: 'Laboratory results were added, corrected or deleted.' }),
  criticalLabResults: event(1, recordEvent({ severity: Type.Integer({ minimum: 0, maximum: 5 }) }), {
    topic,
    summary: 'Laboratory results lie beyond a critical limit.',
  }),
  clinicalEntriesChanged: event(1, changed, {
    topic,
    summary: 'Conditions, allergies, immunisations, procedures, family history or medicines were changed.',
  }),
  imagingStudyChanged: event(1, changed, { topic, summary: 'An imaging study was added, changed or deleted.' }),
  clinicalReportChanged: event(1, changed, { topic, summary: 'A clinical report was written or its status changed.' }),
  recordsImported: event(1, changed, { topic, summary: 'A file in a format of hospitals was read; its values wait.' }),
}
