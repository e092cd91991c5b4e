import { hindiClinic } from './clinic.ts'
import { hindiLabs } from './labs.ts'
import { hindiRecords } from './records.ts'

/** Hindi of records and results: a chunk of its own, beside the frame. */
export const hindiPapers = { clinic: hindiClinic, labs: hindiLabs, records: hindiRecords }
