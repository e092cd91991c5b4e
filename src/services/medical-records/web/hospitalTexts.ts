import { areaTexts } from '../../../web/texts/catalogue.ts'

/** English of the connections with hospitals. */
export const hospitalEnglish = {
  title: 'Hospitals',
  lead: 'Brings what a hospital has of you. Nothing counts before you accept it.',
  none: 'The operator of this server has set up no hospital. Add your hospital’s files instead: PDF, C-CDA, HL7 or FHIR.',
  notHere: 'It is not set up on this server any more.',
  text: 'You sign in at the hospital and come back here.',
  connect: (name: string) => `Connect ${name}`,
  states: { connected: 'Connected', expired: 'Sign in again', error: 'Not all was read' },
  last: (when: string) => `Last read ${when}`,
  reading: 'It is being read.',
  found: (n: number) => `${n} found`,
  outcomes: { nothing: 'nothing new', not_open: 'not open', failed: 'not read', later: 'next time' },
  kinds: {
    'vital-signs': 'Vital signs',
    'social-history': 'Way of life',
    Encounter: 'Visits',
    CarePlan: 'Plans',
    Goal: 'Goals',
    Device: 'Devices',
  },
  what: 'What the last reading found',
  again: 'Read again',
  all: 'Read everything again',
  end: 'Disconnect',
  endText: 'The access ends there and here. What you accepted stays in your record; what still waits is removed.',
  ended: 'It is disconnected.',
  endedHere: 'It is disconnected here. The hospital did not confirm it: end the access there too.',
  faults: {
    away: 'The hospital’s server is out of reach. It is tried again later.',
    busy: 'The hospital’s server is busy. It is tried again later.',
    broken: 'The hospital’s server gave no answer that can be read.',
    refused: 'The hospital gives no access any more. Sign in again.',
    version: 'The hospital’s server speaks a version of FHIR that is not read here; R4 is.',
    not_set_up: 'This hospital is not set up on this server.',
  },
  kept: 'Visits, plans and devices you accepted',
}

export const hospitalTexts = areaTexts('hospitals', hospitalEnglish)
