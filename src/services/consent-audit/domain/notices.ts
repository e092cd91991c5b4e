import type { Category, Purpose, Recipient } from '../contract/words.ts'

/** What is shown before somebody consents. A changed text is a new version; old versions stay readable. */
export interface Notice {
  readonly id: string
  readonly version: number
  readonly language: string
  readonly title: string
  /** What data, one item a line. */
  readonly items: readonly string[]
  readonly purpose: string
  /** What is done with it, in particular. */
  readonly uses: readonly string[]
  readonly withdraw: string
  readonly rights: string
  readonly complain: string
}

/** Each category in the words of a notice. */
export const CATEGORY_WORDS: Readonly<Record<Category, string>> = {
  personal_info: 'your name, date of birth, contact details and body measures',
  vitals: 'measurements such as blood pressure, pulse, weight and glucose',
  symptoms: 'symptoms you noted',
  goals: 'goals and care plans',
  wellness: 'how you feel, as a number a day',
  location: 'where you are',
  mental_health: 'moods and questionnaires on your mental health',
  documents: 'papers and pictures you uploaded',
  medications: 'your medicines, and when you took them',
  diagnostics: 'answers you gave to questions about symptoms, and test results',
  emergency: 'blood group, allergies, conditions and emergency contacts',
  health_records: 'your health record: diagnoses, results, reports',
  nutrition: 'what you ate and drank',
  genomics: 'genetic data and what was derived from it',
  devices: 'data from watches, meters and other devices',
  conversations: 'what you say to a companion or assistant here',
  rights: 'your consents, exports and erasures',
}

const PURPOSE_WORDS: Readonly<Record<Purpose, readonly [string, string]>> = {
  emergency: ['to help you in an emergency', 'It is shown to whoever helps you when you call for help, and only then.'],
  treatment: ['to treat you', 'A healthcare worker you deal with reads it to decide on your care.'],
  storage: ['to keep it for you', 'It is stored so that you find it again. Nobody else reads it.'],
  ai_processing: [
    'to have a computer model work on it',
    'The part a question needs is sent to the model; the answer is marked as such and never replaces a doctor.',
  ],
  reminder: ['to remind you', 'It is read to know when to remind you, and of what.'],
  analytics: ['to find patterns in it', 'Trends and comparisons are computed from it and shown to you.'],
  sharing: ['to pass it on', 'A copy or a view goes to the recipient named here, and to nobody else.'],
  research: ['for research', 'It is used without your name, in groups so large that nobody can be picked out.'],
  marketing: ['to offer you things', 'Offers are chosen by it. Care does not depend on this.'],
  operations: ['to run a care organisation', 'Billing, quality control and duties under law use it.'],
}

const RECIPIENT_WORDS: Readonly<Record<Recipient, string>> = {
  self: 'nobody but you',
  hospital: 'the hospital that treats you',
  ambulance: 'the ambulance that comes for you',
  ai_service: 'the model this platform is set up to use',
  emergency_responder: 'people who help in an emergency',
  healthcare_worker: 'a healthcare worker you deal with',
  family: 'members of your family',
  researcher: 'researchers',
  insurer: 'your insurer',
  pharmacy: 'your pharmacy',
  third_party: 'another organisation',
}

export const NOTICE_VERSION = 1
export const NOTICE_LANGUAGE = 'en'

/** Id of the notice of a cell: `medications.reminder.self`. */
export function noticeId(cell: { category: string; purpose: string; recipient: string }): string {
  return `${cell.category}.${cell.purpose}.${cell.recipient}`
}

/** The itemised notice for one cell, understandable without any other document. */
export function noticeFor(cell: { category: Category; purpose: Purpose; recipient: Recipient }): Notice {
  const [purpose, use] = PURPOSE_WORDS[cell.purpose]
  const data = CATEGORY_WORDS[cell.category]
  const recipient = RECIPIENT_WORDS[cell.recipient]
  return {
    id: noticeId(cell),
    version: NOTICE_VERSION,
    language: NOTICE_LANGUAGE,
    title: `May we use ${data} ${purpose}?`,
    items: data.split(/, | and /).map((item) => item.replace(/^your /, '')),
    purpose: `We ask for this only ${purpose}. It goes to ${recipient}.`,
    uses: [use, 'It is used for nothing else. Saying no changes nothing about the rest of the platform.'],
    withdraw:
      'You can take this back at any time, with one call or one tap, exactly as you gave it: POST /api/v1/consent/revoke. From then on it is not used any more.',
    rights:
      'You can see, correct, export and erase your data: /api/v1/my-data. You can name somebody to act for you: /api/v1/my-data/nominee.',
    complain:
      'You can complain to us: POST /api/v1/my-data/grievances. If the answer does not satisfy you, you can go to the Data Protection Board of India or the data protection authority where you live.',
  }
}
