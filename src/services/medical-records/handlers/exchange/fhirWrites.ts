import type { InputOf } from '../../../../kernel/contract.ts'
import { fieldError, PlatformError, validationError } from '../../../../kernel/errors.ts'
import type { ProjectedResource } from '../../../../kernel/projection.ts'
import { projected } from '../../../../kernel/projection.ts'
import type { Context, Handlers } from '../../../../kernel/service.ts'
import type { records } from '../../contract/records.ts'
import type { medicalRecords } from '../../contract.ts'
import { entryFault, KIND_RULES } from '../../domain/clinical/rules.ts'
import { clinicalResource } from '../../domain/fhir/clinical.ts'
import { observationOf } from '../../domain/fhir/observation.ts'
import { type ReadEntry, readClinical } from '../../domain/fhir/readClinical.ts'
import { type ReadLab, readLab } from '../../domain/fhir/readLab.ts'
import type { Json } from '../../domain/fhirImport/json.ts'
import {
  type ClinicalRow,
  deleteEntry,
  findEntry,
  insertEntries,
  type NewClinical,
  updateEntry,
} from '../../store/clinical.ts'
import { findLab, type LabRow } from '../../store/labs.ts'
import { type RecordPlace, recordPlaces } from '../../store/recordsForFhir.ts'
import { announceEntries, entryOf } from '../clinical/clinical.ts'
import { imagingHandlers } from '../imaging/imaging.ts'
import { changedMeanwhile } from '../labs/common.ts'
import { labOf } from '../labs/views.ts'
import { checkNewLab, deleteLabResult, keepNewLab, updateLabResult } from '../labs/write.ts'
import { reportHandlers } from '../reports/reports.ts'
import { writeReport, writeStudy } from './fhirReports.ts'
import { checked, type How, takenOr, UUID } from './fhirWriting.ts'

type WriteNames = 'recordsFhirWrite' | 'recordsFhirRemove' | 'labsFhirWrite' | 'labsFhirRemove'
type WriteHandlers = Pick<Handlers<typeof medicalRecords>, WriteNames>
type Write = InputOf<typeof records.operations.recordsFhirWrite>
type Remove = InputOf<typeof records.operations.recordsFhirRemove>

const DAY_AHEAD_MS = 14 * 3_600_000

/** Where a field of the public API stands in the resource. */
const PLACES: Readonly<Record<string, string>> = {
  'Condition.started_on': 'onsetDateTime',
  'Condition.ended_on': 'abatementDateTime',
  'Condition.status': 'clinicalStatus',
  'Condition.verification': 'verificationStatus',
  'AllergyIntolerance.started_on': 'onsetDateTime',
  'AllergyIntolerance.status': 'clinicalStatus',
  'Immunization.started_on': 'occurrenceDateTime',
  'Procedure.started_on': 'performed',
  'Procedure.ended_on': 'performedPeriod.end',
  'MedicationStatement.started_on': 'effective',
  'MedicationStatement.ended_on': 'effectivePeriod.end',
  'DiagnosticReport.report_date': 'effective',
  'DiagnosticReport.content': 'presentedForm',
  'ImagingStudy.study_date': 'started',
  'Observation.value': 'valueQuantity.value',
  'Observation.unit': 'valueQuantity.code',
  'Observation.test_date': 'effectiveDateTime',
  'Observation.result_date': 'issued',
  'Observation.test_name': 'code',
  'Observation.test_code': 'code',
  'Observation.reference_range_low': 'referenceRange.low',
  'Observation.reference_range_high': 'referenceRange.high',
}

/** FHIR resources written into the record, by the rules of the public API. */
export const fhirWriteHandlers: WriteHandlers = {
  recordsFhirWrite: (context, input) => written(context, input, WRITERS),
  recordsFhirRemove: (context, input) => removed(context, input, ['clinical', 'imaging', 'report']),
  labsFhirWrite: (context, input) => written(context, input, { Observation: writeLab }),
  labsFhirRemove: (context, input) => removed(context, input, ['lab']),
}

async function written(context: Context, { id, is_new, content, if_version, is_check = false }: Write, by: Writers) {
  const resource = JSON.parse(content) as Json
  const type = String(resource.resourceType)
  const how = { id, isNew: is_new, version: if_version, isCheck: is_check }
  try {
    return { kept: (await (by[type] ?? writeEntry)(context, resource, how)) ?? null }
  } catch (error) {
    throw placed(type, error)
  }
}

async function removed(context: Context, { id, if_version }: Remove, parts: readonly RecordPlace['part'][]) {
  const { db, personId } = context
  const places = UUID.test(id) ? await recordPlaces(db, personId, parts, { ids: [id] }, parts.length) : []
  const tag = if_version === undefined ? {} : { if_match: `"${if_version}"` }
  const [place] = places
  if (place === undefined) return { removed: false }
  await REMOVERS[place.part](context, id, tag, if_version ?? null)
  return { removed: true }
}

const REMOVERS: Readonly<
  Record<
    RecordPlace['part'],
    (context: Context, id: string, tag: { if_match?: string }, version: number | null) => Promise<unknown>
  >
> = {
  lab: (context, id, tag) => deleteLabResult(context, { id, ...tag }),
  clinical: (context, id, _tag, version) => removeEntry(context, id, version),
  imaging: async (context, id, tag) => imagingHandlers.deleteStudy(context, { id, ...tag }),
  report: async (context, id, tag) => reportHandlers.deleteReport(context, { id, ...tag }),
}

type Writers = Readonly<
  Record<string, (context: Context, resource: Json, how: How) => Promise<ProjectedResource | undefined>>
>
const WRITERS: Writers = {
  DiagnosticReport: writeReport,
  ImagingStudy: writeStudy,
}

async function writeEntry(context: Context, resource: Json, how: How): Promise<ProjectedResource | undefined> {
  const read = readClinical(resource)
  if (read === undefined) return undefined
  const rules = KIND_RULES[read.kind]
  const row = how.isNew ? undefined : await findEntry(context.db, context.personId, rules.stored, how.id)
  if (row !== undefined && how.version !== undefined && row.version !== how.version) throw changedMeanwhile()
  const entry = entryFor(how.id, read, row)
  const today = new Date(context.now().getTime() + DAY_AHEAD_MS).toISOString().slice(0, 10)
  const fault = entryFault(read.kind, entry, today) ?? wordFault(read)
  if (fault !== undefined) throw fieldError(fault.field, fault.detail, fault.allowed)
  if (how.isCheck) return checked(context, rules.resourceType, how.id)
  const kept = row === undefined ? await addEntry(context, entry) : await changeEntry(context, row, entry)
  const { id, version, updated_at: updatedAt } = kept
  return projected({ id, version, updatedAt }, clinicalResource(entryOf(kept)))
}

function entryFor(id: string, read: ReadEntry, row: ClinicalRow | undefined): NewClinical {
  const { kind, status, detail, ...said } = read
  // What a resource of this kind doesn't show stays as it is.
  const performer = kind === 'medications' ? row?.detail.performer : undefined
  return {
    id,
    kind: KIND_RULES[kind].stored,
    ...said,
    status: status ?? row?.status ?? 'inactive',
    detail: performer === undefined ? detail : { ...detail, performer },
    source: row?.source ?? 'fhir',
    import_item_id: row?.import_item_id ?? null,
  }
}

const WORDS: Readonly<Record<string, readonly string[]>> = {
  severity: ['mild', 'moderate', 'severe'],
  verification: ['unconfirmed', 'provisional', 'differential', 'confirmed', 'refuted'],
  category: ['food', 'medication', 'environment', 'biologic'],
  criticality: ['low', 'high', 'unable_to_assess'],
}

/** What the contract of the public API would refuse. */
function wordFault({ detail }: ReadEntry) {
  const field = Object.keys(WORDS).find(
    (name) => name in detail && WORDS[name]?.includes(String(detail[name])) === false,
  )
  return field === undefined
    ? undefined
    : { field, detail: 'must be one of the allowed values', allowed: WORDS[field] ?? [] }
}

function addEntry(context: Context, entry: NewClinical): Promise<ClinicalRow> {
  return takenOr(context, entry.id, (id) =>
    context.transact(async (transaction) => {
      const rows = await insertEntries(transaction, context.personId, [{ ...entry, id }], context.now())
      await announceEntries(context, transaction, rows, 'added')
      return rows[0] as ClinicalRow
    }),
  )
}

function changeEntry(context: Context, row: ClinicalRow, entry: NewClinical): Promise<ClinicalRow> {
  return context.transact(async (transaction) => {
    const after = await updateEntry(transaction, row, entry, context.now())
    if (after === undefined) throw changedMeanwhile()
    await announceEntries(context, transaction, [after], 'corrected')
    return after
  })
}

async function removeEntry(context: Context, id: string, version: number | null): Promise<void> {
  for (const { stored } of Object.values(KIND_RULES)) {
    const row = await findEntry(context.db, context.personId, stored, id)
    if (row === undefined) continue
    await context.transact(async (transaction) => {
      if (!(await deleteEntry(transaction, context.personId, id, version))) throw changedMeanwhile()
      await announceEntries(context, transaction, [row], 'deleted')
    })
    return
  }
}

async function writeLab(context: Context, resource: Json, how: How): Promise<ProjectedResource | undefined> {
  const read = readLab(resource)
  if (read === undefined) return undefined
  if (how.isCheck) {
    await checkNewLab(context, read)
    return checked(context, 'Observation', how.id)
  }
  const row = how.isNew ? undefined : await findLab(context.db, context.personId, how.id)
  if (row !== undefined && how.version !== undefined && row.version !== how.version) throw changedMeanwhile()
  if (row === undefined) return rendered(await addLab(context, read, how.id))
  await updateLabResult(context, { id: row.id, ...changesOf(read), version: row.version })
  return rendered((await findLab(context.db, context.personId, row.id)) as LabRow)
}

function changesOf({ abnormal, critical, ...read }: ReadLab) {
  return {
    ...read,
    ...(abnormal === undefined ? {} : { abnormal }),
    ...(critical === undefined ? {} : { critical }),
  }
}

function addLab(context: Context, read: ReadLab, wanted: string): Promise<LabRow> {
  return takenOr(context, wanted, (id) => keepNewLab(context, changesOf(read), { id, source: 'fhir' }))
}

const rendered = (row: LabRow) =>
  projected({ id: row.id, version: row.version, updatedAt: row.updated_at }, observationOf(labOf(row)))

/** Refusals name the place in the resource. */
function placed(type: string, error: unknown): unknown {
  if (!(error instanceof PlatformError) || error.code !== 'validation_failed') return error
  const faults = error.options.faults ?? []
  return validationError(
    faults.map((fault) => {
      const place = PLACES[`${type}.${fault.field}`]
      const known: string = place ?? (/^(status|severity|category|criticality)$/.test(fault.field) ? fault.field : '')
      return { ...fault, field: known === '' ? type : `${type}.${known}` }
    }),
  )
}
