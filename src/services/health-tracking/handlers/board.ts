import { auditBoard, openRecords } from '../../../kernel/openRecords.ts'
import type { Context } from '../../../kernel/service.ts'
import { inCanonical } from '../../../shared/metrics.ts'
import { type StandingRow, standingsOf } from '../store/board.ts'
import { accountNames } from './names.ts'

/** Everybody in one statement; each of them finds the look in their audit. */
export async function careBoard(context: Context) {
  const rows = await standingsOf(
    context.system('several people at once, each by the right to their record').db,
    openRecords(context, 'vitals'),
  )
  auditBoard(context, rows)
  const names = await accountNames(
    context,
    rows.map((row) => row.seen_by),
  )
  return { items: rows.map((row) => ({ ...standingOf(row), seen_by: seenBy(row, names) })) }
}

const seenBy = ({ seen_by }: StandingRow, names: ReadonlyMap<string, string | null>) =>
  seen_by === null ? null : { account_id: seen_by, name: names.get(seen_by) ?? null }

function standingOf({ metric_type, value, unit, at, ...row }: StandingRow) {
  const isMeasured = metric_type !== null && value !== null && unit !== null && at !== null
  return {
    person_id: row.person_id,
    open_alerts: row.open_alerts,
    worst_severity: row.worst_severity,
    seen_alerts: row.seen_alerts,
    newest_alert_at: row.newest_alert_at?.toISOString() ?? null,
    last: isMeasured ? { metric_type, ...inCanonical(metric_type, value, unit), at: at.toISOString() } : null,
  }
}
