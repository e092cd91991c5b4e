import { query } from '../../../kernel/contract.ts'
import { flag, nullable, object, oneOf, record, Type } from '../../../kernel/fields.ts'
import { localeFields } from './profile.ts'
import { type ChangeOf, groupOperations, head, original, times } from './sections.ts'

const CHANNELS = ['email', 'sms', 'push', 'in_app'] as const
const FREQUENCIES = ['immediate', 'daily', 'weekly', 'monthly', 'never'] as const
const DATE_FORMATS = ['YYYY-MM-DD', 'DD/MM/YYYY', 'MM/DD/YYYY', 'DD-MM-YYYY', 'MM-DD-YYYY'] as const

const flags = {
  email_notifications: flag(),
  sms_notifications: flag(),
  push_notifications: flag(),
  in_app_notifications: flag(),
  health_alerts: flag(),
  medication_reminders: flag(),
  appointment_reminders: flag(),
  lab_result_notifications: flag(),
  wellness_tips: flag(),
  research_updates: flag(),
  marketing_emails: flag(),
  auto_track_activity: flag(),
  auto_track_sleep: flag(),
  auto_track_heart_rate: flag(),
  auto_track_steps: flag(),
  auto_track_weight: flag(),
  auto_track_blood_pressure: flag(),
  auto_track_blood_glucose: flag(),
}

const frequencies = {
  health_alert_frequency: oneOf(FREQUENCIES),
  medication_reminder_frequency: oneOf(FREQUENCIES),
  appointment_reminder_frequency: oneOf(FREQUENCIES),
  lab_result_frequency: oneOf(FREQUENCIES),
  wellness_tip_frequency: oneOf(FREQUENCIES),
  research_update_frequency: oneOf(FREQUENCIES),
}

export const dateFields = {
  date_format: oneOf(DATE_FORMATS),
  time_format: oneOf(['24-hour', '12-hour']),
}

const appearance = { theme: oneOf(['light', 'dark', 'auto']), ...dateFields }

/** In which units results are shown, to this person, whoever's they are. What was reported or entered stays as it was. */
export const laboratoryFields = {
  glucose_unit: oneOf(['mg/dL', 'mmol/L'], { description: 'by the country of the profile until it is chosen' }),
  hba1c_unit: oneOf(['%', 'mmol/mol'], { description: 'by the country of the profile until it is chosen' }),
  laboratory_units: oneOf(['as_reported', 'conventional', 'si'], { description: 'of all other results' }),
}

const custom = { custom_preferences: record(50, 'free members of a client; at most 16 KiB') }

export const preferenceFields = {
  ...flags,
  ...frequencies,
  ...appearance,
  ...laboratoryFields,
  ...custom,
  ...localeFields,
}
export type PreferenceChange = ChangeOf<typeof preferenceFields>

/** Everything has a value except the zone: a wrong one would shift every day, so it is not guessed. */
export const Preferences = object({
  ...head,
  ...flags,
  ...frequencies,
  ...appearance,
  ...laboratoryFields,
  ...custom,
  language: localeFields.language,
  units: localeFields.units,
  timezone: nullable(localeFields.timezone),
  ...times,
})

export const preferencesGroup = {
  path: 'preferences',
  noun: 'the preferences',
  category: 'personal_info',
  fields: preferenceFields,
  extras: {},
  view: Preferences,
  computed: [],
} as const

const group = groupOperations(preferencesGroup)

export const preferencesOperations = {
  readPreferences: group.read,
  savePreferences: group.create,
  replacePreferences: group.replace,
  changePreferences: group.change,
  clearPreferences: group.clear,
  validatePreferences: group.validate,
  exportPreferences: group.export,
  importPreferences: group.import,
  summarizePreferences: query({
    summary: 'The preferences in a few members',
    route: 'GET /preferences/summary',
    aliases: original('GET', 'preferences/me/summary'),
    access: { kind: 'person', category: 'personal_info' },
    input: object({}),
    output: object({
      ...head,
      channels: Type.Array(oneOf(CHANNELS), { description: 'on which messages may come' }),
      language: localeFields.language,
      units: localeFields.units,
      timezone: nullable(localeFields.timezone),
      theme: appearance.theme,
      updated_at: times.updated_at,
    }),
  }),
}
