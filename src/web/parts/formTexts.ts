import { areaTexts } from '../texts/catalogue.ts'

/** English of what a form says before it sends. */
export const formsEnglish = {
  optional: 'optional',
  required: 'This is needed.',
  choose: 'Choose one.',
  chooseSome: 'Choose at least one.',
  number: 'Write a number, such as 71.5.',
  comma: (digits: string) => `Write it without a comma, such as ${digits}.`,
  whole: 'Write a whole number.',
  between: (least: string, most: string) => `Between ${least} and ${most}.`,
  atLeast: (least: string) => `${least} or more.`,
  atMost: (most: string) => `${most} or less.`,
  tooShort: (least: string) => `At least ${least} characters.`,
  tooLong: (most: string) => `At most ${most} characters.`,
  tooMany: (most: string) => `At most ${most} entries.`,
  date: 'Write a whole date.',
  notBefore: (day: string) => `Not before ${day}.`,
  notAfter: (day: string) => `Not after ${day}.`,
  email: 'Write an e-mail address, such as name@example.org.',
}

export const formTexts = areaTexts('forms', formsEnglish)
