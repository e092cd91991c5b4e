import type { StreamHandler } from '../../kernel/service.ts'
import { downloadDocument } from './handlers/documents/download.ts'
import { documentPage } from './handlers/documents/page.ts'
import { uploadDocument } from './handlers/documents/upload.ts'
import { authorizeHospital, connectHospital, hospitalCallback, launchHospital } from './handlers/ehr/signIn.ts'
import { uploadLabResults } from './handlers/exchange/upload.ts'
import { analyzeRecord } from './handlers/healthRecords/analyze.ts'
import { addStudyDicom, addStudyImage } from './handlers/imaging/files.ts'

export const routes: Readonly<Record<string, StreamHandler>> = {
  uploadDocument,
  downloadDocument,
  documentPage,
  analyzeRecord,
  uploadLabResults,
  addStudyImage,
  addStudyDicom,
  connectHospital,
  addIntegration: connectHospital,
  authorizeHospital,
  launchHospital,
  hospitalCallback,
}
