/** Where a page of a list begins and how long it is. */
export interface Paging {
  readonly limit: number
  readonly skip: number
  /** Instant (ISO) and id of the last row before this page. */
  readonly after: readonly [string, string] | undefined
  readonly page: number | undefined
}
