import type { JobDefinition } from '../../../kernel/service.ts'
import { removeExpiredJobs } from '../handlers/bulk/expiry.ts'
import { openParts } from '../handlers/bulk/records.ts'
import { runExport } from '../handlers/bulk/runExport.ts'

export const exportJobs: readonly JobDefinition[] = [
  {
    name: 'export',
    summary: 'Writes the files of a bulk export.',
    leaseSeconds: 1800,
    run: (context, data) => runExport(context, String(data.job)),
  },
  {
    name: 'export-records',
    summary: 'Begins a bulk export in each of the records that one export spans.',
    leaseSeconds: 1800,
    run: (context, data) => openParts(context, String(data.job)),
  },
  {
    name: 'remove-expired-bulk',
    summary: 'Removes bulk exports and imports whose time is over, with their files.',
    everySeconds: 3600,
    run: removeExpiredJobs,
  },
]
