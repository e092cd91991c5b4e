/** A report of nobody, to see what reading does before one's own papers are trusted to it. It says itself that it is made up. */
const REPORT = `Sample Laboratory (made up)
Collected: 2026-01-12

Test                Result    Unit      Reference range
Hemoglobin          13.1      g/dL      12.0 - 15.5
Glucose, fasting    112       mg/dL     70 - 99
HbA1c               6.1       %         4.0 - 5.6
Creatinine          0.82      mg/dL     0.50 - 1.10
Sodium              140       mmol/L    135 - 145
LDL Cholesterol     148       mg/dL     0 - 130
TSH                 2.4       mIU/L     0.4 - 4.0
`

export function sampleReport(): File {
  return new File([REPORT], 'sample-report.txt', { type: 'text/plain' })
}
