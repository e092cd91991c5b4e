import { type AnalyteDefinition, adult, aged, analyte, critical, men, women } from './definition.ts'
import { AHA_CRP, CRITICAL, IOM_VITAMIN_D, NORIP, OURS, WHO_FERRITIN, WHO_FOLATE } from './sources.ts'

/** Inflammation, iron, vitamins and minerals. */
export const NUTRIENT_ANALYTES: readonly AnalyteDefinition[] = [
  analyte(
    ['crp', 'C-reactive protein', 'immunology'],
    ['mg/L', '1988-5'],
    [0, 1000],
    'crp|c reactive protein|c-reactive protein|crp quantitative|proteina c reactiva|c reaktives protein',
    {
      ranges: [adult(undefined, 5, OURS)],
      critical: critical(undefined, 300, CRITICAL),
    },
  ),
  analyte(
    ['hs_crp', 'C-reactive protein, high sensitivity', 'cardiac'],
    ['mg/L', '30522-7'],
    [0, 1000],
    'hs crp|hscrp|high sensitivity crp|high sensitivity c reactive protein|crp high sensitivity|hs-crp|cardio crp',
    { decimals: 2, ranges: [adult(undefined, 3, AHA_CRP)] },
  ),
  analyte(
    ['procalcitonin', 'Procalcitonin', 'infectious_disease'],
    ['ng/mL', '33959-8'],
    [0, 2000],
    'procalcitonin|pct',
    { decimals: 2, ranges: [adult(undefined, 0.1, OURS)] },
  ),
  analyte(
    ['iron', 'Iron', 'hematology'],
    ['umol/L', '14798-3'],
    [0.5, 300],
    'iron|serum iron|fe|eisen|fer sérique|hierro',
    {
      also: { 'ug/dL': '2498-4' },
      substance: 'iron',
      ranges: [adult(9, 34, NORIP)],
    },
  ),
  analyte(
    ['tibc', 'Total iron-binding capacity', 'hematology'],
    ['umol/L', '14800-7'],
    [5, 200],
    'tibc|total iron binding capacity|iron binding capacity',
    {
      also: { 'ug/dL': '2500-7' },
      substance: 'iron',
      ranges: [adult(49, 83, NORIP)],
    },
  ),
  analyte(['transferrin', 'Transferrin', 'hematology'], ['g/L', '3034-6'], [0.2, 8], 'transferrin|transferrine', {
    decimals: 2,
    ranges: [adult(2, 3.6, OURS)],
  }),
  analyte(
    ['transferrin_saturation', 'Transferrin saturation', 'hematology'],
    ['%', '2502-3'],
    [0, 130],
    'transferrin saturation|iron saturation|tsat|% saturation|transferrin saturation %',
    { decimals: 0, ranges: [adult(16, 45, OURS)] },
  ),
  analyte(['ferritin', 'Ferritin', 'hematology'], ['ug/L', '2276-4'], [0.5, 100_000], 'ferritin|ferritine|ferritina', {
    codes: '20567-4',
    decimals: 0,
    ranges: [women(15, 150, WHO_FERRITIN), men(15, 200, WHO_FERRITIN)],
  }),
  analyte(
    ['vitamin_b12', 'Vitamin B12', 'other'],
    ['pmol/L', '14685-2'],
    [10, 20_000],
    'vitamin b12|b12|cobalamin|vit b12|cyanocobalamin|vitamina b12|vitamine b12|vitamin b 12',
    {
      also: { 'pg/mL': '2132-9' },
      decimals: 0,
      substance: 'vitamin_b12',
      ranges: [adult(150, undefined, WHO_FOLATE)],
    },
  ),
  analyte(
    ['folate', 'Folate', 'other'],
    ['nmol/L', '14732-2'],
    [0.5, 500],
    'folate|folic acid|vitamin b9|serum folate|folsäure|acide folique',
    {
      also: { 'ng/mL': '2284-8' },
      substance: 'folate',
      ranges: [adult(10, undefined, WHO_FOLATE)],
    },
  ),
  analyte(
    ['vitamin_d', 'Vitamin D (25-OH)', 'other'],
    ['ng/mL', '62292-8'],
    [1, 500],
    'vitamin d|25 oh vitamin d|25 hydroxy vitamin d|25 hydroxyvitamin d|vit d|vitamin d 25 hydroxy|vitamin d total|25 oh d|vitamin d3|vitamina d|vitamine d|vitamin d 25 oh|25 oh vitamin d total',
    {
      codes: '1989-3 14635-7',
      substance: 'vitamin_d',
      ranges: [aged(1, undefined, adult(20, 50, IOM_VITAMIN_D))],
    },
  ),
  analyte(['vitamin_a', 'Vitamin A (retinol)', 'other'], ['ug/dL', '2923-1'], [1, 500], 'vitamin a|retinol', {
    decimals: 0,
    substance: 'retinol',
    ranges: [adult(20, 80, OURS)],
  }),
  analyte(
    ['vitamin_e', 'Vitamin E (alpha-tocopherol)', 'other'],
    ['mg/L', '1823-4'],
    [0.5, 100],
    'vitamin e|alpha tocopherol|tocopherol',
    { substance: 'tocopherol', ranges: [adult(5, 20, OURS)] },
  ),
  analyte(['zinc', 'Zinc', 'other'], ['ug/dL', '5763-8'], [5, 1000], 'zinc|serum zinc|zink', {
    decimals: 0,
    substance: 'zinc',
    ranges: [adult(70, 120, OURS)],
  }),
  analyte(['copper', 'Copper', 'other'], ['ug/dL', '5631-7'], [5, 1000], 'copper|serum copper|kupfer', {
    decimals: 0,
    substance: 'copper',
    ranges: [adult(70, 150, OURS)],
  }),
  analyte(['selenium', 'Selenium', 'other'], ['ug/L', '5724-0'], [5, 2000], 'selenium|selen', {
    decimals: 0,
    substance: 'selenium',
    ranges: [adult(60, 150, OURS)],
  }),
  analyte(['lead', 'Lead, blood', 'other'], ['ug/dL', '5671-3'], [0, 300], 'lead|blood lead|pb', {
    substance: 'lead',
    ranges: [
      aged(
        0,
        undefined,
        adult(undefined, 3.5, {
          ...OURS,
          id: 'cdc-blood-lead-2021',
          kind: 'published',
          version: '2021',
          citation: 'CDC blood lead reference value, MMWR 2021;70:1509',
        }),
      ),
    ],
  }),
  analyte(['ceruloplasmin', 'Caeruloplasmin', 'liver'], ['mg/dL', '2064-4'], [1, 150], 'ceruloplasmin|caeruloplasmin', {
    decimals: 0,
    ranges: [adult(20, 60, OURS)],
  }),
]
