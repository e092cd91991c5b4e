import { defineContract } from '../../kernel/contract.ts'
import { auditOperations } from './contract/audit.ts'
import { breachOperations } from './contract/breaches.ts'
import { complianceOperations } from './contract/compliance.ts'
import { consentOperations } from './contract/consents.ts'
import { dutyOperations } from './contract/duty.ts'
import { emergencyOperations } from './contract/emergency.ts'
import { events } from './contract/events.ts'
import { grantOperations } from './contract/grants.ts'
import { guardianOperations } from './contract/guardians.ts'
import { internalOperations } from './contract/internal.ts'
import { linkOperations, linkStreams } from './contract/links.ts'
import { rightsOperations, rightsStreams } from './contract/rights.ts'
import { standingOperations } from './contract/standing.ts'

export const consentAudit = defineContract({
  name: 'consent-audit',
  summary:
    'Who may use what for which purpose, who may see what, what was done with it, and how to get it out or erased.',
  summaryIn: {
    hi: 'कौन क्या किसलिए उपयोग कर सकता है, कौन क्या देख सकता है, क्या हुआ, और डेटा बाहर कैसे लें या मिटाएँ।',
    ar: 'من يستعمل ماذا ولأي غرض، ومن يرى ماذا، وما جرى، وكيف تُؤخذ البيانات أو تُمحى.',
    ms: 'Siapa boleh menggunakan apa dan untuk apa, siapa boleh melihat apa, apa yang telah dibuat, dan cara mengeluarkan atau memadamnya.',
  },
  names: ['consent-audit', 'consent', 'dpdp'],
  operations: {
    ...consentOperations,
    ...grantOperations,
    ...linkOperations,
    ...dutyOperations,
    ...emergencyOperations,
    ...rightsOperations,
    ...standingOperations,
    ...auditOperations,
    ...complianceOperations,
    ...breachOperations,
    ...guardianOperations,
    ...internalOperations,
  },
  streams: { ...linkStreams, ...rightsStreams },
  events,
})
