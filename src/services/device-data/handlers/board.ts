import { auditBoard, openRecords } from '../../../kernel/openRecords.ts'
import type { Context } from '../../../kernel/service.ts'
import { newestOfRecords } from '../store/board.ts'

/** Everybody in one statement; each of them finds the look in their audit. */
export async function deviceBoard(context: Context) {
  const rows = await newestOfRecords(
    context.system('several people at once, each by the right to their record').db,
    openRecords(context, 'devices'),
  )
  auditBoard(context, rows)
  return {
    items: rows.map(({ person_id, metric, last_value, unit, last_sample_ms: atMs }) => ({
      person_id,
      last:
        metric === null || last_value === null || unit === null || atMs === null
          ? null
          : { metric_type: metric, value: last_value, unit, at: new Date(atMs).toISOString() },
    })),
  }
}
