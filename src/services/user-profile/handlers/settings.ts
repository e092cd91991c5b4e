import type { OutputOf } from '../../../kernel/contract.ts'
import type { Context } from '../../../kernel/service.ts'
import { conditionFlags, type HealthChange, healthGroup, riskFlags } from '../contract/healthAttributes.ts'
import { preferencesGroup } from '../contract/preferences.ts'
import { privacyGroup } from '../contract/privacy.ts'
import type { userProfile } from '../contract.ts'
import { readHealthAttributes } from '../domain/healthAttributes.ts'
import { channelsOf, readPreferences, readPrivacy } from '../domain/settings.ts'
import { groupHandlers, type Served, sectionsOf } from './groups.ts'
import {
  type HealthExport,
  type HealthView,
  healthView,
  type PreferencesExport,
  type PreferencesView,
  type PrivacyExport,
  type PrivacyView,
  preferencesView,
  privacyView,
  SHARING_NAMES,
} from './views.ts'

const preferences: Served<PreferencesView, PreferencesExport> = {
  section: 'preferences',
  group: preferencesGroup,
  // The country of the profile says in which units results are read until the person does.
  alsoRead: ['account', 'profile'],
  read: async (_context, change) => readPreferences(change),
  view: preferencesView,
  exported: (document) => document as PreferencesExport,
}

const privacy: Served<PrivacyView, PrivacyExport> = {
  section: 'privacy',
  group: privacyGroup,
  alsoRead: [],
  read: async (_context, change) => readPrivacy(change),
  view: privacyView,
  exported: (document) => document as PrivacyExport,
}

const health: Served<HealthView, HealthExport> = {
  section: 'health-attributes',
  group: healthGroup,
  alsoRead: [],
  read: async (_context, change) => readHealthAttributes(change as HealthChange),
  view: healthView,
  exported: (document) => document as HealthExport,
}

const preferencesOnes = groupHandlers(preferences)
const privacyOnes = groupHandlers(privacy)
const healthOnes = groupHandlers(health)
const HEALTH_FLAGS = Object.keys({ ...riskFlags, ...conditionFlags }) as (keyof HealthView)[]

export const settingsHandlers = {
  readPreferences: preferencesOnes.read,
  savePreferences: preferencesOnes.create,
  replacePreferences: preferencesOnes.replace,
  changePreferences: preferencesOnes.change,
  clearPreferences: preferencesOnes.clear,
  validatePreferences: preferencesOnes.validate,
  exportPreferences: preferencesOnes.export,
  importPreferences: preferencesOnes.import,
  summarizePreferences,
  readPrivacy: privacyOnes.read,
  savePrivacy: privacyOnes.create,
  replacePrivacy: privacyOnes.replace,
  changePrivacy: privacyOnes.change,
  clearPrivacy: privacyOnes.clear,
  validatePrivacy: privacyOnes.validate,
  exportPrivacy: privacyOnes.export,
  importPrivacy: privacyOnes.import,
  summarizePrivacy,
  readHealthAttributes: healthOnes.read,
  saveHealthAttributes: healthOnes.create,
  replaceHealthAttributes: healthOnes.replace,
  changeHealthAttributes: healthOnes.change,
  clearHealthAttributes: healthOnes.clear,
  validateHealthAttributes: healthOnes.validate,
  exportHealthAttributes: healthOnes.export,
  importHealthAttributes: healthOnes.import,
  summarizeHealthAttributes,
}

async function summarizePreferences(context: Context) {
  const view = preferencesView(context.personId, await sectionsOf(context, preferences))
  const { id, user_id, version, language, units, timezone, theme, updated_at } = view
  const channels = channelsOf(view) as OutputOf<typeof userProfile.operations.summarizePreferences>['channels']
  return { id, user_id, version, channels, language, units, timezone, theme, updated_at }
}

async function summarizePrivacy(context: Context) {
  const view = privacyView(context.personId, await sectionsOf(context, privacy))
  const { id, user_id, version, profile_visibility, data_categories, data_retention_period, updated_at } = view
  const shared = SHARING_NAMES.filter((name) => view[name as keyof PrivacyView] === true)
  return { id, user_id, version, profile_visibility, shared, data_categories, data_retention_period, updated_at }
}

async function summarizeHealthAttributes(context: Context) {
  const view = healthView(context.personId, await sectionsOf(context, health))
  const { id, user_id, version, primary_health_goal, secondary_health_goals, updated_at } = view
  return {
    ...{ id, user_id, version, primary_health_goal },
    secondary_health_goals: secondary_health_goals ?? [],
    risk_flags: HEALTH_FLAGS.filter((name) => view[name] === true),
    unknown_flags: HEALTH_FLAGS.filter((name) => view[name] === null),
    reference_range_count: view.reference_ranges?.length ?? 0,
    updated_at,
  }
}
