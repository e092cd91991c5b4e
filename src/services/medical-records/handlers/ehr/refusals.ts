import { PlatformError } from '../../../../kernel/errors.ts'

const MESSAGE =
  'No connector to a hospital’s system is part of this platform yet. Files from there can be added: PDF, C-CDA, HL7 v2, FHIR.'

async function refuse(): Promise<never> {
  throw new PlatformError('unavailable', MESSAGE, { legacyCode: 'EXTERNAL_SERVICE_UNAVAILABLE' })
}

export const ehrHandlers = {
  hospitalConfig: async () => ({ configured: false, message: MESSAGE }),
  connectHospital: refuse,
  authorizeHospital: refuse,
  hospitalCallback: refuse,
  launchHospital: refuse,
  hospitalMetadata: refuse,
  hospitalRecords: refuse,
  listIntegrations: async () => ({ items: [], total: 0, page: 1, size: 20, pages: 0 }),
  addIntegration: refuse,
}
