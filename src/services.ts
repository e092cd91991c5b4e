import type { Contract } from './kernel/contract.ts'
import type { Service } from './kernel/service.ts'

/** A service of the platform: its contract is cheap and always loaded, the rest only where it runs. */
export interface BoardEntry {
  readonly name: string
  readonly contract: () => Promise<Contract>
  readonly service: () => Promise<Service>
}

/** The board: every service, in the order in which they start and migrate (`tools/check-layout` checks it against `needs`). */
// A service's line stands here from the moment it has its service.ts.
export const board: readonly BoardEntry[] = [
  {
    name: 'auth',
    contract: async () => (await import('./services/auth/contract.ts')).auth as Contract,
    service: async () => (await import('./services/auth/service.ts')).service,
  },
  {
    name: 'user-profile',
    contract: async () => (await import('./services/user-profile/contract.ts')).userProfile as Contract,
    service: async () => (await import('./services/user-profile/service.ts')).service,
  },
  {
    name: 'consent-audit',
    contract: async () => (await import('./services/consent-audit/contract.ts')).consentAudit as Contract,
    service: async () => (await import('./services/consent-audit/service.ts')).service,
  },
  {
    name: 'device-data',
    contract: async () => (await import('./services/device-data/contract.ts')).deviceData as Contract,
    service: async () => (await import('./services/device-data/service.ts')).service,
  },
  {
    name: 'health-tracking',
    contract: async () => (await import('./services/health-tracking/contract.ts')).healthTracking as Contract,
    service: async () => (await import('./services/health-tracking/service.ts')).service,
  },
  {
    name: 'wellness',
    contract: async () => (await import('./services/wellness/contract.ts')).wellness as Contract,
    service: async () => (await import('./services/wellness/service.ts')).service,
  },
  {
    name: 'medical-records',
    contract: async () => (await import('./services/medical-records/contract.ts')).medicalRecords as Contract,
    service: async () => (await import('./services/medical-records/service.ts')).service,
  },
  {
    name: 'fhir',
    contract: async () => (await import('./services/fhir/contract.ts')).fhir as Contract,
    service: async () => (await import('./services/fhir/service.ts')).service,
  },
  {
    name: 'health-links',
    contract: async () => (await import('./services/health-links/contract.ts')).healthLinks as Contract,
    service: async () => (await import('./services/health-links/service.ts')).service,
  },
]
