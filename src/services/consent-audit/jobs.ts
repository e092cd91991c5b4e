import type { JobDefinition } from '../../kernel/service.ts'
import { sendBreachNotices } from './handlers/breaches.ts'
import { runControls } from './handlers/controls.ts'
import { carryOutErasures } from './handlers/erasure.ts'
import { makeExport, removeExpired } from './handlers/makeExport.ts'

export const jobs: readonly JobDefinition[] = [
  {
    name: 'make-export',
    summary: 'Makes the zip of a person’s data.',
    leaseSeconds: 1800,
    run: (context, data) => makeExport(context, String(data.export_id)),
  },
  {
    name: 'carry-out-erasures',
    summary: 'Removes everything about the people whose time of grace is over.',
    everySeconds: 3600,
    run: carryOutErasures,
  },
  {
    name: 'remove-expired-exports',
    summary: 'Removes the zips whose time is over.',
    everySeconds: 3600,
    run: removeExpired,
  },
  {
    name: 'send-breach-notices',
    summary: 'Tells everyone whom a breach of personal data concerns.',
    leaseSeconds: 1800,
    run: (context, data) => sendBreachNotices(context, String(data.breach_id)),
  },
  {
    name: 'run-controls',
    summary: 'Executes the controls that the compliance pages tell about.',
    everySeconds: 86_400,
    leaseSeconds: 900,
    run: (context) => runControls(context),
  },
]
