import type { Transaction } from '../../../../kernel/database.ts'
import { notFound } from '../../../../kernel/errors.ts'
import { decodeCursor, encodeCursor } from '../../../../kernel/fields.ts'
import { fhirChange, projected } from '../../../../kernel/projection.ts'
import type { Context, Handlers } from '../../../../kernel/service.ts'
import { carriedFhir } from '../../contract/carried.ts'
import { medicalRecords } from '../../contract.ts'
import {
  type CarriedRow,
  carriedForFhir,
  deleteCarried,
  insertCarried,
  type NewCarried,
  pageOfCarried,
} from '../../store/carried.ts'
import type { ItemRow } from '../../store/imports.ts'
import { numbered, pagingOf } from '../labs/common.ts'
import { UUID } from './fhirWriting.ts'

type CarriedHandlers = Pick<Handlers<typeof medicalRecords>, 'listCarried' | 'deleteCarried' | 'carriedFhirResources'>

export const carriedHandlers: CarriedHandlers = {
  async listCarried(context, input) {
    const paging = pagingOf(input)
    const { rows, total } = await pageOfCarried(context.db, context.personId, paging.skip, paging.limit)
    const items = rows.map(({ id, type, display, occurred_on, created_at }) => ({
      id,
      type,
      display,
      occurred_on,
      created_at: created_at.toISOString(),
    }))
    return numbered(items, total, paging)
  },

  async deleteCarried(context, { id }) {
    await context.transact(async (transaction) => {
      const type = await deleteCarried(transaction, context.personId, id)
      if (type === undefined) throw notFound('Resource')
      await announceCarried(context, transaction, [{ type, id }])
    })
    return null
  },

  async carriedFhirResources(context, { ids, cursor, limit = 200 }) {
    const position = cursor === undefined ? undefined : decodeCursor(cursor, 2)
    const after = position === undefined ? undefined : ([String(position[0]), String(position[1])] as const)
    const wanted = ids?.filter((id) => UUID.test(id))
    const rows = await carriedForFhir(context.db, context.personId, { ids: wanted, after }, wanted?.length ?? limit)
    const last = rows.at(-1)
    const isLast = ids !== undefined || rows.length < limit || last === undefined
    return {
      items: rows.map((row) => projected({ ...row, updatedAt: row.updated_at }, resourceOf(row, context.personId))),
      next_cursor: isLast ? null : encodeCursor([last.created_at.toISOString(), last.id]),
    }
  },
}

/** The resource as it came, about the person of this record. */
function resourceOf({ type, content }: CarriedRow, personId: string) {
  const about = { reference: `Patient/${personId}` }
  return { ...content, resourceType: type, ...(type === 'Device' ? { patient: about } : { subject: about }) }
}

/** The row of an item that is kept as the resource that it is; none for other kinds. */
export function carriedRow({ id, content: item }: ItemRow): NewCarried[] {
  if (item.kind !== 'resource') return []
  const { type, display, startedOn, resource } = item
  return [{ id, type, display, occurred_on: startedOn, content: resource, import_item_id: id }]
}

/** Keeps resources that the person took, and says so. */
export async function keepCarried(
  context: Context,
  transaction: Transaction,
  rows: readonly NewCarried[],
): Promise<void> {
  if (rows.length === 0) return
  await insertCarried(transaction, context.personId, rows, context.now())
  await announceCarried(context, transaction, rows)
}

export async function announceCarried(
  context: Context,
  transaction: Transaction,
  resources: readonly { readonly type: string; readonly id: string }[],
): Promise<void> {
  await transaction.publish(medicalRecords.events.fhirChanged, fhirChange(context.personId, carriedFhir, resources))
}
