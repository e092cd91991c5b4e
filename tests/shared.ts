import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const SHARED = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..', 'shared')

/** A file that lies beside the repository, and the reason to skip what needs it where it doesn't. */
export function sharedFile(name: string): { readonly path: string; readonly skip: string | false } {
  const file = path.join(SHARED, name)
  return { path: file, skip: existsSync(file) ? false : `${name} is not beside the repository` }
}

/** Whether a body says what is wrong: problem+json with a code, or FHIR's OperationOutcome. */
export function isProblem(body: unknown): boolean {
  const { code, resourceType } = (body ?? {}) as { code?: unknown; resourceType?: unknown }
  return typeof code === 'string' || resourceType === 'OperationOutcome'
}
