import { isPartOpen, useOther } from '../client/session.ts'

/** Which parts of the record looked at are open: nothing is asked for that would be refused. */
export function useOpenParts(): (...anyOf: readonly string[]) => boolean {
  const other = useOther()
  return (...anyOf) => isPartOpen(other, ...anyOf)
}
