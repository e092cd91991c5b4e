import { type AnalyteDefinition, adult, analyte, men, women } from './definition.ts'
import { NHANES_TSH, OURS } from './sources.ts'

/**
 * Thyroid and other hormones. Where a range depends on the phase of the cycle or the time of day, none of
 * ours is given: only the report's own.
 */
export const HORMONE_ANALYTES: readonly AnalyteDefinition[] = [
  analyte(
    ['tsh', 'Thyroid-stimulating hormone', 'thyroid'],
    ['m[iU]/L', '3016-3'],
    [0.001, 1000],
    'tsh|thyroid stimulating hormone|thyrotropin|tsh ultrasensitive|tsh 3rd generation|thyroid stimulating hormone tsh|ultra tsh|tsh basal',
    {
      codes: '11580-8 11579-0',
      decimals: 2,
      inUnits: true,
      ranges: [adult(0.45, 4.12, NHANES_TSH)],
    },
  ),
  analyte(
    ['free_t4', 'Free thyroxine (T4)', 'thyroid'],
    ['ng/dL', '3024-7'],
    [0.05, 15],
    'free t4|ft4|t4 free|free thyroxine|freies t4|ft 4|t4 libre',
    {
      also: { 'pmol/L': '14920-3' },
      decimals: 2,
      substance: 'thyroxine',
      ranges: [adult(0.8, 1.8, OURS)],
    },
  ),
  analyte(
    ['free_t3', 'Free triiodothyronine (T3)', 'thyroid'],
    ['pg/mL', '3051-0'],
    [0.2, 50],
    'free t3|ft3|t3 free|free triiodothyronine|freies t3|ft 3',
    {
      also: { 'pmol/L': '14928-6' },
      substance: 'triiodothyronine',
      ranges: [adult(2.3, 4.2, OURS)],
    },
  ),
  analyte(
    ['total_t4', 'Thyroxine (T4), total', 'thyroid'],
    ['ug/dL', '3026-2'],
    [0.3, 40],
    't4|total t4|thyroxine|t4 total|thyroxine t4|total thyroxine',
    {
      also: { 'nmol/L': '14921-1' },
      substance: 'thyroxine',
      ranges: [adult(5, 12, OURS)],
    },
  ),
  analyte(
    ['total_t3', 'Triiodothyronine (T3), total', 'thyroid'],
    ['ng/dL', '3053-6'],
    [10, 1000],
    't3|total t3|triiodothyronine|t3 total|triiodothyronine t3|total triiodothyronine',
    {
      also: { 'nmol/L': '14930-2' },
      decimals: 0,
      substance: 'triiodothyronine',
      ranges: [adult(80, 200, OURS)],
    },
  ),
  analyte(
    ['tpo_antibodies', 'Thyroid peroxidase antibodies', 'thyroid'],
    ['k[iU]/L', '8099-4'],
    [0, 20_000],
    'anti tpo|tpo antibodies|thyroid peroxidase antibody|anti thyroid peroxidase|atpo|tpo ab|anti tpo antibody|thyroperoxidase antibody',
    {
      codes: '5379-3',
      decimals: 0,
      inUnits: true,
      ranges: [adult(undefined, 35, OURS)],
    },
  ),
  analyte(
    ['thyroglobulin_antibodies', 'Thyroglobulin antibodies', 'thyroid'],
    ['k[iU]/L', '8098-6'],
    [0, 20_000],
    'anti thyroglobulin|thyroglobulin antibodies|anti tg|thyroglobulin antibody',
    { codes: '5380-1', decimals: 0, inUnits: true, ranges: [adult(undefined, 115, OURS)] },
  ),
  analyte(['thyroglobulin', 'Thyroglobulin', 'thyroid'], ['ng/mL', '3013-0'], [0, 100_000], 'thyroglobulin', {
    decimals: 1,
  }),
  analyte(['calcitonin', 'Calcitonin', 'thyroid'], ['pg/mL', '1992-7'], [0, 100_000], 'calcitonin', {
    ranges: [women(undefined, 5, OURS), men(undefined, 8.4, OURS)],
  }),
  analyte(
    ['pth', 'Parathyroid hormone', 'other'],
    ['pg/mL', '2731-8'],
    [1, 6000],
    'pth|intact pth|ipth|parathyroid hormone|parathormone|parathyroid hormone intact',
    {
      also: { 'pmol/L': '14866-8' },
      decimals: 0,
      substance: 'parathyroid_hormone',
      ranges: [adult(15, 65, OURS)],
    },
  ),
  analyte(['cortisol', 'Cortisol', 'other'], ['ug/dL', '2143-6'], [0.1, 200], 'cortisol|serum cortisol|kortisol', {
    also: { 'nmol/L': '14675-3' },
    substance: 'cortisol',
  }),
  analyte(
    ['cortisol_morning', 'Cortisol, morning', 'other'],
    ['ug/dL', '9813-7'],
    [0.1, 200],
    'cortisol morning|cortisol am|cortisol 8 am|morning cortisol',
    { substance: 'cortisol', ranges: [adult(5, 25, OURS)] },
  ),
  analyte(
    ['acth', 'ACTH', 'other'],
    ['pg/mL', '2141-0'],
    [0.5, 5000],
    'acth|adrenocorticotropic hormone|corticotropin',
    { decimals: 0, ranges: [adult(7, 63, OURS)] },
  ),
  analyte(['aldosterone', 'Aldosterone', 'other'], ['ng/dL', '1763-2'], [0.1, 1000], 'aldosterone', {
    substance: 'aldosterone',
  }),
  analyte(
    ['testosterone', 'Testosterone, total', 'other'],
    ['ng/dL', '2986-8'],
    [1, 5000],
    'testosterone|total testosterone|testosterone total',
    {
      also: { 'nmol/L': '14913-8' },
      decimals: 0,
      substance: 'testosterone',
      ranges: [
        men(264, 916, {
          ...OURS,
          id: 'travison-testosterone-2017',
          kind: 'published',
          version: '2017',
          citation: 'Travison TG et al., J Clin Endocrinol Metab 2017;102:1161 (men 19 to 39, not obese)',
        }),
        women(8, 60, OURS),
      ],
    },
  ),
  analyte(
    ['free_testosterone', 'Testosterone, free', 'other'],
    ['pg/mL', '2991-8'],
    [0.05, 500],
    'free testosterone|testosterone free',
    { substance: 'testosterone' },
  ),
  analyte(
    ['shbg', 'Sex hormone-binding globulin', 'other'],
    ['nmol/L', '13967-5'],
    [1, 500],
    'shbg|sex hormone binding globulin',
    { decimals: 0, ranges: [men(10, 57, OURS), women(18, 144, OURS)] },
  ),
  analyte(
    ['estradiol', 'Oestradiol', 'other'],
    ['pg/mL', '2243-4'],
    [1, 20_000],
    'estradiol|oestradiol|e2|estradiol e2',
    { also: { 'pmol/L': '14715-7' }, decimals: 0, substance: 'estradiol', ranges: [men(10, 40, OURS)] },
  ),
  analyte(['progesterone', 'Progesterone', 'other'], ['ng/mL', '2839-9'], [0.02, 600], 'progesterone|progesteron', {
    also: { 'nmol/L': '14890-8' },
    decimals: 2,
    substance: 'progesterone',
  }),
  analyte(
    ['lh', 'Luteinising hormone', 'other'],
    ['[iU]/L', '10501-5'],
    [0.01, 300],
    'lh|luteinizing hormone|luteinising hormone',
    { inUnits: true, ranges: [men(1.7, 8.6, OURS)] },
  ),
  analyte(
    ['fsh', 'Follicle-stimulating hormone', 'other'],
    ['[iU]/L', '15067-2'],
    [0.05, 300],
    'fsh|follicle stimulating hormone',
    { inUnits: true, ranges: [men(1.5, 12.4, OURS)] },
  ),
  analyte(['prolactin', 'Prolactin', 'other'], ['ng/mL', '2842-3'], [0.1, 50_000], 'prolactin|prl|serum prolactin', {
    bridges: [
      {
        from: 'ng/mL',
        to: 'm[iU]/L',
        factor: 21.2,
        source: {
          ...OURS,
          id: 'who-84-500',
          version: '84/500',
          kind: 'published',
          citation: 'WHO third international standard for prolactin (84/500): 1 ng/mL = 21.2 mIU/L',
        },
      },
    ],
    ranges: [men(4, 15.2, OURS), women(4.8, 23.3, OURS)],
  }),
  analyte(
    ['dheas', 'DHEA sulphate', 'other'],
    ['ug/dL', '2191-5'],
    [1, 3000],
    'dheas|dhea s|dhea sulfate|dhea sulphate|dehydroepiandrosterone sulfate',
    { also: { 'umol/L': '14688-6' }, decimals: 0, substance: 'dhea_sulfate' },
  ),
  analyte(
    ['amh', 'Anti-Müllerian hormone', 'other'],
    ['ng/mL', '38476-8'],
    [0.01, 100],
    'amh|anti mullerian hormone|anti müllerian hormone',
    { decimals: 2 },
  ),
  analyte(
    ['hydroxyprogesterone', '17-hydroxyprogesterone', 'other'],
    ['ng/dL', '1668-3'],
    [1, 50_000],
    '17 oh progesterone|17 hydroxyprogesterone|17 ohp',
    { decimals: 0, substance: 'hydroxyprogesterone' },
  ),
  analyte(['androstenedione', 'Androstenedione', 'other'], ['ng/dL', '1854-9'], [1, 5000], 'androstenedione', {
    decimals: 0,
    substance: 'androstenedione',
  }),
  analyte(
    ['growth_hormone', 'Growth hormone', 'other'],
    ['ng/mL', '2963-7'],
    [0, 500],
    'growth hormone|gh|hgh|somatotropin',
    { decimals: 2 },
  ),
  analyte(
    ['igf_1', 'IGF-1', 'other'],
    ['ng/mL', '2484-4'],
    [5, 3000],
    'igf 1|igf-1|somatomedin c|insulin like growth factor 1',
    { decimals: 0 },
  ),
  analyte(
    ['hcg', 'hCG (beta)', 'other'],
    ['m[iU]/mL', '19080-1'],
    [0, 5_000_000],
    'hcg|beta hcg|b hcg|bhcg|quantitative hcg|human chorionic gonadotropin|ß hcg',
    { codes: '21198-7 2118-8', decimals: 0, inUnits: true },
  ),
]
