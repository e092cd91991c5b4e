/** What a resource can be found by. */
export interface SearchValues {
  /** Hashes of tokens, references, addresses, exact texts and of "has a value". */
  readonly keys: Set<number>
  readonly dates: { readonly parameter: number; readonly from: number; readonly until: number }[]
  readonly numbers: {
    readonly parameter: number
    readonly from: number
    readonly until: number
    readonly system: string
    readonly code: string
    readonly unit: string
    /** In base units, where the unit is one of UCUM. */
    readonly canonical: { readonly from: number; readonly until: number; readonly dimension: string } | undefined
  }[]
  readonly texts: { readonly parameter: number; readonly text: string }[]
  readonly references: { readonly parameter: number; readonly type: string; readonly id: string }[]
  /** `system|value` of its identifiers. */
  readonly identifiers: readonly string[]
  /** Patients whose compartment it is in. */
  readonly patients: string[]
}
