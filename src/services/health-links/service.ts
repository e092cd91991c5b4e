import { defineService } from '../../kernel/service.ts'
import { auth } from '../auth/contract.ts'
import { consentAudit } from '../consent-audit/contract.ts'
import { fhir } from '../fhir/contract.ts'
import { healthTracking } from '../health-tracking/contract.ts'
import { medicalRecords } from '../medical-records/contract.ts'
import { userProfile } from '../user-profile/contract.ts'
import { healthLinks } from './contract.ts'
import { cardHandlers } from './handlers/card.ts'
import { linkHandlers } from './handlers/links.ts'
import { noteHandlers } from './handlers/notes.ts'
import { jobs } from './jobs.ts'
import { routes } from './routes.ts'
import { eraseAll, exportAll } from './store/personal.ts'

export const service = defineService({
  contract: healthLinks,
  needs: [auth, userProfile, consentAudit, medicalRecords, healthTracking, fhir],
  handlers: { ...linkHandlers, ...cardHandlers, ...noteHandlers },
  routes,
  jobs,
  personal: { exportAll, eraseAll },
})
