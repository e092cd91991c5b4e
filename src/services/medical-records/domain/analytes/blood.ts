import { type AnalyteDefinition, adult, aged, analyte, critical, men, women } from './definition.ts'
import { CRITICAL, NORIP_BLOOD, OURS } from './sources.ts'

const CELLS = '10*9/L'

/** Full blood count and coagulation. */
export const BLOOD_ANALYTES: readonly AnalyteDefinition[] = [
  analyte(
    ['hemoglobin', 'Haemoglobin', 'hematology'],
    ['g/dL', '718-7'],
    [2, 25],
    'hemoglobin|haemoglobin|hb|hgb|haemoglobin hb|hemoglobin hb|hämoglobin|hemoglobine|hémoglobine|hemoglobina',
    {
      also: { 'mmol/L': '59260-0' },
      codes: '20509-6 30313-1 30350-3',
      substance: 'hemoglobin',
      ranges: [women(11.7, 15.3, NORIP_BLOOD), men(13.4, 17, NORIP_BLOOD)],
      critical: critical(5, undefined, CRITICAL),
    },
  ),
  analyte(
    ['hematocrit', 'Haematocrit', 'hematology'],
    ['%', '4544-3'],
    [6, 80],
    'hematocrit|haematocrit|hct|pcv|packed cell volume|hämatokrit|hématocrite|hematocrito',
    { codes: '20570-8', ranges: [women(35, 46, NORIP_BLOOD), men(39, 50, NORIP_BLOOD)] },
  ),
  analyte(
    ['red_cells', 'Red blood cells', 'hematology'],
    ['10*12/L', '789-8'],
    [0.5, 12],
    'red blood cells|red blood cell count|rbc|rbc count|total rbc count|erythrocytes|erythrocyte count|erythrozyten|hématies|hematies',
    { codes: '26453-1', decimals: 2, ranges: [women(3.94, 5.16, NORIP_BLOOD), men(4.25, 5.71, NORIP_BLOOD)] },
  ),
  analyte(
    ['mcv', 'Mean cell volume', 'hematology'],
    ['fL', '787-2'],
    [40, 160],
    'mcv|mean corpuscular volume|mean cell volume|vgm',
    {
      codes: '30428-7',
      decimals: 0,
      ranges: [adult(82, 98, NORIP_BLOOD)],
    },
  ),
  analyte(
    ['mch', 'Mean cell haemoglobin', 'hematology'],
    ['pg', '785-6'],
    [10, 60],
    'mch|mean corpuscular hemoglobin|mean corpuscular haemoglobin|mean cell haemoglobin|tcmh',
    {
      codes: '28539-5',
      ranges: [adult(27.1, 33.3, NORIP_BLOOD)],
    },
  ),
  analyte(
    ['mchc', 'Mean cell haemoglobin concentration', 'hematology'],
    ['g/dL', '786-4'],
    [18, 45],
    'mchc|mean corpuscular hemoglobin concentration|mean corpuscular haemoglobin concentration|ccmh',
    { codes: '28540-3', substance: 'hemoglobin', ranges: [adult(31.7, 35.7, NORIP_BLOOD)] },
  ),
  analyte(
    ['rdw', 'Red cell distribution width', 'hematology'],
    ['%', '788-0'],
    [8, 45],
    'rdw|rdw cv|red cell distribution width|red blood cell distribution width|r d w',
    { codes: '30385-9', ranges: [adult(11.5, 14.5, OURS)] },
  ),
  analyte(
    ['white_cells', 'White blood cells', 'hematology'],
    [CELLS, '6690-2'],
    [0.05, 600],
    'white blood cells|white blood cell count|wbc|wbc count|total wbc count|tlc|total leucocyte count|total leukocyte count|leucocyte count|leukocytes|leucocytes|leukozyten|leucocitos|globules blancs',
    { codes: '26464-8', ranges: [adult(3.5, 8.8, NORIP_BLOOD)] },
  ),
  analyte(
    ['platelets', 'Platelets', 'hematology'],
    [CELLS, '777-3'],
    [1, 3000],
    'platelets|platelet count|plt|thrombocytes|thrombozyten|plaquettes|plaquetas|total platelet count',
    {
      codes: '26515-7 49497-1',
      decimals: 0,
      ranges: [women(165, 387, NORIP_BLOOD), men(145, 348, NORIP_BLOOD)],
      critical: critical(20, undefined, CRITICAL),
    },
  ),
  analyte(['mpv', 'Mean platelet volume', 'hematology'], ['fL', '32623-1'], [4, 20], 'mpv|mean platelet volume', {
    codes: '28542-9',
    ranges: [adult(7.4, 11.4, OURS)],
  }),
  analyte(
    ['neutrophils', 'Neutrophils', 'hematology'],
    [CELLS, '751-8'],
    [0, 500],
    'absolute neutrophils|absolute neutrophil count|neutrophils absolute|neutrophils abs|neutrophil count|anc|neutrophils #',
    {
      codes: '26499-4 753-4',
      decimals: 2,
      ranges: [adult(1.8, 7.5, OURS)],
      critical: critical(0.5, undefined, CRITICAL),
    },
  ),
  analyte(
    ['lymphocytes', 'Lymphocytes', 'hematology'],
    [CELLS, '731-0'],
    [0, 500],
    'absolute lymphocytes|absolute lymphocyte count|lymphocytes absolute|lymphocytes abs|lymphocyte count|alc|lymphocytes #',
    { codes: '26474-7', decimals: 2, ranges: [adult(1, 4, OURS)] },
  ),
  analyte(
    ['monocytes', 'Monocytes', 'hematology'],
    [CELLS, '742-7'],
    [0, 200],
    'absolute monocytes|absolute monocyte count|monocytes absolute|monocytes abs|monocytes #',
    { codes: '26484-6', decimals: 2, ranges: [adult(0.2, 1, OURS)] },
  ),
  analyte(
    ['eosinophils', 'Eosinophils', 'hematology'],
    [CELLS, '711-2'],
    [0, 200],
    'absolute eosinophils|absolute eosinophil count|eosinophils absolute|eosinophils abs|aec|eosinophils #',
    { codes: '26449-9', decimals: 2, ranges: [adult(undefined, 0.5, OURS)] },
  ),
  analyte(
    ['basophils', 'Basophils', 'hematology'],
    [CELLS, '704-7'],
    [0, 100],
    'absolute basophils|absolute basophil count|basophils absolute|basophils abs|basophils #',
    { codes: '26444-0', decimals: 2, ranges: [adult(undefined, 0.1, OURS)] },
  ),
  analyte(
    ['neutrophils_percent', 'Neutrophils, share', 'hematology'],
    ['%', '770-8'],
    [0, 100],
    'neutrophils|neutrophils %|polymorphs|segmented neutrophils|neutrophil percentage',
    {
      codes: '26511-6',
      decimals: 0,
      ranges: [adult(40, 75, OURS)],
    },
  ),
  analyte(
    ['lymphocytes_percent', 'Lymphocytes, share', 'hematology'],
    ['%', '736-9'],
    [0, 100],
    'lymphocytes|lymphocytes %|lymphocyte percentage',
    {
      codes: '26478-8',
      decimals: 0,
      ranges: [adult(20, 45, OURS)],
    },
  ),
  analyte(
    ['monocytes_percent', 'Monocytes, share', 'hematology'],
    ['%', '5905-5'],
    [0, 100],
    'monocytes|monocytes %|monocyte percentage',
    {
      codes: '26485-3',
      decimals: 0,
      ranges: [adult(2, 10, OURS)],
    },
  ),
  analyte(
    ['eosinophils_percent', 'Eosinophils, share', 'hematology'],
    ['%', '713-8'],
    [0, 100],
    'eosinophils|eosinophils %|eosinophil percentage',
    {
      codes: '26450-7',
      decimals: 0,
      ranges: [adult(0, 6, OURS)],
    },
  ),
  analyte(
    ['basophils_percent', 'Basophils, share', 'hematology'],
    ['%', '706-2'],
    [0, 100],
    'basophils|basophils %|basophil percentage',
    {
      codes: '30180-4',
      decimals: 0,
      ranges: [adult(0, 2, OURS)],
    },
  ),
  analyte(
    ['reticulocytes', 'Reticulocytes, share', 'hematology'],
    ['%', '17849-1'],
    [0, 60],
    'reticulocytes|reticulocyte count|retic count',
    {
      codes: '4679-7',
      ranges: [adult(0.5, 2.5, OURS)],
    },
  ),
  analyte(
    ['esr', 'Erythrocyte sedimentation rate', 'hematology'],
    ['mm/h', '30341-2'],
    [0, 200],
    'esr|erythrocyte sedimentation rate|sedimentation rate|westergren|bsg|vsg|vs',
    {
      codes: '4537-7',
      decimals: 0,
      ranges: [
        aged(18, 50, women(undefined, 20, OURS)),
        aged(18, 50, men(undefined, 15, OURS)),
        aged(50, undefined, women(undefined, 30, OURS)),
        aged(50, undefined, men(undefined, 20, OURS)),
      ],
    },
  ),
  analyte(
    ['inr', 'INR', 'hematology'],
    ['{INR}', '6301-6'],
    [0.5, 25],
    'inr|pt inr|prothrombin time inr|international normalized ratio|international normalised ratio',
    {
      codes: '34714-6',
      decimals: 2,
      ranges: [adult(0.8, 1.2, OURS)],
      critical: critical(undefined, 6.5, CRITICAL),
    },
  ),
  analyte(
    ['prothrombin_time', 'Prothrombin time', 'hematology'],
    ['s', '5902-2'],
    [5, 300],
    'prothrombin time|pt|pt test|protime|prothrombin time pt',
    {
      codes: '5964-2',
      ranges: [adult(10, 13.5, OURS)],
    },
  ),
  analyte(
    ['aptt', 'Activated partial thromboplastin time', 'hematology'],
    ['s', '14979-9'],
    [10, 400],
    'aptt|a p t t|ptt|activated partial thromboplastin time|partial thromboplastin time',
    {
      codes: '3173-2',
      ranges: [adult(25, 37, OURS)],
    },
  ),
  analyte(['fibrinogen', 'Fibrinogen', 'hematology'], ['mg/dL', '3255-7'], [10, 1500], 'fibrinogen|fibrinogène', {
    decimals: 0,
    ranges: [adult(200, 400, OURS)],
  }),
  analyte(
    ['d_dimer', 'D-dimer', 'hematology'],
    ['ng/mL', '48065-7'],
    [0, 200_000],
    'd dimer|d-dimer|fibrin d dimer|d dimers',
    {
      codes: '48066-5',
      decimals: 0,
      ranges: [aged(18, 50, adult(undefined, 500, OURS))],
    },
  ),
  analyte(
    ['antithrombin', 'Antithrombin activity', 'hematology'],
    ['%', '27811-9'],
    [5, 200],
    'antithrombin|antithrombin iii|at iii',
    {
      decimals: 0,
      ranges: [adult(80, 120, OURS)],
    },
  ),
]
