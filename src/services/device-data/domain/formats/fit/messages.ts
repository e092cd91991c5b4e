/** How a value of a field becomes the value of a metric: divided by `scale`, then less `offset`. */
export interface FitField {
  readonly metric: string
  readonly unit: string
  readonly scale?: number
  readonly offset?: number
}

/** Seconds from the Unix epoch to the one of FIT, 1989-12-31T00:00:00Z. */
export const FIT_EPOCH_SECONDS = 631_065_600

/** Message numbers of the published profile that hold values of the body. */
export const FIT_MESSAGE = {
  fileId: 0,
  session: 18,
  record: 20,
  weight: 30,
  monitoring: 55,
  hrv: 78,
  stress: 227,
} as const

/** Fields that are values of the moment of their message, by the number of message and field. */
export const FIT_FIELDS: Readonly<Record<number, Readonly<Record<number, FitField>>>> = {
  20: {
    2: { metric: 'altitude', unit: 'm', scale: 5, offset: 500 },
    3: { metric: 'heart_rate', unit: '/min' },
    4: { metric: 'cycling_cadence', unit: '/min' },
    6: { metric: 'speed', unit: 'm/s', scale: 1000 },
    7: { metric: 'cycling_power', unit: 'W' },
    13: { metric: 'ambient_temperature', unit: 'Cel' },
    73: { metric: 'speed', unit: 'm/s', scale: 1000 },
    78: { metric: 'altitude', unit: 'm', scale: 5, offset: 500 },
  },
  30: {
    0: { metric: 'body_weight', unit: 'kg', scale: 100 },
    1: { metric: 'body_fat_percentage', unit: '%', scale: 100 },
    2: { metric: 'water_percentage', unit: '%', scale: 100 },
    4: { metric: 'bone_mass', unit: 'kg', scale: 100 },
    5: { metric: 'muscle_mass', unit: 'kg', scale: 100 },
  },
  51: {
    0: { metric: 'blood_pressure_systolic', unit: 'mm[Hg]' },
    1: { metric: 'blood_pressure_diastolic', unit: 'mm[Hg]' },
    6: { metric: 'heart_rate', unit: '/min' },
  },
  55: { 27: { metric: 'heart_rate', unit: '/min' } },
  211: { 0: { metric: 'resting_heart_rate', unit: '/min' } },
  269: { 0: { metric: 'oxygen_saturation', unit: '%' } },
  297: { 0: { metric: 'respiratory_rate', unit: '/min', scale: 100 } },
}

/** Values that say that there is none, beyond those of the base type. */
export function isAbsent(message: number, field: number, value: number): boolean {
  return (message === 55 && field === 27 && value === 0) || (message === 297 && field === 0 && value <= 0)
}
