import type { JobDefinition } from '../../../kernel/service.ts'
import { handOverAll } from '../handlers/projection/handover.ts'
import { indexChanges, indexRecord } from '../handlers/projection/indexing.ts'
import { peopleWaiting } from '../store/projection.ts'

const WAIT_MS = 60_000
const PEOPLE_AT_ONCE = 200

/** The index of what other services hold. */
export const projectionJobs: readonly JobDefinition[] = [
  {
    name: 'index-changes',
    summary: 'Looks at rows of other services that were announced as changed, and indexes them',
    run: indexChanges,
  },
  {
    name: 'index-record',
    summary: 'Reads on in the rows that other services hold about a person until the index is whole',
    leaseSeconds: 900,
    run: indexRecord,
  },
  {
    name: 'settle-projection',
    summary: 'Takes up what stayed behind while an owner was away: changes to look at, changes to hand over',
    everySeconds: 300,
    leaseSeconds: 600,
    async run(context) {
      const { db } = context.system('changes of all people that wait for an owner')
      const before = new Date(context.now().getTime() - WAIT_MS)
      for (const personId of await peopleWaiting(db, before, PEOPLE_AT_ONCE)) {
        const own = context.forPerson(personId, 'the change was authorised when it was made')
        try {
          await handOverAll(own)
          await indexChanges(own)
        } catch (error) {
          context.log.warn({ err: error instanceof Error ? error.name : 'error' }, 'an owner is still away')
        }
      }
    },
  },
]
