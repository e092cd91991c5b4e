import { defineService } from '../../kernel/service.ts'
import { fhir } from './contract.ts'
import { patients } from './handlers/patients.ts'
import { exportJobs } from './jobs/export.ts'
import { routes } from './routes.ts'
import { eraseAll, exportAll } from './store/personal.ts'

export const service = defineService({
  contract: fhir,
  needs: [],
  handlers: { patients },
  routes,
  jobs: exportJobs,
  personal: { exportAll, eraseAll },
})
