import { PlatformError } from '../../../kernel/errors.ts'
import { Refused } from '../domain/refused.ts'

/** What the rules refuse, as an error of the platform that keeps their issues; anything else as it is. */
export function platformError(thrown: unknown): unknown {
  if (!(thrown instanceof Refused)) return thrown
  return new PlatformError(thrown.code, thrown.message, { extra: { issues: thrown.issues } })
}
