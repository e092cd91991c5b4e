import type { FileWithdrawal, ImportedItem, Skipped } from '../imported.ts'
import { child, type XmlNode } from './xml.ts'

/** What of a document is not taken: left out, or withdrawn by its clinic. */
export interface Aside {
  readonly skipped: Skipped[]
  readonly withdrawn: FileWithdrawal[]
}

/** Statuses that take back what was said. */
const GONE = new Set(['nullified', 'cancelled'])

/** Names what is left out, and why. */
export function leave(aside: Aside, where: string, why: string): [] {
  aside.skipped.push({ where, why })
  return []
}

/** Whether a document takes an item back: then it is said so. */
export function withdraw(aside: Aside, nodes: readonly (XmlNode | undefined)[], item: ImportedItem): boolean {
  if (!nodes.some((node) => GONE.has(child(node, 'statusCode')?.attributes.code ?? ''))) return false
  aside.withdrawn.push({ kind: item.kind, key: item.key, reference: null })
  leave(aside, 'display' in item ? item.display : item.testName, 'It was withdrawn')
  return true
}
