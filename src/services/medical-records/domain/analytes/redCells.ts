import { aged, child, infant, men, type RangeRule, women } from './definition.ts'
import { DALLMAN } from './sources.ts'

/** Mean, and two standard deviations below it, as the table prints them. */
type Printed = readonly [mean: number, low: number]

interface Row {
  readonly hold: (low: number, high: number) => RangeRule[]
  /** g/dL; to half a year only: from there the cutoffs of the WHO hold. */
  readonly hemoglobin?: Printed
  readonly hematocrit: Printed
  readonly red_cells: Printed
  readonly mcv: Printed
  readonly mch: Printed
  readonly mchc: Printed
}

const ofDays = (from: number, below: number) => (low: number, high: number) => [infant(from, below, low, high, DALLMAN)]
const ofYears = (from: number, below: number) => (low: number, high: number) => [child(from, below, low, high, DALLMAN)]
const HALF_A_YEAR_DAYS = 183

/** The blood of cord (the first day) is left out: a sample of the first hours is seldom said to be one. */
const ROWS: readonly Row[] = [
  {
    hold: ofDays(1, 7),
    hemoglobin: [18.5, 14.5],
    hematocrit: [56, 45],
    red_cells: [5.3, 4],
    mcv: [108, 95],
    mch: [34, 31],
    mchc: [33, 29],
  },
  {
    hold: ofDays(7, 14),
    hemoglobin: [17.5, 13.5],
    hematocrit: [54, 42],
    red_cells: [5.1, 3.9],
    mcv: [107, 88],
    mch: [34, 28],
    mchc: [33, 28],
  },
  {
    hold: ofDays(14, 30),
    hemoglobin: [16.5, 12.5],
    hematocrit: [51, 39],
    red_cells: [4.9, 3.6],
    mcv: [105, 86],
    mch: [34, 28],
    mchc: [33, 28],
  },
  {
    hold: ofDays(30, 61),
    hemoglobin: [14, 10],
    hematocrit: [43, 31],
    red_cells: [4.2, 3],
    mcv: [104, 85],
    mch: [34, 28],
    mchc: [33, 29],
  },
  {
    hold: ofDays(61, 91),
    hemoglobin: [11.5, 9],
    hematocrit: [35, 28],
    red_cells: [3.8, 2.7],
    mcv: [96, 77],
    mch: [30, 26],
    mchc: [33, 29],
  },
  {
    hold: ofDays(91, HALF_A_YEAR_DAYS),
    hemoglobin: [11.5, 9.5],
    hematocrit: [35, 29],
    red_cells: [3.8, 3.1],
    mcv: [91, 74],
    mch: [30, 25],
    mchc: [33, 30],
  },
  {
    hold: (low, high) => [infant(HALF_A_YEAR_DAYS, undefined, low, high, DALLMAN), ...ofYears(1, 2)(low, high)],
    hematocrit: [36, 33],
    red_cells: [4.5, 3.7],
    mcv: [78, 70],
    mch: [27, 23],
    mchc: [33, 30],
  },
  { hold: ofYears(2, 6), hematocrit: [37, 34], red_cells: [4.6, 3.9], mcv: [81, 75], mch: [27, 24], mchc: [34, 31] },
  { hold: ofYears(6, 12), hematocrit: [40, 35], red_cells: [4.6, 4], mcv: [86, 77], mch: [29, 25], mchc: [34, 31] },
  {
    hold: (low, high) => [aged(12, 18, women(low, high, DALLMAN))],
    hematocrit: [41, 36],
    red_cells: [4.6, 4.1],
    mcv: [90, 78],
    mch: [30, 25],
    mchc: [34, 31],
  },
  {
    hold: (low, high) => [aged(12, 18, men(low, high, DALLMAN))],
    hematocrit: [43, 37],
    red_cells: [4.9, 4.5],
    mcv: [88, 78],
    mch: [30, 25],
    mchc: [34, 31],
  },
]

function rulesOf(pick: (row: Row) => Printed | undefined): RangeRule[] {
  return ROWS.flatMap((row) => {
    const printed = pick(row)
    if (printed === undefined) return []
    const [mean, low] = printed
    return row.hold(low, Number((2 * mean - low).toFixed(1)))
  })
}

/** Red cells from birth to eighteen years: the mean and two standard deviations to each side. */
export const RED_CELLS: Readonly<Record<string, readonly RangeRule[]>> = {
  hemoglobin: rulesOf((row) => row.hemoglobin),
  hematocrit: rulesOf((row) => row.hematocrit),
  red_cells: rulesOf((row) => row.red_cells),
  mcv: rulesOf((row) => row.mcv),
  mch: rulesOf((row) => row.mch),
  mchc: rulesOf((row) => row.mchc),
}
