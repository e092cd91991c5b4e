/** English of notices, the audit, messages and the pages for people without an account. */
export const english = {
  /** What is shared, processed or asked about, one item after the other. */
  categories: {
    personal_info: ['your name', 'date of birth', 'contact details', 'body measures'],
    vitals: ['measurements such as blood pressure', 'pulse', 'weight', 'glucose'],
    symptoms: ['symptoms you noted'],
    goals: ['goals', 'care plans'],
    wellness: ['how you feel, as a number a day'],
    location: ['where you are'],
    mental_health: ['moods', 'questionnaires on your mental health'],
    documents: ['papers', 'pictures you uploaded'],
    medications: ['your medicines', 'when you took them'],
    diagnostics: ['answers you gave to questions about symptoms', 'test results'],
    emergency: ['blood group', 'allergies', 'conditions', 'emergency contacts'],
    health_records: ['your health record: diagnoses, results, reports'],
    nutrition: ['what you ate', 'drank'],
    genomics: ['genetic data', 'what was derived from it'],
    devices: ['data from watches', 'meters', 'other devices'],
    conversations: ['what you say to a companion or assistant here'],
    rights: ['your consents', 'exports', 'erasures'],
  } as Readonly<Record<string, readonly string[]>>,
  /** The same, said to somebody else about the person. */
  ofSomebody: (data: string) => data.replace(/\byour\b/g, 'their').replace(/\byou\b/g, 'they'),
  /** What for, and what is done with it. */
  purposes: {
    emergency: [
      'to help you in an emergency',
      'It is shown to whoever helps you when you call for help, and only then.',
    ],
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
  } as Readonly<Record<string, readonly [string, string]>>,
  recipients: {
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
  } as Readonly<Record<string, string>>,
  notice: {
    title: (data: string, purpose: string) => `May we use ${data} ${purpose}?`,
    purpose: (purpose: string, recipient: string) => `We ask for this only ${purpose}. It goes to ${recipient}.`,
    nothingElse: 'It is used for nothing else. Saying no changes nothing about the rest of the platform.',
    withdraw:
      'You can take this back at any time, with one tap on the page “Consents”, exactly as you gave it. From then on it is not used any more.',
    rights:
      'You can see, correct, export and erase your data on the page “My data”. You can also name somebody to act for you.',
    complain:
      'You can complain to us there. If the answer does not satisfy you, you can go to the Data Protection Board of India or the data protection authority where you live.',
  },
  audit: {
    done: (who: string, what: string) => `${who} ${what}.`,
    doneBecause: (who: string, what: string, why: string) => `${who} ${what}, because ${why}.`,
    refused: (who: string, what: string) => `${who} tried and was refused: ${what}.`,
    refusedBecause: (who: string, what: string, why: string) => `${who} tried and was refused: ${what}: ${why}.`,
    forPurpose: (what: string, purpose: string) => `${what}, for ${purpose}`,
    you: 'You',
    account: (ending: string) => `The account ${ending}`,
    clinician: 'A clinician',
    letIn: 'Somebody you let in',
    related: (relation: string) => `Your ${relation}`,
    named: (who: string, name: string) => `${who} (${name})`,
    personThemselves: 'The person themselves',
    notSignedIn: 'Somebody who was not signed in',
    withLink: 'Somebody with your link',
    withCard: 'Somebody with your emergency card',
    ownRecord: 'it is your record',
    notNoted: 'not noted',
    read: (where: string) => `looked at ${where}`,
    write: (where: string) => `changed ${where}`,
    other: (action: string, where: string) => `${action} ${where}`,
    /** Parts of the record, by service; English names them as the API does. */
    services: {} as Readonly<Record<string, string>>,
    purposes: {} as Readonly<Record<string, string>>,
    relations: {} as Readonly<Record<string, string>>,
    deeds: {
      consent_granted: 'gave a consent',
      consent_denied: 'refused a consent',
      consent_revoked: 'withdrew a consent',
      sharing_invited: 'invited somebody to the record',
      sharing_accepted: 'accepted access to the record',
      sharing_declined: 'gave up access to the record',
      sharing_changed: 'changed what somebody may see',
      sharing_revoked: 'ended somebody’s access to the record',
      link_created: 'made a link to a part of the record',
      link_opened: 'opened a link to a part of the record',
      link_revoked: 'ended a link to the record',
      link_note_written: 'wrote a note through a link',
      link_note_accepted: 'took a note that came through a link into the record',
      link_note_declined: 'threw a note away that came through a link',
      duty_taken: 'took over the duty',
      duty_ended: 'went off duty',
      handover_written: 'wrote a note for the next on duty',
      emergency_card_on: 'made an emergency card for helpers without an account',
      emergency_card_off: 'took the emergency card for helpers back',
      emergency_card_opened: 'opened the emergency card',
      emergency_override: 'opened the record in an emergency',
      emergency_closed: 'closed an emergency access',
      data_export: 'asked for a copy of everything',
      data_downloaded: 'downloaded a copy of everything',
      data_erasure: 'asked for everything to be erased',
      data_erasure_cancelled: 'took the request to erase back',
      data_correction: 'asked for a correction',
      data_restricted: 'restricted the use of the record',
      data_unrestricted: 'ended the restriction',
      fhir_export: 'asked for a FHIR export',
      fhir_export_download: 'downloaded a FHIR export',
      fhir_import: 'brought FHIR data in',
      app_allowed: 'let an app in',
      app_revoked: 'ended an app’s access',
      grievance: 'complained about how the record is used',
      breach_recorded: 'noted a breach of personal data',
      request_answered: 'answered a request about the record',
      objection: 'objected to a use of the record',
      audit_read: 'read the audit of the record',
      account_read: 'looked at the account',
      guardian_proved: 'was proved to be the guardian',
      guardian_declared: 'declared to be the guardian',
      guardian_refused: 'was not accepted as the guardian',
    } as Readonly<Record<string, string>>,
    grounds: {
      guardian: 'they keep this record',
      grant: 'you gave them access',
      'break-glass': 'they opened the record in an emergency',
      link: 'they hold a link you made',
      consent: 'you consented to it',
      emergency: 'they said it was an emergency',
      not_found: 'they have no access to this record',
      consent_required: 'there was no consent for it',
      insufficient_scope: 'their key does not allow it',
      forbidden: 'it is not allowed to them',
      passcode: 'the passcode was wrong',
    } as Readonly<Record<string, string>>,
  },
  /** The page behind a link. */
  share: {
    shared: 'Shared with you',
    openUntil: (time: string) => `Open until ${time}. Only what is on this page was shared with you.`,
    between: (days: string) => `Shown is what is dated ${days}, and what has no date.`,
    fromDay: (day: string) => `Shown is what is dated ${day} or later, and what has no date.`,
    untilDay: (day: string) => `Shown is what is dated until ${day}, and what has no date.`,
    nothing: 'Nothing was noted.',
    what: 'What',
    value: 'Value',
    when: 'When (UTC)',
    passcode: 'Passcode',
    passcodeText: 'Whoever sent you this link gave you a passcode as well.',
    open: 'Open',
    wrongPasscode: 'This is not the passcode.',
    tooMany: 'Too many tries',
    tooManyText: 'Wait a quarter of an hour, then try again.',
    nothingHere: 'Nothing here',
    nothingHereText: 'There is no such link. Ask whoever sent it.',
    over: 'No longer open',
    expired: 'This link ran out. Ask whoever sent it for another.',
    revoked: 'This link was taken back. Ask whoever sent it for another.',
    usedUp: 'This link was used as often as it may be. Ask whoever sent it for another.',
  },
  /** Who answers for the data where nobody is named. */
  operator: 'the operator of this platform',
  mails: {
    breach: 'What happened to your data',
    breachText: (of: {
      readonly title: string
      readonly day: string
      readonly nature: string
      readonly categories: string
      readonly consequences: string
      readonly measures: string
      readonly advice: string
      readonly contact: string
    }) => `${of.title}

On ${of.day} we found that data of yours were not safe with us.

What happened: ${of.nature}
Which data: ${of.categories}
What may follow: ${of.consequences}
What we did: ${of.measures}
What you can do: ${of.advice}
Whom to ask: ${of.contact}`,
    more: 'The whole notice stands in your record, under your rights.',
    emergency: 'Your record was opened in an emergency',
    emergencyText: (until: string, link: string) =>
      `A clinician opened your health record in an emergency, until ${until}. You see who and why, and can close it, under "Who opened my record": ${link}`,
    invitation: 'An invitation to a health record',
    invitationText: (until: string, link: string, code: string) =>
      `Somebody invites you to see a part of their health record until ${until}.

Sign in (or make an account) at ${link} and accept with this code: ${code}

If you don't know what this is about, do nothing: without the code nobody can accept it.`,
  },
}
