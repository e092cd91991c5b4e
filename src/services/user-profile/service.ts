import { defineService } from '../../kernel/service.ts'
import { auth } from '../auth/contract.ts'
import { userProfile } from './contract.ts'
import { demo } from './demo.ts'
import { familyHandlers } from './handlers/family.ts'
import { fhirHandlers } from './handlers/fhir.ts'
import { internalHandlers } from './handlers/internal.ts'
import { eraseAll, summarise } from './handlers/personal.ts'
import { profileHandlers } from './handlers/profile.ts'
import { settingsHandlers } from './handlers/settings.ts'
import { reactions } from './reactions.ts'
import { exportAll } from './store.ts'

export const service = defineService({
  contract: userProfile,
  needs: [auth],
  handlers: { ...profileHandlers, ...settingsHandlers, ...familyHandlers, ...internalHandlers, ...fhirHandlers },
  reactions,
  personal: { exportAll, eraseAll, summarise },
  demo,
})
