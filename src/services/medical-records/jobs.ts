import type { JobDefinition } from '../../kernel/service.ts'
import { readStored } from './handlers/documents/read.ts'
import { removeExpired } from './handlers/documents/remove.ts'
import { readDueHospitals, readHospital } from './handlers/ehr/reading.ts'
import { keepDue } from './handlers/exchange/due.ts'
import { importDocument } from './handlers/exchange/fromDocument.ts'
import { makeDueWords } from './handlers/find/words.ts'
import { raiseLabAlerts } from './handlers/labs/alerts.ts'
import { judgeLabsAgain } from './handlers/labs/judgeAgain.ts'

export const jobs: readonly JobDefinition[] = [
  {
    name: 'read-document',
    summary: 'Reads the text of a document and the values in it.',
    leaseSeconds: 2400,
    run: readStored,
  },
  {
    name: 'import-document',
    summary: 'Offers the values of a C-CDA, HL7 v2 or FHIR file that was added as a document.',
    run: importDocument,
  },
  {
    name: 'remove-expired-documents',
    summary: 'Removes documents whose storage time is over, and drafts that nobody saved.',
    everySeconds: 3600,
    run: removeExpired,
  },
  {
    name: 'make-words',
    summary: 'Makes the fingerprints of words that documents are found by, where they are missing or old.',
    everySeconds: 60,
    leaseSeconds: 600,
    run: makeDueWords,
  },
  {
    name: 'raise-lab-alerts',
    summary: 'Makes alerts of critical laboratory results.',
    run: raiseLabAlerts,
  },
  {
    name: 'judge-labs-again',
    summary: 'Judges results by the ranges for whom the profile now says the person is.',
    run: judgeLabsAgain,
  },
  {
    name: 'read-hospital',
    summary: 'Reads what a hospital has of a person; what is new waits to be taken.',
    leaseSeconds: 1800,
    run: readHospital,
  },
  {
    name: 'keep-taken',
    summary: 'Keeps vital signs, reports and papers that a person took of a clinic’s file.',
    leaseSeconds: 1800,
    run: keepDue,
  },
  {
    name: 'read-hospitals',
    summary: 'Queues the daily reading of connected hospitals.',
    everySeconds: 3600,
    run: readDueHospitals,
  },
]
