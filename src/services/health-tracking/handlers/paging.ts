import { decodeCursor, encodeCursor } from '../../../kernel/fields.ts'
import type { Paging } from '../domain/paging.ts'

/** The paging fields of a list's input, in any of the four styles. */
export interface PagingInput {
  readonly limit?: number
  readonly cursor?: string
  readonly skip?: number
  readonly offset?: number
  readonly page?: number
  readonly size?: number
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Joins the styles: a cursor wins over a page number, that over skip/offset. A cursor that isn't ours: undefined. */
export function readPaging(input: PagingInput): Paging | undefined {
  const limit = input.size ?? input.limit ?? 100
  if (input.cursor !== undefined) {
    const position = decodeCursor(input.cursor, 2)
    if (position === undefined) return undefined
    const [at, id] = position
    if (typeof at !== 'string' || typeof id !== 'string' || !UUID.test(id) || Number.isNaN(Date.parse(at))) {
      return undefined
    }
    return { limit, skip: 0, after: [at, id], page: undefined }
  }
  if (input.page !== undefined) return { limit, skip: (input.page - 1) * limit, after: undefined, page: input.page }
  return { limit, skip: input.skip ?? input.offset ?? 0, after: undefined, page: undefined }
}

export interface PageParts<Item> {
  readonly items: Item[]
  readonly next_cursor: string | null
  readonly total?: number
  readonly page?: number
  readonly size?: number
  readonly pages?: number
}

/** A page from one row more than it shows. `position` gives a row's exact place; `total` only for numbered pages. */
export function pageFrom<Row, Item>(
  rows: readonly Row[],
  paging: Paging,
  position: (row: Row) => readonly [string, string],
  item: (row: Row) => Item,
  total?: number,
): PageParts<Item> {
  const shown = rows.slice(0, paging.limit)
  const last = shown.at(-1)
  const next_cursor = rows.length > paging.limit && last !== undefined ? encodeCursor(position(last)) : null
  const parts = { items: shown.map(item), next_cursor }
  if (paging.page === undefined || total === undefined) return parts
  return { ...parts, total, page: paging.page, size: paging.limit, pages: Math.ceil(total / paging.limit) }
}
