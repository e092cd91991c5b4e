import type { Database } from '../../../kernel/database.ts'
import type { Context } from '../../../kernel/service.ts'
import { exportHospitals } from '../store/hospitals.ts'
import { exportLabs } from '../store/labsPersonal.ts'
import { exportDocuments } from './documents/personal.ts'

/** Everything the service holds about a person. */
export async function exportAll(db: Database, personId: string, context: Context) {
  return {
    ...(await exportDocuments(db, personId, context)),
    ...(await exportLabs(db, personId)),
    ...(await exportHospitals(db, personId)),
  }
}
