import { endpoint } from '../../../web/client/endpoint.ts'
import type { medicalRecords } from '../contract.ts'

type Records = (typeof medicalRecords)['operations']

export const listDocuments = endpoint<Records['listDocuments']>('GET /documents', { isKept: true })
export const getDocument = endpoint<Records['getDocument']>('GET /documents/:id', { isKept: true })
export const deleteDocument = endpoint<Records['deleteDocument']>('DELETE /documents/:id')
export const documentText = endpoint<Records['documentText']>('GET /documents/:id/text')
export const reviewDocument = endpoint<Records['reviewDocument']>('GET /documents/:id/review')
export const acceptValue = endpoint<Records['acceptValue']>('POST /documents/:id/review/:value_id/accept')
export const correctValue = endpoint<Records['correctValue']>('POST /documents/:id/review/:value_id/correct')
export const rejectValue = endpoint<Records['rejectValue']>('POST /documents/:id/review/:value_id/reject')
export const acceptCertain = endpoint<Records['acceptCertain']>('POST /documents/:id/review/accept-certain')
export const listImports = endpoint<Records['listImports']>('GET /medical-records/imports', { isKept: true })
export const getImport = endpoint<Records['getImport']>('GET /medical-records/imports/:id', { isKept: true })
export const decideImport = endpoint<Records['decideImport']>('POST /medical-records/imports/:id/decide')
export const deleteImport = endpoint<Records['deleteImport']>('DELETE /medical-records/imports/:id')
export const createEntry = endpoint<Records['createClinicalEntry']>('POST /medical-records/clinical/:kind')
export const listEntries = endpoint<Records['listClinicalEntries']>('GET /medical-records/clinical/:kind', {
  isKept: true,
})
export const getEntry = endpoint<Records['getClinicalEntry']>('GET /medical-records/clinical/:kind/:id', {
  isKept: true,
})
export const deleteEntry = endpoint<Records['deleteClinicalEntry']>('DELETE /medical-records/clinical/:kind/:id')
export const createLab = endpoint<Records['createLabResult']>('POST /lab-results')
export const listLabs = endpoint<Records['listLabResults']>('GET /lab-results', { isKept: true })
export const deleteLab = endpoint<Records['deleteLabResult']>('DELETE /lab-results/:id')
export const labContext = endpoint<Records['labContext']>('GET /lab-results/:id/context', { isKept: true })
export const listBiomarkers = endpoint<Records['listBiomarkers']>('GET /lab-results/biomarkers', { isKept: true })
export const labChart = endpoint<Records['biomarkerChart']>('GET /lab-results/biomarkers/:analyte', { isKept: true })
export const retestSchedule = endpoint<Records['retestSchedule']>('GET /lab-results/retest-schedule', { isKept: true })
export const listAnalytes = endpoint<Records['listAnalytes']>('GET /lab-results/analytes')
export const listStudies = endpoint<Records['listStudies']>('GET /imaging/studies', { isKept: true })
export const getStudy = endpoint<Records['getStudy']>('GET /imaging/studies/:id', { isKept: true })
export const createStudy = endpoint<Records['createStudy']>('POST /imaging/studies')
export const updateStudy = endpoint<Records['updateStudy']>('PUT /imaging/studies/:id')
export const deleteStudy = endpoint<Records['deleteStudy']>('DELETE /imaging/studies/:id')
export const listStudyImages = endpoint<Records['listStudyImages']>('GET /imaging/studies/:id/images', { isKept: true })
export const listStudyDicom = endpoint<Records['listStudyDicom']>('GET /imaging/studies/:id/dicom', { isKept: true })
export const listReports = endpoint<Records['listReports']>('GET /clinical-reports', { isKept: true })
export const getReport = endpoint<Records['getReport']>('GET /clinical-reports/:id', { isKept: true })
export const createReport = endpoint<Records['createReport']>('POST /clinical-reports')
export const updateReport = endpoint<Records['updateReport']>('PUT /clinical-reports/:id')
export const changeReportStatus = endpoint<Records['changeReportStatus']>('POST /clinical-reports/:id/status')
export const deleteReport = endpoint<Records['deleteReport']>('DELETE /clinical-reports/:id')
export const reportVersions = endpoint<Records['reportVersions']>('GET /clinical-reports/:id/versions', {
  isKept: true,
})
export const reportAuditLogs = endpoint<Records['reportAuditLogs']>('GET /clinical-reports/:id/audit-logs', {
  isKept: true,
})
export const hospitalConfig = endpoint<Records['hospitalConfig']>('GET /epic-fhir/config')
export const listIntegrations = endpoint<Records['listIntegrations']>('GET /ehr/integrations')
export const readIntegration = endpoint<Records['readIntegration']>('POST /ehr/integrations/:system/sync')
export const removeIntegration = endpoint<Records['removeIntegration']>('DELETE /ehr/integrations/:system')
export const listCarried = endpoint<Records['listCarried']>('GET /medical-records/carried')
export const deleteCarried = endpoint<Records['deleteCarried']>('DELETE /medical-records/carried/:id')
