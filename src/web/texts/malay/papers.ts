import { malayClinic } from './clinic.ts'
import { malayLabs } from './labs.ts'
import { malayRecords } from './records.ts'

/** Malay of records and results: a chunk of its own, beside the frame. */
export const malayPapers = { clinic: malayClinic, labs: malayLabs, records: malayRecords }
