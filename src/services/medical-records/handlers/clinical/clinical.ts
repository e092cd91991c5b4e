import { fieldError, notFound } from '../../../../kernel/errors.ts'
import type { Context, Handlers } from '../../../../kernel/service.ts'
import type { ClinicalEntry, ClinicalKind } from '../../contract/clinical.ts'
import { medicalRecords } from '../../contract.ts'
import { entryFault, KIND_RULES, kindOf } from '../../domain/clinical/rules.ts'
import {
  type ClinicalRow,
  deleteEntry,
  findEntry,
  insertEntries,
  type NewClinical,
  pageOfEntries,
  updateEntry,
} from '../../store/clinical.ts'
import {
  announceChange,
  announceFhir,
  changedMeanwhile,
  checkVersion,
  numbered,
  pagingOf,
  wantedVersion,
} from '../labs/common.ts'

type ClinicalHandlers = Pick<
  Handlers<typeof medicalRecords>,
  'createClinicalEntry' | 'listClinicalEntries' | 'getClinicalEntry' | 'updateClinicalEntry' | 'deleteClinicalEntry'
>

/** Fields that every kind has; what else an input holds is its detail. */
const COMMON = new Set([
  'kind',
  'id',
  'display',
  'code',
  'code_system',
  'status',
  'started_on',
  'ended_on',
  'notes',
  'version',
  'if_match',
])

export const clinicalHandlers: ClinicalHandlers = {
  async createClinicalEntry(context, input) {
    const rules = KIND_RULES[input.kind]
    const entry: NewClinical = {
      id: context.newId(),
      kind: rules.stored,
      display: input.display.trim(),
      code: input.code ?? null,
      code_system: input.code_system ?? null,
      status: input.status ?? rules.statuses[0] ?? 'active',
      started_on: input.started_on ?? null,
      ended_on: input.ended_on ?? null,
      detail: detailOf(input),
      notes: input.notes ?? null,
      source: 'manual',
      import_item_id: null,
    }
    check(context, input.kind, entry)
    return context.transact(async (transaction) => {
      const rows = await insertEntries(transaction, context.personId, [entry], context.now())
      await announceEntries(context, transaction, rows, 'added')
      return entryOf(rows[0] as ClinicalRow)
    })
  },

  async listClinicalEntries(context, input) {
    const paging = pagingOf(input)
    const filter = { userId: context.personId, kind: KIND_RULES[input.kind].stored, status: input.status }
    const { rows, total } = await pageOfEntries(context.db, filter, paging.skip, paging.limit)
    return numbered(rows.map(entryOf), total, paging)
  },

  async getClinicalEntry(context, { kind, id }) {
    return entryOf(await existing(context, kind, id))
  },

  async updateClinicalEntry(context, { kind, id, ...input }) {
    const row = await existing(context, kind, id)
    checkVersion(input, row.version)
    const given = <Value>(value: Value | null | undefined, before: Value | null) =>
      value === undefined ? before : value
    const entry: NewClinical = {
      id,
      kind: row.kind,
      display: input.display?.trim() ?? row.display,
      code: given(input.code, row.code),
      code_system: given(input.code_system, row.code_system),
      status: input.status ?? row.status,
      started_on: given(input.started_on, row.started_on),
      ended_on: given(input.ended_on, row.ended_on),
      detail: withoutNulls({ ...row.detail, ...detailInput(input) }),
      notes: given(input.notes, row.notes),
      source: row.source,
      import_item_id: row.import_item_id,
    }
    check(context, kind, entry)
    return context.transact(async (transaction) => {
      const after = await updateEntry(transaction, row, entry, context.now())
      if (after === undefined) throw changedMeanwhile()
      await announceEntries(context, transaction, [after], 'corrected')
      return entryOf(after)
    })
  },

  async deleteClinicalEntry(context, { kind, id, ...input }) {
    const version = wantedVersion(input)
    const row = await existing(context, kind, id)
    return context.transact(async (transaction) => {
      if (!(await deleteEntry(transaction, context.personId, id, version))) throw changedMeanwhile()
      await announceEntries(context, transaction, [row], 'deleted')
      return null
    })
  },
}

/** Announces entries to listeners and to whoever shows them as FHIR. */
export async function announceEntries(
  context: Context,
  transaction: Parameters<typeof announceChange>[1],
  rows: readonly ClinicalRow[],
  status: string,
): Promise<void> {
  if (rows.length === 0) return
  const ids = rows.map((row) => row.id)
  const kinds = new Set(rows.map((row) => row.kind))
  await announceChange(context, transaction, medicalRecords.events.clinicalEntriesChanged, {
    resourceType: kinds.size === 1 ? (rows[0]?.kind ?? 'clinical_entry') : 'clinical_entry',
    ids,
    status,
  })
  const resources = rows.map((row) => ({ type: KIND_RULES[kindOf(row.kind)].resourceType, id: row.id }))
  await announceFhir(context, transaction, resources)
}

export function entryOf(row: ClinicalRow): ClinicalEntry {
  return {
    id: row.id,
    version: row.version,
    user_id: row.user_id,
    kind: kindOf(row.kind),
    display: row.display,
    code: row.code,
    code_system: row.code_system,
    status: row.status,
    started_on: row.started_on,
    ended_on: row.ended_on,
    detail: { ...row.detail },
    notes: row.notes,
    source: row.source,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

function check(context: Context, kind: ClinicalKind, entry: NewClinical): void {
  if (entry.display === '') throw fieldError('display', 'says nothing')
  // A day ahead of UTC is today somewhere.
  const today = new Date(context.now().getTime() + 14 * 3_600_000).toISOString().slice(0, 10)
  const fault = entryFault(kind, entry, today)
  if (fault !== undefined) throw fieldError(fault.field, fault.detail, fault.allowed)
}

function detailInput(input: object): Record<string, string | number | boolean | null> {
  const members = Object.entries(input).filter(([name, value]) => !COMMON.has(name) && value !== undefined)
  return Object.fromEntries(members)
}

function detailOf(input: object): Record<string, string | number | boolean> {
  return withoutNulls(detailInput(input))
}

function withoutNulls(
  members: Record<string, string | number | boolean | null>,
): Record<string, string | number | boolean> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null)) as Record<
    string,
    string | number | boolean
  >
}

async function existing(context: Context, kind: ClinicalKind, id: string): Promise<ClinicalRow> {
  const row = await findEntry(context.db, context.personId, KIND_RULES[kind].stored, id)
  if (row === undefined) throw notFound('Entry')
  return row
}
