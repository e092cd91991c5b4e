import { type Access, type Category, command, type EventType, event, type Operation, query } from './contract.ts'
import { flag, integer, list, nullable, object, optional, type Static, Type, text, uuid } from './fields.ts'
import type { ProjectionDeclaration } from './projectionDeclaration.ts'

/**
 * How a service shows rows of its own as FHIR resources, without giving them away: it renders them when asked, and says
 * when they change. Whoever indexes them (the fhir service) keeps what they are found by, never what they say.
 */

const resourceId = text(64, { pattern: '^[A-Za-z0-9.-]+$' })
const resourceType = text(40, { pattern: '^[A-Z][A-Za-z]+$' })

/** A row as a FHIR R4 resource. */
export const ProjectedResource = object({
  type: resourceType,
  /** Stable, unique within the record of the person. */
  id: resourceId,
  /** Grows by at least one with each change; it becomes the ETag. */
  version: integer(1, 2_000_000_000),
  updated_at: Type.String({ description: 'ISO 8601 in UTC' }),
  /** The resource as JSON text, so that `1.00` stays so. `id` and `meta` are written by whoever answers it. */
  content: Type.String({ maxLength: 4_000_000 }),
})
export type ProjectedResource = Static<typeof ProjectedResource>

/** Most resources that are asked for by name at once. */
export const MOST_PROJECTED_IDS = 200

const readInput = object({
  /** Those of these ids that exist, in any order; without it all of the person, by pages. */
  ids: optional(list(resourceId, MOST_PROJECTED_IDS)),
  cursor: optional(text(400)),
  limit: optional(integer(1, 500, { default: 200 })),
})
const readOutput = object({ items: list(ProjectedResource, 500), next_cursor: nullable(Type.String()) })

const writeInput = object({
  /** The id it shall have. For a new one the platform made it, or the client chose it. */
  id: resourceId,
  is_new: flag(),
  content: Type.String({ maxLength: 4_000_000 }),
  /** Refused with `precondition_failed` when the row has another version now. */
  if_version: optional(integer(1, 2_000_000_000)),
  /** Only says what a write would answer, and refuses what it would refuse; nothing is written. */
  is_check: optional(flag()),
})
const writeOutput = object({
  /**
   * The row as it is rendered now. Whoever asked compares: what the row doesn't keep, they keep. Its id is another than asked
   * for where the row can't have that one. Null where the row can hold nothing of it.
   */
  kept: nullable(ProjectedResource),
})

const removeInput = object({ id: resourceId, if_version: optional(integer(1, 2_000_000_000)) })
const removeOutput = object({ removed: Type.Boolean() })

type ReadOperation = Operation<typeof readInput, typeof readOutput>
type WriteOperation = Operation<typeof writeInput, typeof writeOutput>
type RemoveOperation = Operation<typeof removeInput, typeof removeOutput>

/** The operations of a projection, whatever their names; `write` and `remove` only where it takes writes. */
export interface ProjectionOperations {
  readonly read: ReadOperation
  readonly write: WriteOperation
  readonly remove: RemoveOperation
}

interface ProjectionOptions {
  readonly category: Category
  /** A right to any of these opens its rows as well, as it does on the service's own paths. */
  readonly orCategories?: readonly Category[]
  readonly types: readonly string[]
  /** UUIDs unless said. */
  readonly ids?: RegExp
}

/** A projection that is read only: `operations` and `declaration` go into the contract. */
export interface Projection<Name extends string> {
  readonly declaration: ProjectionDeclaration
  readonly operations: { readonly [Key in `${Name}FhirResources`]: ReadOperation }
}

/** A projection that takes writes as well. */
export interface WritableProjection<Name extends string> {
  readonly declaration: ProjectionDeclaration
  readonly operations: { readonly [Key in `${Name}FhirResources`]: ReadOperation } & {
    readonly [Key in `${Name}FhirWrite`]: WriteOperation
  } & { readonly [Key in `${Name}FhirRemove`]: RemoveOperation }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * A projection of one category that other services may read: adds the operation `<name>FhirResources`. It has no route, so
 * only services reach it, and it is authorised for the caller's own right to the category.
 */
export function projection<const Name extends string>(name: Name, options: ProjectionOptions): Projection<Name> {
  const operations = { [`${name}FhirResources`]: readOperation(options) }
  return { declaration: declare(name, options, false), operations: operations as Projection<Name>['operations'] }
}

/** A projection that takes writes: adds `<name>FhirResources`, `<name>FhirWrite` and `<name>FhirRemove`. */
export function writableProjection<const Name extends string>(
  name: Name,
  options: ProjectionOptions,
): WritableProjection<Name> {
  const access = accessOf(options)
  const named = options.types.join(', ')
  const operations = {
    [`${name}FhirResources`]: readOperation(options),
    [`${name}FhirWrite`]: command({
      summary: `Keeps what a FHIR resource (${named}) says, as far as the rows can`,
      access,
      input: writeInput,
      output: writeOutput,
      errors: ['validation_failed', 'precondition_failed', 'not_found', 'conflict'],
      bodyLimitBytes: 4_000_000,
    }),
    [`${name}FhirRemove`]: command({
      summary: `Removes the row of a FHIR resource (${named})`,
      access,
      input: removeInput,
      output: removeOutput,
      errors: ['precondition_failed', 'validation_failed'],
    }),
  }
  return {
    declaration: declare(name, options, true),
    operations: operations as unknown as WritableProjection<Name>['operations'],
  }
}

function accessOf({ category, orCategories }: ProjectionOptions): Access {
  return { kind: 'person', category, ...(orCategories === undefined ? {} : { orCategories }) }
}

function readOperation(options: ProjectionOptions): ReadOperation {
  return query({
    summary: `Rows as FHIR resources (${options.types.join(', ')}): those of some ids, or all by pages`,
    access: accessOf(options),
    input: readInput,
    output: readOutput,
  })
}

function declare(name: string, options: ProjectionOptions, isWritable: boolean): ProjectionDeclaration {
  const { category, types, ids = UUID } = options
  const operations = { read: `${name}FhirResources`, write: `${name}FhirWrite`, remove: `${name}FhirRemove` }
  return { name, category, types, ids, isWritable, operations }
}

/** Most changes that one announcement names. */
export const MOST_CHANGES = 500

const changedData = object({
  user_id: uuid(),
  /** Name of the projection. */
  projection: text(60),
  /** What was made, changed or removed; empty: anything may have changed, look at all of them again. */
  resources: list(object({ type: resourceType, id: resourceId }), MOST_CHANGES),
})

/** The announcement that rows which are seen as FHIR resources were made, changed or removed. It says which, not what. */
export function fhirChangedEvent(): EventType<typeof changedData> {
  return event(1, changedData, { summary: 'Rows that are seen as FHIR resources were made, changed or removed' })
}
export type FhirChanged = Static<typeof changedData>

/** Data of `fhirChanged`. More changes than one announcement names become "look at all of them again". */
export function fhirChange(
  personId: string,
  { declaration: { name } }: { readonly declaration: ProjectionDeclaration },
  resources: readonly { readonly type: string; readonly id: string }[],
): FhirChanged {
  const named = resources.length > MOST_CHANGES ? [] : resources.map(({ type, id }) => ({ type, id }))
  return { user_id: personId, projection: name, resources: named }
}

/** A row and its resource, as the owner's pure rules made it: the answer's item. */
export function projected(
  row: { readonly id: string; readonly version: number; readonly updatedAt: Date },
  resource: { readonly resourceType: string },
): ProjectedResource {
  const { id, version, updatedAt } = row
  const content = JSON.stringify({ ...resource, id })
  return { type: resource.resourceType, id, version, updated_at: updatedAt.toISOString(), content }
}
