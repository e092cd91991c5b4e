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

/** Children of Canada, by age and sex; Abbott ARCHITECT, creatinine enzymatic. */
export const CALIPER = published(
  'caliper-2012',
  '2012',
  'CALIPER: Colantonio DA et al., Clin Chem 2012;58:854-868 (healthy children, Abbott ARCHITECT)',
)
export const CALIPER_ENDOCRINE = published(
  'caliper-2013',
  '2013',
  'CALIPER: Bailey D et al., Clin Chem 2013;59:1393-1405 (healthy children, Abbott ARCHITECT)',
)
export const DALLMAN = published(
  'dallman-1977',
  '1977',
  'Dallman PR, in Rudolph AM (ed), Pediatrics, 16th ed. 1977, as textbooks of haematology reprint it (children born at term)',
)
export const WHO_ANAEMIA_PREGNANCY = published(
  'who-haemoglobin-2024-pregnancy',
  '2024',
  'WHO guideline on haemoglobin cutoffs, 2024: pregnancy, by trimester (where it is not known, the lowest)',
)
export const WILES = published(
  'wiles-2019',
  '2019',
  'Wiles K et al., Kidney Int Rep 2019;4:408-419: serum creatinine in pregnancy (85, 80 and 86 % of a limit of 90 umol/L)',
)
export const ATA_PREGNANCY = published(
  'ata-pregnancy-2017',
  '2017',
  'American Thyroid Association, Alexander EK et al., Thyroid 2017;27:315-389: TSH in pregnancy without a local range',
)
export const DOCKREE = published(
  'dockree-2021',
  '2021',
  'Dockree S et al., EBioMedicine 2021;74:103715: white cells in pregnancy, 8 to 40 weeks',
)
export const ADA_PREGNANCY = published(
  'ada-gestational',
  '2025',
  'American Diabetes Association, Standards of Care: gestational diabetes, fasting glucose of the one-step test',
)
export const ABBASSI = published(
  'abbassi-ghanavati-2009',
  '2009',
  'Abbassi-Ghanavati M et al., Obstet Gynecol 2009;114:1326-1331: laboratory values by trimester of pregnancy',
)
export const SIENNICKA = published(
  'siennicka-2020',
  '2020',
  'Siennicka A et al., Biomed Res Int 2020;2020:3192350: D-dimer and fibrinogen by trimester (71 women)',
)
export const NHLBI_CHILDREN = published(
  'nhlbi-children-2011',
  '2011',
  'NHLBI Expert Panel on cardiovascular health in children and adolescents, Pediatrics 2011;128:S213 (acceptable levels)',
)
/** A compiled table, wide where its sources differ; of children born at term. */
export const HARRIET_LANE = published(
  'accp-pedsap-2018',
  '2018',
  'ACCP Pediatric Self-Assessment Program, reference values for common laboratory tests (after The Harriet Lane Handbook, 21st ed. 2018, and others; born at term)',
)
export const RCPA = published(
  'rcpa-harmonised-2015',
  '2015',
  'RCPA and AACB harmonised reference intervals, Australasia',
)
