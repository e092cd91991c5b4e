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

/** Countries whose meters and reports say glucose in mmol/L, as ISO 3166 writes them: code, name, other usual names. */
const MOLAR_GLUCOSE = `
AU australia|BG bulgaria|CA canada|CN china|HR croatia|CZ czechia,czech republic|DK denmark|EE estonia|FI finland
HK hong kong|HU hungary|IS iceland|IE ireland|KZ kazakhstan|LV latvia|LT lithuania|MY malaysia|NL netherlands,the netherlands
NZ new zealand|NO norway|RU russia,russian federation|SG singapore|SK slovakia|SI slovenia|ZA south africa|SE sweden
CH switzerland|UA ukraine|GB united kingdom,uk,great britain,england,scotland,wales,northern ireland`
/** Those among them whose laboratories report HbA1c in the units of the IFCC alone or first. */
const MOLAR_HBA1C = ['GB', 'IE', 'NL', 'SE', 'NO', 'DK', 'FI', 'IS', 'NZ', 'CZ']

const CODES: ReadonlyMap<string, string> = new Map(
  MOLAR_GLUCOSE.trim()
    .split(/[|\n]/)
    .flatMap((line) => {
      const code = line.slice(0, 2)
      return [code.toLowerCase(), ...line.slice(3).split(',')].map((name) => [name, code] as const)
    }),
)

/**
 * The units of results where a person lives, until they choose: mg/dL and % where the country is not known, or is none of
 * those above. Other results stand as they were reported.
 * @param country as the profile has it: a name or a code, in English
 */
export function laboratoryDefaults(country: unknown): Data {
  const code = typeof country === 'string' ? CODES.get(country.trim().toLowerCase()) : undefined
  return {
    glucose_unit: code === undefined ? 'mg/dL' : 'mmol/L',
    hba1c_unit: code !== undefined && MOLAR_HBA1C.includes(code) ? 'mmol/mol' : '%',
    laboratory_units: 'as_reported',
  }
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
