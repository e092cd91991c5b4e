import { PlatformError, validationError } from '../../../kernel/errors.ts'
import { object } from '../../../kernel/fields.ts'
import { type ProjectedResource, projected } from '../../../kernel/projection.ts'
import { faultsOf } from '../../../kernel/schema.ts'
import type { Context, Handlers } from '../../../kernel/service.ts'
import { profileGroup } from '../contract/profile.ts'
import { given } from '../contract/sections.ts'
import type { userProfile } from '../contract.ts'
import {
  BLOOD_GROUP_ID,
  bloodGroupOf,
  PATIENT_SECTIONS,
  patientOf,
  patientVersion,
  placeOf,
  profileChangeOf,
  type Resource,
} from '../domain/fhir.ts'
import { bySection, type Sections } from '../domain/sections.ts'
import { readSections } from '../store.ts'
import { readChange, saveChange } from './groups.ts'
import { profile } from './profile.ts'

type FhirHandlers = Pick<
  Handlers<typeof userProfile>,
  'profileFhirResources' | 'profileFhirWrite' | 'profileFhirRemove'
>

export const fhirHandlers: FhirHandlers = {
  async profileFhirResources(context, { ids }) {
    const sections = await sectionsOf(context)
    // Of somebody who said nothing of themselves yet there is nothing to list; who asks by the id gets what there is.
    const isSilent = Object.keys(sections.profile?.data ?? {}).length === 0
    const items = resourcesOf(context, sections).filter((item) => ids?.includes(item.id) ?? !isSilent)
    return { items, next_cursor: null }
  },

  async profileFhirWrite(context, { id, content, if_version, is_check = false }) {
    const patient = JSON.parse(content) as Resource
    if (patient.resourceType !== 'Patient' || id !== context.personId) return { kept: null }
    const sections = await sectionsOf(context)
    const { version } = patientVersion(sections)
    if (if_version !== undefined && if_version !== version) throw changedMeanwhile()
    const change = profileChangeOf(patient, context.personId, sections)
    const malformed = faultsOf(object({ ...given(profileGroup.fields), ...profileGroup.extras }), change)
    if (malformed.length > 0) throw validationError(malformed.map(placed))
    const data = await readChange(context, profile, change, 'merge').catch((error: unknown) => {
      const faults = error instanceof PlatformError ? error.options.faults : undefined
      throw faults === undefined ? error : validationError(faults.map(placed))
    })
    if (is_check || Object.keys(data).length === 0) return { kept: resourcesOf(context, sections)[0] ?? null }
    const expected = [sections.profile?.version ?? 0]
    await saveChange(context, profile, data, 'merge', { expected })
    return { kept: resourcesOf(context, await sectionsOf(context))[0] ?? null }
  },

  async profileFhirRemove(_context, { id }) {
    const what =
      id === BLOOD_GROUP_ID ? 'The blood group is changed in the profile' : 'The profile leaves with the person'
    throw new PlatformError('conflict', `${what}; it is not removed here`)
  },
}

const placed = (fault: { readonly field: string; readonly detail: string }) => ({
  ...fault,
  field: placeOf(fault.field),
})

const changedMeanwhile = () => new PlatformError('precondition_failed', 'This was changed in between; read it again')

async function sectionsOf(context: Context): Promise<Sections> {
  return bySection(await readSections(context.db, context.personId, PATIENT_SECTIONS))
}

/** The Patient first. */
function resourcesOf(context: Context, sections: Sections): ProjectedResource[] {
  const { personId } = context
  const { version, updatedAt } = patientVersion(sections)
  const bloodGroup = bloodGroupOf(personId, sections)
  return [
    projected({ id: personId, version, updatedAt }, patientOf(personId, sections)),
    ...(bloodGroup === undefined ? [] : [projected({ id: BLOOD_GROUP_ID, version, updatedAt }, bloodGroup)]),
  ]
}
