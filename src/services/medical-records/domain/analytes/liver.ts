import { type AnalyteDefinition, adult, aged, analyte, critical, men, women } from './definition.ts'
import { CRITICAL, NORIP, OURS } from './sources.ts'

/** Proteins, liver and other enzymes. */
export const LIVER_ANALYTES: readonly AnalyteDefinition[] = [
  analyte(
    ['total_protein', 'Total protein', 'liver'],
    ['g/L', '2885-2'],
    [15, 160],
    'total protein|protein total|proteins total|gesamteiweiß|protéines totales|protein',
    {
      decimals: 0,
      ranges: [adult(62, 78, NORIP)],
    },
  ),
  analyte(['albumin', 'Albumin', 'liver'], ['g/L', '1751-7'], [5, 80], 'albumin|albumine|albumina', {
    also: { 'umol/L': '54347-0' },
    codes: '61151-7',
    decimals: 0,
    substance: 'albumin',
    ranges: [
      aged(18, 40, adult(36, 50, NORIP)),
      aged(40, 70, adult(36, 48, NORIP)),
      aged(70, undefined, adult(34, 45, NORIP)),
    ],
  }),
  analyte(['globulin', 'Globulin', 'liver'], ['g/L', '10834-0'], [5, 130], 'globulin|globulins', {
    codes: '2336-6',
    decimals: 0,
    ranges: [adult(20, 35, OURS)],
  }),
  analyte(
    ['albumin_globulin_ratio', 'Albumin to globulin ratio', 'liver'],
    ['{ratio}', '1759-0'],
    [0.1, 6],
    'a g ratio|albumin globulin ratio|ag ratio|albumin : globulin',
    { decimals: 2, ranges: [adult(1, 2.2, OURS)] },
  ),
  analyte(
    ['alt', 'Alanine aminotransferase (ALT)', 'liver'],
    ['U/L', '1742-6'],
    [1, 20_000],
    'alt|sgpt|alanine aminotransferase|alanine transaminase|alt sgpt|sgpt alt|gpt|alat|alanine amino transferase',
    {
      codes: '1743-4 1744-2',
      decimals: 0,
      inUnits: true,
      ranges: [women(10, 45, NORIP), men(10, 70, NORIP)],
    },
  ),
  analyte(
    ['ast', 'Aspartate aminotransferase (AST)', 'liver'],
    ['U/L', '1920-8'],
    [1, 30_000],
    'ast|sgot|aspartate aminotransferase|aspartate transaminase|ast sgot|sgot ast|got|asat|aspartate amino transferase',
    {
      codes: '30239-8',
      decimals: 0,
      inUnits: true,
      ranges: [women(15, 35, NORIP), men(15, 45, NORIP)],
    },
  ),
  analyte(
    ['alkaline_phosphatase', 'Alkaline phosphatase', 'liver'],
    ['U/L', '6768-6'],
    [3, 5000],
    'alkaline phosphatase|alp|alk phos|alk phosphatase|sap|alkalische phosphatase|phosphatases alcalines',
    {
      decimals: 0,
      inUnits: true,
      ranges: [adult(35, 105, NORIP)],
    },
  ),
  analyte(
    ['ggt', 'Gamma-glutamyltransferase', 'liver'],
    ['U/L', '2324-2'],
    [1, 10_000],
    'ggt|ggtp|gamma gt|gamma glutamyl transferase|gamma glutamyltransferase|γ gt|ggt gamma glutamyl transpeptidase|gamma glutamyl transpeptidase',
    {
      decimals: 0,
      inUnits: true,
      ranges: [
        aged(18, 40, women(10, 45, NORIP)),
        aged(40, undefined, women(10, 75, NORIP)),
        aged(18, 40, men(10, 80, NORIP)),
        aged(40, undefined, men(15, 115, NORIP)),
      ],
    },
  ),
  analyte(
    ['ldh', 'Lactate dehydrogenase', 'liver'],
    ['U/L', '14804-9'],
    [20, 30_000],
    'ldh|lactate dehydrogenase|lactic dehydrogenase|ld',
    {
      codes: '2532-0',
      decimals: 0,
      inUnits: true,
      ranges: [aged(18, 70, adult(105, 205, NORIP)), aged(70, undefined, adult(115, 255, NORIP))],
    },
  ),
  analyte(
    ['bilirubin_total', 'Bilirubin, total', 'liver'],
    ['umol/L', '14631-6'],
    [0.5, 1200],
    'bilirubin|total bilirubin|bilirubin total|bilirubine|bilirubina total',
    {
      also: { 'mg/dL': '1975-2' },
      decimals: 0,
      substance: 'bilirubin',
      ranges: [adult(5, 25, NORIP)],
    },
  ),
  analyte(
    ['bilirubin_direct', 'Bilirubin, direct', 'liver'],
    ['umol/L', '14629-0'],
    [0, 900],
    'direct bilirubin|bilirubin direct|conjugated bilirubin|bilirubin conjugated',
    {
      also: { 'mg/dL': '1968-7' },
      substance: 'bilirubin',
      ranges: [adult(undefined, 5, OURS)],
    },
  ),
  analyte(
    ['bilirubin_indirect', 'Bilirubin, indirect', 'liver'],
    ['umol/L', '14630-8'],
    [0, 900],
    'indirect bilirubin|bilirubin indirect|unconjugated bilirubin|bilirubin unconjugated',
    {
      also: { 'mg/dL': '1971-1' },
      substance: 'bilirubin',
      ranges: [adult(undefined, 17, OURS)],
    },
  ),
  analyte(
    ['creatine_kinase', 'Creatine kinase', 'cardiac'],
    ['U/L', '2157-6'],
    [5, 500_000],
    'ck|cpk|creatine kinase|creatine phosphokinase|ck total|ck nac',
    {
      decimals: 0,
      inUnits: true,
      ranges: [women(35, 210, NORIP), aged(18, 50, men(50, 400, NORIP)), aged(50, undefined, men(40, 280, NORIP))],
      critical: critical(undefined, 5000, CRITICAL),
    },
  ),
  analyte(['amylase', 'Amylase', 'chemistry'], ['U/L', '1798-8'], [1, 20_000], 'amylase|alpha amylase|amylase total', {
    decimals: 0,
    inUnits: true,
    ranges: [adult(25, 120, NORIP)],
  }),
  analyte(['lipase', 'Lipase', 'chemistry'], ['U/L', '3040-3'], [1, 50_000], 'lipase', {
    decimals: 0,
    inUnits: true,
    ranges: [adult(13, 60, OURS)],
  }),
  analyte(['ammonia', 'Ammonia', 'liver'], ['umol/L', '16362-6'], [2, 2000], 'ammonia|nh3|blood ammonia', {
    also: { 'ug/dL': '1841-6' },
    decimals: 0,
    substance: 'ammonia',
    ranges: [adult(11, 35, OURS)],
  }),
  analyte(['lactate', 'Lactate', 'chemistry'], ['mmol/L', '2524-7'], [0.1, 40], 'lactate|lactic acid', {
    codes: '14118-4 2518-9',
    substance: 'lactate',
    ranges: [adult(0.5, 2.2, OURS)],
  }),
  analyte(['osmolality', 'Osmolality', 'chemistry'], ['mosm/kg', '2692-2'], [180, 600], 'osmolality|serum osmolality', {
    decimals: 0,
    ranges: [adult(275, 295, OURS)],
  }),
]
