import { defineService } from '../../kernel/service.ts'
import { deviceData } from './contract.ts'
import { handlers } from './handlers.ts'
import { eraseAll, exportAll } from './store.ts'

export const service = defineService({
  contract: deviceData,
  needs: [],
  handlers,
  personal: { exportAll, eraseAll },
})
