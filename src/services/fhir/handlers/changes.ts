import type { Json, Resource } from '../domain/json.ts'
import type { Method } from '../store/resources.ts'
import type { Stored } from './answers.ts'

/** One change: of a request, or of an entry of a transaction. */
export interface Change {
  readonly method: Method
  readonly type: string
  /** The id in the address; a condition, or nothing for a create, otherwise. */
  readonly id?: string | undefined
  readonly condition?: string | undefined
  readonly ifNoneExist?: string | undefined
  readonly ifMatch?: string | undefined
  readonly ifNoneMatch?: string | undefined
  readonly resource?: Resource | undefined
  readonly patch?: Json | undefined
  readonly fullUrl?: string | undefined
  /** Where it stands in its Bundle: `Bundle.entry[3].resource`. */
  readonly place?: string | undefined
}

/** What a change led to; nothing is stored where something like it existed, or where nothing was there to delete. */
export interface Changed {
  readonly status: 200 | 201 | 204
  readonly stored: Stored | undefined
}
