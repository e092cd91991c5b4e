import type { Database, Transaction } from '../../../kernel/database.ts'
import { raw, sql } from '../../../kernel/sql.ts'

/** Every table about a person; measurements last, since alerts and parts name them. */
const TABLES = ['alert', 'alert_state', 'alert_rule_switch', 'alert_rule', 'goal', 'symptom', 'measurement'] as const

/** Everything the service holds about a person, oldest first. */
export async function exportAll(db: Database, userId: string) {
  const all = (table: string, order: string) =>
    sql`select * from health_tracking.${raw(table)} where user_id = ${userId} order by ${raw(order)}`
  const [measurements = [], symptoms = [], goals = [], alerts = [], alert_rules = [], switches = [], states = []] =
    await db.batch([
      all('measurement', 'at, id'),
      all('symptom', 'started_at, id'),
      all('goal', 'created_at, id'),
      all('alert', 'raised_at, id'),
      all('alert_rule', 'created_at, id'),
      all('alert_rule_switch', 'rule_id'),
      all('alert_state', 'rule_id'),
    ])
  return { measurements, symptoms, goals, alerts, alert_rules, alert_rule_switches: switches, alert_states: states }
}

/** Removes all of it; how many rows of each table. */
export async function eraseAll(transaction: Transaction, userId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const table of TABLES) {
    counts[table] = await transaction.run(sql`delete from health_tracking.${raw(table)} where user_id = ${userId}`)
  }
  await transaction.run(sql`update health_tracking.alert set acknowledged_by = null where acknowledged_by = ${userId}`)
  return counts
}
