import { areaTexts } from '../../../web/texts/catalogue.ts'

/** English of the facts about a person that decide ranges and rules. */
export const factsEnglish = {
  lead: 'They decide which ranges and rules fit. Nobody has to answer; what you empty is taken away.',
  born: 'Date of birth',
  blood: 'Blood group',
  sex: 'Sex at birth',
  unsaid: 'Not said',
  female: 'Female',
  male: 'Male',
  intersex: 'Intersex',
  pregnant: 'Pregnant',
  pregnantHint: 'Laboratory ranges differ in each trimester. You can take it away at any time.',
  yes: 'Yes',
  no: 'No',
  due: 'Due date',
  dueHint: 'It tells the trimester.',
  saved: 'Saved.',
}

export const factsTexts = areaTexts('facts', factsEnglish)
