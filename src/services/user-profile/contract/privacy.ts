import { query } from '../../../kernel/contract.ts'
import { flag, integer, object, oneOf, record, Type } from '../../../kernel/fields.ts'
import { type ChangeOf, given, groupOperations, head, original, times } from './sections.ts'

export const DATA_CATEGORIES = [
  'personal_info',
  'health_data',
  'medical_records',
  'activity_data',
  'nutrition_data',
  'sleep_data',
  'location_data',
  'device_data',
  'analytics_data',
  'research_data',
] as const
const SHARING_LEVELS = ['private', 'providers_only', 'research_only', 'public', 'anonymous'] as const
const CONSENT_STATUSES = ['granted', 'denied', 'pending', 'expired', 'withdrawn'] as const

/** Off until the person switches them on. */
export const sharingFlags = {
  allow_profile_search: flag(),
  show_online_status: flag(),
  share_personal_info: flag(),
  share_health_data: flag(),
  share_medical_records: flag(),
  share_activity_data: flag(),
  share_nutrition_data: flag(),
  share_sleep_data: flag(),
  share_location_data: flag(),
  share_device_data: flag(),
  share_with_primary_care: flag(),
  share_with_specialists: flag(),
  share_with_emergency_services: flag(),
  share_with_pharmacies: flag(),
  share_with_insurance: flag(),
  share_for_research: flag(),
  share_for_analytics: flag(),
  share_for_ai_training: flag(),
  share_for_public_health: flag(),
  share_with_family_members: flag(),
  share_with_caregivers: flag(),
  share_with_fitness_apps: flag(),
  share_with_health_apps: flag(),
}

/** On until the person switches them off. */
export const noticeFlags = {
  notify_data_access: flag(),
  notify_data_sharing: flag(),
  notify_privacy_changes: flag(),
  notify_breach_alerts: flag(),
  consent_renewal_reminders: flag(),
  delete_on_account_closure: flag(),
}

const consentStatus = object(
  given(
    Object.fromEntries(DATA_CATEGORIES.map((category) => [category, oneOf(CONSENT_STATUSES)])) as Record<
      (typeof DATA_CATEGORIES)[number],
      ReturnType<typeof oneOf<typeof CONSENT_STATUSES>>
    >,
  ),
  { description: 'what the person wishes for a category; the consent service keeps what was granted' },
)

const settings = {
  profile_visibility: oneOf(SHARING_LEVELS, { description: 'the sharing level' }),
  data_categories: Type.Array(oneOf(DATA_CATEGORIES), { maxItems: 10, description: 'that may be shared at all' }),
  consent_status: consentStatus,
  data_retention_period: integer(1, 50, { description: 'years' }),
  auto_delete_inactive: flag(),
  custom_privacy_rules: record(50, 'free members of a client; at most 16 KiB'),
}

export const privacyFields = { ...settings, ...sharingFlags, ...noticeFlags }
export type PrivacyChange = ChangeOf<typeof privacyFields>
export const Privacy = object({ ...head, ...privacyFields, ...times })

export const privacyGroup = {
  path: 'privacy',
  noun: 'the privacy settings',
  category: 'rights',
  fields: privacyFields,
  extras: {},
  view: Privacy,
  computed: [],
} as const

const group = groupOperations(privacyGroup)

export const privacyOperations = {
  readPrivacy: group.read,
  savePrivacy: group.create,
  replacePrivacy: group.replace,
  changePrivacy: group.change,
  clearPrivacy: group.clear,
  validatePrivacy: group.validate,
  exportPrivacy: group.export,
  importPrivacy: group.import,
  summarizePrivacy: query({
    summary: 'What is shared, in a few members',
    route: 'GET /privacy/summary',
    aliases: original('GET', 'privacy/me/summary'),
    access: { kind: 'person', category: 'rights' },
    input: object({}),
    output: object({
      ...head,
      profile_visibility: settings.profile_visibility,
      shared: Type.Array(Type.String(), { description: 'names of the sharing switches that are on' }),
      data_categories: settings.data_categories,
      data_retention_period: settings.data_retention_period,
      updated_at: times.updated_at,
    }),
  }),
}
