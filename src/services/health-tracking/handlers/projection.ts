import { announce, announceCall } from '../../../kernel/context.ts'
import { fieldError } from '../../../kernel/errors.ts'
import { decodeCursor, encodeCursor } from '../../../kernel/fields.ts'
import { fhirChange, type ProjectedResource, projected } from '../../../kernel/projection.ts'
import type { Context, Handlers } from '../../../kernel/service.ts'
import type { Statement } from '../../../kernel/sql.ts'
import { goalsProjection, symptomsProjection, vitalsProjection } from '../contract/projection.ts'
import { healthTracking } from '../contract.ts'
import { bloodPressureOf, observationOf } from '../domain/fhir.ts'
import { goalResource, symptomObservation } from '../domain/fhirDiary.ts'
import type { GoalRow } from '../store/goals.ts'
import { chunkOfMeasurements, type MeasurementRow } from '../store/measurements.ts'
import { type After, goalsOf, measurementsWithPairs, symptomsOf } from '../store/projection.ts'
import type { SymptomRow } from '../store/symptoms.ts'

type ProjectionHandlers = Pick<
  Handlers<typeof healthTracking>,
  'vitalsFhirResources' | 'symptomsFhirResources' | 'goalsFhirResources'
>

const PAGE = 200

/** Rows as FHIR resources, for services that show them so. */
export const projectionHandlers: ProjectionHandlers = {
  async vitalsFhirResources(context, { ids, cursor, limit = PAGE }) {
    const { db, personId } = context
    if (ids !== undefined) {
      const rows = await measurementsWithPairs(db, personId, ids)
      return { items: observationsOf(rows, new Set(ids)), next_cursor: null }
    }
    const after = positionOf(cursor)
    const from = after === undefined ? undefined : ([new Date(after[0]), after[1]] as const)
    const rows = await chunkOfMeasurements(db, { userId: personId }, from, limit)
    const leads = rows.filter((row) => row.vital_type === 'blood_pressure').map((row) => row.id)
    const pairs = leads.length === 0 ? [] : await measurementsWithPairs(db, personId, leads)
    const all = [...new Map([...rows, ...pairs].map((row) => [row.id, row])).values()]
    const last = rows.length < limit ? undefined : rows.at(-1)
    return {
      items: observationsOf(all, new Set(rows.map((row) => row.id))),
      next_cursor: last === undefined ? null : encodeCursor([last.at.toISOString(), last.id]),
    }
  },

  async symptomsFhirResources(context, { ids, cursor, limit = PAGE }) {
    const rows = await symptomsOf(context.db, context.personId, ids, positionOf(cursor), limit)
    const position = (row: SymptomRow) => [row.started_at.toISOString(), row.id]
    return page(rows, ids, limit, position, (row) => projected(stateOf(row), symptomObservation(row)))
  },

  async goalsFhirResources(context, { ids, cursor, limit = PAGE }) {
    const rows = await goalsOf(context.db, context.personId, ids, positionOf(cursor), limit)
    const position = (row: GoalRow) => [row.created_at.toISOString(), row.id]
    return page(rows, ids, limit, position, (row) => projected(stateOf(row), goalResource(row)))
  },
}

function page<Row>(
  rows: readonly Row[],
  ids: readonly string[] | undefined,
  limit: number,
  position: (row: Row) => readonly string[],
  item: (row: Row) => ProjectedResource,
) {
  const last = ids === undefined && rows.length === limit ? rows.at(-1) : undefined
  return { items: rows.map(item), next_cursor: last === undefined ? null : encodeCursor(position(last)) }
}

function positionOf(cursor: string | undefined): After {
  if (cursor === undefined) return undefined
  const position = decodeCursor(cursor, 2)
  if (position === undefined) throw fieldError('cursor', 'is not a cursor of this list')
  return position as [string, string]
}

const stateOf = ({ id, version, updated_at }: { id: string; version: number; updated_at: Date }) => ({
  id,
  version,
  updatedAt: updated_at,
})

/**
 * The Observations that rows make: those wanted, and the blood pressures that a wanted number is part of. Rows hold the
 * pair of each blood pressure among them.
 */
export function observationsOf(rows: readonly MeasurementRow[], wanted: ReadonlySet<string>): ProjectedResource[] {
  const diastolics = new Map(
    rows.flatMap((row) =>
      row.metric_type === 'blood_pressure_diastolic' && row.lead_id !== null ? [[row.lead_id, row] as const] : [],
    ),
  )
  const byId = new Map(rows.map((row) => [row.id, row]))
  return rows.flatMap((row) => {
    const pair = isPressure(row) ? diastolics.get(row.id) : undefined
    if (pair !== undefined) {
      const isWanted = wanted.has(row.id) || wanted.has(pair.id)
      const state = { id: row.id, version: row.version + pair.version - 1, updatedAt: latest(row, pair) }
      return isWanted ? [projected(state, bloodPressureOf(row, pair))] : []
    }
    if (!wanted.has(row.id)) return []
    const lead = row.lead_id === null ? undefined : byId.get(row.lead_id)
    // The second number shows in the pressure that it is part of.
    if (row.metric_type === 'blood_pressure_diastolic' && lead !== undefined && isPressure(lead)) return []
    return [projected(stateOf(row), observationOf(row))]
  })
}

const isPressure = (row: MeasurementRow) =>
  row.vital_type === 'blood_pressure' && row.metric_type === 'blood_pressure_systolic'

const latest = (a: MeasurementRow, b: MeasurementRow) => (a.updated_at > b.updated_at ? a.updated_at : b.updated_at)

/** The statement that announces measurements which were written, changed or removed. */
export function announceObservations(context: Context, ids: readonly string[]): Statement {
  const names = ids.map((id) => ({ type: 'Observation', id }))
  return announce(context, healthTracking.events.fhirChanged, fhirChange(context.personId, vitalsProjection, names))
}

/** The announcement that a symptom was written, changed or removed, for the select list of the statement that does it. */
export function symptomCall(context: Context, id: string): Statement {
  const change = fhirChange(context.personId, symptomsProjection, [{ type: 'Observation', id }])
  return announceCall(context, healthTracking.events.fhirChanged, change)
}

/** The same of a goal. */
export function goalCall(context: Context, id: string): Statement {
  const change = fhirChange(context.personId, goalsProjection, [{ type: 'Goal', id }])
  return announceCall(context, healthTracking.events.fhirChanged, change)
}
