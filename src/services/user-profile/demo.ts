import { announceCall } from '../../kernel/context.ts'
import type { DemoData, DemoPerson } from '../../kernel/service.ts'
import { userProfile } from './contract.ts'
import type { Data } from './domain/tidy.ts'
import { writeSections } from './store.ts'

/** What each of the household says of themselves. People, numbers and addresses are made up. */
const SAYS: Readonly<Record<string, { readonly profile: Data; readonly health: Data }>> = {
  asha: {
    profile: {
      activity_level: 'moderately_active',
      blood_type: 'B+',
      allergies: ['penicillin'],
      conditions: ['migraine'],
      medications: [],
      pregnancy_status: 'not_pregnant',
      emergency_contact_name: 'Kiran (demo)',
      emergency_contact_relationship: 'husband',
    },
    health: { primary_health_goal: 'sleep_improvement', daily_step_goal: 8000, smoking_status: false },
  },
  kiran: {
    profile: {
      activity_level: 'sedentary',
      blood_type: 'O+',
      allergies: [],
      conditions: ['hypertension'],
      medications: ['amlodipine 5 mg'],
      pregnancy_status: 'not_applicable',
    },
    health: {
      primary_health_goal: 'blood_pressure_control',
      has_hypertension: true,
      smoking_status: true,
      reference_ranges: [
        {
          metric_type: 'blood_pressure_systolic',
          low: null,
          high: 130,
          unit: 'mm[Hg]',
          note: 'agreed with the doctor',
        },
      ],
    },
  },
  ravi: {
    profile: {
      activity_level: 'lightly_active',
      blood_type: 'A+',
      allergies: ['sulfonamides'],
      conditions: ['type 2 diabetes', 'hypertension', 'chronic kidney disease'],
      medications: ['metformin 500 mg', 'telmisartan 40 mg'],
      family_history: [{ relation: 'father', condition: 'stroke', age_at_onset: 68, note: null }],
      pregnancy_status: 'not_applicable',
    },
    health: { primary_health_goal: 'diabetes_management', has_diabetes: true, has_hypertension: true },
  },
  meera: {
    profile: {
      activity_level: 'very_active',
      blood_type: 'B+',
      allergies: ['peanuts'],
      conditions: ['asthma'],
      medications: ['salbutamol inhaler when needed'],
    },
    health: { primary_health_goal: 'general_wellness', has_asthma: true },
  },
}

/** The facts of one person of the demo household. */
export const demo: DemoData = {
  async seed(context, person) {
    const says = SAYS[person.key]
    const profile = { ...bodyOf(person), ...says?.profile, pregnancy_stated_on: person.today }
    const locale = { timezone: 'Asia/Kolkata', units: 'metric', language: 'en' }
    const fields = [...Object.keys(profile), ...Object.keys(locale)]
    const announcement = announceCall(context, userProfile.events.profileChanged, {
      user_id: person.personId,
      fields,
    })
    const rows = await writeSections(
      context.db,
      {
        userId: person.personId,
        writes: [
          { section: 'profile', data: profile, mode: 'merge' },
          { section: 'preferences', data: locale, mode: 'merge' },
          { section: 'health-attributes', data: says?.health ?? {}, mode: 'merge' },
        ],
        alsoRead: [],
      },
      announcement,
      context.now(),
    )
    return rows?.length ?? 0
  },
}

function bodyOf(person: DemoPerson): Data {
  return {
    preferred_name: person.displayName,
    date_of_birth: person.birthDate,
    sex_at_birth: person.sexAtBirth,
    height_cm: person.heightCm,
    weight_kg: person.weightKg,
    country: 'India',
  }
}
