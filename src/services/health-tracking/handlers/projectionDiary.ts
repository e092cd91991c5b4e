import { fieldError, PlatformError, validationError } from '../../../kernel/errors.ts'
import type { ProjectedResource } from '../../../kernel/projection.ts'
import type { Context, Handlers } from '../../../kernel/service.ts'
import type { healthTracking } from '../contract.ts'
import type { Resource } from '../domain/fhir.ts'
import { type ReadGoal, type ReadSymptom, readGoal, readSymptom } from '../domain/fhirDiaryRead.ts'
import { findGoal } from '../store/goals.ts'
import { findSymptom } from '../store/symptoms.ts'
import { createGoalAs, goalHandlers, newGoal } from './goals.ts'
import { changedMeanwhile } from './inputs.ts'
import { projectionHandlers } from './projection.ts'
import { takenOr } from './projectionWrites.ts'
import { newSymptom, recordSymptomAs, symptomHandlers } from './symptoms.ts'

type DiaryHandlers = Pick<
  Handlers<typeof healthTracking>,
  'goalsFhirWrite' | 'goalsFhirRemove' | 'symptomsFhirWrite' | 'symptomsFhirRemove'
>

/** Where a field of the public API stands in the resource. */
const PLACES: Readonly<Record<string, string>> = {
  target_value: 'Goal.target.detailQuantity.value',
  unit: 'Goal.target.detailQuantity.code',
  target_date: 'Goal.target.dueDate',
  start_date: 'Goal.startDate',
  metric_type: 'Goal.target.measure',
  start_time: 'Observation.effectivePeriod.start',
  end_time: 'Observation.effectivePeriod.end',
  severity: 'Observation.component.valueCodeableConcept.text',
  severity_level: 'Observation.component.valueQuantity.value',
}

/** Goals and Observations of symptoms written into the diary, by the rules of the public API. */
export const projectionDiaryHandlers: DiaryHandlers = {
  async goalsFhirWrite(context, { id, is_new, content, if_version, is_check = false }) {
    const read = readGoal(JSON.parse(content) as Resource)
    if (read === undefined) return { kept: null }
    try {
      if (is_check) {
        await newGoal(context, goalInput(read), { id: context.newId(), status: read.status })
        return { kept: promised(context, 'Goal', id) }
      }
      const keptId = is_new
        ? await takenOr([id, context.newId()], (own) =>
            createGoalAs(context, goalInput(read), { id: own, status: read.status }),
          )
        : await changeGoal(context, id, read, if_version)
      return { kept: keptId === undefined ? null : await shown(context, 'goalsFhirResources', keptId) }
    } catch (error) {
      throw placed(error, 'Goal')
    }
  },

  async goalsFhirRemove(context, { id, if_version }) {
    const row = await findGoal(context.db, context.personId, id)
    if (row === undefined) return { removed: false }
    if (if_version !== undefined && row.version !== if_version) throw changedMeanwhile()
    await goalHandlers.deleteGoal(context, { id })
    return { removed: true }
  },

  async symptomsFhirWrite(context, { id, is_new, content, if_version, is_check = false }) {
    const read = readSymptom(JSON.parse(content) as Resource)
    if (read === undefined) return { kept: null }
    try {
      const { level } = read
      if (level !== null && (level < 1 || level > 10)) throw fieldError('severity_level', 'must be 1 to 10')
      if (is_check) {
        newSymptom(context, symptomInput(read), context.newId())
        return { kept: promised(context, 'Observation', id) }
      }
      const keptId = is_new
        ? (await takenOr([id, context.newId()], (own) => recordSymptomAs(context, symptomInput(read), own))).id
        : await changeSymptom(context, id, read, if_version)
      return { kept: keptId === undefined ? null : await shown(context, 'symptomsFhirResources', keptId) }
    } catch (error) {
      throw placed(error, 'Observation')
    }
  },

  async symptomsFhirRemove(context, { id, if_version }) {
    const row = await findSymptom(context.db, context.personId, id)
    if (row === undefined) return { removed: false }
    if (if_version !== undefined && row.version !== if_version) throw changedMeanwhile()
    await symptomHandlers.deleteSymptom(context, { id })
    return { removed: true }
  },
}

const goalInput = ({ title, description, metricType, value, unit, startDate, targetDate }: ReadGoal) => ({
  title,
  metric_type: metricType,
  target_value: value,
  ...(description === null ? {} : { description }),
  ...(unit === undefined ? {} : { unit }),
  ...(startDate === undefined ? {} : { start_date: startDate }),
  ...(targetDate === null ? {} : { target_date: targetDate }),
})

/** Changes a goal; undefined when the Goal is about another metric, or begins at another day, which a goal can't. */
async function changeGoal(
  context: Context,
  id: string,
  read: ReadGoal,
  ifVersion: number | undefined,
): Promise<string | undefined> {
  const row = await findGoal(context.db, context.personId, id)
  if (row === undefined) return undefined
  if (ifVersion !== undefined && row.version !== ifVersion) throw changedMeanwhile()
  const isSame = row.metric_type === read.metricType && (read.startDate ?? row.start_date) === row.start_date
  if (!isSame) return undefined
  const { title, description, value, unit, targetDate, status } = read
  const input = { title, description, target_value: value, target_date: targetDate, status }
  await goalHandlers.updateGoal(context, { id, ...input, ...(unit === undefined ? {} : { unit }) })
  return id
}

function symptomInput({ name, category, severity, level, start, end, note, site }: ReadSymptom) {
  return {
    symptom_name: name,
    symptom_category: category,
    severity,
    severity_level: level,
    start_time: start,
    end_time: end,
    ...(note === null ? {} : { description: note }),
    ...(site === null ? {} : { body_location: site }),
  }
}

async function changeSymptom(
  context: Context,
  id: string,
  read: ReadSymptom,
  ifVersion: number | undefined,
): Promise<string | undefined> {
  const row = await findSymptom(context.db, context.personId, id)
  if (row === undefined) return undefined
  if (ifVersion !== undefined && row.version !== ifVersion) throw changedMeanwhile()
  await symptomHandlers.updateSymptom(context, {
    id,
    ...symptomInput(read),
    description: read.note,
    body_location: read.site,
  })
  return id
}

async function shown(
  context: Context,
  name: 'goalsFhirResources' | 'symptomsFhirResources',
  id: string,
): Promise<ProjectedResource | null> {
  const { items } = await projectionHandlers[name](context, { ids: [id] })
  return items[0] ?? null
}

/** What a check answers: that something would be kept. */
function promised(context: Context, type: string, id: string): ProjectedResource {
  return { type, id, version: 1, updated_at: context.now().toISOString(), content: '{}' }
}

/** Refusals name the place in the resource. */
function placed(error: unknown, type: string): unknown {
  if (!(error instanceof PlatformError) || error.code !== 'validation_failed') return error
  const faults = error.options.faults ?? []
  return validationError(faults.map((fault) => ({ ...fault, field: PLACES[fault.field] ?? type })))
}
