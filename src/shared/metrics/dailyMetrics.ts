import type { GoalDirection, Limits, MetricDefinition, MetricType } from './metricDefinition.ts'
import { DISTANCES, DRINK_VOLUMES, DURATIONS, ENERGIES, FOOD_MASSES, RATINGS, unitsOf } from './metricUnits.ts'

const DAY_MINUTES = 24 * 60
const WITHIN_A_DAY: Limits = { low: 0, high: DAY_MINUTES, source: 'physical' }
const MORE_IS_BETTER: readonly GoalDirection[] = ['increase', 'maintain']
const ANY_DIRECTION: readonly GoalDirection[] = ['decrease', 'maintain', 'increase']

/** Daily limits of one entry of a metric; LOINC and limits of steps and sleep: clinical reference 1.1, the rest ours. */
const ACTIVITY_METRICS: readonly MetricDefinition[] = [
  {
    type: 'steps',
    label: 'Steps',
    group: 'activity',
    canonicalUnit: '{steps}',
    defaultUnit: 'steps',
    units: unitsOf('steps', 'count'),
    loinc: '41950-7',
    decimals: 0,
    hardLimits: { low: 0, high: 150_000, source: 'clinical' },
    unusualLimits: { high: 60_000, source: 'engineering' },
    better: 'higher',
    dayTotal: 'sum',
    goalDirections: MORE_IS_BETTER,
  },
  {
    type: 'distance',
    label: 'Distance',
    group: 'activity',
    canonicalUnit: 'm',
    defaultUnit: 'km',
    units: DISTANCES,
    decimals: 0,
    hardLimits: { low: 0, high: 1_000_000, source: 'engineering' },
    unusualLimits: { high: 100_000, source: 'engineering' },
    better: 'higher',
    dayTotal: 'sum',
    goalDirections: MORE_IS_BETTER,
  },
  {
    type: 'calories_burned',
    label: 'Energy burned',
    group: 'activity',
    canonicalUnit: 'kcal',
    defaultUnit: 'kcal',
    units: ENERGIES,
    decimals: 0,
    hardLimits: { low: 0, high: 20_000, source: 'engineering' },
    unusualLimits: { high: 8000, source: 'engineering' },
    better: 'higher',
    dayTotal: 'sum',
    goalDirections: MORE_IS_BETTER,
  },
  {
    type: 'active_minutes',
    label: 'Active minutes',
    group: 'activity',
    canonicalUnit: 'min',
    defaultUnit: 'minutes',
    units: DURATIONS,
    decimals: 0,
    hardLimits: WITHIN_A_DAY,
    unusualLimits: { high: 720, source: 'engineering' },
    better: 'higher',
    dayTotal: 'sum',
    goalDirections: MORE_IS_BETTER,
  },
]

const SLEEP_METRICS: readonly MetricDefinition[] = [
  {
    type: 'sleep_duration',
    label: 'Sleep',
    group: 'sleep',
    canonicalUnit: 'h',
    defaultUnit: 'hours',
    units: unitsOf('hours', 'minutes', 'seconds'),
    loinc: '93832-4',
    decimals: 1,
    hardLimits: { low: 0, high: 24, source: 'clinical' },
    unusualLimits: { low: 3, high: 14, source: 'engineering' },
    reference: { low: 7, high: 9, citation: 'Adult 18-64 (7-8 h from 65): AASM/NSF, clinical reference 1.3' },
    better: 'neutral',
    dayTotal: 'sum',
    goalDirections: ANY_DIRECTION,
  },
  ...sleepStages(['sleep_deep', 'Deep sleep'], ['sleep_rem', 'REM sleep'], ['sleep_light', 'Light sleep']),
  {
    type: 'sleep_quality',
    label: 'Sleep quality (0-100)',
    group: 'sleep',
    canonicalUnit: '%',
    defaultUnit: '%',
    units: [...unitsOf('%'), { text: 'score', ucum: '%' }, { text: 'count', ucum: '%' }, { text: 'custom', ucum: '%' }],
    decimals: 0,
    hardLimits: { low: 0, high: 100, source: 'physical' },
    // A rating out of 10 sent on this scale of 100 should be noticed.
    unusualLimits: { low: 11, source: 'engineering' },
    better: 'higher',
    dayTotal: 'spot',
    goalDirections: MORE_IS_BETTER,
  },
]

const NUTRITION_METRICS: readonly MetricDefinition[] = [
  {
    type: 'calories_consumed',
    label: 'Energy eaten',
    group: 'nutrition',
    canonicalUnit: 'kcal',
    defaultUnit: 'kcal',
    units: ENERGIES,
    decimals: 0,
    hardLimits: { low: 0, high: 20_000, source: 'engineering' },
    unusualLimits: { high: 6000, source: 'engineering' },
    better: 'neutral',
    dayTotal: 'sum',
    goalDirections: ANY_DIRECTION,
  },
  nutrient('protein', 'Protein', 1000, 300, 'neutral'),
  nutrient('carbs', 'Carbohydrates', 3000, 900, 'neutral'),
  nutrient('fat', 'Fat', 1500, 350, 'neutral'),
  nutrient('fiber', 'Fibre', 300, 100, 'higher'),
  nutrient('sugar', 'Sugar', 2000, 400, 'lower'),
  {
    ...nutrient('sodium', 'Sodium', 50_000, 10_000, 'lower'),
    canonicalUnit: 'mg',
    defaultUnit: 'mg',
    reference: { high: 2000, citation: 'WHO guideline on sodium intake for adults (2012), a day' },
  },
  {
    type: 'water',
    label: 'Water',
    group: 'nutrition',
    canonicalUnit: 'mL',
    defaultUnit: 'ml',
    units: DRINK_VOLUMES,
    decimals: 0,
    hardLimits: { low: 0, high: 20_000, source: 'engineering' },
    unusualLimits: { high: 6000, source: 'engineering' },
    better: 'neutral',
    dayTotal: 'sum',
    goalDirections: ANY_DIRECTION,
  },
]

const MOOD_METRICS: readonly MetricDefinition[] = [
  rating('mood', 'Mood', 'higher'),
  rating('stress_level', 'Stress', 'lower'),
  rating('anxiety_level', 'Anxiety', 'lower'),
  rating('energy_level', 'Energy', 'higher'),
  rating('focus_level', 'Focus', 'higher'),
]

const CUSTOM_METRIC: MetricDefinition = {
  type: 'custom',
  label: 'Custom',
  group: 'custom',
  canonicalUnit: '{custom}',
  defaultUnit: 'custom',
  units: unitsOf('custom'),
  decimals: 2,
  better: 'neutral',
  dayTotal: 'spot',
  goalDirections: ANY_DIRECTION,
}

export const DAILY_METRICS: readonly MetricDefinition[] = [
  ...ACTIVITY_METRICS,
  ...SLEEP_METRICS,
  ...NUTRITION_METRICS,
  ...MOOD_METRICS,
  CUSTOM_METRIC,
]

function sleepStages(...stages: readonly (readonly [MetricType, string])[]): MetricDefinition[] {
  return stages.map(([type, label]) => ({
    type,
    label,
    group: 'sleep',
    canonicalUnit: 'min',
    defaultUnit: 'minutes',
    units: DURATIONS,
    decimals: 0,
    hardLimits: WITHIN_A_DAY,
    unusualLimits: { high: 600, source: 'engineering' },
    better: 'neutral',
    dayTotal: 'sum',
    goalDirections: MORE_IS_BETTER,
  }))
}

/** A nutrient of one entry: zero up to what nobody eats, and a warning above what few eat in a day. */
function nutrient(
  type: MetricType,
  label: string,
  impossibleAbove: number,
  unusualAbove: number,
  better: MetricDefinition['better'],
): MetricDefinition {
  return {
    type,
    label,
    group: 'nutrition',
    canonicalUnit: 'g',
    defaultUnit: 'g',
    units: FOOD_MASSES,
    decimals: 0,
    hardLimits: { low: 0, high: impossibleAbove, source: 'engineering' },
    unusualLimits: { high: unusualAbove, source: 'engineering' },
    better,
    dayTotal: 'sum',
    goalDirections: ANY_DIRECTION,
  }
}

/** A self-rating from 0 to 10, the scale the old clients use. */
function rating(type: MetricType, label: string, better: 'higher' | 'lower'): MetricDefinition {
  return {
    type,
    label,
    group: 'mood',
    canonicalUnit: '{score}',
    defaultUnit: 'score',
    units: RATINGS,
    decimals: 1,
    hardLimits: { low: 0, high: 10, source: 'engineering' },
    better,
    dayTotal: 'spot',
    goalDirections: better === 'higher' ? MORE_IS_BETTER : ['decrease', 'maintain'],
  }
}
