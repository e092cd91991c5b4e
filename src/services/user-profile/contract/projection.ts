import { writableProjection } from '../../../kernel/projection.ts'

/** The profile as the person's own Patient, whose id is the person's; the blood group as an Observation. */
export const patientProjection = writableProjection('profile', {
  category: 'personal_info',
  types: ['Patient', 'Observation'],
  ids: /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|blood-group)$/,
})
