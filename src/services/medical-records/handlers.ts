import type { Handlers } from '../../kernel/service.ts'
import type { medicalRecords } from './contract.ts'
import { documentHandlers } from './handlers/documents/documents.ts'

export const handlers: Handlers<typeof medicalRecords> = {
  ...documentHandlers,
}
