import { byTrimester, inPregnancy, inTrimester, type RangeRule } from './definition.ts'
import {
  ABBASSI,
  ADA_PREGNANCY,
  ATA_PREGNANCY,
  DOCKREE,
  OURS,
  SIENNICKA,
  WHO_ANAEMIA_PREGNANCY,
  WHO_FERRITIN,
  WILES,
} from './sources.ts'

/**
 * Ranges in pregnancy by analyte, in each one's own unit: by trimester where the source has them, and for all of it where one
 * holds whatever the week. An analyte that is not named here has none in pregnancy, and nobody pregnant is given another.
 */
export const PREGNANCY: Readonly<Record<string, readonly RangeRule[]>> = {
  /** Where the trimester is not known, the lowest of the three. */
  hemoglobin: [
    ...byTrimester(WHO_ANAEMIA_PREGNANCY, [11, undefined], [10.5, undefined], [11, undefined]),
    inPregnancy(10.5, undefined, WHO_ANAEMIA_PREGNANCY),
  ],
  hematocrit: byTrimester(ABBASSI, [31, 41], [30, 39], [28, 40]),
  red_cells: byTrimester(ABBASSI, [3.42, 4.55], [2.81, 4.49], [2.71, 4.43]),
  mcv: byTrimester(ABBASSI, [81, 96], [82, 97], [81, 99]),
  mch: byTrimester(ABBASSI, [30, 32], [30, 33], [29, 32]),
  mpv: byTrimester(ABBASSI, [7.7, 10.3], [7.8, 10.2], [8.2, 10.4]),
  /** Where the trimester is not known, the lower limit alone: they fall a little towards its end. */
  platelets: [...byTrimester(ABBASSI, [174, 391], [155, 409], [146, 429]), inPregnancy(150, undefined, OURS)],
  white_cells: [inPregnancy(5.7, 15, DOCKREE)],
  neutrophils: [inPregnancy(3.7, 11.6, DOCKREE)],
  lymphocytes: [inPregnancy(1, 2.9, DOCKREE)],
  monocytes: [inPregnancy(0.3, 1.1, DOCKREE)],
  eosinophils: [inPregnancy(undefined, 0.6, ABBASSI)],
  basophils: [inPregnancy(undefined, 0.1, ABBASSI)],
  fibrinogen: byTrimester(SIENNICKA, [260, 656], [340, 853], [363, 914]),
  d_dimer: byTrimester(SIENNICKA, [undefined, 721], [undefined, 1653], [undefined, 2256]),
  /** The guideline names no limit after the first trimester. */
  ferritin: [inTrimester(1, 15, undefined, WHO_FERRITIN)],
  iron: byTrimester(ABBASSI, [12.9, 25.6], [7.9, 31.9], [5.4, 34.6]),
  tibc: [inTrimester(1, 49.8, 72.2, ABBASSI), inTrimester(3, 64.3, 109, ABBASSI)],
  sodium: byTrimester(ABBASSI, [133, 148], [129, 148], [130, 148]),
  potassium: byTrimester(ABBASSI, [3.6, 5], [3.3, 5], [3.3, 5.1]),
  bicarbonate: [inPregnancy(18, 26, ABBASSI)],
  calcium: byTrimester(ABBASSI, [2.2, 2.65], [2.05, 2.25], [2.05, 2.43]),
  phosphate: byTrimester(ABBASSI, [1, 1.49], [0.81, 1.49], [0.9, 1.49]),
  urea_nitrogen: byTrimester(ABBASSI, [7, 12], [3, 13], [3, 11]),
  urea: byTrimester(ABBASSI, [2.5, 4.3], [1.1, 4.6], [1.1, 3.9]),
  urate: byTrimester(ABBASSI, [119, 250], [143, 292], [184, 375]),
  /** Where the trimester is not known, the highest of the three upper limits; no lower one. */
  creatinine: [
    ...byTrimester(WILES, [undefined, 76], [undefined, 72], [undefined, 77]),
    inPregnancy(undefined, 77, WILES),
  ],
  albumin: byTrimester(ABBASSI, [31, 51], [26, 45], [23, 42]),
  alt: byTrimester(ABBASSI, [3, 30], [2, 33], [2, 25]),
  ast: byTrimester(ABBASSI, [3, 23], [3, 33], [4, 32]),
  ggt: byTrimester(ABBASSI, [2, 23], [4, 22], [3, 26]),
  /** The placenta gives much of it. */
  alkaline_phosphatase: byTrimester(ABBASSI, [17, 88], [25, 126], [38, 229]),
  bilirubin_total: byTrimester(ABBASSI, [1.7, 6.8], [1.7, 13.7], [1.7, 18.8]),
  cholesterol_total: byTrimester(ABBASSI, [141, 210], [176, 299], [219, 349]),
  cholesterol_hdl: byTrimester(ABBASSI, [40, 78], [52, 87], [48, 87]),
  triglycerides: byTrimester(ABBASSI, [40, 159], [75, 382], [131, 453]),
  zinc: byTrimester(ABBASSI, [57, 88], [51, 80], [50, 77]),
  /** Where the laboratory has no limit of its own. */
  tsh: [inPregnancy(0.1, 4, ATA_PREGNANCY)],
  /** Below what says gestational diabetes (92 mg/dL). */
  glucose_fasting: [inPregnancy(undefined, 91, ADA_PREGNANCY)],
}
