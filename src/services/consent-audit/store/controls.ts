import type { Database } from '../../../kernel/database.ts'
import { sql } from '../../../kernel/sql.ts'

export interface ControlRow {
  readonly control: string
  readonly outcome: 'passed' | 'failed' | 'unavailable'
  readonly finding: string
  readonly evidence: unknown
  readonly ran_at: Date
  readonly took_ms: number
}

const columns = sql`control, outcome, finding, evidence, ran_at, took_ms`

export async function insertRun(systemDb: Database, id: string, run: ControlRow): Promise<void> {
  await systemDb.run(
    sql`insert into consent_audit.control_run (id, control, outcome, finding, evidence, ran_at, took_ms)
        values (${id}, ${run.control}, ${run.outcome}, ${run.finding}, ${JSON.stringify(run.evidence)}::jsonb, ${run.ran_at},
          ${run.took_ms})`,
  )
}

/** The newest run of each control. */
export function latestRuns(systemDb: Database): Promise<ControlRow[]> {
  return systemDb.many<ControlRow>(
    sql`select distinct on (control) ${columns} from consent_audit.control_run order by control, id desc limit 100`,
  )
}

export function listRuns(systemDb: Database, limit: number): Promise<ControlRow[]> {
  return systemDb.many<ControlRow>(
    sql`select ${columns} from consent_audit.control_run order by id desc limit ${limit}`,
  )
}
