import type { Context } from '../../../kernel/service.ts'
import { type ProfileChange, profileGroup } from '../contract/profile.ts'
import { needsBirthDate, readProfile } from '../domain/profile.ts'
import { completionOf, knownOf, LOCALE_FIELDS } from '../domain/sections.ts'
import { groupHandlers, type Served, sectionsOf } from './groups.ts'
import { type ProfileExport, type ProfileView, profileView } from './views.ts'

/** How the profile is served; the family's profiles are served the same way. */
export const profile: Served<ProfileView, ProfileExport> = {
  section: 'profile',
  group: profileGroup,
  alsoRead: ['account', 'preferences'],
  elsewhere: { section: 'preferences', fields: LOCALE_FIELDS },
  async read(context, data, isWhole) {
    const change = data as ProfileChange
    // Only the height or weight of a small child takes a look at the date of birth that is stored.
    const birthDate = !isWhole && needsBirthDate(change) ? await storedBirthDate(context) : undefined
    return readProfile(change, { now: context.now(), birthDate })
  },
  view: profileView,
  exported: (document) => document as ProfileExport,
}

async function storedBirthDate(context: Context): Promise<string | null> {
  const known = knownOf(await sectionsOf(context, profile))
  return typeof known.date_of_birth === 'string' ? known.date_of_birth : null
}

const group = groupHandlers(profile)

export const profileHandlers = {
  readProfile: group.read,
  saveProfile: group.create,
  replaceProfile: group.replace,
  changeProfile: group.change,
  clearProfile: group.clear,
  validateProfile: group.validate,
  exportProfile: group.export,
  importProfile: group.import,
  summarizeProfile,
  readCompletion,
}

async function summarizeProfile(context: Context) {
  const sections = await sectionsOf(context, profile)
  const view = profileView(context.personId, sections, context.now())
  const { id, user_id, version, display_name, first_name, last_name, preferred_name, email } = view
  const { date_of_birth, age_years, gender, sex_at_birth, completion_percentage, updated_at } = view
  return {
    ...{ id, user_id, version, display_name, first_name, last_name, preferred_name, email },
    ...{ date_of_birth, age_years, gender, sex_at_birth },
    is_complete: completion_percentage === 100,
    completion_percentage,
    updated_at,
  }
}

async function readCompletion(context: Context) {
  const { percentage, isComplete, missingFields, nextSteps } = completionOf(knownOf(await sectionsOf(context, profile)))
  return {
    completion_percentage: percentage,
    is_complete: isComplete,
    missing_fields: missingFields,
    next_steps: nextSteps,
  }
}
