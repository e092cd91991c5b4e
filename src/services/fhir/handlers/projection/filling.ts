import { MOST_PROJECTED_IDS, type ProjectedResource } from '../../../../kernel/projection.ts'
import type { Context } from '../../../../kernel/service.ts'
import { noteChanges, type OwnedRow, ownersOfRows } from '../../store/projection.ts'
import type { Call } from '../call.ts'
import { askOwner, ownerOf, presentedText } from './owners.ts'

/** A row of the index, with or without its content. */
export interface Fillable {
  readonly pk: number
  readonly type: string
  readonly id: string
  readonly version: number
  readonly updated_at: Date
  readonly content: string
  /** Whom to ask, where the row was read with it. */
  readonly owner?: string | null
  readonly owner_id?: string | null
}

/** In a transaction nobody can be asked for what they own: whoever wants it asks again afterwards. */
export class ContentElsewhere extends Error {}

/** The rows of a call with all content: see `filled`. Throws `ContentElsewhere` where the call runs in a transaction. */
export async function filledRows<Row extends Fillable>(call: Call, rows: readonly Row[]): Promise<Row[]> {
  if (call.db !== call.context.db && rows.some((row) => row.content === '')) throw new ContentElsewhere()
  return filled(call.context, rows)
}

/**
 * The rows with the content of those that other services own, asked for in one batch an owner. Rows whose owner has them no
 * more are left out. Throws 503 where an owner can't be reached: nobody gets half of a page for the whole.
 * Not to be called in a transaction.
 */
export async function filled<Row extends Fillable>(context: Context, rows: readonly Row[]): Promise<Row[]> {
  const empty = rows.filter((row) => row.content === '')
  if (empty.length === 0) return [...rows]
  const owned = await namedOwners(context, empty)
  const items = await contentsOf(context, owned)
  await noteMissing(
    context,
    owned.filter((row) => !items.has(`${row.owner} ${row.type}/${row.owner_id}`)),
  )
  const byPk = new Map(owned.map((row) => [row.pk, items.get(`${row.owner} ${row.type}/${row.owner_id}`)]))
  return rows.flatMap((row) => {
    if (row.content !== '') return [row]
    const item = byPk.get(row.pk)
    return item === undefined ? [] : [withContent(row, item)]
  })
}

/** The rows with whom to ask: most were read with it. */
async function namedOwners(context: Context, rows: readonly Fillable[]): Promise<Asked[]> {
  const known = rows.flatMap(({ pk, type, owner, owner_id }) =>
    typeof owner === 'string' && typeof owner_id === 'string' ? [{ pk, type, owner, owner_id }] : [],
  )
  const others = rows.filter((row) => row.owner === undefined).map((row) => row.pk)
  return others.length === 0 ? known : [...known, ...(await ownersOfRows(context.db, context.personId, others))]
}

type Asked = Pick<OwnedRow, 'pk' | 'type' | 'owner' | 'owner_id'>

/** What its owner has no more is looked at by a job, which takes it out of the index: nobody told of its end. */
async function noteMissing(context: Context, missing: readonly Asked[]): Promise<void> {
  if (missing.length === 0) return
  const byOwner = Map.groupBy(missing, (row) => row.owner)
  await context.transact(async (transaction) => {
    for (const [owner, rows] of byOwner) {
      const names = rows.map(({ type, owner_id }) => ({ type, id: owner_id }))
      await noteChanges(transaction, context.personId, owner, names, context.now())
    }
    await transaction.enqueue('index-changes', {})
  })
}

function withContent<Row extends Fillable>(row: Row, item: ProjectedResource): Row {
  return { ...row, version: item.version, updated_at: new Date(item.updated_at), content: presentedText(item) }
}

/** What owners say of these rows now, by `owner type/id`. */
export async function contentsOf(
  context: Context,
  owned: readonly Pick<OwnedRow, 'owner' | 'type' | 'owner_id'>[],
): Promise<Map<string, ProjectedResource>> {
  const byOwner = Map.groupBy(owned, (row) => row.owner)
  const portions = [...byOwner].flatMap(([key, rows]) => {
    const ids = [...new Set(rows.map((row) => row.owner_id))]
    const count = Math.ceil(ids.length / MOST_PROJECTED_IDS)
    return Array.from({ length: count }, (_one, index) => ({
      key,
      ids: ids.slice(index * MOST_PROJECTED_IDS, (index + 1) * MOST_PROJECTED_IDS),
    }))
  })
  const answers = await Promise.all(
    portions.map(async ({ key, ids }) => ({ key, page: await askOwner(context, ownerOf(context, key), { ids }) })),
  )
  return new Map(
    answers.flatMap(({ key, page }) => page.items.map((item) => [`${key} ${item.type}/${item.id}`, item] as const)),
  )
}
