import { arabicClinic } from './clinic.ts'
import { arabicHospitals } from './hospitals.ts'
import { arabicLabs } from './labs.ts'
import { arabicRecordings } from './recordings.ts'
import { arabicRecords } from './records.ts'

/** Arabic of records, results and traces: a chunk of its own, beside the frame. */
export const arabicPapers = {
  clinic: arabicClinic,
  hospitals: arabicHospitals,
  labs: arabicLabs,
  recordings: arabicRecordings,
  records: arabicRecords,
}
