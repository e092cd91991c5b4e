import type { Transaction } from '../../../../kernel/database.ts'
import type { Context } from '../../../../kernel/service.ts'
import { medicalRecords } from '../../contract.ts'
import { changeCarried, deleteCarriedOf } from '../../store/carried.ts'
import { type ClinicalRow, deleteEntry, entriesOfItems, type NewClinical, updateEntry } from '../../store/clinical.ts'
import { type ItemRow, retireLabs } from '../../store/imports.ts'
import { type LabRow, labsOfItems, type NewLab, updateLab } from '../../store/labs.ts'
import { announceEntries } from '../clinical/clinical.ts'
import { announceChange, announceFhir } from '../labs/common.ts'
import { announceLabs } from '../labs/write.ts'
import { announceCarried, carriedRow } from './carried.ts'

/** A change that the person took, with what it is in the record; undefined where its sender withdrew it. */
export interface TakenChange<Row> {
  readonly replaces: string
  readonly row: Row | undefined
}

/** Pairs changes of items with their rows. */
export function changesOf<Row>(
  items: readonly ItemRow[],
  make: (item: ItemRow) => Row | undefined,
): readonly TakenChange<Row>[] {
  return items.flatMap((item) =>
    item.replaces === null
      ? []
      : [{ replaces: item.replaces, row: item.change === 'withdrawn' ? undefined : make(item) }],
  )
}

/**
 * Results that changed at their laboratory. Another value is another result, and the one before stays, marked as in error; what
 * only became final or got a note is the same one. A result that the person removed meanwhile is new again.
 * @returns what is to be written as new
 */
export async function changeLabs(
  context: Context,
  transaction: Transaction,
  changes: readonly TakenChange<NewLab>[],
): Promise<NewLab[]> {
  if (changes.length === 0) return []
  const { personId } = context
  const rows = await labsOfItems(
    transaction,
    personId,
    changes.map((one) => one.replaces),
  )
  const before = new Map(rows.map((row) => [row.import_item_id, row]))
  const old: string[] = []
  const added: NewLab[] = []
  const mended: LabRow[] = []
  for (const { replaces, row } of changes) {
    const was = before.get(replaces)
    if (row !== undefined && was !== undefined && isSameValue(was, row)) {
      const after = await updateLab(
        transaction,
        was,
        { ...row, id: was.id, notes: row.notes ?? was.notes },
        context.now(),
      )
      if (after !== undefined) mended.push(after)
      continue
    }
    if (was !== undefined) old.push(was.id)
    if (row !== undefined) added.push(row)
  }
  if (old.length > 0) await retireLabsOf(context, transaction, { ids: old })
  if (mended.length > 0) await announceLabs(context, transaction, mended, 'corrected')
  return added
}

/** Marks results as in error: they stay to be seen, and count no more. */
export async function retireLabsOf(
  context: Context,
  transaction: Transaction,
  of: Parameters<typeof retireLabs>[2],
): Promise<void> {
  const gone = await retireLabs(transaction, context.personId, of, context.now())
  if (gone.length === 0) return
  await announceChange(context, transaction, medicalRecords.events.labResultsChanged, {
    resourceType: 'lab_result',
    ids: gone,
    status: 'corrected',
  })
  await announceFhir(
    context,
    transaction,
    gone.map((id) => ({ type: 'Observation', id })),
  )
}

const SAME = ['analyte', 'loinc', 'test_name', 'value', 'comparator', 'value_text', 'unit_text'] as const

function isSameValue(was: LabRow, row: NewLab): boolean {
  const isStanding = was.status !== 'entered_in_error'
  return (
    isStanding &&
    SAME.every((field) => was[field] === row[field]) &&
    was.tested_at.getTime() === row.tested_at.getTime()
  )
}

/**
 * Entries that changed at their clinic: they say what it says now, and keep what the person added. One that was withdrawn goes;
 * what it said stays with the import. @returns what is to be written as new
 */
export async function changeEntries(
  context: Context,
  transaction: Transaction,
  changes: readonly TakenChange<NewClinical>[],
): Promise<NewClinical[]> {
  if (changes.length === 0) return []
  const { personId } = context
  const rows = await entriesOfItems(
    transaction,
    personId,
    changes.map((one) => one.replaces),
  )
  const before = new Map(rows.map((row) => [row.import_item_id, row]))
  const added: NewClinical[] = []
  const [mended, gone]: [ClinicalRow[], ClinicalRow[]] = [[], []]
  for (const { replaces, row } of changes) {
    const was = before.get(replaces)
    if (was === undefined) {
      if (row !== undefined) added.push(row)
    } else if (row === undefined) {
      if (await deleteEntry(transaction, personId, was.id, null)) gone.push(was)
    } else {
      const merged = { ...row, detail: { ...was.detail, ...row.detail }, notes: row.notes ?? was.notes }
      const after = await updateEntry(transaction, was, merged, context.now())
      if (after !== undefined) mended.push(after)
    }
  }
  await announceEntries(context, transaction, mended, 'corrected')
  await announceEntries(context, transaction, gone, 'deleted')
  return added
}

/** Resources that are kept as they are: changed, or gone. @returns the items that are to be kept as new */
export async function changeResources(
  context: Context,
  transaction: Transaction,
  items: readonly ItemRow[],
): Promise<ItemRow[]> {
  const added: ItemRow[] = []
  for (const item of items) {
    const replaces = item.replaces ?? ''
    const [row] = item.change === 'withdrawn' ? [] : carriedRow(item)
    const kept =
      row === undefined
        ? await deleteCarriedOf(transaction, context.personId, replaces)
        : await changeCarried(transaction, context.personId, replaces, row, context.now())
    if (kept !== undefined) await announceCarried(context, transaction, [kept])
    else if (row !== undefined) added.push(item)
  }
  return added
}
