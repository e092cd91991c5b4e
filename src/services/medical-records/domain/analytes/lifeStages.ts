import { adult, aged, inPregnancy, men, type RangeRule, women } from './definition.ts'
import {
  ADA_PREGNANCY,
  ATA_PREGNANCY,
  CALIPER,
  CALIPER_ENDOCRINE,
  DALLMAN,
  DOCKREE,
  OURS,
  WHO_ANAEMIA,
  WHO_ANAEMIA_PREGNANCY,
  WHO_FERRITIN,
  WILES,
} from './sources.ts'

/**
 * Ranges of children and of pregnancy, in each analyte's own unit. Those of children begin at one year: below, days matter, and a
 * profile in completed years can't tell them. Where CALIPER reports mg/dL, its limits are given in umol/L (creatinine 88.4,
 * bilirubin 17.1), rounded as it prints them.
 */
export const LIFE_STAGES = {
  /** g/dL. The lowest of the three trimesters' limits, because the profile doesn't tell which: 10.5 in the second. */
  hemoglobin: [aged(1, 2, adult(10.5, undefined, WHO_ANAEMIA)), inPregnancy(10.5, undefined, WHO_ANAEMIA_PREGNANCY)],
  /** umol/L; enzymatic. In pregnancy the highest of the trimesters' upper limits, and no lower one. */
  creatinine: [
    aged(1, 2, adult(9, 32, CALIPER)),
    aged(2, 5, adult(18, 38, CALIPER)),
    aged(5, 12, adult(27, 54, CALIPER)),
    aged(12, 15, adult(40, 72, CALIPER)),
    aged(15, 18, women(43, 74, CALIPER)),
    aged(15, 18, men(55, 95, CALIPER)),
    inPregnancy(undefined, 77, WILES),
  ],
  /** U/L; growing bones give much of it. None in pregnancy, where the placenta does. */
  alkalinePhosphatase: [
    aged(1, 10, adult(156, 369, CALIPER)),
    aged(10, 13, adult(141, 460, CALIPER)),
    aged(13, 15, women(62, 280, CALIPER)),
    aged(13, 15, men(127, 517, CALIPER)),
    aged(15, 17, women(54, 128, CALIPER)),
    aged(15, 17, men(89, 365, CALIPER)),
    aged(17, 18, women(48, 95, CALIPER)),
    aged(17, 18, men(59, 164, CALIPER)),
  ],
  /** umol/L. */
  bilirubin: [
    aged(1, 9, adult(1, 7, CALIPER)),
    aged(9, 12, adult(1, 9, CALIPER)),
    aged(12, 15, adult(2, 12, CALIPER)),
    aged(15, 18, adult(2, 14, CALIPER)),
  ],
  /** m[iU]/L. In pregnancy 4.0 above, where the laboratory has no limit of its own, and 0.1 below. */
  tsh: [
    aged(1, 14, adult(0.7, 4.17, CALIPER_ENDOCRINE)),
    aged(14, 18, adult(0.47, 3.41, CALIPER_ENDOCRINE)),
    inPregnancy(0.1, 4, ATA_PREGNANCY),
  ],
  /** 10*9/L. */
  whiteCells: [
    aged(1, 2, adult(6, 17.5, DALLMAN)),
    aged(2, 4, adult(6, 17, DALLMAN)),
    aged(4, 6, adult(5.5, 15.5, DALLMAN)),
    aged(6, 8, adult(5, 14.5, DALLMAN)),
    aged(8, 16, adult(4.5, 13.5, DALLMAN)),
    aged(16, 18, adult(4.5, 13, DALLMAN)),
    inPregnancy(5.7, 15, DOCKREE),
  ],
  /** 10*9/L; choices of ours. In pregnancy the lower limit alone: they fall a little towards its end. */
  platelets: [aged(1, 18, adult(150, 450, OURS)), inPregnancy(150, undefined, OURS)],
  /** mg/dL, fasting: below what says gestational diabetes (92 mg/dL). */
  glucoseFasting: [inPregnancy(undefined, 91, ADA_PREGNANCY)],
  /** ug/L; in the first trimester below 15 is iron deficiency, later the guideline names no limit and we keep it. */
  ferritin: [inPregnancy(15, undefined, WHO_FERRITIN)],
} as const satisfies Readonly<Record<string, readonly RangeRule[]>>
