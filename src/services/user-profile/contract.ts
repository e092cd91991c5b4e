import { defineContract } from '../../kernel/contract.ts'
import { events } from './contract/events.ts'
import { familyOperations } from './contract/family.ts'
import { healthOperations } from './contract/healthAttributes.ts'
import { internalOperations } from './contract/internal.ts'
import { preferencesOperations } from './contract/preferences.ts'
import { privacyOperations } from './contract/privacy.ts'
import { profileOperations } from './contract/profile.ts'
import { patientProjection } from './contract/projection.ts'

export const userProfile = defineContract({
  name: 'user-profile',
  summary: 'Who a person is: the facts every calculation uses, preferences, privacy, and the people an account keeps.',
  operations: {
    ...profileOperations,
    ...preferencesOperations,
    ...privacyOperations,
    ...healthOperations,
    ...familyOperations,
    ...internalOperations,
    ...patientProjection.operations,
  },
  events,
  provides: { facts: 'facts', projections: [patientProjection.declaration] },
})
