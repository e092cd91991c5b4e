import { defineService } from '../../kernel/service.ts'
import { healthTracking } from '../health-tracking/contract.ts'
import { userProfile } from '../user-profile/contract.ts'
import { medicalRecords } from './contract.ts'
import { demo } from './demo.ts'
import { ehrSettings } from './domain/ehrSettings.ts'
import { recordSettings } from './domain/settings.ts'
import { exportAll } from './handlers/personal.ts'
import { handlers } from './handlers.ts'
import { jobs } from './jobs.ts'
import { reactions } from './reactions.ts'
import { routes } from './routes.ts'
import { documentFiles } from './store/documentsPersonal.ts'
import { eraseAll, summarise } from './store/personal.ts'

export const service = defineService({
  contract: medicalRecords,
  needs: [userProfile, healthTracking],
  handlers,
  routes,
  jobs,
  reactions,
  settings: { ...recordSettings, ...ehrSettings },
  personal: { exportAll, eraseAll, listFiles: documentFiles, summarise },
  demo,
})
