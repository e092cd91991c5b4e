import { notFound, PlatformError, validationError } from '../../../kernel/errors.ts'
import type { Context, Handlers } from '../../../kernel/service.ts'
import type { Vital, VitalFields, VitalType } from '../contract/vitals.ts'
import type { healthTracking } from '../contract.ts'
import { sameReadingTolerance } from '../domain/reading.ts'
import { lastDays, readMoment } from '../domain/times.ts'
import { trendOf } from '../domain/trends.ts'
import { partsOf, readVital, type VitalParts } from '../domain/vitalParts.ts'
import { forgetReadingStatement } from '../store/alerts.ts'
import { deleteStatement, insertStatement, type MeasurementRow, type NewMeasurement } from '../store/measurements.ts'
import { announceStatement, correctVitalStatement, findVital, pageOfVitals, type VitalRows } from '../store/vitals.ts'
import { allDaysOf } from './analytics.ts'
import { type Facts, factsOf } from './facts.ts'
import { changedMeanwhile, checkVersion, isKeyConflict, pagingOf, periodOf, timeOf } from './inputs.ts'
import { pageFrom } from './paging.ts'
import { announceObservations } from './projection.ts'
import { correctedEvents, deletedEvents, keyOf, reconsidered, record, recordedEvents } from './recording.ts'
import { fieldsOf, vitalOf } from './views.ts'
import { summarizeVitals } from './vitalSummary.ts'

type VitalHandlers = Pick<
  Handlers<typeof healthTracking>,
  | 'recordBloodPressure'
  | 'recordHeartRate'
  | 'recordTemperature'
  | 'recordOxygenSaturation'
  | 'recordRespiratoryRate'
  | 'recordBloodGlucose'
  | 'recordBodyComposition'
  | 'listVitals'
  | 'getVital'
  | 'updateVital'
  | 'deleteVital'
  | 'summarizeVitals'
  | 'trendVital'
>

export const vitalHandlers: VitalHandlers = {
  recordBloodPressure: (context, input) => recordVital(context, 'blood_pressure', input),
  recordHeartRate: (context, input) => recordVital(context, 'heart_rate', input),
  recordTemperature: (context, input) => recordVital(context, 'body_temperature', input),
  recordOxygenSaturation: (context, input) => recordVital(context, 'oxygen_saturation', input),
  recordRespiratoryRate: (context, input) => recordVital(context, 'respiratory_rate', input),
  recordBloodGlucose: (context, input) => recordVital(context, 'blood_glucose', input),
  recordBodyComposition: (context, input) => recordVital(context, 'body_composition', input),

  async listVitals(context, input) {
    const paging = pagingOf(input)
    const facts = await factsOf(context)
    const period = await periodOf(input, async () => facts.zone)
    const vitalType = input.vital_sign_type ?? input.type
    const { rows, total } = await pageOfVitals(context.db, { userId: context.personId, vitalType, ...period }, paging)
    return pageFrom(
      rows,
      paging,
      ([lead]) => [lead.at.toISOString(), lead.id],
      (one) => vitalOf(one, facts),
      total,
    )
  },

  async getVital(context, { id }) {
    const [vital, facts] = await Promise.all([existing(context, id), factsOf(context)])
    return vitalOf(vital, facts)
  },

  updateVital: async (context, { id, version, if_match, ...fields }) =>
    correctVital(context, id, fields, { version: version ?? null, ...(if_match === undefined ? {} : { if_match }) }),

  async deleteVital(context, { id, ...input }) {
    await removeVital(context, id, input)
    return null
  },

  summarizeVitals,

  async trendVital(context, { type, days = 90 }) {
    const { zone } = await factsOf(context)
    const period = lastDays(days, context.now(), zone)
    const metricTypes = partsOf(type).map((part) => part.metricType)
    const byMetric = await allDaysOf(context, metricTypes, period)
    const trends = metricTypes.map((metricType) => trendOf(metricType, byMetric.get(metricType) ?? [], period))
    return { vital_sign_type: type, period_days: days, trends }
  },
}

/** Removes a vital sign with all its numbers. Throws 404, or 412 when it has another version. */
export async function removeVital(
  context: Context,
  id: string,
  input: { readonly version?: number | null; readonly if_match?: string },
): Promise<void> {
  const rows = await existing(context, id)
  const version = checkVersion(input, rows[0].version)
  const ids = rows.map((row) => row.id)
  await context.transact(async (transaction) => {
    const gone = await transaction.many(deleteStatement(context.personId, ids, version, deletedEvents(context, rows)))
    if (gone.length === 0) throw changedMeanwhile()
    await transaction.batch([
      forgetReadingStatement(context.personId, ids, 'the reading was deleted', context.now()),
      announceObservations(context, ids),
    ])
  })
}

/** Throws 422 when a vital sign of these fields would be refused. */
export function checkVital(context: Context, vitalType: VitalType, fields: VitalFields): void {
  partsOrThrow(vitalType, fields)
  if (fields.timestamp) timeOf('timestamp', readMoment(fields.timestamp, context.now()))
}

/** Records a vital sign, under `leadId` where that is given. */
export async function recordVital(
  context: Context,
  vitalType: VitalType,
  fields: VitalFields,
  leadId = context.newId(),
): Promise<Vital> {
  const parts = partsOrThrow(vitalType, fields)
  const at = fields.timestamp ? timeOf('timestamp', readMoment(fields.timestamp, context.now())) : context.now()
  const facts = await factsOf(context)
  const rows = rowsOf(context, vitalType, parts, fields, at, leadId)
  const { written, existing: before } = await recorded(context, rows, facts)
  const stored = rows.map((row) => written.get(row.id))
  if (stored.every((row) => row !== undefined)) return vitalOf(stored as unknown as VitalRows, facts)
  const lead = sameVital(rows, before)
  if (written.size > 0 || lead === undefined) throw alreadyThere()
  return { ...vitalOf(await existing(context, lead), facts), duplicate_of: lead }
}

async function recorded(context: Context, rows: readonly NewMeasurement[], facts: Facts) {
  try {
    return await record(context, rows, facts, 'all-or-nothing')
  } catch (error) {
    if (isKeyConflict(error)) throw alreadyThere()
    throw error
  }
}

/** The vital sign whose numbers all were there already, as parts of one; undefined when they belong together in no way. */
function sameVital(rows: readonly NewMeasurement[], before: ReadonlyMap<string, MeasurementRow>): string | undefined {
  const leads = new Set(rows.map((row) => before.get(keyOf(row))).map((row) => row?.lead_id ?? row?.id))
  const [lead] = leads
  return leads.size === 1 ? lead : undefined
}

function alreadyThere(): PlatformError {
  return new PlatformError(
    'conflict',
    'One of these numbers is recorded already for the same moment; correct that entry',
  )
}

function partsOrThrow(vitalType: VitalType, fields: VitalFields): VitalParts {
  const kind = fields.vital_sign_type
  // The old clients call a body composition by its weight.
  if (kind && kind !== vitalType && !(vitalType === 'body_composition' && kind === 'weight')) {
    throw validationError([{ field: 'vital_sign_type', detail: 'is not the type of this path', allowed: [vitalType] }])
  }
  const read = readVital(vitalType, fields)
  if ('faults' in read) throw validationError(read.faults)
  return read.parts
}

function rowsOf(
  context: Context,
  vitalType: VitalType,
  { readings, details, warnings }: VitalParts,
  fields: VitalFields,
  at: Date,
  leadId = context.newId(),
): NewMeasurement[] {
  return readings.map((reading, index) => {
    const isLead = index === 0
    const own = isLead
      ? warnings.filter((text) => !readings.slice(1).some((one) => one.warnings.includes(text)))
      : reading.warnings
    return {
      id: isLead ? leadId : context.newId(),
      metric_type: reading.metricType,
      series: '',
      value: reading.value,
      unit: reading.unit,
      canonical_value: reading.canonicalValue,
      canonical_unit: reading.canonicalUnit,
      loinc: reading.loinc,
      at,
      source: fields.source ?? 'manual',
      device_id: fields.device_id ?? null,
      notes: isLead ? (fields.measurement_notes ?? null) : null,
      metadata: null,
      is_unusual: reading.isUnusual,
      warnings: own.length === 0 ? null : own,
      vital_type: isLead ? vitalType : null,
      lead_id: isLead ? null : leadId,
      details: isLead ? details : null,
      tolerance: sameReadingTolerance(reading.metricType),
    }
  })
}

/** Corrects a vital sign: the fields given over those that are stored, read as a whole, its numbers changed together. */
export async function correctVital(
  context: Context,
  id: string,
  changes: VitalFields,
  wanted: { readonly version: number | null; readonly if_match?: string },
): Promise<Vital> {
  const [before, facts] = await Promise.all([existing(context, id), factsOf(context)])
  const [lead] = before
  const version = checkVersion(wanted, lead.version)
  const vitalType = lead.vital_type ?? 'body_composition'
  const fields = { ...fieldsOf(before), ...changes } as VitalFields
  const parts = partsOrThrow(vitalType, fields)
  const at = changes.timestamp ? timeOf('timestamp', readMoment(changes.timestamp, context.now())) : lead.at
  const kept = {
    ...fields,
    source: changes.source ?? lead.source,
    device_id: changes.device_id === undefined ? lead.device_id : changes.device_id,
    measurement_notes: changes.measurement_notes === undefined ? lead.notes : changes.measurement_notes,
  }
  const wantedRows = identified(rowsOf(context, vitalType, parts, kept, at), before)
  const known = new Set(before.map((row) => row.id))
  const corrected = wantedRows.filter((row) => known.has(row.id))
  const added = wantedRows.filter((row) => !known.has(row.id))
  const removed = before.filter((row) => !wantedRows.some((one) => one.id === row.id))
  if (removed.some((row) => row.id === id)) {
    throw new PlatformError(
      'conflict',
      'Its first number cannot be taken away; delete the vital sign and record it anew',
    )
  }
  const effects = await reconsidered(context, [...known], wantedRows, { known: facts })
  const { personId } = context
  try {
    await context.transact(async (transaction) => {
      const changed = await transaction.many(correctVitalStatement(personId, { id, version }, corrected, context.now()))
      if (changed.length !== corrected.length) throw changedMeanwhile()
      await transaction.batch([
        announceStatement(
          corrected.map((row) => row.id),
          correctedEvents(context, corrected),
        ),
        ...(added.length === 0 ? [] : [insertStatement(personId, added, recordedEvents(context, added))]),
        ...removed.map((row) => deleteStatement(personId, [row.id], row.version, deletedEvents(context, [row]))),
        ...effects,
        announceObservations(
          context,
          [...before, ...added].map((row) => row.id),
        ),
      ])
    })
  } catch (error) {
    if (isKeyConflict(error)) throw alreadyThere()
    throw error
  }
  return vitalOf(await existing(context, id), facts)
}

/** New rows under the ids of the rows they replace. */
function identified(rows: readonly NewMeasurement[], before: VitalRows): NewMeasurement[] {
  const lead = before[0].id
  return rows.map((row) => {
    const old = before.find((one) => one.metric_type === row.metric_type)
    const id = old?.id ?? row.id
    return { ...row, id, lead_id: id === lead ? null : lead, vital_type: id === lead ? before[0].vital_type : null }
  })
}

async function existing(context: Context, id: string): Promise<VitalRows> {
  const rows = await findVital(context.db, context.personId, id)
  if (rows === undefined) throw notFound('Vital sign')
  return rows
}
