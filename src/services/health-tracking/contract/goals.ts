import { command, query } from '../../../kernel/contract.ts'
import {
  date,
  list,
  nullable,
  object,
  oneOf,
  optional,
  record,
  type Static,
  Type,
  text,
  uuid,
} from '../../../kernel/fields.ts'
import {
  anyNumber,
  Basis,
  count,
  goalsOfPerson,
  idInput,
  ifMatch,
  maybe,
  metricType,
  nullableNumber,
  nullableText,
  pageOf,
  pagingFields,
  patchTwin,
  time,
  unit,
  versionFields,
} from './common.ts'

export const GOAL_TYPES = ['target', 'improvement', 'maintenance', 'reduction'] as const
export type GoalType = (typeof GOAL_TYPES)[number]
export const GOAL_FREQUENCIES = ['daily', 'weekly', 'monthly', 'quarterly', 'yearly', 'once'] as const
export type GoalFrequency = (typeof GOAL_FREQUENCIES)[number]
export const GOAL_STATUSES = ['active', 'completed', 'paused', 'cancelled'] as const
export type GoalStatus = (typeof GOAL_STATUSES)[number]

/** How far a goal is, from what was measured. */
export const GoalProgress = object({
  goal_id: uuid(),
  status: oneOf(['known', 'not-enough-data']),
  progress_percent: nullable(Type.Number({ description: '0 to 100; what lies beyond shows in raw_percent' })),
  raw_percent: nullable(Type.Number({ description: 'below 0 when the values moved away from the target' })),
  baseline_value: nullableNumber,
  current_value: nullableNumber,
  target_value: nullableNumber,
  unit: Type.String(),
  canonical: object({ target_value: nullableNumber, current_value: nullableNumber, unit: Type.String() }),
  is_reached: nullable(Type.Boolean()),
  is_overdue: Type.Boolean(),
  periods_met: nullable(count),
  periods_counted: nullable(count),
  reason: nullableText,
  basis: Basis,
})
export type GoalProgress = Static<typeof GoalProgress>

export const Goal = object({
  id: uuid(),
  version: Type.Integer(),
  user_id: uuid(),
  title: Type.String(),
  description: nullableText,
  metric_type: metricType,
  goal_type: oneOf(GOAL_TYPES),
  target_value: nullableNumber,
  baseline_value: nullable(Type.Number({ description: 'as given; otherwise it is read from the measurements' })),
  tolerance: nullableNumber,
  unit: Type.String(),
  frequency: oneOf(GOAL_FREQUENCIES),
  start_date: date(),
  target_date: nullable(date()),
  status: oneOf(GOAL_STATUSES),
  completed_at: nullable(time),
  created_at: time,
  updated_at: time,
  current_value: nullableNumber,
  progress: nullable(Type.Number({ description: 'percent; null: not enough data' })),
  progress_detail: GoalProgress,
  goal_metadata: Type.Record(Type.String(), Type.Unknown()),
})
export type Goal = Static<typeof Goal>

const changeable = {
  description: maybe(text(2000, { minimum: 0 })),
  target_value: maybe(anyNumber),
  baseline_value: maybe(anyNumber),
  tolerance: maybe(
    Type.Number({ exclusiveMinimum: 0, maximum: 1e12, description: 'half-width around a maintained value' }),
  ),
  unit: maybe(unit),
  target_date: maybe(date()),
  goal_metadata: maybe(record(50)),
}

export const goalOperations = {
  createGoal: command({
    summary: 'Set a goal: reach a target, improve, reduce or keep a value',
    route: 'POST /goals',
    access: goalsOfPerson,
    status: 201,
    input: object({
      title: text(200),
      metric_type: metricType,
      goal_type: maybe(oneOf(GOAL_TYPES)),
      frequency: maybe(oneOf(GOAL_FREQUENCIES)),
      start_date: maybe(date()),
      ...changeable,
    }),
    output: Goal,
  }),
  listGoals: query({
    summary: 'Goals, newest first, each with its progress',
    route: 'GET /goals',
    access: goalsOfPerson,
    input: object({
      status: optional(oneOf(GOAL_STATUSES)),
      goal_type: optional(oneOf(GOAL_TYPES)),
      metric_type: optional(metricType),
      ...pagingFields,
      limit: optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    }),
    output: pageOf(Goal),
  }),
  getGoal: query({
    summary: 'One goal with its progress',
    route: 'GET /goals/:id',
    access: goalsOfPerson,
    input: idInput,
    output: Goal,
    errors: ['not_found'],
  }),
  updateGoal: command({
    summary: 'Change the fields given; `status` pauses, resumes, cancels or completes',
    route: 'PUT /goals/:id',
    aliases: patchTwin('/goals/:id'),
    access: goalsOfPerson,
    headers: ifMatch,
    input: object({
      id: uuid(),
      title: optional(text(200)),
      status: optional(oneOf(GOAL_STATUSES)),
      ...changeable,
      ...versionFields,
    }),
    output: Goal,
    errors: ['not_found', 'precondition_failed'],
  }),
  deleteGoal: command({
    summary: 'Delete a goal',
    route: 'DELETE /goals/:id',
    access: goalsOfPerson,
    status: 204,
    headers: ifMatch,
    input: object({ id: uuid(), if_match: optional(text(80)) }),
    output: Type.Null(),
    errors: ['not_found', 'precondition_failed'],
  }),
  completeGoal: command({
    summary: 'Mark a goal as reached',
    route: 'POST /goals/:id/complete',
    access: goalsOfPerson,
    input: idInput,
    output: Goal,
    errors: ['not_found', 'conflict'],
  }),
  goalProgress: query({
    summary: 'Progress of a goal and what it is computed from',
    route: 'GET /goals/progress/:id',
    access: goalsOfPerson,
    input: idInput,
    output: GoalProgress,
    errors: ['not_found'],
  }),
  listGoalTypes: query({
    summary: 'Kinds of goals and how each is measured',
    route: 'GET /goals/types/list',
    access: goalsOfPerson,
    input: object({}),
    output: object({
      goal_types: list(object({ goal_type: oneOf(GOAL_TYPES), measured_by: Type.String() }), 10),
      frequencies: list(Type.String(), 10),
      statuses: list(Type.String(), 10),
    }),
  }),
}
