import { command, query } from '../../../kernel/contract.ts'
import { list, nullable, object, Type, text, uuid } from '../../../kernel/fields.ts'
import { Instant, instantOrNull, limit, own } from './shapes.ts'

const clinician = { kind: 'role', roles: ['clinician'] } as const
const shown = {
  id: Type.String(),
  person_id: Type.String(),
  reason: Type.String(),
  categories: list(Type.String()),
  opened_at: Instant,
  ends_at: Instant,
  ended_at: instantOrNull,
  is_open: Type.Boolean(),
}
const Opened = object(shown)

export const emergencyOperations = {
  breakGlass: command({
    summary: 'Open a record in an emergency: for an hour, to read, with a reason; the person is told at once',
    route: 'POST /break-glass',
    access: clinician,
    status: 201,
    limit: { requests: 20, windowSeconds: 3600 },
    input: object({ patient_id: uuid(), reason: text(500, { minimum: 10 }) }),
    output: Opened,
  }),
  listBreakGlass: query({
    summary: 'Records this clinician opened in an emergency',
    route: 'GET /break-glass',
    access: clinician,
    input: object({ limit: limit() }),
    output: object({ items: list(Opened, 500) }),
  }),
  endBreakGlass: command({
    summary: 'Close a record that was opened in an emergency, before the hour is over',
    route: 'DELETE /break-glass/:id',
    access: clinician,
    errors: ['not_found'],
    input: object({ id: uuid() }),
    output: Opened,
  }),
  listEmergencyAccess: query({
    summary: 'Who opened the record in an emergency, when and why',
    route: 'GET /sharing/emergency-access',
    access: own,
    input: object({ limit: limit() }),
    output: object({ items: list(object({ ...shown, clinician_account_id: nullable(Type.String()) }), 500) }),
  }),
  endEmergencyAccess: command({
    summary: 'Close the record to a clinician who opened it in an emergency',
    route: 'DELETE /sharing/emergency-access/:id',
    access: own,
    errors: ['not_found'],
    input: object({ id: uuid() }),
    output: object({ ...shown, clinician_account_id: nullable(Type.String()) }),
  }),
}
