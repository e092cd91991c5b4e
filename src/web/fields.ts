// Written by `npm run reports` from the contracts: the fields that forms name, as `fields.<operation>.<field>`.
import type { InputOf } from '../kernel/contract.ts'
import type { healthTracking } from '../services/health-tracking/contract.ts'
import type { userProfile } from '../services/user-profile/contract.ts'
import { type FieldsOf, tablesOf } from './parts/fieldTable.ts'

const rows = {
  createGoal: {
    goal_type: 'c:target|improvement|maintenance|reduction',
    metric_type: 'c!',
    target_date: 'd',
    target_value: 'n',
    title: 't!,200',
  },
  createProfile: {
    date_of_birth: 'd',
    display_name: 't!,100',
    relationship: 'c!:self|child|partner|parent|sibling|other',
  },
  recordBloodPressure: {
    diastolic: 'n!',
    has_warning_symptoms: 'b',
    heart_rate: 'n',
    measurement_notes: 't,1000',
    systolic: 'n!',
    timestamp: 'z',
  },
  recordMetric: {
    notes: 't,2000',
    timestamp: 'z',
    unit: 't,50',
    value: 'n!',
  },
  recordSymptom: {
    description: 't,2000',
    severity_level: 'n1,10',
    start_time: 'z',
    symptom_category: 'c!',
    symptom_name: 't!,200',
  },
}

interface Operations {
  readonly createGoal: (typeof healthTracking)['operations']['createGoal']
  readonly createProfile: (typeof userProfile)['operations']['createProfile']
  readonly recordBloodPressure: (typeof healthTracking)['operations']['recordBloodPressure']
  readonly recordMetric: (typeof healthTracking)['operations']['recordMetric']
  readonly recordSymptom: (typeof healthTracking)['operations']['recordSymptom']
}

type Rows = typeof rows
type Tables = {
  readonly [Name in keyof Rows]: FieldsOf<Operations[Name], keyof Rows[Name] & keyof InputOf<Operations[Name]>>
}

/** The fields of the operations that forms send; the compiler knows each, and its type. */
export const fields = tablesOf<Tables>(rows)
