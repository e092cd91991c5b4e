import { toUcum } from '../units.ts'
import type { MetricUnit } from './metricDefinition.ts'

/**
 * Unit texts with the UCUM code each means.
 * @throws Error for a text that is no unit: a mistake in the catalogue, found when it is loaded
 */
export function unitsOf(...texts: readonly string[]): readonly MetricUnit[] {
  return texts.map((text) => {
    const ucum = toUcum(text)
    if (!ucum) throw new Error(`The metric catalogue names an unknown unit: ${text}`)
    return { text, ucum }
  })
}

export const BEATS_PER_MINUTE = unitsOf('bpm')
export const BREATHS_PER_MINUTE = unitsOf('breaths/min')
export const PRESSURES = unitsOf('mmHg', 'kPa')
/** Apple Health sends percentages as fractions of 1. */
export const PERCENTS: readonly MetricUnit[] = [...unitsOf('%'), { text: 'fraction', ucum: '1' }]
export const TEMPERATURES = unitsOf('°C', '°F')
export const BODY_MASSES = unitsOf('kg', 'lbs', 'g', 'oz', 'stone')
export const BODY_LENGTHS = unitsOf('cm', 'inches', 'm', 'meters', 'ft')
export const DISTANCES = unitsOf('km', 'miles', 'm', 'meters', 'ft')
export const DURATIONS = unitsOf('minutes', 'hours', 'seconds')
export const FOOD_MASSES = unitsOf('g', 'mg', 'mcg', 'oz', 'kg')
/** In food and exercise a bare `cal` is the large calorie. */
export const ENERGIES = unitsOf('kcal', 'cal', 'kj')
/** In drinks `oz` is the fluid ounce, though elsewhere it is the ounce of weight. */
export const DRINK_VOLUMES: readonly MetricUnit[] = [
  ...unitsOf('ml', 'l', 'cups', 'fl oz', 'tbsp', 'tsp'),
  { text: 'oz', ucum: '[foz_us]' },
]
/** Ratings have no unit; old clients send `count` or `custom` for them. */
export const RATINGS = [
  { text: 'score', ucum: '{score}' },
  { text: 'count', ucum: '{score}' },
  { text: 'custom', ucum: '{score}' },
] as const satisfies readonly MetricUnit[]
