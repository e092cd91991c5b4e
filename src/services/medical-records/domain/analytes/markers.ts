import { type AnalyteDefinition, adult, aged, analyte, critical, men } from './definition.ts'
import { CRITICAL, KDIGO, OURS } from './sources.ts'

/** Tumour markers, antibodies, urine, drug levels, blood gases. */
export const MARKER_ANALYTES: readonly AnalyteDefinition[] = [
  analyte(
    ['psa', 'Prostate-specific antigen', 'other'],
    ['ng/mL', '2857-1'],
    [0, 20_000],
    'psa|prostate specific antigen|total psa|psa total|prostate specific antigen psa total',
    { codes: '35741-8', decimals: 2, ranges: [men(undefined, 4, OURS)] },
  ),
  analyte(['psa_free', 'PSA, free', 'other'], ['ng/mL', '10886-0'], [0, 5000], 'free psa|psa free', { decimals: 2 }),
  analyte(
    ['cea', 'Carcinoembryonic antigen', 'other'],
    ['ng/mL', '2039-6'],
    [0, 100_000],
    'cea|carcinoembryonic antigen|carcino embryonic antigen',
    { ranges: [adult(undefined, 5, OURS)] },
  ),
  analyte(
    ['afp', 'Alpha-fetoprotein', 'other'],
    ['ng/mL', '1834-1'],
    [0, 1_000_000],
    'afp|alpha fetoprotein|alpha feto protein|alphafetoprotein',
    { ranges: [adult(undefined, 10, OURS)] },
  ),
  analyte(['ca_125', 'CA 125', 'other'], ['U/mL', '10334-1'], [0, 100_000], 'ca 125|ca125|ca-125|cancer antigen 125', {
    inUnits: true,
    decimals: 0,
    ranges: [adult(undefined, 35, OURS)],
  }),
  analyte(
    ['ca_19_9', 'CA 19-9', 'other'],
    ['U/mL', '24108-3'],
    [0, 1_000_000],
    'ca 19 9|ca 19.9|ca19-9|ca 19-9|cancer antigen 19 9',
    { inUnits: true, decimals: 0, ranges: [adult(undefined, 37, OURS)] },
  ),
  analyte(
    ['ca_15_3', 'CA 15-3', 'other'],
    ['U/mL', '6875-9'],
    [0, 100_000],
    'ca 15 3|ca 15.3|ca15-3|ca 15-3|cancer antigen 15 3',
    { inUnits: true, decimals: 0, ranges: [adult(undefined, 30, OURS)] },
  ),
  analyte(['igg', 'Immunoglobulin G', 'immunology'], ['mg/dL', '2465-3'], [10, 15_000], 'igg|immunoglobulin g|ig g', {
    decimals: 0,
    ranges: [adult(700, 1600, OURS)],
  }),
  analyte(['iga', 'Immunoglobulin A', 'immunology'], ['mg/dL', '2458-8'], [0, 10_000], 'iga|immunoglobulin a|ig a', {
    decimals: 0,
    ranges: [adult(70, 400, OURS)],
  }),
  analyte(['igm', 'Immunoglobulin M', 'immunology'], ['mg/dL', '2472-9'], [0, 15_000], 'igm|immunoglobulin m|ig m', {
    decimals: 0,
    ranges: [adult(40, 230, OURS)],
  }),
  analyte(
    ['ige', 'Immunoglobulin E, total', 'immunology'],
    ['k[iU]/L', '19113-0'],
    [0, 100_000],
    'ige|total ige|immunoglobulin e|ige total|ig e',
    { inUnits: true, decimals: 0, ranges: [adult(undefined, 100, OURS)] },
  ),
  analyte(
    ['rheumatoid_factor', 'Rheumatoid factor', 'immunology'],
    ['k[iU]/L', '11572-5'],
    [0, 10_000],
    'rheumatoid factor|ra factor|rf|ra factor quantitative',
    { inUnits: true, decimals: 0, ranges: [adult(undefined, 14, OURS)] },
  ),
  analyte(
    ['anti_ccp', 'Anti-CCP antibodies', 'immunology'],
    ['U/mL', '33935-8'],
    [0, 10_000],
    'anti ccp|ccp antibodies|anti cyclic citrullinated peptide|ccp ab',
    { inUnits: true, decimals: 0, ranges: [adult(undefined, 17, OURS)] },
  ),
  analyte(
    ['aso', 'Antistreptolysin O', 'immunology'],
    ['k[iU]/L', '5370-2'],
    [0, 10_000],
    'aso|aso titre|antistreptolysin o|asot',
    { inUnits: true, decimals: 0, ranges: [adult(undefined, 200, OURS)] },
  ),
  analyte(['complement_c3', 'Complement C3', 'immunology'], ['mg/dL', '4485-9'], [1, 500], 'c3|complement c3', {
    decimals: 0,
    ranges: [adult(90, 180, OURS)],
  }),
  analyte(['complement_c4', 'Complement C4', 'immunology'], ['mg/dL', '4498-2'], [0.5, 200], 'c4|complement c4', {
    decimals: 0,
    ranges: [adult(10, 40, OURS)],
  }),
  analyte(
    ['albumin_creatinine_ratio', 'Albumin to creatinine ratio, urine', 'kidney'],
    ['mg/g', '9318-7'],
    [0, 30_000],
    'albumin creatinine ratio|acr|uacr|urine albumin creatinine ratio|microalbumin creatinine ratio|albumin/creatinine ratio|urine acr|microalbumin/creatinine ratio',
    {
      codes: '14959-1 32294-1',
      substance: 'creatinine',
      decimals: 0,
      urine: true,
      ranges: [aged(2, undefined, adult(undefined, 29.9, KDIGO))],
    },
  ),
  analyte(
    ['albumin_urine', 'Albumin, urine', 'kidney'],
    ['mg/L', '1754-1'],
    [0, 30_000],
    'urine albumin|microalbumin|albumin urine|urine microalbumin|microalbuminuria',
    { codes: '14957-5', decimals: 0, urine: true, ranges: [adult(undefined, 20, OURS)] },
  ),
  analyte(
    ['protein_creatinine_ratio', 'Protein to creatinine ratio, urine', 'kidney'],
    ['mg/g', '2890-2'],
    [0, 100_000],
    'protein creatinine ratio|pcr urine|upcr|urine protein creatinine ratio',
    { substance: 'creatinine', decimals: 0, urine: true, ranges: [adult(undefined, 150, KDIGO)] },
  ),
  analyte(
    ['creatinine_urine', 'Creatinine, urine', 'kidney'],
    ['mg/dL', '2161-8'],
    [1, 1000],
    'urine creatinine|creatinine urine',
    { substance: 'creatinine', decimals: 0, urine: true },
  ),
  analyte(['urine_ph', 'pH, urine', 'kidney'], ['[pH]', '2756-5'], [3, 10], 'urine ph|ph urine|ph urine strip', {
    codes: '5803-2',
    urine: true,
    ranges: [adult(4.5, 8, OURS)],
  }),
  analyte(
    ['urine_specific_gravity', 'Specific gravity, urine', 'kidney'],
    ['{ratio}', '2965-2'],
    [0.99, 1.08],
    'specific gravity|urine specific gravity|sp gravity',
    { codes: '5811-5', decimals: 3, urine: true, ranges: [adult(1.005, 1.03, OURS)] },
  ),
  analyte(['digoxin', 'Digoxin level', 'other'], ['ng/mL', '10535-3'], [0, 50], 'digoxin|digoxin level', {
    critical: critical(undefined, 2.5, CRITICAL),
  }),
  analyte(['lithium', 'Lithium level', 'other'], ['mmol/L', '14334-7'], [0, 12], 'lithium|lithium level', {
    decimals: 2,
    substance: 'lithium',
  }),
  analyte(['tacrolimus', 'Tacrolimus level', 'other'], ['ng/mL', '11253-2'], [0, 300], 'tacrolimus|fk506'),
  analyte(
    ['valproate', 'Valproate level', 'other'],
    ['ug/mL', '4086-5'],
    [0, 1000],
    'valproate|valproic acid|valproic acid level',
    { decimals: 0 },
  ),
  analyte(
    ['arterial_ph', 'pH, arterial', 'chemistry'],
    ['[pH]', '2744-1'],
    [6.5, 8],
    'arterial ph|blood ph|ph arterial|abg ph',
    { decimals: 2, ranges: [adult(7.35, 7.45, OURS)] },
  ),
  analyte(
    ['arterial_pco2', 'pCO2, arterial', 'chemistry'],
    ['mm[Hg]', '2019-8'],
    [5, 200],
    'pco2|paco2|arterial pco2',
    { decimals: 0, ranges: [adult(35, 45, OURS)] },
  ),
  analyte(['arterial_po2', 'pO2, arterial', 'chemistry'], ['mm[Hg]', '2703-7'], [10, 700], 'po2|pao2|arterial po2', {
    decimals: 0,
    ranges: [adult(75, 100, OURS)],
  }),
]
