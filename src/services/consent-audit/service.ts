import { defineService } from '../../kernel/service.ts'
import { auth } from '../auth/contract.ts'
import { userProfile } from '../user-profile/contract.ts'
import { consentAudit } from './contract.ts'
import { consentSettings } from './domain/settings.ts'
import { handlers } from './handlers.ts'
import { jobs } from './jobs.ts'
import { reactions } from './reactions.ts'
import { routes } from './routes.ts'
import { eraseAll, exportAll } from './store/personal.ts'

export const service = defineService({
  contract: consentAudit,
  needs: [auth, userProfile],
  handlers,
  reactions,
  jobs,
  routes,
  settings: consentSettings,
  personal: { exportAll, eraseAll },
})
