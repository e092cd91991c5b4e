import type { Handlers } from '../../kernel/service.ts'
import type { consentAudit } from './contract.ts'
import { auditHandlers } from './handlers/audit.ts'
import { breachHandlers } from './handlers/breaches.ts'
import { complianceHandlers } from './handlers/compliance.ts'
import { consentHandlers } from './handlers/consents.ts'
import { dutyHandlers } from './handlers/duty.ts'
import { emergencyHandlers } from './handlers/emergency.ts'
import { erasureHandlers } from './handlers/erasure.ts'
import { grantHandlers } from './handlers/grants.ts'
import { guardianHandlers } from './handlers/guardians.ts'
import { linkHandlers } from './handlers/links.ts'
import { myDataHandlers } from './handlers/myData.ts'
import { requestHandlers } from './handlers/requests.ts'

export const handlers: Handlers<typeof consentAudit> = {
  ...consentHandlers,
  ...grantHandlers,
  ...linkHandlers,
  ...dutyHandlers,
  ...emergencyHandlers,
  ...myDataHandlers,
  ...erasureHandlers,
  ...requestHandlers,
  ...auditHandlers,
  ...complianceHandlers,
  ...breachHandlers,
  ...guardianHandlers,
}
