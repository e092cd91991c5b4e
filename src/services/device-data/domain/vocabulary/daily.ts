/** As `vitals.ts`: food, surroundings, mind, reproduction, urine, senses and the rest of what the source systems list. */
const NUTRIENTS: readonly (readonly [name: string, label: string, unit: string, high: number])[] = [
  ['Biotin', 'Biotin', 'ug', 100_000],
  ['Caffeine', 'Caffeine', 'mg', 5000],
  ['Calcium', 'Calcium eaten', 'mg', 20_000],
  ['Carbohydrates', 'Carbohydrates eaten', 'g', 3000],
  ['Chloride', 'Chloride eaten', 'mg', 50_000],
  ['Cholesterol', 'Cholesterol eaten', 'mg', 10_000],
  ['Chromium', 'Chromium eaten', 'ug', 10_000],
  ['Copper', 'Copper eaten', 'mg', 100],
  ['EnergyConsumed', 'Energy eaten', 'kcal', 20_000],
  ['FatMonounsaturated', 'Monounsaturated fat eaten', 'g', 1500],
  ['FatPolyunsaturated', 'Polyunsaturated fat eaten', 'g', 1500],
  ['FatSaturated', 'Saturated fat eaten', 'g', 1500],
  ['FatTotal', 'Fat eaten', 'g', 1500],
  ['Fiber', 'Fibre eaten', 'g', 300],
  ['Folate', 'Folate eaten', 'ug', 50_000],
  ['Iodine', 'Iodine eaten', 'ug', 50_000],
  ['Iron', 'Iron eaten', 'mg', 1000],
  ['Magnesium', 'Magnesium eaten', 'mg', 10_000],
  ['Manganese', 'Manganese eaten', 'mg', 1000],
  ['Molybdenum', 'Molybdenum eaten', 'ug', 50_000],
  ['Niacin', 'Niacin eaten', 'mg', 5000],
  ['PantothenicAcid', 'Pantothenic acid eaten', 'mg', 5000],
  ['Phosphorus', 'Phosphorus eaten', 'mg', 20_000],
  ['Potassium', 'Potassium eaten', 'mg', 50_000],
  ['Protein', 'Protein eaten', 'g', 1000],
  ['Riboflavin', 'Riboflavin eaten', 'mg', 2000],
  ['Selenium', 'Selenium eaten', 'ug', 10_000],
  ['Sodium', 'Sodium eaten', 'mg', 50_000],
  ['Sugar', 'Sugar eaten', 'g', 2000],
  ['Thiamin', 'Thiamin eaten', 'mg', 2000],
  ['VitaminA', 'Vitamin A eaten', 'ug', 100_000],
  ['VitaminB12', 'Vitamin B12 eaten', 'ug', 100_000],
  ['VitaminB6', 'Vitamin B6 eaten', 'mg', 2000],
  ['VitaminC', 'Vitamin C eaten', 'mg', 50_000],
  ['VitaminD', 'Vitamin D eaten', 'ug', 10_000],
  ['VitaminE', 'Vitamin E eaten', 'mg', 10_000],
  ['VitaminK', 'Vitamin K eaten', 'ug', 50_000],
  ['Water', 'Water drunk', 'mL', 20_000],
  ['Zinc', 'Zinc eaten', 'mg', 1000],
]

/** Fibre has no LOINC here: the one of the HealthKit map is a part, not a result. */
const NUTRIENT_LOINC: Readonly<Record<string, string>> = { EnergyConsumed: '9052-2' }

const nutrientLine = ([name, label, unit, high]: (typeof NUTRIENTS)[number]) =>
  `dietary_${name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase()} | ${label} | ${NUTRIENT_LOINC[name] ?? ''} | ${unit} | 0..${high} | interval | sum | Dietary${name} |`

const score = (codes: string, high = 10) =>
  codes
    .split(' ')
    .map((code) => `${code} | ${sentence(code)} | | {score} | 0..${high} | instant | last | |`)
    .join('\n')
const told = (codes: string) =>
  codes
    .split(' ')
    .map((code) => `${code} | ${sentence(code)}, told in words | | {note} | 1..1 | text | last | |`)
    .join('\n')

function sentence(code: string): string {
  return code.charAt(0).toUpperCase() + code.slice(1).replaceAll('_', ' ')
}

export const DAILY = `
${NUTRIENTS.map(nutrientLine).join('\n')}
alcoholic_drinks | Alcoholic drinks | | {count} | 0..100 | interval | sum | NumberOfAlcoholicBeverages |
ambient_temperature | Temperature around | | Cel | -90..80 | instant | mean | |
humidity | Humidity | | % | 0..100 | instant | mean | |
air_quality | Air quality index | | {index} | 0..1000 | instant | mean | |
uv_index | UV index | | {index} | 0..30 | instant | mean | UVExposure |
altitude | Altitude | | m | -500..20000 | instant | mean | |
barometric_pressure | Air pressure | | hPa | 100..1200 | instant | mean | |
noise_level | Noise around | | dB | 0..200 | interval | mean | EnvironmentalAudioExposure | environmental_noise
headphone_level | Loudness of headphones | | dB | 0..200 | interval | mean | HeadphoneAudioExposure |
sound_reduction | Sound kept away | | dB | 0..100 | interval | mean | EnvironmentalSoundReduction |
light_exposure | Light around | | {lux} | 0..200000 | instant | mean | |
daylight | Minutes in daylight | | min | 0..1440 | interval | sum | TimeInDaylight |
radiation_exposure | Radiation | | {uSv} | 0..1000000 | interval | sum | |
${score('stress_level mood_score energy_level pain_level fatigue_level hunger_level thirst_level bloating_level nausea_level')}
${score('anxiety_score depression_score mindfulness_score', 100)}
meditation_duration | Minutes of meditation | | min | 0..1440 | interval | sum | MindfulSession |
${score('fertility_score health_score wellness_score longevity_score cognitive_performance memory_score attention_score', 100)}
ovulation_prediction | Days until ovulation | | d | 0..60 | instant | last | |
menstrual_cycle | Menstrual flow: 1 not told, 2 light, 3 medium, 4 heavy, 5 none | | {code} | 1..5 | category | last | MenstrualFlow |
intermenstrual_bleeding | Bleeding between periods | | {count} | 0..1 | category | sum | IntermenstrualBleeding |
pregnancy_weeks | Weeks of pregnancy | | wk | 0..45 | instant | last | |
urine_ph | Acidity of urine | 2756-5 | [pH] | 3..10 | instant | last | |
urine_specific_gravity | Specific gravity of urine | 2965-2 | {ratio} | 0.9..1.2 | instant | last | |
urine_glucose | Glucose in urine | | mg/dL | 0..10000 | instant | last | |
urine_ketones | Ketones in urine | | mg/dL | 0..1000 | instant | last | |
urine_protein | Protein in urine | | mg/dL | 0..10000 | instant | last | |
urine_leukocytes | White cells in urine | | /uL | 0..10000 | instant | last | |
urine_bilirubin | Bilirubin in urine | | mg/dL | 0..100 | instant | last | |
urine_urobilinogen | Urobilinogen in urine | | mg/dL | 0..100 | instant | last | |
${told('urine_blood urine_nitrite brain_activity eeg_data digestive_health location_data activity_patterns treatment_effectiveness side_effects therapy_sessions')}
reaction_time | Reaction time | | ms | 50..10000 | instant | mean | |
stool_frequency | Bowel movements of a day | | {count} | 0..50 | interval | sum | |
stool_consistency | Stool form (1 to 7) | | {code} | 1..7 | category | last | |
${score('muscle_activity joint_mobility posture_score balance_score flexibility_score strength_score', 100)}
vision_acuity | Visual acuity (decimal) | | {ratio} | 0..3 | instant | last | |
hearing_level | Hearing level | | dB | -20..130 | instant | last | |
${score('taste_sensitivity smell_sensitivity touch_sensitivity', 100)}
social_interactions | Social contacts | | {count} | 0..1000 | interval | sum | |
screen_time | Screen time | | min | 0..1440 | interval | sum | |
phone_usage | Phone use | | min | 0..1440 | interval | sum | |
medication_adherence | Doses taken of those due | | % | 0..100 | interval | last | |
metabolic_age | Metabolic age of the maker | | a | 0..130 | instant | last | |
biological_age | Biological age of the maker | | a | 0..130 | instant | last | |
heart_load | Training load of the maker | | {score} | 0..2000 | interval | sum | | training_load
custom_metric | Own metric | | {custom} | -1000000000..1000000000 | instant | last | | custom
other | Other, told in words | | {note} | 1..1 | text | last | |
`
