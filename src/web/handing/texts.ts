import { areaTexts } from '../texts/catalogue.ts'

/** English of what is handed out to somebody without an account: health links and the emergency card. */
export const handingEnglish = {
  links: 'Health links',
  linksText: 'A summary that a clinic’s app or any browser opens, as your record is at that moment.',
  make: 'Make a health link',
  none: 'No health link is open.',
  lasting: 'They may come back for newer content until it ends',
  made: 'A clinic’s app scans the code. It is shown this once.',
  view: 'The same as a page for any browser',
  tries: (n: number) => (n === 1 ? 'passcode, 1 try left' : `passcode, ${n} tries left`),
  locked: 'Locked: the passcode was wrong too often',
  openings: 'Who opened a link or the card',
  openingsNone: 'Nobody has yet.',
  card: 'Emergency card',
  cardText: 'To print, with a code that needs no network',
  print: 'Print the card',
  code: 'Code on the card',
  codeText: 'Plain text: any phone reads it without a network.',
  codeShort: 'Not everything has room in the code; the printed page has it all.',
  codeLabel: 'QR code with the essentials of the card as text',
  notes: 'What helpers have to know',
  notesHint: 'Only on the card, such as where the insulin is kept.',
  saved: 'It is on the card now.',
  missing: 'Still unknown',
  online: 'Open it online',
  onlineText: 'Whoever scans the card sees it as it is then. You are told each time.',
  onlineOff: 'Off: the card shows only what was printed.',
  consent: 'It needs your consent that helpers see your emergency data.',
  toConsents: 'To the consents',
  on: 'Turn on',
  off: 'Turn off',
  renew: 'New address',
  renewed: 'The old address opens nothing any more. Print the card again.',
  turnedOff: 'The address opens nothing any more.',
}

export const handingTexts = areaTexts('handing', handingEnglish)
