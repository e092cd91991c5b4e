import { event } from '../../../kernel/contract.ts'
import { list, object, Type, uuid } from '../../../kernel/fields.ts'

const Cells = list(object({ category: Type.String(), purpose: Type.String(), recipient: Type.String() }), 200)

export const events = {
  consentChanged: event(1, object({ user_id: uuid('whose data'), given: Cells, withdrawn: Cells }), {
    summary: 'Consents were given or withdrawn; whoever acts on them stops or may begin.',
  }),
  accessChanged: event(
    1,
    object({
      user_id: uuid('whose record'),
      account_id: uuid('who may see it, or could'),
      source: Type.Enum(['grant', 'break-glass']),
      source_id: uuid(),
      categories: list(Type.String()),
      access: Type.Enum(['read', 'write', 'none']),
    }),
    { summary: 'What an account may see of a record changed.' },
  ),
  emergencyAccessOpened: event(
    1,
    object({ user_id: uuid('whose record'), access_id: uuid(), opened_at: Type.String(), ends_at: Type.String() }),
    { summary: 'A clinician opened a record in an emergency; the person is to be told at once.' },
  ),
  erasureRequested: event(1, object({ user_id: uuid(), due_at: Type.String() }), {
    summary: 'A person asked for erasure: the record is closed, nothing is done with it any more.',
  }),
  erasureCancelled: event(1, object({ user_id: uuid() }), {
    summary: 'The person took the request to erase back; the record is open again.',
  }),
  personErased: event(1, object({ user_id: uuid(), certificate_id: uuid('under which removals are noted') }), {
    summary: 'The time of grace is over: everything about the person is removed.',
    erasesPerson: true,
  }),
}
