import type { JobDefinition, StreamHandler } from '../../../../kernel/service.ts'
import { IMPORT_JOB } from './constants.ts'
import { importEvents } from './progress.ts'
import { runImport } from './run.ts'
import { endUnansweredImports } from './tidy.ts'
import { appleHealthImport, uploadImport } from './upload.ts'

export const importRoutes: Readonly<Record<string, StreamHandler>> = { uploadImport, appleHealthImport, importEvents }

export const importJobs: readonly JobDefinition[] = [
  {
    name: IMPORT_JOB,
    summary: 'Reads a file of health data in a thread of its own, from where the run before it ended.',
    leaseSeconds: 300,
    run: (context, data) => runImport(context, String(data.import_id)),
  },
  {
    name: 'end-unanswered-imports',
    summary: 'Ends imports whose question nobody answered for a week.',
    everySeconds: 3600,
    run: endUnansweredImports,
  },
]
