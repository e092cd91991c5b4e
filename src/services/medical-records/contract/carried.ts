import { command, query } from '../../../kernel/contract.ts'
import { object, oneOf, Type } from '../../../kernel/fields.ts'
import { projection } from '../../../kernel/projection.ts'
import { idInput, nullableText, numberedPage, pageFields, time } from './common.ts'
import { person } from './shapes.ts'

export const CARRIED_TYPES = ['Encounter', 'CarePlan', 'Goal', 'Device', 'Observation'] as const
export type CarriedType = (typeof CARRIED_TYPES)[number]

/** Visits, plans, goals, devices and ways of life that a person took from a clinic: as FHIR what they came as. */
export const carriedFhir = projection('carried', { category: 'health_records', types: CARRIED_TYPES })

const Carried = object({
  id: Type.String(),
  type: oneOf(CARRIED_TYPES),
  display: Type.String(),
  occurred_on: nullableText,
  created_at: time,
})

export const carriedOperations = {
  listCarried: query({
    summary: 'Visits, plans, goals, devices and ways of life that were taken from a clinic, newest first',
    route: 'GET /medical-records/carried',
    access: person,
    input: object(pageFields),
    output: numberedPage(Carried),
  }),
  deleteCarried: command({
    summary: 'Remove one of them',
    route: 'DELETE /medical-records/carried/:id',
    access: person,
    status: 204,
    input: idInput,
    output: Type.Null(),
    errors: ['not_found'],
  }),
}
