import { hindiLabs } from './labs.ts'
import { hindiRecords } from './records.ts'

/** Hindi of records and results: a chunk of its own, beside the frame. */
export const hindiPapers = { labs: hindiLabs, records: hindiRecords }
