import { type AnalyteDefinition, adult, analyte, critical, men, women } from './definition.ts'
import { ADA, ATP3, CRITICAL, EAS_LPA, OURS } from './sources.ts'

/** Sugar, lipids and heart. */
export const METABOLIC_ANALYTES: readonly AnalyteDefinition[] = [
  analyte(
    ['glucose', 'Glucose', 'diabetes'],
    ['mg/dL', '2345-7'],
    [10, 1500],
    'glucose|blood glucose|blood sugar|random blood sugar|rbs|glucose random|random glucose|glukose|glycémie|glucosa|glucemia',
    {
      also: { 'mmol/L': '14749-6' },
      codes: '2339-0 15074-8 41653-7',
      decimals: 0,
      substance: 'glucose',
      ranges: [adult(70, 140, OURS)],
      critical: critical(45, 450, CRITICAL, 270),
    },
  ),
  analyte(
    ['glucose_fasting', 'Glucose, fasting', 'diabetes'],
    ['mg/dL', '1558-6'],
    [10, 1500],
    'fasting glucose|fasting blood sugar|fbs|glucose fasting|fasting blood glucose|fpg|fasting plasma glucose|nüchternglukose|glycémie à jeun|blood sugar fasting',
    {
      also: { 'mmol/L': '14771-0' },
      codes: '1557-8 76629-5',
      decimals: 0,
      substance: 'glucose',
      ranges: [adult(70, 99, ADA)],
      critical: critical(45, 450, CRITICAL, 270),
    },
  ),
  analyte(
    ['glucose_post_meal', 'Glucose, two hours after a meal', 'diabetes'],
    ['mg/dL', '1521-4'],
    [10, 1500],
    'postprandial glucose|post prandial blood sugar|ppbs|pp glucose|glucose pp|blood sugar pp|post prandial glucose|glucose post prandial|pp2bs',
    {
      decimals: 0,
      substance: 'glucose',
      ranges: [adult(70, 139, ADA)],
      critical: critical(45, 450, CRITICAL, 270),
    },
  ),
  analyte(
    ['hba1c', 'HbA1c', 'diabetes'],
    ['%', '4548-4'],
    [3, 20],
    'hba1c|hemoglobin a1c|haemoglobin a1c|a1c|glycated hemoglobin|glycated haemoglobin|glycosylated hemoglobin|glycosylated haemoglobin|hb a1c|glyco hb|hba1c ngsp|hba1c ifcc|hba1c glycosylated hemoglobin',
    {
      also: { 'mmol/mol': '59261-8' },
      codes: '17856-6 41995-2',
      substance: 'hba1c',
      ranges: [adult(undefined, 5.6, ADA)],
    },
  ),
  analyte(
    ['insulin', 'Insulin, fasting', 'diabetes'],
    ['m[iU]/L', '20448-7'],
    [0.1, 1000],
    'insulin|fasting insulin|insulin fasting|serum insulin',
    {
      codes: '27873-9',
      inUnits: true,
      bridges: [
        {
          from: 'm[iU]/L',
          to: 'pmol/L',
          factor: 6,
          source: {
            ...OURS,
            citation: 'Knopp JL et al., J Diabetes Sci Technol 2019;13:597: 1 mIU/L human insulin = 6.00 pmol/L',
            id: 'insulin-6.00',
            kind: 'published',
            version: '2019',
          },
        },
      ],
      ranges: [adult(2, 25, OURS)],
    },
  ),
  analyte(['c_peptide', 'C-peptide', 'diabetes'], ['ng/mL', '1986-9'], [0.01, 40], 'c peptide|c-peptide', {
    decimals: 2,
    substance: 'c_peptide',
    ranges: [adult(0.8, 3.9, OURS)],
  }),
  analyte(
    ['ketones', 'Beta-hydroxybutyrate', 'diabetes'],
    ['mmol/L', '53060-0'],
    [0, 30],
    'beta hydroxybutyrate|ketones blood|blood ketones|b ketone',
    { substance: 'beta_hydroxybutyrate', ranges: [adult(undefined, 0.6, OURS)] },
  ),
  analyte(
    ['cholesterol_total', 'Cholesterol, total', 'lipid'],
    ['mg/dL', '2093-3'],
    [20, 2000],
    'total cholesterol|cholesterol|cholesterol total|tc|gesamtcholesterin|cholestérol total|colesterol total|cholesterin',
    {
      also: { 'mmol/L': '14647-2' },
      decimals: 0,
      substance: 'cholesterol',
      ranges: [adult(undefined, 199, ATP3)],
    },
  ),
  analyte(
    ['cholesterol_hdl', 'HDL cholesterol', 'lipid'],
    ['mg/dL', '2085-9'],
    [3, 250],
    'hdl|hdl cholesterol|hdl c|cholesterol hdl|hdl cholesterol direct|hdl-cholesterol|colesterol hdl|cholestérol hdl',
    {
      also: { 'mmol/L': '14646-4' },
      decimals: 0,
      substance: 'cholesterol',
      ranges: [adult(40, undefined, ATP3)],
    },
  ),
  analyte(
    ['cholesterol_ldl', 'LDL cholesterol', 'lipid'],
    ['mg/dL', '13457-7'],
    [3, 1500],
    'ldl|ldl cholesterol|ldl c|cholesterol ldl|ldl cholesterol direct|ldl-cholesterol|ldl calculated|colesterol ldl|cholestérol ldl',
    {
      also: { 'mmol/L': '22748-8' },
      codes: '2089-1 18262-6 39469-2',
      decimals: 0,
      substance: 'cholesterol',
      ranges: [adult(undefined, 129, ATP3)],
    },
  ),
  analyte(
    ['cholesterol_non_hdl', 'Non-HDL cholesterol', 'lipid'],
    ['mg/dL', '43396-1'],
    [5, 1900],
    'non hdl|non hdl cholesterol|non-hdl cholesterol|cholesterol non hdl',
    {
      also: { 'mmol/L': '70204-3' },
      decimals: 0,
      substance: 'cholesterol',
      ranges: [adult(undefined, 159, ATP3)],
    },
  ),
  analyte(
    ['cholesterol_vldl', 'VLDL cholesterol', 'lipid'],
    ['mg/dL', '13458-5'],
    [0, 1000],
    'vldl|vldl cholesterol|cholesterol vldl',
    { decimals: 0, substance: 'cholesterol', ranges: [adult(undefined, 30, OURS)] },
  ),
  analyte(
    ['triglycerides', 'Triglycerides', 'lipid'],
    ['mg/dL', '2571-8'],
    [5, 15_000],
    'triglycerides|triglyceride|tg|trigs|triglyzeride|trigliceridos|triglicéridos',
    {
      also: { 'mmol/L': '14927-8' },
      decimals: 0,
      substance: 'triglycerides',
      ranges: [adult(undefined, 149, ATP3)],
    },
  ),
  analyte(
    ['apolipoprotein_a1', 'Apolipoprotein A1', 'lipid'],
    ['mg/dL', '1869-7'],
    [5, 500],
    'apolipoprotein a1|apo a1|apoa1|apolipoprotein a i',
    { decimals: 0, ranges: [women(108, 225, OURS), men(104, 202, OURS)] },
  ),
  analyte(
    ['apolipoprotein_b', 'Apolipoprotein B', 'lipid'],
    ['mg/dL', '1884-6'],
    [5, 600],
    'apolipoprotein b|apo b|apob',
    { decimals: 0, ranges: [adult(undefined, 129, OURS)] },
  ),
  // Mass and amount of Lp(a) are not joined: its particles differ in weight from person to person (EAS 2022).
  analyte(
    ['lipoprotein_a', 'Lipoprotein(a), mass', 'lipid'],
    ['mg/dL', '10835-7'],
    [0, 600],
    'lipoprotein a|lp a|lipoprotein (a)|lp(a)',
    { decimals: 0, ranges: [adult(undefined, 30, EAS_LPA)] },
  ),
  analyte(
    ['lipoprotein_a_molar', 'Lipoprotein(a), molar', 'lipid'],
    ['nmol/L', '43583-4'],
    [0, 1500],
    'lipoprotein a|lp a|lipoprotein (a)|lp(a)',
    { decimals: 0, ranges: [adult(undefined, 75, EAS_LPA)] },
  ),
  // Limits of troponin belong to the assay: none of ours.
  analyte(
    ['troponin_i', 'Troponin I, high sensitivity', 'cardiac'],
    ['ng/L', '89579-7'],
    [0, 500_000],
    'troponin i|hs troponin i|high sensitivity troponin i|hstni|troponin i high sensitive',
    { codes: '10839-9', decimals: 0 },
  ),
  analyte(
    ['troponin_t', 'Troponin T, high sensitivity', 'cardiac'],
    ['ng/L', '67151-1'],
    [0, 200_000],
    'troponin t|hs troponin t|high sensitivity troponin t|hstnt',
    { codes: '6598-7', decimals: 0 },
  ),
  analyte(
    ['nt_probnp', 'NT-proBNP', 'cardiac'],
    ['pg/mL', '33762-6'],
    [0, 200_000],
    'nt probnp|nt-probnp|nt pro bnp|n terminal probnp',
    {
      decimals: 0,
      ranges: [
        adult(undefined, 125, {
          ...OURS,
          id: 'esc-heart-failure-2021',
          kind: 'published',
          version: '2021',
          citation: 'ESC guidelines on heart failure, Eur Heart J 2021;42:3599 (not acute)',
        }),
      ],
    },
  ),
  analyte(
    ['bnp', 'BNP', 'cardiac'],
    ['pg/mL', '30934-4'],
    [0, 50_000],
    'bnp|brain natriuretic peptide|b type natriuretic peptide',
    {
      decimals: 0,
      ranges: [
        adult(undefined, 35, {
          ...OURS,
          id: 'esc-heart-failure-2021',
          kind: 'published',
          version: '2021',
          citation: 'ESC guidelines on heart failure, Eur Heart J 2021;42:3599 (not acute)',
        }),
      ],
    },
  ),
  analyte(['ck_mb', 'CK-MB', 'cardiac'], ['ng/mL', '13969-1'], [0, 1000], 'ck mb|ckmb|ck mb mass|creatine kinase mb', {
    ranges: [adult(undefined, 5, OURS)],
  }),
  analyte(
    ['homocysteine', 'Homocysteine', 'cardiac'],
    ['umol/L', '13965-9'],
    [1, 500],
    'homocysteine|homocystein|homocystéine',
    { substance: 'homocysteine', ranges: [adult(undefined, 15, OURS)] },
  ),
]
