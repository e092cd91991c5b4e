/** What a contract says of one projection. */
export interface ProjectionDeclaration {
  /** `vitals`: first part of the names of its operations. */
  readonly name: string
  /** Who may see these rows: whoever may see this category of the person's record. */
  readonly category: string
  /** Resource types it renders. */
  readonly types: readonly string[]
  /** Which ids its resources can have: others are not asked for. */
  readonly ids: RegExp
  readonly isWritable: boolean
  /** The operations, once the contract has named them. */
  readonly operations: { readonly read: string; readonly write: string; readonly remove: string }
}
