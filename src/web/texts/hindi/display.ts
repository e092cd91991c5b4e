import type { displayEnglish } from '../../pages/displayTexts.ts'

/** Hindi of how values and dates are read. */
export const hindiDisplay: typeof displayEnglish = {
  lead: 'आपको मान ऐसे दिखते हैं, रिकॉर्ड किसी का भी हो। जो लिखा गया, वैसा ही रहता है।',
  units: 'वज़न, लंबाई, तापमान',
  glucose: 'ग्लूकोज़',
  results: 'अन्य परिणाम',
  asReported: 'रिपोर्ट के अनुसार',
  days: 'दिन',
  inWords: 'शब्दों में',
  clock: 'घड़ी',
}
