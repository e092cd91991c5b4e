import type { JobDefinition } from '../../../kernel/service.ts'
import { runImport } from '../handlers/bulk/runImport.ts'

export const importJobs: readonly JobDefinition[] = [
  {
    name: 'import',
    summary: 'Imports NDJSON and Bundles from elsewhere.',
    leaseSeconds: 1800,
    run: (context, data) => runImport(context, String(data.job)),
  },
]
