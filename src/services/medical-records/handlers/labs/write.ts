import type { InputOf } from '../../../../kernel/contract.ts'
import type { Transaction } from '../../../../kernel/database.ts'
import { fieldError, notFound } from '../../../../kernel/errors.ts'
import type { Context } from '../../../../kernel/service.ts'
import type { LabResult } from '../../contract/labShapes.ts'
import type { labOperations } from '../../contract/labs.ts'
import { medicalRecords } from '../../contract.ts'
import { judgeLab, type StatedLab } from '../../domain/labs/judge.ts'
import { deleteLab, findLab, insertLabs, type LabRow, type NewLab, updateLab } from '../../store/labs.ts'
import {
  announceChange,
  announceFhir,
  changedMeanwhile,
  checkVersion,
  labFactsOf,
  pastInstant,
  personAt,
  wantedVersion,
} from './common.ts'
import { labOf } from './views.ts'

type NewInput = InputOf<typeof labOperations.createLabResult>
type ChangeInput = InputOf<typeof labOperations.updateLabResult>

export async function createLabResult(context: Context, input: NewInput): Promise<LabResult> {
  return labOf(await keepNewLab(context, input, { id: context.newId(), source: 'manual' }))
}

/** Keeps a result by the rules of the public API, under this id. */
export async function keepNewLab(
  context: Context,
  input: NewInput,
  as: { readonly id: string; readonly source: NewLab['source'] },
): Promise<LabRow> {
  const lab = await newLab(context, input, as)
  const rows = await context.transact((transaction) => keepLabs(context, transaction, [lab]))
  return rows[0] as LabRow
}

/** Throws what the rules refuse. */
export async function checkNewLab(context: Context, input: NewInput): Promise<void> {
  await newLab(context, input, { id: context.newId(), source: 'fhir' })
}

async function newLab(
  context: Context,
  input: NewInput,
  as: { readonly id: string; readonly source: NewLab['source'] },
): Promise<NewLab> {
  const facts = await labFactsOf(context)
  const now = context.now()
  const testedAt = pastInstant('test_date', input.test_date, now)
  return {
    ...as,
    test_name: input.test_name.trim(),
    test_code: input.test_code ?? null,
    ...judged(statedOf(input), personAt(facts, testedAt)),
    tested_at: testedAt,
    resulted_at: input.result_date ? pastInstant('result_date', input.result_date, now) : null,
    lab_name: input.lab_name ?? null,
    ordering_provider: input.ordering_provider ?? null,
    specimen_type: input.specimen_type ?? null,
    status: input.status ?? 'final',
    external_id: input.external_id ?? null,
    fhir_resource_id: input.fhir_resource_id ?? null,
    document_id: null,
    finding_id: null,
    import_item_id: null,
    confirmed_by: context.accountId,
    notes: input.notes ?? null,
    metadata: input.record_metadata ?? null,
  }
}

export async function updateLabResult(context: Context, { id, ...input }: ChangeInput): Promise<LabResult> {
  const row = (await findLab(context.db, context.personId, id)) ?? missing()
  checkVersion(input, row.version)
  const facts = await labFactsOf(context)
  const now = context.now()
  const testedAt = input.test_date === undefined ? row.tested_at : pastInstant('test_date', input.test_date, now)
  const { user_id: _user, version: _version, created_at: _made, updated_at: _changed, ...before } = row
  const lab: NewLab = {
    ...before,
    test_name: input.test_name?.trim() ?? row.test_name,
    test_code: given(input.test_code, row.test_code),
    ...judged(changedStatement(row, input), personAt(facts, testedAt)),
    tested_at: testedAt,
    resulted_at:
      input.result_date === undefined
        ? row.resulted_at
        : input.result_date === null
          ? null
          : pastInstant('result_date', input.result_date, now),
    lab_name: given(input.lab_name, row.lab_name),
    ordering_provider: given(input.ordering_provider, row.ordering_provider),
    specimen_type: given(input.specimen_type, row.specimen_type),
    status: input.status ?? row.status,
    external_id: given(input.external_id, row.external_id),
    fhir_resource_id: given(input.fhir_resource_id, row.fhir_resource_id),
    notes: given(input.notes, row.notes),
    metadata: given(input.record_metadata, row.metadata),
  }
  return context.transact(async (transaction) => {
    const after = await updateLab(transaction, row, lab, context.now())
    if (after === undefined) throw changedMeanwhile()
    await announceLabs(context, transaction, [after], 'corrected')
    return labOf(after)
  })
}

export async function deleteLabResult(
  context: Context,
  { id, ...input }: { id: string; if_match?: string },
): Promise<null> {
  const version = wantedVersion(input)
  const row = (await findLab(context.db, context.personId, id)) ?? missing()
  return context.transact(async (transaction) => {
    if (!(await deleteLab(transaction, context.personId, id, version))) throw changedMeanwhile()
    await announceLabs(context, transaction, [{ ...row, level: 0 }], 'deleted')
    return null
  })
}

/** Results of one statement: writing and reading more would keep others waiting. */
const AT_ONCE = 400

/** Writes results with their announcements, and queues the alerts of critical ones: all of one transaction. */
export async function keepLabs(context: Context, transaction: Transaction, labs: readonly NewLab[]): Promise<LabRow[]> {
  if (labs.length === 0) return []
  const rows: LabRow[] = []
  for (let at = 0; at < labs.length; at += AT_ONCE) {
    rows.push(...(await insertLabs(transaction, context.personId, labs.slice(at, at + AT_ONCE), context.now())))
  }
  await announceLabs(context, transaction, rows, 'added')
  return rows
}

/** Announces results; those beyond a critical limit become alerts by a job, which asks another service. */
export async function announceLabs(
  context: Context,
  transaction: Transaction,
  rows: readonly LabRow[],
  status: string,
): Promise<void> {
  const ids = rows.map((row) => row.id)
  await announceChange(context, transaction, medicalRecords.events.labResultsChanged, {
    resourceType: 'lab_result',
    ids,
    status,
  })
  await announceFhir(
    context,
    transaction,
    ids.map((id) => ({ type: 'Observation', id })),
  )
  const critical = rows.filter((row) => row.level >= 4).map((row) => row.id)
  if (critical.length === 0) return
  await announceChange(context, transaction, medicalRecords.events.criticalLabResults, {
    resourceType: 'lab_result',
    ids: critical,
    status,
    more: { severity: 4 },
  })
  await transaction.enqueue('raise-lab-alerts', { person_id: context.personId, result_ids: critical })
}

/** Says to FHIR and to listeners that results are gone. */
export async function announceRemoved(
  context: Context,
  transaction: Transaction,
  ids: readonly string[],
): Promise<void> {
  if (ids.length === 0) return
  await announceChange(context, transaction, medicalRecords.events.labResultsChanged, {
    resourceType: 'lab_result',
    ids,
    status: 'deleted',
  })
  await announceFhir(
    context,
    transaction,
    ids.map((id) => ({ type: 'Observation', id })),
  )
}

function judged(stated: StatedLab, person: Parameters<typeof judgeLab>[1]) {
  const result = judgeLab(stated, person)
  if ('fault' in result) throw fieldError(result.fault.field, result.fault.detail, result.fault.allowed)
  return result.lab
}

function statedOf(input: NewInput): StatedLab {
  return {
    testName: input.test_name,
    specimen: input.specimen_type,
    testCode: input.test_code,
    value: input.value ?? null,
    unit: input.unit,
    rangeLow: input.reference_range_low,
    rangeHigh: input.reference_range_high,
    rangeText: input.reference_range_text,
    abnormal: input.abnormal,
    critical: input.critical,
    category: input.category,
  }
}

/** What the row says with the changes: a laboratory's own flag falls with a changed value. */
export function changedStatement(row: LabRow, input: Omit<ChangeInput, 'id'>): StatedLab {
  const stated = row.value === null ? row.value_text : `${row.comparator ?? ''}${row.value}`
  const isSame = input.value === undefined
  return {
    testName: input.test_name ?? row.test_name,
    specimen: given(input.specimen_type, row.specimen_type),
    testCode: given(input.test_code, row.test_code ?? row.loinc),
    value: isSame ? (row.value !== null && row.comparator === null ? row.value : stated) : (input.value ?? null),
    unit: given(input.unit, row.unit_text),
    rangeLow: given(input.reference_range_low, row.range_low),
    rangeHigh: given(input.reference_range_high, row.range_high),
    rangeText: given(input.reference_range_text, row.range_text),
    abnormal: input.abnormal,
    critical: input.critical,
    flag: isSame ? row.flag : null,
    category: input.category ?? row.category,
  }
}

function given<Value>(value: Value | null | undefined, otherwise: Value | null): Value | null {
  return value === undefined ? otherwise : value
}

function missing(): never {
  throw notFound('Lab result')
}
