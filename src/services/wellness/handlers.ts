import { announceCall } from '../../kernel/context.ts'
import type { InputOf } from '../../kernel/contract.ts'
import { fieldError, notFound } from '../../kernel/errors.ts'
import type { Context, Handlers } from '../../kernel/service.ts'
import type { RobustTrend } from '../../shared/trends.ts'
import { auth } from '../auth/contract.ts'
import { wellness } from './contract.ts'
import { averageOf, naiveTime, readTime, trendOf, twoDecimals } from './domain.ts'
import {
  deleteMember,
  deleteScore,
  findMember,
  findScore,
  insertMember,
  insertScore,
  listMembers,
  pageOfScores,
  recentScores,
  type ScoreRow,
} from './store.ts'

const DAY_MS = 86_400_000
/** More points than anybody records; bounds the answer of a year. */
const LARGEST_TREND = 5000

export const handlers: Handlers<typeof wellness> = {
  async createUser(context) {
    if (context.caller.principal !== undefined) return insertMember(context.db, context.personId, context.now())
    const account = await context.call(auth.operations.createAnonymousAccount, {})
    const owner = context.forPerson(account.account_id, 'the account that was just made for this caller')
    const member = await insertMember(owner.db, account.account_id, context.now())
    const { access_token, refresh_token, token_type, expires_in } = account
    return { ...member, access_token, refresh_token, token_type, expires_in }
  },

  listUsers: (context, { skip = 0, limit = 100 }) => listMembers(context.db, context.personId, skip, limit),

  async getUser(context, { userid }) {
    return (await findMember(context.db, userid)) ?? raise('User')
  },

  async deleteUser(context, { userid }) {
    return (await deleteMember(context.db, userid)) ? null : raise('User')
  },

  async recordScore(context, { userid, wellness_score, time }) {
    const now = context.now()
    const at = time === undefined ? now : timeField('time', time, now)
    const announcement = announceCall(context, wellness.events.scoreRecorded, {
      user_id: context.personId,
      userid,
      wellness_score,
      time: at.toISOString(),
    })
    const row = await insertScore(context.db, { userid, score: wellness_score, at }, announcement, now)
    return row === undefined ? raise('User') : metricOf(row)
  },

  async getScore(context, { id }) {
    const row = await findScore(context.db, id)
    return row === undefined ? raise('Wellness metric') : metricOf(row)
  },

  async deleteScore(context, { id }) {
    return (await deleteScore(context.db, id)) ? null : raise('Wellness metric')
  },

  listScores,

  async getTrend(context, { userid, days = 30 }) {
    const from = new Date(context.now().getTime() - days * DAY_MS)
    const rows = await recentScores(context.db, { userid, from }, LARGEST_TREND)
    if (rows.length === 0) return raise('Wellness metrics for this user and period')
    const { trend, robust } = trendOf(rows)
    return {
      userid,
      data_points: rows.map(metricOf),
      trend,
      average_score: averageOf(rows.map((row) => row.score)) ?? 0,
      period_days: days,
      robust: robustOf(robust),
    }
  },
}

async function listScores(context: Context, input: InputOf<typeof wellness.operations.listScores>) {
  const { userid, skip = 0, limit = 100, start_date, end_date } = input
  const now = context.now()
  const filter = {
    userid,
    from: start_date === undefined ? undefined : timeField('start_date', start_date, now, true),
    until: end_date === undefined ? undefined : timeField('end_date', end_date, now, true),
  }
  const page = await pageOfScores(context.db, filter, skip, limit)
  if (!page.isKnown) return raise('User')
  return {
    userid,
    metrics: page.rows.map(metricOf),
    total_count: page.total,
    average_score: page.average === null ? null : twoDecimals(page.average),
    page_average: averageOf(page.rows.map((row) => row.score)),
  }
}

function timeField(field: string, text: string, now: Date, mayBeFuture = false): Date {
  const read = readTime(text, mayBeFuture ? new Date(now.getTime() + 400 * DAY_MS) : now)
  if ('fault' in read) throw fieldError(field, read.fault)
  return read.at
}

function metricOf({ id, userid, score, at }: ScoreRow) {
  return { id, userid, time: naiveTime(at), wellness_score: score }
}

function robustOf(trend: RobustTrend) {
  return {
    direction: trend.direction,
    method: trend.method,
    n: trend.n,
    span_days: trend.spanDays,
    slope_per_week: trend.slopePerWeek ?? null,
    interval_per_week: trend.interval === undefined ? null : [...trend.interval],
    p_value: trend.p ?? null,
    reason: trend.reason ?? null,
  }
}

function raise(what: string): never {
  throw notFound(what)
}
