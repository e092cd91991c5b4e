import type { Context } from '../../../../kernel/service.ts'
import { healthTracking } from '../../../health-tracking/contract.ts'
import { releaseAlert, takeAlert } from '../../store/labs.ts'

const UUID = /^[0-9a-f-]{36}$/

/**
 * Job: makes an alert of each critical result. The right to announce a result is taken first and given back when the alert
 * could not be written, so that a repeated job does not alert twice.
 */
export async function raiseLabAlerts(context: Context, data: Readonly<Record<string, unknown>>): Promise<void> {
  const { person_id: personId, result_ids: ids } = data
  if (typeof personId !== 'string' || !Array.isArray(ids)) return
  const own = context.forPerson(personId, 'the person whose results are critical')
  for (const id of ids.filter((one) => typeof one === 'string' && UUID.test(one))) await raiseOne(own, id)
}

async function raiseOne(context: Context, id: string): Promise<void> {
  const row = await takeAlert(context.db, context.personId, id, context.now())
  if (row === undefined) return
  const value = `${row.comparator ?? ''}${row.value ?? row.value_text ?? ''}${row.unit_text === null ? '' : ` ${row.unit_text}`}`
  const limit = row.judged_by.critical
  try {
    await context.call(healthTracking.operations.createAlert, {
      alert_type: 'other',
      title: `Critical laboratory result: ${row.test_name}`.slice(0, 255),
      message:
        `${row.test_name} ${value} on ${row.tested_at.toISOString().slice(0, 10)}. Values like this need a doctor soon; if you feel unwell, call emergency help now.`.slice(
          0,
          2000,
        ),
      severity: 'critical',
      is_actionable: true,
      alert_metadata: {
        category: 'lab_critical',
        lab_result_id: row.id,
        interpretation: row.interpretation,
        limit_source: limit?.source.citation ?? 'flag of the laboratory',
      },
    })
  } catch (error) {
    await releaseAlert(context.db, context.personId, id)
    throw error
  }
}
