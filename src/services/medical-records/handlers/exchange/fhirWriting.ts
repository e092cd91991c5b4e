import type { ProjectedResource } from '../../../../kernel/projection.ts'
import type { Context } from '../../../../kernel/service.ts'

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** How a resource is to be written. */
export interface How {
  readonly id: string
  readonly isNew: boolean
  readonly version: number | undefined
  readonly isCheck: boolean
}

/** An id of another form, or one that is taken (by whomever), gives way to our own. */
export async function takenOr<Result>(
  context: Context,
  wanted: string,
  write: (id: string) => Promise<Result>,
): Promise<Result> {
  if (!UUID.test(wanted)) return write(context.newId())
  try {
    return await write(wanted)
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code !== '23505') throw error
    return write(context.newId())
  }
}

/** What a check answers: that something would be kept. */
export const checked = (context: Context, type: string, id: string): ProjectedResource => ({
  type,
  id,
  version: 1,
  updated_at: context.now().toISOString(),
  content: '{}',
})
