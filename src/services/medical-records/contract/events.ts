import { event } from '../../../kernel/contract.ts'
import { object, Type, uuid } from '../../../kernel/fields.ts'

/** The members that S002 documents for its events; `event_id` is the envelope's. No content of a record is among them. */
const recordEvent = object({
  event_type: Type.String(),
  event_timestamp: Type.String({ description: 'ISO 8601, UTC' }),
  source: Type.Literal('medical-records'),
  user_id: uuid('whose record'),
  data: object({
    document_id: uuid(),
    document_type: Type.String(),
    status: Type.String(),
    values: Type.Integer({ description: 'how many values the event is about' }),
  }),
  extra_metadata: object({}),
})

const topic = 'medical-record-events'

export const events = {
  documentUploaded: event(1, recordEvent, { topic, summary: 'A document was added to a record.' }),
  documentProcessed: event(1, recordEvent, {
    topic,
    summary: 'A document was read, or could not be; its values wait.',
  }),
  valuesConfirmed: event(1, recordEvent, { topic, summary: 'A person took or corrected values read in a document.' }),
  documentDeleted: event(1, recordEvent, { topic, summary: 'A document was removed with all that was read in it.' }),
}
