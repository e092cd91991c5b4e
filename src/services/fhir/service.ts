import { defineService } from '../../kernel/service.ts'
import { fhir } from './contract.ts'
import { routes } from './routes.ts'
import { eraseAll, exportAll } from './store/resources.ts'

export const service = defineService({
  contract: fhir,
  needs: [],
  handlers: {},
  routes,
  personal: { exportAll, eraseAll },
})
