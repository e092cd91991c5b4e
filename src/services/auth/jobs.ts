import type { JobDefinition } from '../../kernel/service.ts'
import { cleanUp } from './store/cleanup.ts'

export const jobs: readonly JobDefinition[] = [
  {
    name: 'clean-up',
    summary: 'Removes expired sessions, refresh tokens, codes and links.',
    everySeconds: 3600,
    async run(context) {
      await context.system('the clean-up is for all accounts').db.batch(cleanUp(context.now()))
    },
  },
]
