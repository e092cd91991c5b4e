/**
 * code | label | LOINC | UCUM | plausible range | kind | aggregation | HealthKit | other names | analyte
 * LOINC, units and ranges: clinical reference 1.1 and the HealthKit map of the vectors; ranges it does not name are ours,
 * made to catch typing and unit mistakes. SDNN and RMSSD are different quantities and never merged.
 */
export const VITALS = `
heart_rate | Heart rate | 8867-4 | /min | 20..300 | instant | mean | HeartRate | pulse, bpm, HeartRateRecord
resting_heart_rate | Resting heart rate | 40443-4 | /min | 25..200 | instant | last | RestingHeartRate | resting_hr_bpm, resting_hr, RestingHeartRateRecord
walking_heart_rate | Walking heart rate average | | /min | 20..300 | instant | mean | WalkingHeartRateAverage |
heart_rate_recovery | Heart rate recovery in one minute | | /min | 0..200 | instant | last | HeartRateRecoveryOneMinute |
heart_rate_variability | Heart rate variability, kind not told | | ms | 0..500 | instant | mean | | hrv_ms, hrv
hrv_sdnn | Heart rate variability (SDNN) | 80404-7 | ms | 0..500 | instant | mean | HeartRateVariabilitySDNN | heart_rate_variability_sdnn
hrv_rmssd | Heart rate variability (RMSSD) | | ms | 0..500 | instant | mean | | heart_rate_variability_rmssd, HeartRateVariabilityRmssdRecord, rmssd
rr_interval | Time between two heartbeats | | ms | 200..3000 | instant | mean | | nn_interval, ibi
blood_pressure_systolic | Systolic blood pressure | 8480-6 | mm[Hg] | 40..300 | instant | mean | BloodPressureSystolic | systolic
blood_pressure_diastolic | Diastolic blood pressure | 8462-4 | mm[Hg] | 20..200 | instant | mean | BloodPressureDiastolic | diastolic
blood_pressure_mean | Mean arterial pressure | 8478-0 | mm[Hg] | 25..230 | instant | mean | | mean_arterial_pressure
blood_pressure_pulse | Pulse pressure | | mm[Hg] | 5..200 | instant | mean | | pulse_pressure
ecg_data | Electrocardiogram, told in words | | {note} | 1..1 | text | last | | ecg
ecg_voltage | Electrocardiogram voltage | | {uV} | -10000..10000 | instant | mean | |
atrial_fibrillation_burden | Share of time in atrial fibrillation | | % | 0..100 | interval | last | AtrialFibrillationBurden |
irregular_rhythm | Notice of an irregular rhythm | | {count} | 0..1 | category | sum | IrregularHeartRhythmEvent | irregular_heart_rhythm_event
high_heart_rate_event | Notice of a high heart rate | | {count} | 0..1 | category | sum | HighHeartRateEvent |
low_heart_rate_event | Notice of a low heart rate | | {count} | 0..1 | category | sum | LowHeartRateEvent |
low_cardio_fitness_event | Notice of low cardio fitness | | {count} | 0..1 | category | sum | LowCardioFitnessEvent |
cardiac_output | Cardiac output | 8741-1 | L/min | 0.5..40 | instant | mean | |
stroke_volume | Stroke volume | | mL | 5..300 | instant | mean | |
perfusion_index | Peripheral perfusion index | 61006-3 | % | 0..100 | instant | mean | PeripheralPerfusionIndex |
oxygen_saturation | Oxygen saturation | 59408-5 | % | 50..100 | instant | mean | OxygenSaturation | spo2, spo2_pct, OxygenSaturationRecord
respiratory_rate | Respiratory rate | 9279-1 | /min | 3..90 | instant | mean | RespiratoryRate | respiratory_rate_bpm, breathing_rate, RespiratoryRateRecord
lung_capacity | Forced vital capacity | 19870-5 | L | 0.1..12 | instant | last | ForcedVitalCapacity |
fev1 | Forced expiratory volume in one second | 20150-9 | L | 0.1..12 | instant | last | ForcedExpiratoryVolume1 |
peak_flow | Peak expiratory flow | 19935-6 | L/min | 30..900 | instant | last | PeakExpiratoryFlowRate | pef
breathing_pattern | Breathing pattern, told in words | | {note} | 1..1 | text | last | |
breathing_disturbances | Breathing disturbances in sleep | | {count} | 0..200 | interval | last | AppleSleepingBreathingDisturbances |
inhaler_usage | Puffs of an inhaler | | {count} | 0..100 | interval | sum | InhalerUsage |
body_temperature | Body temperature | 8310-5 | Cel | 25..45 | instant | mean | BodyTemperature | temperature, BodyTemperatureRecord
basal_body_temperature | Basal body temperature | | Cel | 25..45 | instant | last | BasalBodyTemperature | BasalBodyTemperatureRecord
skin_temperature | Skin temperature | | Cel | 10..45 | instant | mean | AppleSleepingWristTemperature | SkinTemperatureRecord
body_temperature_deviation | Temperature against the own usual | | Cel | -10..10 | instant | last | | body_temp_deviation_c, temperature_deviation, skin_temperature_deviation
blood_glucose | Blood glucose, meter | 41653-7 | mg/dL | 10..1500 | instant | mean | BloodGlucose | glucose, smbg, mbg, BloodGlucoseRecord | glucose
continuous_glucose | Glucose, continuous sensor | 99504-3 | mg/dL | 39..401 | instant | mean | | cgm, sgv, egv, continuous_glucose_monitor | glucose
glucose_calibration | Calibration of a glucose sensor | 41653-7 | mg/dL | 10..1500 | instant | last | | cal | glucose
glucose_trend | Rate of change of glucose | | mg/dL/min | -50..50 | instant | last | | trend_rate
glucose_alert | Alert of a glucose sensor, told in words | | {note} | 1..1 | text | last | |
sensor_status | State of a sensor, told in words | | {note} | 1..1 | text | last | |
transmitter_status | State of a transmitter, told in words | | {note} | 1..1 | text | last | |
avg_glucose | Mean glucose of a day | 97507-8 | mg/dL | 20..600 | interval | last | | avg_glucose_mgdl, mean_glucose | glucose
time_in_range | Time in range of a day | 97510-2 | % | 0..100 | interval | last | | time_in_range_pct, tir
glucose_variability | Glucose coefficient of variation of a day | 104638-2 | % | 0..200 | interval | last | | glucose_variability_cv
peak_glucose | Highest glucose of a day | | mg/dL | 20..1500 | interval | last | | peak_glucose_mgdl | glucose
glucose_spikes | Glucose spikes of a day | | {count} | 0..200 | interval | last | | glucose_spikes_count
postprandial_peak | Peak after a meal | | mg/dL | 20..1500 | interval | last | | | glucose
postprandial_excursion | Rise after a meal | | mg/dL | -500..1000 | interval | last | | | glucose
postprandial_auc | Area under the rise after a meal | | mg/dL.min | -100000..200000 | interval | last | |
time_to_peak | Minutes from a meal to the peak | | min | 0..360 | interval | last | | time_to_peak_min
insulin_level | Insulin in blood | | m[iU]/L | 0..2000 | instant | last | |
insulin_event | Insulin given | | [iU] | 0..300 | interval | sum | InsulinDelivery | insulin, bolus
insulin_basal | Basal insulin given | | [iU] | 0..300 | interval | sum | | basal
carb_event | Carbohydrates eaten | | g | 0..1000 | instant | sum | | carbs_event
hba1c | HbA1c | 4548-4 | % | 3..20 | instant | last | | hemoglobin_a1c | hba1c
cholesterol_total | Total cholesterol | 2093-3 | mg/dL | 20..1500 | instant | last | | | cholesterol
cholesterol_hdl | HDL cholesterol | 2085-9 | mg/dL | 2..300 | instant | last | | | cholesterol
cholesterol_ldl | LDL cholesterol | 13457-7 | mg/dL | 2..1000 | instant | last | | | cholesterol
triglycerides | Triglycerides | 2571-8 | mg/dL | 5..10000 | instant | last | | | triglycerides
ketones | Ketones in blood | | mmol/L | 0..30 | instant | last | |
lactate | Lactate in blood | | mmol/L | 0..50 | instant | last | |
blood_alcohol | Alcohol in blood | 74859-0 | % | 0..1 | instant | last | BloodAlcoholContent | blood_alcohol_content
blood_type | Blood type, told in words | | {note} | 1..1 | text | last | |
blood_volume | Blood volume | | L | 0.1..15 | instant | last | |
blood_flow | Blood flow | | mL/min | 0..20000 | instant | mean | |
fetal_heart_rate | Heart rate of the unborn child | 55283-6 | /min | 50..240 | instant | mean | |
contraction_frequency | Contractions in an hour | | /h | 0..60 | instant | mean | |
electrodermal_activity | Electrodermal activity | | {uS} | 0..200 | instant | mean | ElectrodermalActivity |
`
