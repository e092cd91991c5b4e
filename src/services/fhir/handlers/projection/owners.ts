import type { InputOf, Operation, OutputOf } from '../../../../kernel/contract.ts'
import { PlatformError } from '../../../../kernel/errors.ts'
import type { ProjectedResource, ProjectionOperations } from '../../../../kernel/projection.ts'
import type { ProjectionDeclaration } from '../../../../kernel/projectionDeclaration.ts'
import type { Context } from '../../../../kernel/service.ts'
import { isObject, parseJson, type Resource, stringify } from '../../domain/json.ts'
import { openCategories } from '../../store/projection.ts'

/** A service's rows of one category, seen as resources. */
export interface Owner {
  /** `health-tracking.vitals`. */
  readonly key: string
  readonly declaration: ProjectionDeclaration
  readonly operations: ProjectionOperations
}

/** All owners of the platform, here or elsewhere. */
export function ownersOf(context: Context): Owner[] {
  return context.contracts.flatMap((contract) =>
    (contract.provides.projections ?? []).map((declaration) => {
      const named = (name: string) => contract.operations[name] as Operation
      const { read, write, remove } = declaration.operations
      const operations = { read: named(read), write: named(write), remove: named(remove) }
      const key = `${contract.name}.${declaration.name}`
      return { key, declaration, operations: operations as unknown as ProjectionOperations }
    }),
  )
}

/** The owners whose category is open to the caller: nobody is asked for what the caller has no right to. */
export async function openOwners(context: Context): Promise<Owner[]> {
  const { principal, personId } = context.caller
  const owners = ownersOf(context)
  if (principal === undefined || principal.accountId === personId) return owners
  const open = await openCategories(context.db)
  return open === undefined ? owners : owners.filter(({ declaration }) => open.includes(declaration.category))
}

/** The owner of a key. Throws 503 where its service is no part of this platform any more. */
export function ownerOf(context: Context, key: string): Owner {
  const owner = ownersOf(context).find((one) => one.key === key)
  if (owner === undefined)
    throw new PlatformError('unavailable', 'The service that holds this is not part of this platform')
  return owner
}

/** Whether an owner may have a resource of this name. */
export function mayHave({ declaration }: Owner, { type, id }: { type: string; id: string }): boolean {
  return declaration.types.includes(type) && declaration.ids.test(id)
}

type Page = OutputOf<ProjectionOperations['read']>

/** Asks an owner. Throws what the owner refuses, and 503 where it can't be reached or fails. */
export async function askOwner(
  context: Context,
  owner: Owner,
  input: InputOf<ProjectionOperations['read']>,
): Promise<Page> {
  try {
    return await context.call(owner.operations.read, input)
  } catch (error) {
    if (error instanceof PlatformError && error.status < 500) throw error
    const privateDetail = error instanceof PlatformError ? error.options.privateDetail : undefined
    const options = { cause: error, retryAfterSeconds: 5, ...(privateDetail === undefined ? {} : { privateDetail }) }
    throw new PlatformError('unavailable', `What ${owner.key.split('.')[0]} holds can't be reached now`, options)
  }
}

/** The resource as this server answers it: with its id, its version and when it changed. */
export function presented(item: ProjectedResource): Resource {
  const { resourceType, id: _id, meta, ...rest } = parseJson(item.content) as Resource
  const said = isObject(meta) ? meta : {}
  const stamped = { ...said, versionId: String(item.version), lastUpdated: item.updated_at }
  return { resourceType, id: item.id, meta: stamped, ...rest }
}

export const presentedText = (item: ProjectedResource) => stringify(presented(item))
