import { announceCall } from '../../../kernel/context.ts'
import type { InputOf } from '../../../kernel/contract.ts'
import { fieldError, notFound, PlatformError, validationError } from '../../../kernel/errors.ts'
import type { FieldFault } from '../../../kernel/schema.ts'
import type { Context, Handlers } from '../../../kernel/service.ts'
import { addDays, dueDayFault, localDay } from '../../../shared/dates.ts'
import { metricDefinition } from '../../../shared/metrics.ts'
import { GOAL_FREQUENCIES, GOAL_STATUSES, type Goal, type GoalProgress } from '../contract/goals.ts'
import { healthTracking } from '../contract.ts'
import { isSummed } from '../domain/days.ts'
import { readNumber } from '../domain/reading.ts'
import { deleteGoal, findGoal, type GoalRow, insertGoals, pageOfGoals, updateGoal } from '../store/goals.ts'
import { factsOf } from './facts.ts'
import { measureGoals } from './goalProgress.ts'
import { changedMeanwhile, checkVersion, given, missing, pagingOf, versionOf } from './inputs.ts'
import { pageFrom } from './paging.ts'
import { goalCall } from './projection.ts'

type GoalHandlers = Pick<
  Handlers<typeof healthTracking>,
  | 'createGoal'
  | 'listGoals'
  | 'getGoal'
  | 'updateGoal'
  | 'deleteGoal'
  | 'completeGoal'
  | 'goalProgress'
  | 'listGoalTypes'
>

const GOAL_TYPE_WORDS = [
  {
    goal_type: 'target',
    measured_by: 'the way from the value at the start to the target; sums of a period for metrics that add up',
  },
  { goal_type: 'improvement', measured_by: 'the way from the value at the start in the direction that is better' },
  { goal_type: 'maintenance', measured_by: 'the share of days within the tolerance around the value to keep' },
  { goal_type: 'reduction', measured_by: 'the way down from the value at the start to the target' },
] as const

export const goalHandlers: GoalHandlers = {
  async createGoal(context, input) {
    const { row, zone } = await newGoal(context, input, { id: context.newId(), status: 'active' })
    const [written] = await insertGoals(context.db, [row], context.now(), goalCall(context, row.id))
    return measured(context, written as GoalRow, zone)
  },

  async listGoals(context, input) {
    const paging = pagingOf(input)
    const filter = {
      userId: context.personId,
      status: input.status,
      goalType: input.goal_type,
      metricType: input.metric_type,
    }
    const [{ zone }, page] = await Promise.all([factsOf(context), pageOfGoals(context.db, filter, paging)])
    const goals = await measureGoals(context, page.rows, zone)
    const position = ({ row }: { row: GoalRow }) => [row.created_at.toISOString(), row.id] as const
    return pageFrom(goals, paging, position, (one) => one.goal, page.total)
  },

  async getGoal(context, { id }) {
    const [{ zone }, row] = await Promise.all([factsOf(context), existing(context, id)])
    return measured(context, row, zone)
  },

  async updateGoal(context, { id, ...input }) {
    const [{ zone }, row] = await Promise.all([factsOf(context), existing(context, id)])
    checkVersion(input, row.version)
    const now = context.now()
    const status = input.status ?? row.status
    const isCompleted = status === 'completed' && row.status !== 'completed'
    const changed = checked(
      {
        ...row,
        title: input.title ?? row.title,
        description: given(input.description, row.description),
        target_value: given(input.target_value, row.target_value),
        baseline_value: given(input.baseline_value, row.baseline_value),
        tolerance: given(input.tolerance, row.tolerance),
        unit: input.unit ?? row.unit,
        target_date: given(input.target_date, row.target_date),
        metadata: given(input.goal_metadata, row.metadata),
        status,
        completed_at: isCompleted ? now : status === 'completed' ? row.completed_at : null,
      },
      localDay(now, zone),
      row,
    )
    return measured(context, await write(context, changed, isCompleted), zone)
  },

  async deleteGoal(context, { id, ...input }) {
    const announcement = goalCall(context, id)
    if (await deleteGoal(context.db, context.personId, id, versionOf(input), announcement)) return null
    return missing('Goal', async () => (await findGoal(context.db, context.personId, id)) !== undefined)
  },

  async completeGoal(context, { id }) {
    const [{ zone }, row] = await Promise.all([factsOf(context), existing(context, id)])
    if (row.status === 'completed') return measured(context, row, zone)
    if (row.status === 'cancelled') throw new PlatformError('conflict', 'A cancelled goal cannot be completed')
    const changed = { ...row, status: 'completed' as const, completed_at: context.now() }
    return measured(context, await write(context, changed, true), zone)
  },

  async goalProgress(context, { id }): Promise<GoalProgress> {
    const [{ zone }, row] = await Promise.all([factsOf(context), existing(context, id)])
    const [one] = await measureGoals(context, [row], zone)
    if (one === undefined) throw notFound('Goal')
    return one.view
  },

  async listGoalTypes() {
    return { goal_types: [...GOAL_TYPE_WORDS], frequencies: [...GOAL_FREQUENCIES], statuses: [...GOAL_STATUSES] }
  },
}

type NewGoal = InputOf<typeof healthTracking.operations.createGoal>

/** The row of a new goal, checked. Throws 422 for what a goal can't be. */
export async function newGoal(
  context: Context,
  input: NewGoal,
  { id, status }: Pick<GoalRow, 'id' | 'status'>,
): Promise<{ row: Parameters<typeof insertGoals>[1][number]; zone: string }> {
  const { zone } = await factsOf(context)
  const today = localDay(context.now(), zone)
  const row = checked(
    {
      id,
      user_id: context.personId,
      title: input.title,
      description: input.description ?? null,
      metric_type: input.metric_type,
      goal_type: input.goal_type ?? 'target',
      target_value: input.target_value ?? null,
      baseline_value: input.baseline_value ?? null,
      tolerance: input.tolerance ?? null,
      unit: input.unit ?? metricDefinition(input.metric_type).defaultUnit,
      frequency: input.frequency ?? (isSummed(input.metric_type) ? 'daily' : 'once'),
      start_date: input.start_date ?? today,
      target_date: input.target_date ?? null,
      status,
      completed_at: status === 'completed' ? context.now() : null,
      metadata: input.goal_metadata ?? null,
    },
    today,
  )
  return { row, zone }
}

/** Sets a goal under an id and with a status that somebody else gave; returns the id. Throws 422, and 23505 for an id taken. */
export async function createGoalAs(
  context: Context,
  input: NewGoal,
  own: Pick<GoalRow, 'id' | 'status'>,
): Promise<string> {
  const { row } = await newGoal(context, input, own)
  await insertGoals(context.db, [row], context.now(), goalCall(context, row.id))
  return row.id
}

/** The goal, or 422: numbers that fit the metric, a target where the kind needs one, dates in order. */
function checked<Row extends Omit<GoalRow, 'created_at' | 'updated_at' | 'version'>>(
  row: Row,
  today: string,
  before?: GoalRow,
): Row {
  const faults: FieldFault[] = []
  if (row.metric_type === 'custom') {
    faults.push({ field: 'metric_type', detail: 'custom metrics share no unit to measure a goal in' })
  } else {
    for (const field of ['target_value', 'baseline_value'] as const) {
      const value = row[field]
      if (value === null) continue
      // A sum of a week lies beyond what one entry may hold: only the unit is checked then.
      const isSum = isSummed(row.metric_type)
      const read = readNumber(row.metric_type, isSum ? 0 : value, row.unit, { value: field, unit: 'unit' })
      if ('faults' in read) faults.push(...read.faults)
      if (isSum && value < 0) faults.push({ field, detail: 'must not be negative' })
    }
    const unitOnly = readNumber(row.metric_type, row.target_value ?? row.baseline_value ?? 0, row.unit, NO_FIELDS)
    if ('faults' in unitOnly) faults.push(...unitOnly.faults.filter((fault) => fault.field === 'unit'))
  }
  if (row.target_value === null && row.goal_type !== 'maintenance') {
    faults.push({ field: 'target_value', detail: `is required for a goal of the type ${row.goal_type}` })
  }
  for (const field of ['start_date', 'target_date'] as const) {
    const day = row[field]
    // What stands stays, however long ago it was due: only what is said now is held against today.
    if (day === null || day === before?.[field]) continue
    const isHistory = field === 'start_date' || row.status === 'completed' || row.status === 'cancelled'
    const first = isHistory ? '1900-01-01' : addDays(today, -LATEST_DUE_DAYS)
    const detail = dueDayFault(day, first, addDays(today, LONGEST_DAYS))
    if (detail !== undefined) faults.push({ field, detail })
  }
  if (row.target_date !== null && row.target_date < row.start_date) {
    faults.push({ field: 'target_date', detail: 'lies before start_date' })
  }
  const distinct = [...new Map(faults.map((fault) => [fault.field, fault])).values()]
  if (distinct.length > 0) throw validationError(distinct)
  return row
}

/** A goal may be written down after its day, but not years after. */
const LATEST_DUE_DAYS = 366
const LONGEST_DAYS = 36_525
const NO_FIELDS = { value: '', unit: 'unit' } as const

async function write(context: Context, row: GoalRow, isCompleted: boolean): Promise<GoalRow> {
  const now = context.now()
  const announcement = isCompleted
    ? announceCall(context, healthTracking.events.goalCompleted, {
        user_id: context.personId,
        goal_id: row.id,
        metric_type: row.metric_type,
        goal_type: row.goal_type,
        time: now.toISOString(),
      })
    : undefined
  const after = await updateGoal(context.db, row, goalCall(context, row.id), announcement, now)
  if (after === undefined) throw changedMeanwhile()
  return after
}

async function measured(context: Context, row: GoalRow, zone: string): Promise<Goal> {
  const [one] = await measureGoals(context, [row], zone)
  if (one === undefined) throw fieldError('id', 'is not a goal')
  return one.goal
}

async function existing(context: Context, id: string): Promise<GoalRow> {
  const row = await findGoal(context.db, context.personId, id)
  if (row === undefined) throw notFound('Goal')
  return row
}
