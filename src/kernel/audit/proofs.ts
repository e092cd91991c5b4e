import { sql } from '../sql.ts'
import { hashOfLeaf, type Leaf } from './entry.ts'
import {
  completedBy,
  consistencyRanges,
  foldNodes,
  HASH_BYTES,
  inclusionRanges,
  nodesOf,
  type TreeNode,
} from './merkle.ts'
import { checkpoints, type RowSource } from './read.ts'
import type { Checkpoint } from './signer.ts'

/** That a row is in the tree under a signed head; `verifyInclusion` checks it without the platform. */
export interface InclusionProof {
  readonly leaf: Leaf
  readonly leafHash: Buffer
  readonly path: readonly Buffer[]
  readonly checkpoint: Checkpoint
}

/** That the tree of one signed head is the beginning of that of the newest; `verifyConsistency` checks it. */
export interface ConsistencyProof {
  readonly oldSize: number
  readonly path: readonly Buffer[]
  readonly checkpoint: Checkpoint
}

/** Proof that the row `id` is in the audit; undefined when it is under no signed head. Needs the system handle. */
export async function proveInclusion(source: RowSource, id: string): Promise<InclusionProof | undefined> {
  const [checkpoint] = await checkpoints(source, 1)
  const [row] = await source.many<Leaf>(
    sql`select position, id, extract(epoch from at)::text as at, actor, details from kernel.audit_leaf where id = ${id}`,
  )
  if (row === undefined || checkpoint === undefined || Number(row.position) >= checkpoint.size) return undefined
  const leaf = { ...row, position: Number(row.position) }
  const path = await rootsOf(source, inclusionRanges(leaf.position, checkpoint.size))
  return { leaf, leafHash: hashOfLeaf(leaf), path, checkpoint }
}

/** Proof that the first `oldSize` rows are still those they were; undefined when the tree has not so many. */
export async function proveConsistency(source: RowSource, oldSize: number): Promise<ConsistencyProof | undefined> {
  const [checkpoint] = await checkpoints(source, 1)
  if (checkpoint === undefined || oldSize < 1 || oldSize > checkpoint.size) return undefined
  const path = await rootsOf(source, consistencyRanges(oldSize, checkpoint.size))
  return { oldSize, path, checkpoint }
}

/** The roots of subtrees, from hashes that are stored with the leaves: one read of at most some hundred rows. */
async function rootsOf(
  source: RowSource,
  ranges: readonly { readonly start: number; readonly end: number }[],
): Promise<Buffer[]> {
  const parts = ranges.map(nodesOf)
  const positions = parts.flat().map(completedBy)
  const rows = await source.many<{ position: number; nodes: Buffer }>(
    sql`select position, nodes from kernel.audit_leaf where position = any(${positions}::bigint[])`,
  )
  const stored = new Map(rows.map((row) => [Number(row.position), row.nodes]))
  const hashOf = (node: TreeNode) => {
    const hash = stored.get(completedBy(node))?.subarray(node.level * HASH_BYTES, (node.level + 1) * HASH_BYTES)
    if (hash?.length !== HASH_BYTES) throw new Error(`audit row ${completedBy(node)} is missing or broken`)
    return hash
  }
  return parts.map((nodes) => foldNodes(nodes.map(hashOf)))
}
