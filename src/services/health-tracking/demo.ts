import type { Context, DemoData, DemoPerson } from '../../kernel/service.ts'
import type { MetricType } from '../../shared/metrics/metricDefinition.ts'
import { seededRandom } from '../../shared/random.ts'
import type { GoalType } from './contract/goals.ts'
import type { VitalType } from './contract/vitals.ts'
import { healthTracking } from './contract.ts'
import { readNumber, sameReadingTolerance } from './domain/reading.ts'
import { vitalOfMetric } from './domain/vitalParts.ts'
import { rowEvents } from './handlers/inputs.ts'
import { insertGoals } from './store/goals.ts'
import { insertStatement, type NewMeasurement } from './store/measurements.ts'
import { insertSymptoms } from './store/symptoms.ts'

const DAYS = 150
const DAY_MS = 86_400_000
/** Rows of one statement. */
const SET_ROWS = 2000

/** How the days of one of the household go. */
interface Life {
  readonly weightChangeKg: number
  readonly systolic: number
  readonly diastolic: number
  readonly restingHeartRate: number
  readonly steps: number
  readonly sleepHours: number
  /** Fasting glucose in mg/dL, for the one who measures it. */
  readonly fastingGlucose?: number
  readonly symptoms: readonly (readonly [name: string, category: string, severity: number])[]
}

const LIVES: Readonly<Record<string, Life>> = {
  asha: {
    weightChangeKg: -3.2,
    systolic: 116,
    diastolic: 74,
    restingHeartRate: 64,
    steps: 8200,
    sleepHours: 6.9,
    symptoms: [
      ['Headache', 'neurological', 2],
      ['Tiredness', 'fatigue', 1],
    ],
  },
  kiran: {
    weightChangeKg: 1.4,
    systolic: 128,
    diastolic: 82,
    restingHeartRate: 70,
    steps: 6100,
    sleepHours: 6.4,
    symptoms: [['Lower back pain', 'musculoskeletal', 2]],
  },
  ravi: {
    weightChangeKg: -1.1,
    systolic: 138,
    diastolic: 84,
    restingHeartRate: 72,
    steps: 4300,
    sleepHours: 6.6,
    fastingGlucose: 138,
    symptoms: [
      ['Knee pain', 'musculoskeletal', 2],
      ['Dizziness on standing', 'general', 1],
    ],
  },
  meera: {
    weightChangeKg: 0.9,
    systolic: 98,
    diastolic: 62,
    restingHeartRate: 84,
    steps: 9800,
    sleepHours: 9.6,
    symptoms: [['Cough', 'respiratory', 1]],
  },
}

/** Five months of a household: synthetic, the same for the same seed, written in sets and announced to nobody. */
export const demo: DemoData = {
  async seed(context, person) {
    const life = LIVES[person.key] ?? (LIVES.asha as Life)
    const random = seededRandom(person.seed)
    const rows = measurementsOf(context, person, life, random)
    const events = rowEvents(context, healthTracking.events.measurementRecorded, [])
    for (let start = 0; start < rows.length; start += SET_ROWS) {
      await context.db.batch([insertStatement(person.personId, rows.slice(start, start + SET_ROWS), events)])
    }
    const symptoms = await insertSymptoms(context.db, symptomsOf(context, person, life, random), context.now())
    const goals = await insertGoals(context.db, goalsOf(context, person), context.now())
    return rows.length + symptoms + goals.length
  },
}

function measurementsOf(context: Context, person: DemoPerson, life: Life, random: () => number): NewMeasurement[] {
  const rows: NewMeasurement[] = []
  const write = writerOf(context, rows)
  const spread = (width: number) => (random() + random() + random() - 1.5) * width
  const firstMs = Date.parse(`${person.today}T00:00:00Z`) - (DAYS - 1) * DAY_MS
  let sleepBefore = 0
  for (let day = 0; day < DAYS; day += 1) {
    const share = day / (DAYS - 1)
    const at = (hour: number) =>
      new Date(firstMs + day * DAY_MS + hour * 3_600_000 + Math.floor(random() * 20) * 60_000)
    const isWeekend = new Date(firstMs + day * DAY_MS).getUTCDay() % 6 === 0
    const sleep = life.sleepHours + (isWeekend ? 0.7 : 0) + spread(1.2)
    write('sleep_duration', sleep, 'hours', at(1), 1)
    // A short night shows in the pulse of the next morning: something for the correlations to find.
    const pulse = life.restingHeartRate - 1.6 * sleepBefore - 2 * share + spread(3)
    write('resting_heart_rate', pulse, 'bpm', at(2), 0)
    sleepBefore = sleep - life.sleepHours
    write('steps', life.steps * (isWeekend ? 0.75 : 1) * (1 + spread(0.35)), 'steps', at(15), 0)
    if (random() < 0.7) {
      const weight = person.weightKg - life.weightChangeKg * (1 - share) + spread(0.5)
      write('weight', weight, 'kg', at(2), 1)
    }
    if (random() < 0.5) {
      const strain = spread(8)
      const lead = write(
        'blood_pressure_systolic',
        life.systolic - 4 * share + strain,
        'mmHg',
        at(3),
        0,
        'blood_pressure',
      )
      write('blood_pressure_diastolic', life.diastolic - 2 * share + strain / 2 + spread(4), 'mmHg', lead.at, 0, lead)
    }
    if (life.fastingGlucose !== undefined) {
      write('blood_glucose', life.fastingGlucose - 14 * share + spread(16), 'mg/dL', at(2), 0)
      if (random() < 0.6) write('blood_glucose', life.fastingGlucose + 42 - 14 * share + spread(26), 'mg/dL', at(14), 0)
    }
  }
  return rows
}

type Write = (
  metricType: MetricType,
  value: number,
  unit: string,
  at: Date,
  decimals: number,
  place?: VitalType | NewMeasurement,
) => NewMeasurement

/** Adds a reading; a vital sign's first number is named by its type, the others by the row of the first. */
function writerOf(context: Context, rows: NewMeasurement[]): Write {
  return (metricType, value, unit, at, decimals, place) => {
    const rounded = Number(value.toFixed(decimals))
    const read = readNumber(metricType, rounded, unit, { value: 'value', unit: 'unit' })
    if ('faults' in read) throw new Error(`The demo makes an impossible ${metricType}`)
    const { reading } = read
    const lead = typeof place === 'object' ? place : undefined
    const vitalType = typeof place === 'string' ? place : vitalOfMetric(metricType)
    const row: NewMeasurement = {
      id: context.newId(),
      metric_type: metricType,
      series: '',
      value: rounded,
      unit,
      canonical_value: reading.canonicalValue,
      canonical_unit: reading.canonicalUnit,
      loinc: reading.loinc,
      at,
      source: 'demo',
      device_id: null,
      notes: null,
      metadata: null,
      is_unusual: reading.isUnusual,
      warnings: reading.warnings.length === 0 ? null : reading.warnings,
      vital_type: lead === undefined ? (vitalType ?? null) : null,
      lead_id: lead?.id ?? null,
      details: typeof place === 'string' ? { measurement_method: 'digital_device' } : null,
      tolerance: sameReadingTolerance(metricType),
    }
    rows.push(row)
    return row
  }
}

function symptomsOf(context: Context, person: DemoPerson, life: Life, random: () => number) {
  const todayMs = Date.parse(`${person.today}T00:00:00Z`)
  return life.symptoms.flatMap(([name, category, severity]) =>
    Array.from({ length: 4 }, () => {
      const started = new Date(todayMs - Math.floor(random() * DAYS) * DAY_MS - Math.floor(random() * 86_400) * 1000)
      return {
        id: context.newId(),
        user_id: person.personId,
        name,
        category,
        severity,
        severity_level: severity * 3 - 1,
        started_at: started,
        ended_at: new Date(started.getTime() + 3_600_000 * (1 + Math.floor(random() * 10))),
        details: { triggers: [random() < 0.5 ? 'stress' : 'sleep_deprivation'] },
      }
    }),
  )
}

function goalsOf(context: Context, person: DemoPerson) {
  const start = new Date(Date.parse(`${person.today}T00:00:00Z`) - 60 * DAY_MS).toISOString().slice(0, 10)
  const goal = (title: string, metricType: MetricType, goalType: GoalType, target: number, unit: string) => ({
    id: context.newId(),
    user_id: person.personId,
    title,
    description: null,
    metric_type: metricType,
    goal_type: goalType,
    target_value: target,
    baseline_value: null,
    tolerance: null,
    unit,
    frequency: metricType === 'steps' ? ('daily' as const) : ('once' as const),
    start_date: start,
    target_date: null,
    status: 'active' as const,
    completed_at: null,
    metadata: null,
  })
  const goals = [goal('Walk every day', 'steps', 'target', 8000, 'steps')]
  // Nobody sets a child a weight to reach.
  if (person.key !== 'meera') goals.push(goal('A lighter step', 'weight', 'target', person.weightKg - 3, 'kg'))
  return goals
}
