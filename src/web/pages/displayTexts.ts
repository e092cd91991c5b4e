import { areaTexts } from '../texts/catalogue.ts'

/** English of how values and dates are read. */
export const displayEnglish = {
  lead: 'How you read values, whoever’s record it is. What was written down stays as it was.',
  units: 'Weight, length, temperature',
  glucose: 'Glucose',
  results: 'Other results',
  asReported: 'As reported',
  days: 'Days',
  inWords: 'In words',
  clock: 'Clock',
}

export const displayTexts = areaTexts('display', displayEnglish)
