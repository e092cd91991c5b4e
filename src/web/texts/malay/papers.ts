import { malayLabs } from './labs.ts'
import { malayRecords } from './records.ts'

/** Malay of records and results: a chunk of its own, beside the frame. */
export const malayPapers = { labs: malayLabs, records: malayRecords }
