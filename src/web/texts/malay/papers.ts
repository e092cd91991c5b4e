import { malayClinic } from './clinic.ts'
import { malayHospitals } from './hospitals.ts'
import { malayLabs } from './labs.ts'
import { malayRecordings } from './recordings.ts'
import { malayRecords } from './records.ts'

/** Malay of records, results and traces: a chunk of its own, beside the frame. */
export const malayPapers = {
  clinic: malayClinic,
  hospitals: malayHospitals,
  labs: malayLabs,
  recordings: malayRecordings,
  records: malayRecords,
}
