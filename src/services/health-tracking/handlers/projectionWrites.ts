import { PlatformError, validationError } from '../../../kernel/errors.ts'
import type { ProjectedResource } from '../../../kernel/projection.ts'
import type { FieldFault } from '../../../kernel/schema.ts'
import type { Context, Handlers } from '../../../kernel/service.ts'
import type { VitalFields } from '../contract/vitals.ts'
import type { healthTracking } from '../contract.ts'
import { type ReadObservation, type Resource, readObservation } from '../domain/fhir.ts'
import { partsOf } from '../domain/vitalParts.ts'
import { findMeasurement, type MeasurementRow } from '../store/measurements.ts'
import { measurementsWithPairs } from '../store/projection.ts'
import { changedMeanwhile, isKeyConflict } from './inputs.ts'
import { metricHandlers, recordOf } from './metrics.ts'
import { observationsOf } from './projection.ts'
import { keyOf, record } from './recording.ts'
import { isVitalPart } from './views.ts'
import { checkVital, correctVital, recordVital, removeVital } from './vitals.ts'

type WriteHandlers = Pick<Handlers<typeof healthTracking>, 'vitalsFhirWrite' | 'vitalsFhirRemove'>

/** Where a field of the public API stands in an Observation. */
const PLACES: Readonly<Record<string, string>> = {
  value: 'Observation.valueQuantity.value',
  unit: 'Observation.valueQuantity.code',
  timestamp: 'Observation.effectiveDateTime',
  systolic: 'Observation.component.valueQuantity.value',
  diastolic: 'Observation.component.valueQuantity.value',
  notes: 'Observation.note.text',
  measurement_notes: 'Observation.note.text',
}
const SOURCE = 'fhir'

/** FHIR Observations written into measurements, by the rules of the public API. */
export const projectionWriteHandlers: WriteHandlers = {
  async vitalsFhirWrite(context, { id, is_new, content, if_version, is_check = false }) {
    const read = readObservation(JSON.parse(content) as Resource)
    if (read === undefined) return { kept: null }
    try {
      const before = is_new ? undefined : await observed(context, id)
      if (if_version !== undefined && before !== undefined && before.version !== if_version) throw changedMeanwhile()
      if (is_check) return { kept: check(context, id, read) }
      const keptId = before === undefined ? await recordNew(context, id, read) : await correct(context, id, read)
      return { kept: keptId === undefined ? null : ((await observed(context, keptId)) ?? null) }
    } catch (error) {
      throw placed(error)
    }
  },

  async vitalsFhirRemove(context, { id, if_version }) {
    const now = await observed(context, id)
    if (now === undefined) return { removed: false }
    if (if_version !== undefined && now.version !== if_version) throw changedMeanwhile()
    const row = (await findMeasurement(context.db, context.personId, id)) as MeasurementRow
    if (row.lead_id !== null) {
      throw new PlatformError('conflict', 'It is part of a vital sign of several numbers, which is removed as a whole')
    }
    if (isVitalPart(row)) await removeVital(context, id, {})
    else await metricHandlers.deleteMetric(context, { id })
    return { removed: true }
  },
}

async function observed(context: Context, id: string): Promise<ProjectedResource | undefined> {
  const rows = await measurementsWithPairs(context.db, context.personId, [id])
  return observationsOf(rows, new Set([id])).find((one) => one.id === id)
}

const noted = (text: string | null) => (text === null ? {} : { notes: text })

function metricInput(read: ReadObservation) {
  const [number] = read.numbers as [ReadObservation['numbers'][number]]
  const { metricType, value, unit } = number
  const device = read.device === null ? {} : { device_id: read.device.slice(0, 100) }
  const shared = {
    metric_type: metricType,
    value,
    timestamp: read.time,
    source: SOURCE,
    ...noted(read.note),
    ...device,
  }
  return unit === undefined ? shared : { ...shared, unit }
}

function pressureFields(read: ReadObservation): VitalFields {
  const [systolic, diastolic] = read.numbers
  return {
    systolic: systolic?.value,
    diastolic: diastolic?.value,
    unit: systolic?.unit,
    timestamp: read.time,
    source: SOURCE,
    measurement_notes: read.note,
    device_id: read.device?.slice(0, 100),
    measurement_method: read.method?.slice(0, 100),
    measurement_location: read.site?.slice(0, 100),
  } as VitalFields
}

/** Both numbers stand in one unit, as they do in the public API. */
const isOneUnit = ({ numbers: [systolic, diastolic] }: ReadObservation) => systolic?.unit === diastolic?.unit

/** What a write would keep: only that it would keep something, and what it refuses. */
function check(context: Context, id: string, read: ReadObservation): ProjectedResource | null {
  if (read.isBloodPressure) {
    if (!isOneUnit(read)) return null
    checkVital(context, 'blood_pressure', pressureFields(read))
  } else recordOf(context, metricInput(read))
  return { type: 'Observation', id, version: 1, updated_at: context.now().toISOString(), content: '{}' }
}

/** Records what an Observation says; returns under which id: that of the same reading where it was there already. */
async function recordNew(context: Context, id: string, read: ReadObservation): Promise<string | undefined> {
  if (read.isBloodPressure) {
    if (!isOneUnit(read)) return undefined
    const ids = [id, context.newId()] as const
    const vital = await takenOr(ids, (leadId) => recordVital(context, 'blood_pressure', pressureFields(read), leadId))
    return vital.id
  }
  const row = recordOf(context, metricInput(read))
  const recorded = await takenOr([id, row.id], (own) => record(context, [{ ...row, id: own }]))
  const [fresh] = recorded.written.keys()
  return fresh ?? recorded.existing.get(keyOf(row))?.id
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Tries the id that was asked for; an id of another form, or one that is taken (by whomever), gives way to our own. */
export async function takenOr<Result>(
  [wanted, own]: readonly [string, string],
  write: (id: string) => Promise<Result>,
): Promise<Result> {
  if (!UUID.test(wanted)) return write(own)
  try {
    return await write(wanted)
  } catch (error) {
    const isTaken = isKeyConflict(error) || (error instanceof PlatformError && error.code === 'conflict')
    if (!isTaken) throw error
    return write(own)
  }
}

/** Corrects a measurement; undefined when the Observation is about another metric now. */
async function correct(context: Context, id: string, read: ReadObservation): Promise<string | undefined> {
  const rows = await measurementsWithPairs(context.db, context.personId, [id])
  const row = rows.find((one) => one.id === id) as MeasurementRow
  const isPressure = rows.some((one) => one.lead_id === id && one.metric_type === 'blood_pressure_diastolic')
  const [number] = read.numbers as [ReadObservation['numbers'][number]]
  if (isPressure !== read.isBloodPressure || (!isPressure && number.metricType !== row.metric_type)) return undefined
  if (isPressure) {
    if (!isOneUnit(read)) return undefined
    const { source: _source, ...fields } = pressureFields(read)
    await correctVital(context, id, fields, { version: null })
    return id
  }
  if (!isVitalPart(row)) {
    const { metric_type: _type, source: _source, ...input } = metricInput(read)
    await metricHandlers.updateMetric(context, { id, ...input, notes: read.note, device_id: read.device })
    return id
  }
  const leadId = row.lead_id ?? row.id
  const lead = row.lead_id === null ? row : await findMeasurement(context.db, context.personId, leadId)
  const part = partsOf(lead?.vital_type ?? 'body_composition').find((one) => one.metricType === row.metric_type)
  if (part === undefined) return undefined
  const unit = part.unitField === undefined ? {} : { [part.unitField]: number.unit }
  const notes = row.lead_id === null ? { measurement_notes: read.note } : {}
  const fields = { [part.field]: number.value, ...unit, ...notes, timestamp: read.time } as VitalFields
  await correctVital(context, leadId, fields, { version: null })
  return id
}

/** Refusals name the place in the Observation. */
function placed(error: unknown): unknown {
  if (!(error instanceof PlatformError) || error.code !== 'validation_failed') return error
  const faults: readonly FieldFault[] = error.options.faults ?? []
  return validationError(faults.map((fault) => ({ ...fault, field: PLACES[fault.field] ?? 'Observation' })))
}
