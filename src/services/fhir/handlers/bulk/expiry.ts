import type { Context } from '../../../../kernel/service.ts'
import { deleteJob, listExpired, listFiles } from '../../store/bulk.ts'
import { removeFiles } from './shared.ts'

const BATCH = 100

/** Removes jobs whose time is over, of all people: their rows, and the files that no other job has. */
export async function removeExpiredJobs(context: Context): Promise<void> {
  const { db, transact } = context.system('bulk jobs of all people whose time is over')
  for (;;) {
    const jobs = await listExpired(db, context.now(), BATCH)
    for (const job of jobs) {
      await removeFiles(context, job, await listFiles(db, job.user_id, job.id), db)
      await transact((transaction) => deleteJob(transaction, job.id))
    }
    if (jobs.length < BATCH) return
  }
}
