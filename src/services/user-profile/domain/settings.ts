import { checkZone } from './profile.ts'
import { type Data, type Fault, type Reading, tidy } from './tidy.ts'

/** What holds until a person says otherwise. No default opens anything to anybody else, and none is a health fact. */
export const PREFERENCE_DEFAULTS: Data = {
  email_notifications: true,
  sms_notifications: false,
  push_notifications: true,
  in_app_notifications: true,
  health_alerts: true,
  medication_reminders: true,
  appointment_reminders: true,
  lab_result_notifications: true,
  wellness_tips: true,
  research_updates: false,
  marketing_emails: false,
  auto_track_activity: false,
  auto_track_sleep: false,
  auto_track_heart_rate: false,
  auto_track_steps: false,
  auto_track_weight: false,
  auto_track_blood_pressure: false,
  auto_track_blood_glucose: false,
  health_alert_frequency: 'immediate',
  medication_reminder_frequency: 'immediate',
  appointment_reminder_frequency: 'daily',
  lab_result_frequency: 'immediate',
  wellness_tip_frequency: 'weekly',
  research_update_frequency: 'never',
  theme: 'auto',
  date_format: 'YYYY-MM-DD',
  time_format: '24-hour',
  custom_preferences: {},
  language: 'en',
  units: 'metric',
  timezone: null,
}

const ON = ['notify_data_access', 'notify_data_sharing', 'notify_privacy_changes', 'notify_breach_alerts']
const RETENTION_YEARS = 7

/** The defaults of the privacy settings: everything private (`sharing` names the switches, all off). */
export function privacyDefaults(sharing: readonly string[]): Data {
  return {
    profile_visibility: 'private',
    data_categories: [],
    consent_status: {},
    data_retention_period: RETENTION_YEARS,
    auto_delete_inactive: false,
    custom_privacy_rules: {},
    ...Object.fromEntries(sharing.map((name) => [name, false])),
    ...Object.fromEntries(
      [...ON, 'consent_renewal_reminders', 'delete_on_account_closure'].map((name) => [name, true]),
    ),
  }
}

/** Stored members over the defaults; a null was cleared and is the default again. */
export function withDefaults(defaults: Data, stored: Data): Record<string, unknown> {
  return Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, stored[name] ?? value]))
}

/** Reads preferences as a client gives them. */
export function readPreferences(change: Data): Reading {
  const { data, faults } = tidy(change)
  const found: Fault[] = [...faults]
  checkZone(data, found)
  return { data, faults: found }
}

/** Reads privacy settings as a client gives them. */
export function readPrivacy(change: Data): Reading {
  return tidy(change)
}

/** The channels on which messages may come. */
export function channelsOf(preferences: Data): string[] {
  return ['email', 'sms', 'push', 'in_app'].filter((channel) => preferences[`${channel}_notifications`] === true)
}
