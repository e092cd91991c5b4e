import { defineService } from '../../kernel/service.ts'
import { deviceData } from '../device-data/contract.ts'
import { healthTracking } from '../health-tracking/contract.ts'
import { medicalRecords } from '../medical-records/contract.ts'
import { userProfile } from '../user-profile/contract.ts'
import { fhir } from './contract.ts'
import { fhirSettings } from './domain/settings.ts'
import { patients } from './handlers/patients.ts'
import { summaryDocuments } from './handlers/summaryDocuments.ts'
import { exportJobs } from './jobs/export.ts'
import { importJobs } from './jobs/import.ts'
import { projectionJobs } from './jobs/projection.ts'
import { subscriptionJobs } from './jobs/subscriptions.ts'
import { reactions } from './reactions.ts'
import { routes } from './routes.ts'
import { sockets } from './sockets.ts'
import { eraseAll, exportAll } from './store/personal.ts'

export const service = defineService({
  contract: fhir,
  needs: [userProfile, healthTracking, medicalRecords, deviceData],
  handlers: { patients, summaryDocuments, sharedWithHospital: async () => ({}) },
  routes,
  sockets,
  reactions,
  jobs: [...exportJobs, ...importJobs, ...subscriptionJobs, ...projectionJobs],
  settings: fhirSettings,
  personal: { exportAll, eraseAll },
})
