import { command, query } from '../../../kernel/contract.ts'
import { list, nullable, object, optional, Type, text, uuid } from '../../../kernel/fields.ts'
import { account, Instant } from './shapes.ts'

/** Nobody watches over somebody longer than a day without saying so again. */
export const LONGEST_DUTY_HOURS = 24
export const LONGEST_HANDOVER = 1000

const name = nullable(Type.String({ description: 'what the account is called; null when it gave no name' }))
const Duty = object({
  person_id: uuid(),
  on_duty: nullable(object({ name, is_you: Type.Boolean(), since: Instant, until: Instant })),
  note: nullable(object({ text: Type.String(), name, is_you: Type.Boolean(), written_at: Instant })),
})
const person = { person_id: uuid() }
const until = Type.String({
  minLength: 10,
  maxLength: 40,
  description: `ISO 8601; at most ${LONGEST_DUTY_HOURS} hours ahead`,
})

export const dutyOperations = {
  listDuties: query({
    summary:
      'Who is on duty for the people whose alarms the account may see, and what was handed over; the own record too',
    route: 'GET /sharing/duty',
    access: account,
    input: object({}),
    output: object({ items: list(Duty, 51) }),
  }),
  takeDuty: command({
    summary: 'Be on duty for somebody until an hour, also in the place of another who was',
    route: 'PUT /sharing/duty/:person_id',
    access: account,
    errors: ['not_found', 'forbidden'],
    input: object({ ...person, until }),
    output: Duty,
  }),
  endDuty: command({
    summary: 'Be off duty, with a note for the next one or without',
    route: 'POST /sharing/duty/:person_id/end',
    access: account,
    errors: ['not_found', 'forbidden', 'conflict'],
    input: object({ ...person, note: optional(text(LONGEST_HANDOVER)) }),
    output: Duty,
  }),
  writeHandover: command({
    summary: 'Write what the next one on duty has to know; null removes it',
    route: 'PUT /sharing/duty/:person_id/note',
    access: account,
    errors: ['not_found', 'forbidden'],
    input: object({ ...person, note: nullable(text(LONGEST_HANDOVER)) }),
    output: Duty,
  }),
}
