import { hindiClinic } from './clinic.ts'
import { hindiHospitals } from './hospitals.ts'
import { hindiLabs } from './labs.ts'
import { hindiRecordings } from './recordings.ts'
import { hindiRecords } from './records.ts'

/** Hindi of records, results and traces: a chunk of its own, beside the frame. */
export const hindiPapers = {
  clinic: hindiClinic,
  hospitals: hindiHospitals,
  labs: hindiLabs,
  recordings: hindiRecordings,
  records: hindiRecords,
}
