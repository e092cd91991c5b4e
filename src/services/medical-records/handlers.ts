import type { Handlers } from '../../kernel/service.ts'
import type { medicalRecords } from './contract.ts'
import { clinicalHandlers } from './handlers/clinical/clinical.ts'
import { documentHandlers } from './handlers/documents/documents.ts'
import { documentFhirHandlers } from './handlers/documents/fhir.ts'
import { reviewHandlers } from './handlers/documents/review.ts'
import { ehrHandlers } from './handlers/ehr/hospitals.ts'
import { carriedHandlers } from './handlers/exchange/carried.ts'
import { fhirHandlers } from './handlers/exchange/fhir.ts'
import { fhirWriteHandlers } from './handlers/exchange/fhirWrites.ts'
import { exchangeHandlers } from './handlers/exchange/imports.ts'
import { findRecords } from './handlers/find/find.ts'
import { retestBoard } from './handlers/find/retestBoard.ts'
import { readHandlers, removeHandlers } from './handlers/healthRecords/read.ts'
import { saveHandlers } from './handlers/healthRecords/save.ts'
import { imagingHandlers } from './handlers/imaging/imaging.ts'
import { labReadHandlers } from './handlers/labs/read.ts'
import { createLabResult, deleteLabResult, updateLabResult } from './handlers/labs/write.ts'
import { reportHandlers } from './handlers/reports/reports.ts'

export const handlers: Handlers<typeof medicalRecords> = {
  ...documentHandlers,
  ...documentFhirHandlers,
  ...ehrHandlers,
  ...reviewHandlers,
  ...readHandlers,
  ...removeHandlers,
  ...saveHandlers,
  ...labReadHandlers,
  createLabResult,
  updateLabResult,
  deleteLabResult,
  ...clinicalHandlers,
  ...fhirHandlers,
  ...fhirWriteHandlers,
  ...exchangeHandlers,
  ...carriedHandlers,
  ...imagingHandlers,
  ...reportHandlers,
  findRecords,
  retestBoard,
}
