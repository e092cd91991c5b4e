import { listMetricTypes } from '../../services/health-tracking/web/endpoints.ts'
import { readProfile } from '../../services/user-profile/web/endpoints.ts'
import { listUsers } from '../../services/wellness/web/endpoints.ts'
import { readEmergencyCard } from '../sos/endpoints.ts'
import { keepReady } from './cache.ts'

/** Has on this device what an emergency and an entry without the server need. */
export async function prepareDevice(): Promise<void> {
  await Promise.allSettled([
    keepReady(readEmergencyCard, {}),
    keepReady(readProfile, {}),
    keepReady(listMetricTypes, {}),
    keepReady(listUsers, { limit: 1 }),
  ])
}
