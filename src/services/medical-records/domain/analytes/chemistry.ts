import { type AnalyteDefinition, adult, aged, analyte, critical, men, women } from './definition.ts'
import { CRITICAL, KDIGO, NORIP, OURS } from './sources.ts'

/** Salts and kidney. NORIP's limits stand in its own units. */
export const CHEMISTRY_ANALYTES: readonly AnalyteDefinition[] = [
  analyte(['sodium', 'Sodium', 'chemistry'], ['mmol/L', '2951-2'], [90, 200], 'sodium|na|na+|sodium na|natrium|sodio', {
    codes: '2947-0',
    decimals: 0,
    substance: 'sodium',
    ranges: [adult(137, 145, NORIP)],
    critical: critical(120, 155, CRITICAL),
  }),
  analyte(
    ['potassium', 'Potassium', 'chemistry'],
    ['mmol/L', '2823-3'],
    [1, 12],
    'potassium|k|k+|potassium k|kalium|potasio',
    {
      codes: '6298-4',
      substance: 'potassium',
      ranges: [adult(3.6, 4.6, NORIP)],
      critical: critical(2.5, 6.5, CRITICAL),
    },
  ),
  analyte(
    ['chloride', 'Chloride', 'chemistry'],
    ['mmol/L', '2075-0'],
    [50, 160],
    'chloride|cl|cl-|chlorides|chlorid|chlorure|cloruro',
    {
      codes: '2069-3',
      decimals: 0,
      substance: 'chloride',
      ranges: [adult(98, 107, OURS)],
    },
  ),
  analyte(
    ['bicarbonate', 'Bicarbonate', 'chemistry'],
    ['mmol/L', '1963-8'],
    [2, 60],
    'bicarbonate|hco3|co2|total co2|carbon dioxide|bikarbonat',
    {
      codes: '2028-9 1959-6',
      decimals: 0,
      substance: 'bicarbonate',
      ranges: [adult(22, 29, OURS)],
    },
  ),
  analyte(
    ['calcium', 'Calcium', 'chemistry'],
    ['mmol/L', '2000-8'],
    [0.8, 6],
    'calcium|ca|total calcium|calcium total|kalzium|calcio|corrected calcium|adjusted calcium',
    {
      also: { 'mg/dL': '17861-6' },
      decimals: 2,
      substance: 'calcium',
      ranges: [adult(2.15, 2.51, NORIP)],
      critical: critical(1.8, 3.5, CRITICAL),
    },
  ),
  analyte(
    ['calcium_ionised', 'Ionised calcium', 'chemistry'],
    ['mmol/L', '1995-0'],
    [0.3, 3],
    'ionized calcium|ionised calcium|calcium ionised|calcium ionized|free calcium',
    {
      also: { 'mg/dL': '17864-0' },
      codes: '1994-3',
      decimals: 2,
      substance: 'calcium',
      ranges: [adult(1.15, 1.32, OURS)],
    },
  ),
  analyte(['magnesium', 'Magnesium', 'chemistry'], ['mmol/L', '2601-3'], [0.1, 5], 'magnesium|mg|magnesio', {
    also: { 'mg/dL': '19123-9' },
    decimals: 2,
    substance: 'magnesium',
    ranges: [adult(0.71, 0.94, NORIP)],
    critical: critical(0.4, undefined, CRITICAL),
  }),
  analyte(
    ['phosphate', 'Phosphate', 'chemistry'],
    ['mmol/L', '14879-1'],
    [0.1, 6],
    'phosphate|phosphorus|inorganic phosphorus|phosphorous|phosphat|fosforo|phosphore',
    {
      also: { 'mg/dL': '2777-1' },
      decimals: 2,
      substance: 'phosphate',
      ranges: [
        women(0.85, 1.5, NORIP),
        aged(18, 50, men(0.75, 1.65, NORIP)),
        aged(50, undefined, men(0.75, 1.35, NORIP)),
      ],
      critical: critical(0.45, undefined, CRITICAL),
    },
  ),
  analyte(
    ['urea_nitrogen', 'Blood urea nitrogen', 'kidney'],
    ['mg/dL', '3094-0'],
    [1, 300],
    'bun|blood urea nitrogen|urea nitrogen',
    {
      also: { 'mmol/L': '14937-7' },
      codes: '6299-2',
      decimals: 0,
      substance: 'urea_nitrogen',
      ranges: [adult(7, 20, OURS)],
    },
  ),
  analyte(['urea', 'Urea', 'kidney'], ['mmol/L', '22664-7'], [0.3, 110], 'urea|blood urea|harnstoff|urée|uree', {
    also: { 'mg/dL': '3091-6' },
    substance: 'urea',
    ranges: [
      aged(18, 50, women(2.6, 6.4, NORIP)),
      aged(50, undefined, women(3.1, 7.9, NORIP)),
      aged(18, 50, men(3.2, 8.1, NORIP)),
      aged(50, undefined, men(3.5, 8.1, NORIP)),
    ],
  }),
  analyte(
    ['creatinine', 'Creatinine', 'kidney'],
    ['umol/L', '14682-9'],
    [8, 3000],
    'creatinine|creat|kreatinin|créatinine|creatinina|sr creatinine',
    {
      also: { 'mg/dL': '2160-0' },
      codes: '38483-4 59826-8',
      decimals: 0,
      substance: 'creatinine',
      ranges: [women(50, 90, NORIP), men(60, 100, NORIP)],
      critical: critical(undefined, 354, CRITICAL),
    },
  ),
  analyte(['cystatin_c', 'Cystatin C', 'kidney'], ['mg/L', '33863-2'], [0.2, 12], 'cystatin c', {
    decimals: 2,
    ranges: [adult(0.6, 1.1, OURS)],
  }),
  analyte(
    ['egfr', 'Estimated GFR', 'kidney'],
    ['mL/min/{1.73_m2}', '98979-8'],
    [1, 250],
    'egfr|estimated gfr|gfr|estimated glomerular filtration rate|glomerular filtration rate|gfr estimated|egfr ckd epi',
    {
      codes: '62238-1 33914-3 48642-3 48643-1 50210-4 69405-9 77147-7',
      decimals: 0,
      ranges: [adult(60, undefined, KDIGO)],
    },
  ),
  analyte(
    ['urate', 'Uric acid', 'kidney'],
    ['umol/L', '14933-6'],
    [20, 2000],
    'uric acid|urate|harnsäure|acide urique|acido urico',
    {
      also: { 'mg/dL': '3084-1' },
      decimals: 0,
      substance: 'urate',
      ranges: [aged(18, 50, women(155, 350, NORIP)), aged(50, undefined, women(155, 400, NORIP)), men(230, 480, NORIP)],
    },
  ),
]
