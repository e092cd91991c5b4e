import { event } from '../../../kernel/contract.ts'
import { list, object, text } from '../../../kernel/fields.ts'
import { fhirChangedEvent } from '../../../kernel/projection.ts'
import { personId } from './family.ts'

export const events = {
  fhirChanged: fhirChangedEvent(),
  profileChanged: event(1, object({ user_id: personId, fields: list(text(100), 200) }), {
    summary: 'What a person says about themselves changed; `fields` are names, never values.',
  }),
  profileRemoved: event(1, object({ user_id: personId }), {
    summary: 'A person kept by an account was removed; everything about them is to be erased.',
    erasesPerson: true,
  }),
}
