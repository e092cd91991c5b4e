/** A table of the database that Health Connect exports, and what one of its rows tells. */
export interface TableKind {
  readonly table: string
  readonly values: readonly { readonly metric: string; readonly unit: string; readonly column: string }[]
  /** Columns of the time, and of its end for what lasts. */
  readonly time: string
  readonly until?: string
  /** Where the zone and the app stand: on the row itself, or on the row of another table that `parent_key` names. */
  readonly zone?: string
  readonly parent?: string
}

/** Columns of a row that says of its parts when they were, where, and who wrote them. */
export const PARENT_COLUMNS = ['row_id', 'start_zone_offset', 'app_info_id'] as const

export const APPS = { table: 'application_info_table', columns: ['row_id', 'package_name'] } as const

/** Columns and units as the database of Android keeps them. */
export const TABLES: readonly TableKind[] = [
  lasting('steps_record_table', 'steps_count', '{steps}', 'count'),
  lasting('distance_record_table', 'distance_walked', 'm', 'distance'),
  lasting('floors_climbed_record_table', 'floors_climbed', '{count}', 'floors'),
  moment('weight_record_table', ['body_weight', 'g', 'weight']),
  moment('height_record_table', ['height', 'm', 'height']),
  moment('body_fat_record_table', ['body_fat_percentage', '%', 'percentage']),
  moment('resting_heart_rate_record_table', ['resting_heart_rate', '/min', 'beats_per_minute']),
  moment('heart_rate_variability_rmssd_record_table', ['hrv_rmssd', 'ms', 'heart_rate_variability_millis']),
  moment(
    'blood_pressure_record_table',
    ['blood_pressure_systolic', 'mm[Hg]', 'systolic'],
    ['blood_pressure_diastolic', 'mm[Hg]', 'diastolic'],
  ),
  moment('blood_glucose_record_table', ['blood_glucose', 'mmol/L', 'level']),
  moment('oxygen_saturation_record_table', ['oxygen_saturation', '%', 'percentage']),
  moment('respiratory_rate_record_table', ['respiratory_rate', '/min', 'rate']),
  moment('body_temperature_record_table', ['body_temperature', 'Cel', 'temperature']),
  {
    table: 'heart_rate_record_series_table',
    values: [{ metric: 'heart_rate', unit: '/min', column: 'beats_per_minute' }],
    time: 'epoch_millis',
    parent: 'heart_rate_record_table',
  },
  {
    table: 'speed_record_table',
    values: [{ metric: 'speed', unit: 'm/s', column: 'speed' }],
    time: 'epoch_millis',
    // Names of tables are compared in small letters.
    parent: 'speedrecordtable',
  },
  {
    table: 'sleep_stages_table',
    // What the stage is tells the metric; how long it lasted is the value.
    values: [{ metric: '', unit: 'min', column: 'stage_type' }],
    time: 'stage_start_time',
    until: 'stage_end_time',
    parent: 'sleep_session_record_table',
  },
]

/** Accounts of the unit of these differ: nothing is taken that might be wrong by a factor. */
export const UNSURE: readonly string[] = ['active_calories_burned_record_table', 'total_calories_burned_record_table']

/** Metrics of the stages of sleep, by their numbers. */
export const STAGES: Readonly<Record<number, string>> = {
  1: 'sleep_wake_time',
  2: 'sleep_asleep',
  4: 'light_sleep',
  5: 'deep_sleep',
  6: 'rem_sleep',
  7: 'sleep_wake_time',
}

function lasting(table: string, metric: string, unit: string, column: string): TableKind {
  const times = { time: 'start_time', until: 'end_time', zone: 'start_zone_offset' }
  return { table, values: [{ metric, unit, column }], ...times }
}

function moment(
  table: string,
  ...values: readonly (readonly [metric: string, unit: string, column: string])[]
): TableKind {
  return {
    table,
    values: values.map(([metric, unit, column]) => ({ metric, unit, column })),
    time: 'time',
    zone: 'zone_offset',
  }
}
