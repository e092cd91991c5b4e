import type { JobDefinition } from '../../kernel/service.ts'
import { removeTickets } from './store/links.ts'

export const jobs: readonly JobDefinition[] = [
  {
    name: 'remove-file-addresses',
    summary: 'Removes the addresses of files whose few minutes are over.',
    everySeconds: 3600,
    run: async (context) => {
      await removeTickets(context.system('addresses of all people whose time is over').db, context.now())
    },
  },
]
