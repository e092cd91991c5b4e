import { hash } from 'node:crypto'

// Merkle trees as in RFC 6962: a leaf's hash starts with 0x00 and a node's with 0x01, so that neither passes for the other.

export const HASH_BYTES = 32
const LEAF = Buffer.from([0])
const NODE = Buffer.from([1])

/** SHA-256 of the bytes, 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Buffer {
  return hash('sha256', parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts), 'buffer')
}

/** Hash of a leaf's content. */
export function leafHash(content: Uint8Array): Buffer {
  return sha256(LEAF, content)
}

/** Hash of a node from those of its two children. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(NODE, left, right)
}

/** Root of the tree without leaves. */
export const EMPTY_ROOT: Buffer = sha256(Buffer.alloc(0))

/** Whether bit `level` of a number up to 2^53 is set. */
export function hasBit(value: number, level: number): boolean {
  return Math.floor(value / 2 ** level) % 2 === 1
}

/** How many complete subtrees above itself the leaf at `position` completes. */
export function completedLevels(position: number): number {
  let level = 0
  while (hasBit(position, level)) level += 1
  return level
}

/** A complete subtree: `index` counts those of its level from the left. */
export interface TreeNode {
  readonly level: number
  readonly index: number
}

/** The leaf that completes a subtree, and with which its hash is stored. */
export function completedBy({ level, index }: TreeNode): number {
  return (index + 1) * 2 ** level - 1
}

/** The right edge of a growing tree: the roots of its complete subtrees, by level. Enough to append and to know the root. */
export class Frontier {
  size: number
  private readonly peaks: (Buffer | undefined)[]

  constructor(size = 0, peaks: readonly (Buffer | undefined)[] = []) {
    this.size = size
    this.peaks = [...peaks]
  }

  /** Adds a leaf by its hash. Returns the hashes of the subtrees it completes, from the leaf itself upwards. */
  append(hashOfLeaf: Buffer): Buffer[] {
    const completed = [hashOfLeaf]
    let level = 0
    let top = hashOfLeaf
    for (; hasBit(this.size, level); level += 1) {
      // A subtree that somebody removed from the store has no hash: zeros stand in, and no proof will ever pass here.
      top = nodeHash(this.peaks[level] ?? Buffer.alloc(HASH_BYTES), top)
      completed.push(top)
    }
    this.peaks[level] = top
    this.size += 1
    return completed
  }

  /** Root of the whole tree. */
  root(): Buffer {
    let root: Buffer | undefined
    for (let level = 0; 2 ** level <= this.size; level += 1) {
      if (!hasBit(this.size, level)) continue
      const peak = this.peaks[level] ?? Buffer.alloc(HASH_BYTES)
      root = root === undefined ? peak : nodeHash(peak, root)
    }
    return root ?? EMPTY_ROOT
  }
}

/** Leaves from `start` up to, not including, `end`. */
interface Range {
  readonly start: number
  readonly end: number
}

function splitPoint(size: number): number {
  let power = 1
  while (power * 2 < size) power *= 2
  return power
}

/** Subtrees whose roots prove that the leaf at `position` is in the tree of `size` leaves, from the bottom up. */
export function inclusionRanges(position: number, size: number): Range[] {
  const ranges: Range[] = []
  let start = 0
  let end = size
  while (end - start > 1) {
    const middle = start + splitPoint(end - start)
    if (position < middle) {
      ranges.unshift({ start: middle, end })
      end = middle
    } else {
      ranges.unshift({ start, end: middle })
      start = middle
    }
  }
  return ranges
}

/** Subtrees whose roots prove that the tree of `oldSize` leaves is the beginning of that of `size`. */
export function consistencyRanges(oldSize: number, size: number): Range[] {
  const ranges: Range[] = []
  let start = 0
  let end = size
  let isComplete = true
  while (end !== oldSize) {
    const middle = start + splitPoint(end - start)
    if (oldSize <= middle) {
      ranges.unshift({ start: middle, end })
      end = middle
    } else {
      ranges.unshift({ start, end: middle })
      start = middle
      isComplete = false
    }
  }
  return isComplete ? ranges : [{ start, end }, ...ranges]
}

/** The complete subtrees that make up a range, from the left. The range begins where a subtree of its size may begin. */
export function nodesOf({ start, end }: Range): TreeNode[] {
  const nodes: TreeNode[] = []
  let at = start
  while (at < end) {
    let level = 0
    while (2 ** (level + 1) <= end - at && at % 2 ** (level + 1) === 0) level += 1
    nodes.push({ level, index: at / 2 ** level })
    at += 2 ** level
  }
  return nodes
}

/** Root of a range from the roots of `nodesOf` it. */
export function foldNodes(hashes: readonly Buffer[]): Buffer {
  return hashes.reduceRight((right, left) => nodeHash(left, right))
}

/** Checks a proof that a leaf is in a tree (RFC 9162, 2.1.3.2). Hashes of another length than 32 bytes never pass. */
export function verifyInclusion(
  hashOfLeaf: Uint8Array,
  position: number,
  size: number,
  path: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (position < 0 || position >= size || !areHashes([hashOfLeaf, root, ...path])) return false
  let first = position
  let last = size - 1
  let result: Buffer = Buffer.from(hashOfLeaf)
  for (const sibling of path) {
    if (last === 0) return false
    if (first % 2 === 1 || first === last) {
      result = nodeHash(sibling, result)
      while (first % 2 === 0 && first !== 0) [first, last] = [first / 2, Math.floor(last / 2)]
    } else {
      result = nodeHash(result, sibling)
    }
    ;[first, last] = [Math.floor(first / 2), Math.floor(last / 2)]
  }
  return last === 0 && result.equals(root)
}

/** Checks a proof that one tree is the beginning of another (RFC 9162, 2.1.4.2). */
export function verifyConsistency(
  oldSize: number,
  size: number,
  path: readonly Uint8Array[],
  oldRoot: Uint8Array,
  root: Uint8Array,
): boolean {
  if (oldSize < 1 || oldSize > size || !areHashes([oldRoot, root, ...path])) return false
  if (oldSize === size) return path.length === 0 && Buffer.from(oldRoot).equals(root)
  const isPower = oldSize === splitPoint(oldSize + 1)
  const [seed, ...rest] = isPower ? [oldRoot, ...path] : path
  if (seed === undefined) return false
  let first = oldSize - 1
  let last = size - 1
  while (first % 2 === 1) [first, last] = [Math.floor(first / 2), Math.floor(last / 2)]
  let oldResult: Buffer = Buffer.from(seed)
  let result = oldResult
  for (const sibling of rest) {
    if (last === 0) return false
    if (first % 2 === 1 || first === last) {
      oldResult = nodeHash(sibling, oldResult)
      result = nodeHash(sibling, result)
      while (first % 2 === 0 && first !== 0) [first, last] = [first / 2, Math.floor(last / 2)]
    } else {
      result = nodeHash(result, sibling)
    }
    ;[first, last] = [Math.floor(first / 2), Math.floor(last / 2)]
  }
  return last === 0 && oldResult.equals(oldRoot) && result.equals(root)
}

function areHashes(hashes: readonly Uint8Array[]): boolean {
  return hashes.every((one) => one.length === HASH_BYTES)
}
