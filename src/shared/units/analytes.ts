/**
 * What is needed to go between mass and amount of a substance: molar mass in g/mol, and the charge for equivalents.
 * Molar masses are standard atomic weights summed, or the figure laboratories convert with (clinical reference 1.1).
 */
export interface AnalyteFacts {
  readonly molarMassGPerMol: number
  readonly valence?: number
}

const ANALYTE_FACTS = {
  albumin: { molarMassGPerMol: 66_500 },
  aldosterone: { molarMassGPerMol: 360.44 },
  ammonia: { molarMassGPerMol: 17.031 },
  androstenedione: { molarMassGPerMol: 286.41 },
  beta_hydroxybutyrate: { molarMassGPerMol: 104.1 },
  bicarbonate: { molarMassGPerMol: 61.017, valence: 1 },
  bilirubin: { molarMassGPerMol: 584.66 },
  /** Human C-peptide, 31 amino acids. */
  c_peptide: { molarMassGPerMol: 3020.3 },
  calcium: { molarMassGPerMol: 40.078, valence: 2 },
  chloride: { molarMassGPerMol: 35.45, valence: 1 },
  cholesterol: { molarMassGPerMol: 386.65 },
  copper: { molarMassGPerMol: 63.546 },
  cortisol: { molarMassGPerMol: 362.46 },
  creatinine: { molarMassGPerMol: 113.12 },
  dhea_sulfate: { molarMassGPerMol: 368.49 },
  estradiol: { molarMassGPerMol: 272.38 },
  folate: { molarMassGPerMol: 441.4 },
  glucose: { molarMassGPerMol: 180.156 },
  /** One haem-carrying subunit: 1 g/dL = 0.6206 mmol/L. */
  hemoglobin: { molarMassGPerMol: 16_114 },
  homocysteine: { molarMassGPerMol: 135.18 },
  hydroxyprogesterone: { molarMassGPerMol: 330.46 },
  iron: { molarMassGPerMol: 55.845 },
  lactate: { molarMassGPerMol: 90.08 },
  lead: { molarMassGPerMol: 207.2 },
  lithium: { molarMassGPerMol: 6.94, valence: 1 },
  magnesium: { molarMassGPerMol: 24.305, valence: 2 },
  /** Intact parathyroid hormone, 84 amino acids. */
  parathyroid_hormone: { molarMassGPerMol: 9425 },
  phosphate: { molarMassGPerMol: 30.974 },
  potassium: { molarMassGPerMol: 39.098, valence: 1 },
  progesterone: { molarMassGPerMol: 314.46 },
  retinol: { molarMassGPerMol: 286.45 },
  selenium: { molarMassGPerMol: 78.971 },
  sodium: { molarMassGPerMol: 22.99, valence: 1 },
  testosterone: { molarMassGPerMol: 288.42 },
  thyroxine: { molarMassGPerMol: 776.87 },
  tocopherol: { molarMassGPerMol: 430.71 },
  triglycerides: { molarMassGPerMol: 885.7 },
  triiodothyronine: { molarMassGPerMol: 650.97 },
  urate: { molarMassGPerMol: 168.11 },
  urea: { molarMassGPerMol: 60.056 },
  /** Blood urea nitrogen: mass counts the two nitrogen atoms, amount counts urea (mg/dL = mmol/L x 2.801). */
  urea_nitrogen: { molarMassGPerMol: 28.014 },
  vitamin_b12: { molarMassGPerMol: 1355.37 },
  /** 25-hydroxyvitamin D3. */
  vitamin_d: { molarMassGPerMol: 400.64 },
  zinc: { molarMassGPerMol: 65.38 },
} satisfies Record<string, AnalyteFacts>

export type MassAnalyte = keyof typeof ANALYTE_FACTS
/** `hba1c` has no molar mass here: its two units are joined by the IFCC/NGSP master equation only. */
export type Analyte = MassAnalyte | 'hba1c'

export const ANALYTES: Readonly<Record<MassAnalyte, AnalyteFacts>> = ANALYTE_FACTS
