import type { OutputOf } from '../../../kernel/contract.ts'
import { healthFields } from '../contract/healthAttributes.ts'
import { preferenceFields } from '../contract/preferences.ts'
import { privacyFields, sharingFlags } from '../contract/privacy.ts'
import { profileFields } from '../contract/profile.ts'
import type { userProfile } from '../contract.ts'
import { computedOf, dataOf, frameOf, knownOf, pick, type Sections } from '../domain/sections.ts'
import { laboratoryDefaults, PREFERENCE_DEFAULTS, privacyDefaults, withDefaults } from '../domain/settings.ts'

type Operations = typeof userProfile.operations
export type ProfileView = OutputOf<Operations['readProfile']>
export type PreferencesView = OutputOf<Operations['readPreferences']>
export type PrivacyView = OutputOf<Operations['readPrivacy']>
export type HealthView = OutputOf<Operations['readHealthAttributes']>

export type ProfileExport = OutputOf<Operations['exportProfile']>
export type PreferencesExport = OutputOf<Operations['exportPreferences']>
export type PrivacyExport = OutputOf<Operations['exportPrivacy']>
export type HealthExport = OutputOf<Operations['exportHealthAttributes']>

const PROFILE_NAMES = Object.keys(profileFields)
const PREFERENCE_NAMES = Object.keys(preferenceFields)
const PRIVACY_NAMES = Object.keys(privacyFields)
const HEALTH_NAMES = Object.keys(healthFields)
export const SHARING_NAMES = Object.keys(sharingFlags)
const PRIVACY_DEFAULTS = privacyDefaults(SHARING_NAMES)

/** The profile as the person sees it. Stored members were validated when they were written. */
export function profileView(personId: string, sections: Sections, now: Date): ProfileView {
  const { head, times } = frameOf(personId, sections.profile)
  const fields = pick(knownOf(sections), PROFILE_NAMES)
  return { ...head, ...computedOf(sections, now), ...fields, ...times } as ProfileView
}

/** The preferences, with what holds until the person says otherwise. */
export function preferencesView(personId: string, sections: Sections): PreferencesView {
  const { head, times } = frameOf(personId, sections.preferences)
  const { language } = dataOf(sections, 'account')
  const results = laboratoryDefaults(knownOf(sections).country)
  const defaults = { ...PREFERENCE_DEFAULTS, ...results, ...(language === undefined ? {} : { language }) }
  const fields = pick(withDefaults(defaults, dataOf(sections, 'preferences')), PREFERENCE_NAMES)
  return { ...head, ...fields, ...times } as PreferencesView
}

/** The privacy settings, with what holds until the person says otherwise. */
export function privacyView(personId: string, sections: Sections): PrivacyView {
  const { head, times } = frameOf(personId, sections.privacy)
  const fields = pick(withDefaults(PRIVACY_DEFAULTS, dataOf(sections, 'privacy')), PRIVACY_NAMES)
  return { ...head, ...fields, ...times } as PrivacyView
}

/** The health attributes; what nobody said is null. */
export function healthView(personId: string, sections: Sections): HealthView {
  const { head, times } = frameOf(personId, sections['health-attributes'])
  return { ...head, ...pick(dataOf(sections, 'health-attributes'), HEALTH_NAMES), ...times } as HealthView
}
