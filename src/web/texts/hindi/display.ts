import type { displayEnglish } from '../../pages/displayTexts.ts'

/** Hindi of how values and dates are read. */
export const hindiDisplay: typeof displayEnglish = {
  lead: 'आप मान कैसे पढ़ते हैं, रिकॉर्ड चाहे किसी का भी हो। जो लिखा गया, वह वैसा ही रहता है।',
  units: 'वज़न, लंबाई, तापमान',
  glucose: 'ग्लूकोज़',
  hba1c: 'HbA1c',
  results: 'अन्य परिणाम',
  asReported: 'रिपोर्ट के अनुसार',
  days: 'दिन',
  inWords: 'शब्दों में',
  clock: 'घड़ी',
  saved: 'सहेजा गया।',
}
