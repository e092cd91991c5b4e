/** What devices call otherwise than the metrics that people enter: metric by code of the device vocabulary. */
export const METRIC_OF_DEVICE: Readonly<Record<string, string>> = {
  body_weight: 'weight',
  body_mass_index: 'bmi',
  body_fat_percentage: 'body_fat',
  body_temperature: 'temperature',
  steps_count: 'steps',
  light_sleep: 'sleep_light',
  deep_sleep: 'sleep_deep',
  rem_sleep: 'sleep_rem',
  hba1c: 'hemoglobin_a1c',
}
