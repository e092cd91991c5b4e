import type { JobDefinition } from '../../kernel/service.ts'
import { removeTickets } from './store/links.ts'
import { removeVisits } from './store/notes.ts'

export const jobs: readonly JobDefinition[] = [
  {
    name: 'remove-file-addresses',
    summary: 'Removes the addresses of files and opened pages whose time is over.',
    everySeconds: 3600,
    run: async (context) => {
      const { db } = context.system('addresses of all people whose time is over')
      await removeTickets(db, context.now())
      await removeVisits(db, context.now())
    },
  },
]
