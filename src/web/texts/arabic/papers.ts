import { arabicClinic } from './clinic.ts'
import { arabicHospitals } from './hospitals.ts'
import { arabicLabs } from './labs.ts'
import { arabicRecords } from './records.ts'

/** Arabic of records and results: a chunk of its own, beside the frame. */
export const arabicPapers = {
  clinic: arabicClinic,
  hospitals: arabicHospitals,
  labs: arabicLabs,
  records: arabicRecords,
}
