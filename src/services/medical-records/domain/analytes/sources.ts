import type { Source } from './definition.ts'

function published(id: string, version: string, citation: string): Source {
  return { id, version, citation, kind: 'published' }
}

/** Widely printed limits without one free publication that says them: our choice, and named so wherever it shows. */
export const OURS: Source = {
  id: 'salus-engineering',
  version: '1',
  citation:
    'Engineering choice of Salus: limits that laboratories commonly print; your laboratory’s own range goes first',
  kind: 'engineering',
}

export const NORIP = published(
  'norip-2004',
  '2004',
  'Nordic Reference Interval Project: Rustad P et al., Scand J Clin Lab Invest 2004;64:271-284',
)
export const NORIP_BLOOD = published(
  'norip-haematology-2004',
  '2004',
  'Nordin G et al., Scand J Clin Lab Invest 2004;64:385-398 (Nordic adults)',
)
export const WHO_ANAEMIA = published(
  'who-haemoglobin-2024',
  '2024',
  'WHO guideline on haemoglobin cutoffs to define anaemia in individuals and populations, 2024 (not pregnant, sea level)',
)
export const WHO_FERRITIN = published(
  'who-ferritin-2020',
  '2020',
  'WHO guideline on use of ferritin concentrations to assess iron status, 2020 (apparently healthy)',
)
export const WHO_FOLATE = published(
  'who-folate-b12-2008',
  '2008',
  'Conclusions of a WHO technical consultation on folate and vitamin B12 deficiencies, Food Nutr Bull 2008;29:S238-244',
)
export const IOM_VITAMIN_D = published(
  'iom-vitamin-d-2011',
  '2011',
  'Institute of Medicine, Dietary Reference Intakes for Calcium and Vitamin D, 2011',
)
export const ADA = published('ada-diagnosis', '2025', 'American Diabetes Association, Standards of Care: diagnosis')
export const ATP3 = published('ncep-atp3-2001', '2001', 'NCEP Adult Treatment Panel III, JAMA 2001;285:2486')
export const EAS_LPA = published(
  'eas-lpa-2022',
  '2022',
  'European Atherosclerosis Society consensus on lipoprotein(a), Eur Heart J 2022;43:3925',
)
export const AHA_CRP = published(
  'aha-cdc-crp-2003',
  '2003',
  'AHA/CDC statement on markers of inflammation, Circulation 2003;107:499',
)
export const NHANES_TSH = published(
  'nhanes-tsh-2002',
  '2002',
  'Hollowell JG et al., J Clin Endocrinol Metab 2002;87:489-499 (NHANES III reference population)',
)
export const KDIGO = published('kdigo-ckd-2024', '2024', 'KDIGO guideline on chronic kidney disease, 2024')
/** Limits of laboratories' telephone lists; each site confirms its own. */
export const CRITICAL = published(
  'rcpath-communication-2017',
  '2017',
  'Royal College of Pathologists, communication of critical and unexpected pathology results, 2017 (defaults; a site confirms its own)',
)
