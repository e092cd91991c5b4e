import { defineService } from '../../kernel/service.ts'
import { deviceData } from '../device-data/contract.ts'
import { userProfile } from '../user-profile/contract.ts'
import { healthTracking } from './contract.ts'
import { demo } from './demo.ts'
import { alertHandlers } from './handlers/alerts.ts'
import { analyticsHandlers } from './handlers/analytics.ts'
import { careBoard } from './handlers/board.ts'
import { dashboard } from './handlers/dashboard.ts'
import { courseHandlers } from './handlers/dayCourses.ts'
import { deviceDays } from './handlers/deviceDays.ts'
import { findTracked } from './handlers/find.ts'
import { goalHandlers } from './handlers/goals.ts'
import { internalHandlers } from './handlers/internal.ts'
import { metricHandlers } from './handlers/metrics.ts'
import { projectionHandlers } from './handlers/projection.ts'
import { projectionDiaryHandlers } from './handlers/projectionDiary.ts'
import { projectionWriteHandlers } from './handlers/projectionWrites.ts'
import { ruleHandlers } from './handlers/rules.ts'
import { symptomHandlers } from './handlers/symptoms.ts'
import { vitalHandlers } from './handlers/vitals.ts'
import { jobs } from './jobs.ts'
import { reactions } from './reactions.ts'
import { routes } from './routes.ts'
import { eraseAll, exportAll } from './store/personal.ts'
import { summarise } from './store/summary.ts'

export const service = defineService({
  contract: healthTracking,
  needs: [userProfile, deviceData],
  handlers: {
    ...metricHandlers,
    ...vitalHandlers,
    ...symptomHandlers,
    ...goalHandlers,
    ...alertHandlers,
    ...ruleHandlers,
    ...analyticsHandlers,
    ...internalHandlers,
    ...projectionHandlers,
    ...projectionWriteHandlers,
    ...projectionDiaryHandlers,
    dashboard,
    ...courseHandlers,
    deviceDays,
    careBoard,
    findTracked,
  },
  reactions,
  jobs,
  routes,
  personal: { exportAll, eraseAll, summarise },
  demo,
})
