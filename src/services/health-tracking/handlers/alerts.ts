import { fieldError, notFound, PlatformError } from '../../../kernel/errors.ts'
import type { Context, Handlers } from '../../../kernel/service.ts'
import { addDays, dueDayFault, localDay } from '../../../shared/dates.ts'
import type { healthTracking } from '../contract.ts'
import { readAnyTime } from '../domain/times.ts'
import { type AlertRow, deleteAlert, findAlert, insertAlert, pageOfAlerts, updateAlert } from '../store/alerts.ts'
import { factsOf } from './facts.ts'
import { changedMeanwhile, checkVersion, given, missing, pagingOf, periodOf, timeOf, versionOf } from './inputs.ts'
import { accountNames } from './names.ts'
import { pageFrom } from './paging.ts'
import { alertOf, alertSeverity } from './views.ts'

type AlertHandlers = Pick<
  Handlers<typeof healthTracking>,
  'createAlert' | 'listAlerts' | 'getAlert' | 'updateAlert' | 'deleteAlert' | 'acknowledgeAlert'
>

/** A reminder of long ago reminds nobody, and one of the next century is a slip of the hand. */
const LATEST_DAYS = 366
const LONGEST_DAYS = 3660

const STATE_OF_STATUS = { active: 'raised', acknowledged: 'acknowledged', resolved: 'cleared' } as const

export const alertHandlers: AlertHandlers = {
  async createAlert(context, input) {
    const now = context.now()
    const times = schedule(input, { scheduled_for: null, expires_at: null }, now)
    const alert = {
      id: context.newId(),
      alert_type: input.alert_type,
      title: input.title,
      message: input.message,
      severity: alertSeverity(input.severity),
      state: 'raised' as const,
      is_actionable: input.is_actionable ?? true,
      rule_id: null,
      rule: null,
      measurement_id: null,
      raised_at: now,
      cleared_at: null,
      cleared_because: null,
      metadata: input.alert_metadata ?? null,
      ...times,
    }
    return alertOf(await insertAlert(context.db, context.personId, alert, now))
  },

  async listAlerts(context, input) {
    const paging = pagingOf(input)
    const period = await periodOf(input, async () => (await factsOf(context)).zone)
    const state = input.state ?? (input.status === undefined ? undefined : STATE_OF_STATUS[input.status])
    const filter = { userId: context.personId, state, alertType: input.alert_type, ...period }
    const { rows, total } = await pageOfAlerts(context.db, filter, paging)
    const named = await attribution(context, rows)
    return pageFrom(rows, paging, (row) => [row.raised_at.toISOString(), row.id], named, total)
  },

  async getAlert(context, { id }) {
    return attributed(context, await existing(context, id))
  },

  async updateAlert(context, { id, ...input }) {
    const row = await existing(context, id)
    checkVersion(input, row.version)
    const { state, version: _version, if_match: _tag, ...content } = input
    if (row.rule_id !== null && Object.values(content).some((value) => value !== undefined)) {
      throw new PlatformError('conflict', 'A rule raised this alert; only its state can be changed')
    }
    const changed: AlertRow = {
      ...row,
      title: input.title ?? row.title,
      message: input.message ?? row.message,
      severity: input.severity ? alertSeverity(input.severity) : row.severity,
      is_actionable: input.is_actionable ?? row.is_actionable,
      metadata: given(input.alert_metadata, row.metadata),
      ...schedule(input, row, context.now()),
    }
    return alertOf(await write(context, state === undefined ? changed : moved(changed, state, context)))
  },

  async deleteAlert(context, { id, ...input }) {
    if (await deleteAlert(context.db, context.personId, id, versionOf(input))) return null
    return missing('Alert', async () => (await findAlert(context.db, context.personId, id)) !== undefined)
  },

  async acknowledgeAlert(context, { id }) {
    const row = await existing(context, id)
    if (row.state === 'acknowledged') return attributed(context, row)
    return attributed(context, await write(context, moved(row, 'acknowledged', context)))
  },
}

/** How alerts are shown, with the names of those who acknowledged them: asked at once for all. */
async function attribution(context: Context, rows: readonly AlertRow[]) {
  const names = await accountNames(
    context,
    rows.map((row) => row.acknowledged_by),
  )
  return (row: AlertRow) => {
    const alert = alertOf(row)
    const by = alert.acknowledged_by
    return by === null ? alert : { ...alert, acknowledged_by: { ...by, name: names.get(by.account_id) ?? null } }
  }
}

const attributed = async (context: Context, row: AlertRow) => (await attribution(context, [row]))(row)

/** The alert in its new state. A cleared one stays cleared. */
function moved(row: AlertRow, state: 'acknowledged' | 'cleared', context: Context): AlertRow {
  const now = context.now()
  if (row.state === 'cleared' && state === 'acknowledged') {
    throw new PlatformError('conflict', 'The alert is cleared already')
  }
  if (row.state === state) return row
  if (state === 'acknowledged') return { ...row, state, acknowledged_at: now, acknowledged_by: context.accountId }
  return { ...row, state, cleared_at: now, cleared_because: 'the person cleared it' }
}

function schedule(
  input: { readonly scheduled_for?: string | null; readonly expires_at?: string | null },
  before: { readonly scheduled_for: Date | null; readonly expires_at: Date | null },
  now: Date,
) {
  const today = localDay(now, 'UTC')
  const at = (field: 'scheduled_for' | 'expires_at') => {
    const text = input[field]
    if (text == null) return text === undefined ? before[field] : null
    const time = timeOf(field, readAnyTime(text))
    const fault = dueDayFault(localDay(time, 'UTC'), addDays(today, -LATEST_DAYS), addDays(today, LONGEST_DAYS))
    if (fault !== undefined && time.getTime() !== before[field]?.getTime()) throw fieldError(field, fault)
    return time
  }
  const times = { scheduled_for: at('scheduled_for'), expires_at: at('expires_at') }
  if (times.scheduled_for !== null && times.expires_at !== null && times.expires_at < times.scheduled_for) {
    throw fieldError('expires_at', 'lies before scheduled_for')
  }
  return times
}

async function write(context: Context, row: AlertRow): Promise<AlertRow> {
  const after = await updateAlert(context.db, row, context.now())
  if (after === undefined) throw changedMeanwhile()
  return after
}

async function existing(context: Context, id: string): Promise<AlertRow> {
  const row = await findAlert(context.db, context.personId, id)
  if (row === undefined) throw notFound('Alert')
  return row
}
