import { areaTexts } from '../texts/catalogue.ts'

/** English of what waits on this device. */
export const waitingEnglish = {
  title: 'Saved on this device',
  lead: 'Written down here, and sent once when the server answers.',
  empty: 'Nothing waits. The server has everything.',
  sendNow: 'Send now',
  still: 'The server still does not answer. Everything stays here.',
  said: (when: string) => `noted ${when}`,
  refused: 'Not accepted',
  mend: 'Mend',
  mendTitle: 'Mend and send again',
  send: 'Send',
  discard: 'Discard',
  discardTitle: 'Discard this entry?',
  discardText: 'It was not sent. Nobody can bring it back.',
  keep: 'Keep it',
  discarded: 'The entry was discarded.',
  routes: {
    '/metrics': 'Measurement',
    '/vitals/blood-pressure': 'Blood pressure',
    '/symptoms': 'Symptom',
    '/wellness/wellness-metrics': 'How I feel',
    '/preferences': 'Units and dates',
  },
  signOut: {
    title: 'Sign out with entries unsent?',
    text: (n: number) =>
      `${n === 1 ? '1 entry was' : `${n} entries were`} saved on this device and not sent. Signing out discards ${n === 1 ? 'it' : 'them'}.`,
    anyway: 'Discard and sign out',
    stay: 'Stay signed in',
  },
}

export const waitingTexts = areaTexts('waiting', waitingEnglish)
