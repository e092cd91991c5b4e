import { defineService } from '../../kernel/service.ts'
import { auth } from '../auth/contract.ts'
import { wellness } from './contract.ts'
import { demo } from './demo.ts'
import { handlers } from './handlers.ts'
import { eraseAll, exportAll, summarise } from './store.ts'

export const service = defineService({
  contract: wellness,
  needs: [auth],
  handlers,
  personal: { exportAll, eraseAll, summarise },
  demo,
})
