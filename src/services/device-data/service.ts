import { defineService } from '../../kernel/service.ts'
import { userProfile } from '../user-profile/contract.ts'
import { deviceData } from './contract.ts'
import { demo } from './demo.ts'
import { importSettings } from './domain/importSettings.ts'
import { deviceSettings } from './domain/settings.ts'
import { glucoseAnalytics } from './handlers/analytics.ts'
import { deviceBoard } from './handlers/board.ts'
import { daily, held } from './handlers/daily.ts'
import { deviceHandlers } from './handlers/devices.ts'
import { announceHours, fhirHandlers } from './handlers/fhir.ts'
import { importHandlers } from './handlers/imports/operations.ts'
import { importJobs, importRoutes } from './handlers/imports/wiring.ts'
import { ingestHandlers } from './handlers/ingest.ts'
import { integrationHandlers } from './handlers/integrations.ts'
import { pointHandlers } from './handlers/points.ts'
import { recordingHandlers } from './handlers/recordings.ts'
import { sourceHandlers } from './handlers/sources.ts'
import { statisticsHandlers } from './handlers/statistics.ts'
import { uploaderHandlers } from './handlers/uploaders.ts'
import { bloodPressureAnalytics, hrvAnalytics, restingHeartRate, sleepAnalytics } from './handlers/vitalAnalytics.ts'
import { jobs } from './jobs.ts'
import { routes } from './routes.ts'
import { listImportFiles } from './store/importsPersonal.ts'
import { eraseAll, exportAll, summarise } from './store/personal.ts'

export const service = defineService({
  contract: deviceData,
  needs: [userProfile],
  handlers: {
    ...deviceHandlers,
    ...pointHandlers,
    ...statisticsHandlers,
    ...ingestHandlers,
    ...integrationHandlers,
    ...uploaderHandlers,
    ...importHandlers,
    ...fhirHandlers,
    ...recordingHandlers,
    ...sourceHandlers,
    deviceBoard,
    daily,
    held,
    ...{ glucoseAnalytics, hrvAnalytics, sleepAnalytics, restingHeartRate, bloodPressureAnalytics },
  },
  jobs: [...jobs, announceHours, ...importJobs],
  routes: { ...routes, ...importRoutes },
  settings: { ...deviceSettings, ...importSettings },
  personal: { exportAll, eraseAll, summarise, listFiles: listImportFiles },
  demo,
})
