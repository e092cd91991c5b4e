import { announceCall } from '../../../kernel/context.ts'
import { fhirChange } from '../../../kernel/projection.ts'
import type { Context } from '../../../kernel/service.ts'
import type { Statement } from '../../../kernel/sql.ts'
import { patientProjection } from '../contract/projection.ts'
import { userProfile } from '../contract.ts'
import { BLOOD_GROUP_ID } from '../domain/fhir.ts'
import { together } from '../store.ts'

/** Announces that the person's profile changed: to those who know its fields, and to those who see it as FHIR. */
export function announceProfile(context: Context, fields: readonly string[]): Statement {
  const { personId } = context
  const { profileChanged, fhirChanged } = userProfile.events
  const seen = [
    { type: 'Patient', id: personId },
    { type: 'Observation', id: BLOOD_GROUP_ID },
  ]
  const changed = announceCall(context, profileChanged, { user_id: personId, fields })
  const shown = announceCall(context, fhirChanged, fhirChange(personId, patientProjection, seen))
  return together(changed, shown)
}
