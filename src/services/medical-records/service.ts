import { defineService } from '../../kernel/service.ts'
import { medicalRecords } from './contract.ts'
import { handlers } from './handlers.ts'
import { eraseAll, exportAll } from './store.ts'

export const service = defineService({
  contract: medicalRecords,
  needs: [],
  handlers,
  personal: { exportAll, eraseAll },
})
