import { isPartOpen, useOther } from '../client/session.ts'

/** Which parts of the record looked at are open: nothing is asked for that would be refused. */
export function useOpenParts(): (category: string) => boolean {
  const other = useOther()
  return (category) => isPartOpen(other, category)
}
