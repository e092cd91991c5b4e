import { areaTexts } from '../texts/catalogue.ts'

/** English of the questions after a first sign-in. */
export const welcomeEnglish = {
  title: 'Getting started',
  lead: 'Five short steps. Skip what you like and come back any time.',
  step: (n: number, of: number) => `Step ${n} of ${of}`,
  steps: {
    about: 'About you',
    import: 'Your data',
    health: 'Your health',
    emergency: 'Emergencies',
    caregiver: 'Helpers',
  },
  next: 'Save and go on',
  skip: 'Skip',
  goOn: 'Go on',
  later: 'Later',
  about: {
    firstName: 'First name',
    lastName: 'Last name',
    born: 'Date of birth',
    bornHint: 'Many ranges depend on age.',
    units: 'Units',
    metric: 'Kilograms, centimetres',
    imperial: 'Pounds, feet',
    language: 'Language',
  },
  import: {
    lead: 'Nothing has to be typed twice. What you choose here can also wait.',
    file: 'A file of an app or device',
    fileText: 'Apple Health, CSV and others',
    record: 'A lab report or letter',
    recordText: 'A PDF or photo; you check what was read',
    value: 'One measurement',
    valueText: 'Weight, blood pressure, temperature and more',
  },
  health: {
    lead: 'One on each line. It helps checks that are made for you and whoever treats you.',
    conditions: 'Conditions',
    allergies: 'Allergies',
    medications: 'Medicines you take',
  },
  emergency: {
    lead: 'Who should be called when you can’t?',
    name: 'Name',
    phone: 'Phone',
    relation: 'They are my',
  },
  caregiver: {
    lead: 'Let somebody see or keep your record with an account of their own. You say what and until when, and can end it at any time.',
    invite: 'Let somebody in',
    inviteText: 'Family, a caregiver or a clinician',
    keep: 'Keep a record for somebody',
    keepText: 'A child or a parent without an account',
  },
  done: 'All set.',
  doneText: 'Everything can be changed later under More.',
  toToday: 'To Today',
  hint: 'Finish getting started',
  hintText: (left: number) => (left === 1 ? 'One short step is left.' : `${left} short steps are left.`),
  hintGo: 'Go on',
  hintDismiss: 'Don’t show this again',
}

/** The same in the language of the person. */
export const welcomeTexts = areaTexts('welcome', welcomeEnglish)
