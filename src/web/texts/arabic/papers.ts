import { arabicClinic } from './clinic.ts'
import { arabicLabs } from './labs.ts'
import { arabicRecords } from './records.ts'

/** Arabic of records and results: a chunk of its own, beside the frame. */
export const arabicPapers = { clinic: arabicClinic, labs: arabicLabs, records: arabicRecords }
