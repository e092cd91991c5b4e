import { defineContract } from '../../kernel/contract.ts'
import { documentOperations, documentStreams } from './contract/documents.ts'
import { events } from './contract/events.ts'

export const medicalRecords = defineContract({
  name: 'medical-records',
  summary: 'Documents and what was read in them, laboratory results, imaging and clinical reports.',
  names: ['medical-records', 'health-records'],
  operations: { ...documentOperations },
  streams: { ...documentStreams },
  events: { ...events },
})
