import type { Context } from '../../../../kernel/service.ts'
import { endUnanswered } from '../../store/imports.ts'
import { removeFile } from './run.ts'

const ANSWER_DAYS = 7
const DAY_MS = 86_400_000
const BATCH = 100

/** Ends imports whose question nobody answered for a week, and removes their files. */
export async function endUnansweredImports(context: Context): Promise<void> {
  const now = context.now()
  const { db } = context.system('imports of all people that nobody answered')
  const rows = await endUnanswered(db, new Date(now.getTime() - ANSWER_DAYS * DAY_MS), now, BATCH)
  for (const row of rows) await removeFile(context.forPerson(row.user_id, 'the file of an import that ended'), row)
}
