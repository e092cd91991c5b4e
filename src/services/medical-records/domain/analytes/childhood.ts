import { aged, child, infant, men, type RangeRule, type Source, women } from './definition.ts'
import { RED_CELLS } from './redCells.ts'
import {
  CALIPER,
  CALIPER_ENDOCRINE,
  DALLMAN,
  HARRIET_LANE,
  NHLBI_CHILDREN,
  OURS,
  RCPA,
  WHO_ANAEMIA,
  WHO_FERRITIN,
} from './sources.ts'

const HALF_A_YEAR_DAYS = 183

/** Acceptable up to `high` (mg/dL), from two years: nobody is tested before. */
const acceptable = (high: number) => [child(2, 18, undefined, high, NHLBI_CHILDREN)]

/** Of the years from one to below another, by sex. */
function bySex(
  from: number,
  below: number,
  girls: readonly [number, number],
  boys: readonly [number, number],
  source: Source,
) {
  return [aged(from, below, women(...girls, source)), aged(from, below, men(...boys, source))]
}

/** The same from a day of the first year to eighteen years. */
function fromDay(day: number, low: number | undefined, high: number, source: Source): RangeRule[] {
  return [infant(day, undefined, low, high, source), child(1, 18, low, high, source)]
}

/**
 * Ranges under eighteen years by analyte, in each one's own unit. A row of a printed table holds until the next one begins, and
 * its last until eighteen. Where a source gives mg/dL, its limits are converted and rounded as they are printed. Left out on
 * purpose: the bilirubin of a newborn, which is judged by hours; potassium in the first month, whose printed limit lies above
 * the critical one; and everything no source at hand gives.
 */
export const CHILDHOOD: Readonly<Record<string, readonly RangeRule[]>> = {
  ...RED_CELLS,
  hemoglobin: [
    ...(RED_CELLS.hemoglobin ?? []),
    infant(HALF_A_YEAR_DAYS, undefined, 10.5, undefined, WHO_ANAEMIA),
    child(1, 2, 10.5, undefined, WHO_ANAEMIA),
    child(2, 5, 11, undefined, WHO_ANAEMIA),
    child(5, 12, 11.5, undefined, WHO_ANAEMIA),
    child(12, 15, 12, undefined, WHO_ANAEMIA),
    aged(15, 18, women(12, undefined, WHO_ANAEMIA)),
    aged(15, 18, men(13, undefined, WHO_ANAEMIA)),
  ],
  white_cells: [
    infant(7, 14, 5, 21, DALLMAN),
    infant(14, 30, 5, 20, DALLMAN),
    infant(30, HALF_A_YEAR_DAYS, 5, 19.5, DALLMAN),
    infant(HALF_A_YEAR_DAYS, undefined, 6, 17.5, DALLMAN),
    child(1, 2, 6, 17.5, DALLMAN),
    child(2, 4, 6, 17, DALLMAN),
    child(4, 6, 5.5, 15.5, DALLMAN),
    child(6, 8, 5, 14.5, DALLMAN),
    child(8, 16, 4.5, 13.5, DALLMAN),
    child(16, 18, 4.5, 13, DALLMAN),
  ],
  platelets: [infant(0, 7, 84, 478, HARRIET_LANE), ...fromDay(7, 150, 450, HARRIET_LANE)],
  ferritin: [
    infant(0, undefined, 12, undefined, WHO_FERRITIN),
    child(1, 5, 12, undefined, WHO_FERRITIN),
    child(5, 18, 15, undefined, WHO_FERRITIN),
  ],
  crp: fromDay(30, undefined, 8, HARRIET_LANE),
  potassium: [
    infant(30, 91, 4, 6.2, HARRIET_LANE),
    infant(91, undefined, 3.4, 5.6, HARRIET_LANE),
    child(1, 18, 3.5, 5.1, HARRIET_LANE),
  ],
  chloride: fromDay(30, 95, 108, HARRIET_LANE),
  bicarbonate: fromDay(30, 20, 30, HARRIET_LANE),
  calcium: [child(1, 12, 2.2, 2.7, HARRIET_LANE), child(12, 18, 2.1, 2.55, HARRIET_LANE)],
  magnesium: [infant(0, 7, 0.6, 1, RCPA), ...fromDay(7, 0.65, 1.1, RCPA)],
  phosphate: [
    infant(0, 6, 1.45, 2.91, HARRIET_LANE),
    child(1, 4, 1.23, 2.1, HARRIET_LANE),
    child(4, 12, 1.03, 1.87, HARRIET_LANE),
    child(12, 16, 0.94, 1.74, HARRIET_LANE),
    child(16, 18, 0.78, 1.52, HARRIET_LANE),
  ],
  /** Enzymatic. */
  creatinine: [
    infant(0, 30, 27, 88, HARRIET_LANE),
    infant(30, undefined, 9, 32, CALIPER),
    child(1, 2, 9, 32, CALIPER),
    child(2, 5, 18, 38, CALIPER),
    child(5, 12, 27, 54, CALIPER),
    child(12, 15, 40, 72, CALIPER),
    ...bySex(15, 18, [43, 74], [55, 95], CALIPER),
  ],
  osmolality: fromDay(30, 266, 295, HARRIET_LANE),
  albumin: [child(1, 4, 34, 52, HARRIET_LANE), child(4, 18, 35, 56, HARRIET_LANE)],
  alt: [
    infant(0, undefined, 5, 51, CALIPER),
    child(1, 13, 11, 30, CALIPER),
    ...bySex(13, 18, [8, 24], [10, 33], CALIPER),
  ],
  ast: [
    infant(8, undefined, 9, 80, HARRIET_LANE),
    child(1, 7, 26, 55, CALIPER),
    child(7, 12, 22, 41, CALIPER),
    ...bySex(12, 18, [17, 33], [18, 40], CALIPER),
  ],
  ggt: [
    infant(0, 61, 12, 147, HARRIET_LANE),
    infant(61, 122, 8, 90, HARRIET_LANE),
    ...fromDay(122, 5, 32, HARRIET_LANE),
  ],
  /** Growing bones give much of it. */
  alkaline_phosphatase: [
    infant(30, undefined, 150, 420, HARRIET_LANE),
    child(1, 10, 156, 369, CALIPER),
    child(10, 13, 141, 460, CALIPER),
    ...bySex(13, 15, [62, 280], [127, 517], CALIPER),
    ...bySex(15, 17, [54, 128], [89, 365], CALIPER),
    ...bySex(17, 18, [48, 95], [59, 164], CALIPER),
  ],
  bilirubin_total: [
    child(1, 9, 1, 7, CALIPER),
    child(9, 12, 1, 9, CALIPER),
    child(12, 15, 2, 12, CALIPER),
    child(15, 18, 2, 14, CALIPER),
  ],
  amylase: [child(1, 18, 30, 100, HARRIET_LANE)],
  tsh: [child(1, 14, 0.7, 4.17, CALIPER_ENDOCRINE), child(14, 18, 0.47, 3.41, CALIPER_ENDOCRINE)],
  glucose: [child(1, 18, 60, 140, OURS)],
  glucose_fasting: [infant(2, 30, 50, 90, HARRIET_LANE), child(1, 18, 60, 100, HARRIET_LANE)],
  cholesterol_total: acceptable(169),
  cholesterol_ldl: acceptable(109),
  cholesterol_non_hdl: acceptable(119),
  cholesterol_hdl: [child(2, 18, 40, undefined, NHLBI_CHILDREN)],
  triglycerides: [child(2, 10, undefined, 74, NHLBI_CHILDREN), child(10, 18, undefined, 89, NHLBI_CHILDREN)],
  apolipoprotein_a1: [child(2, 18, 115, undefined, NHLBI_CHILDREN)],
  apolipoprotein_b: acceptable(89),
}
