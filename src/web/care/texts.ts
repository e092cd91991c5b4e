import { areaTexts } from '../texts/catalogue.ts'

/** English of looking after others: the board of people, a record on one page, and the search over everything. */
export const careEnglish = {
  board: 'People I look after',
  boardText: 'Who needs a look first',
  empty: 'Nobody else’s record is open to you yet.',
  states: {
    urgent: 'Needs a look now',
    alert: 'Needs a look',
    due: 'Something is due',
    calm: 'Nothing open',
    quiet: 'Nothing new',
    closed: 'Not open to you',
  },
  alerts: (n: number) => (n === 1 ? '1 open alert' : `${n} open alerts`),
  last: 'Last measured',
  lastOne: (what: string, when: string) => `${what}, ${when}`,
  never: 'nothing yet',
  due: 'To test again',
  overdue: (day: string) => `since ${day}`,
  shared: 'shared with you',
  page: 'On one page',
  print: 'Print',
  none: 'None is written down.',
  closed: 'This part is not shared with you.',
  labs: 'Newest results',
  vitals: 'The last 90 days',
  usual: (range: string) => `usual ${range}`,
  course: (name: string, n: number) => `${name}: ${n} values of the last 90 days`,
  more: (n: number) => `and ${n} more`,
  search: 'Search',
  searchLabel: 'Search everything',
  searchHint: 'By names, titles and notes. The text inside papers is encrypted: it is not searched.',
  nothing: 'Nothing has these words.',
  found: (n: number) => (n === 1 ? '1 thing found' : `${n} things found`),
  kinds: {
    page: 'Page',
    person: 'Person',
    metric: 'Measurement',
    device: 'Device',
    symptom: 'Symptom',
    goal: 'Goal',
    alert: 'Alert',
    lab: 'Result',
  },
}

export const careTexts = areaTexts('care', careEnglish)
