import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import {
  completedBy,
  completedLevels,
  consistencyRanges,
  EMPTY_ROOT,
  Frontier,
  foldNodes,
  inclusionRanges,
  leafHash,
  nodeHash,
  nodesOf,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts'

const VECTORS = fileURLToPath(new URL('../../../../shared/vectors/rfc6962_roots.json', import.meta.url))

/** The definition of RFC 6962, word by word. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return EMPTY_ROOT
  if (leaves.length === 1) return leafHash(leaves[0] as Buffer)
  let half = 1
  while (half * 2 < leaves.length) half *= 2
  return nodeHash(rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half)))
}

/** A tree as the database keeps it: with each leaf the subtrees it completes. */
function storedTree(size: number) {
  const leaves = Array.from({ length: size }, (_, index) => Buffer.from(`row ${index}`))
  const frontier = new Frontier()
  const roots = [frontier.root()]
  const stored = leaves.map((leaf) => {
    const nodes = frontier.append(leafHash(leaf))
    roots.push(frontier.root())
    return nodes
  })
  const rangeRoot = (range: { start: number; end: number }) =>
    foldNodes(nodesOf(range).map((node) => stored[completedBy(node)]?.[node.level] as Buffer))
  return { leaves, roots, stored, rangeRoot }
}

describe('merkle tree', () => {
  it('gives the published roots', { skip: existsSync(VECTORS) ? false : 'the test vectors are not here' }, () => {
    const { leaves_hex, roots } = JSON.parse(readFileSync(VECTORS, 'utf8')) as Record<'leaves_hex' | 'roots', string[]>
    const frontier = new Frontier()
    assert.equal(frontier.root().toString('hex'), roots[0])
    leaves_hex.forEach((leaf, index) => {
      frontier.append(leafHash(Buffer.from(leaf, 'hex')))
      assert.equal(frontier.root().toString('hex'), roots[index + 1])
    })
    assert.equal(roots.length, 9)
  })

  it('grows leaf by leaf to the root the definition gives', () => {
    const { leaves, roots, stored } = storedTree(130)
    for (let size = 0; size <= 130; size += 1) assert.deepEqual(roots[size], rootOf(leaves.slice(0, size)))
    for (const [position, nodes] of stored.entries()) assert.equal(nodes.length, completedLevels(position) + 1)
  })

  it('goes on from its right edge alone', () => {
    const { leaves, roots, stored } = storedTree(70)
    for (let size = 0; size < 70; size += 1) {
      const peaks: Buffer[] = []
      for (const node of nodesOf({ start: 0, end: size })) {
        peaks[node.level] = stored[completedBy(node)]?.[node.level] as Buffer
      }
      const frontier = new Frontier(size, peaks)
      assert.deepEqual(frontier.root(), roots[size])
      assert.deepEqual(frontier.append(leafHash(leaves[size] as Buffer)), stored[size])
      assert.deepEqual(frontier.root(), roots[size + 1])
    }
  })

  it('proves every leaf in every tree, and nothing else', () => {
    const { leaves, roots, rangeRoot } = storedTree(40)
    for (let size = 1; size <= 40; size += 1) {
      for (let position = 0; position < size; position += 1) {
        const path = inclusionRanges(position, size).map(rangeRoot)
        const root = roots[size] as Buffer
        const leaf = leafHash(leaves[position] as Buffer)
        assert.ok(verifyInclusion(leaf, position, size, path, root))
        assert.ok(!verifyInclusion(leafHash(Buffer.from('other')), position, size, path, root))
        assert.ok(!verifyInclusion(leaf, position, size, [...path, root], root))
        if (size > 1) assert.ok(!verifyInclusion(leaf, (position + 1) % size, size, path, root))
        if (path.length > 0) assert.ok(!verifyInclusion(leaf, position, size, path.slice(1), root))
      }
    }
  })

  it('proves that every tree is the beginning of every later one, and of no other', () => {
    const { roots, rangeRoot } = storedTree(40)
    for (let size = 1; size <= 40; size += 1) {
      for (let oldSize = 1; oldSize <= size; oldSize += 1) {
        const path = consistencyRanges(oldSize, size).map(rangeRoot)
        const [oldRoot, root] = [roots[oldSize] as Buffer, roots[size] as Buffer]
        assert.ok(verifyConsistency(oldSize, size, path, oldRoot, root), `${oldSize} in ${size}`)
        assert.ok(!verifyConsistency(oldSize, size, path, leafHash(oldRoot), root))
        assert.ok(!verifyConsistency(oldSize, size, path, oldRoot, leafHash(root)))
        assert.ok(!verifyConsistency(oldSize, size, [...path, root], oldRoot, root))
        if (oldSize > 1) assert.ok(!verifyConsistency(oldSize - 1, size, path, oldRoot, root))
      }
    }
  })

  it('refuses hashes of a wrong length, an empty root among them', () => {
    const { leaves, roots } = storedTree(1)
    const leaf = leafHash(leaves[0] as Buffer)
    assert.ok(verifyInclusion(leaf, 0, 1, [], roots[1] as Buffer))
    assert.ok(!verifyInclusion(leaf, 0, 1, [], Buffer.alloc(0)))
    assert.ok(!verifyInclusion(Buffer.alloc(0), 0, 1, [], Buffer.alloc(0)))
    assert.ok(!verifyConsistency(1, 1, [], Buffer.alloc(0), Buffer.alloc(0)))
    assert.ok(!verifyConsistency(0, 1, [], EMPTY_ROOT, roots[1] as Buffer))
  })

  it('keeps proofs short and bits whole far beyond 32 bits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2 ** 33, max: 2 ** 50 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (size, part) => {
          const position = Math.floor(size * part)
          assert.ok(inclusionRanges(position, size).length <= 51)
          const leaves = nodesOf({ start: 0, end: size }).reduce((sum, { level }) => sum + 2 ** level, 0)
          assert.equal(leaves, size)
          assert.ok(consistencyRanges(position + 1, size).length <= 52)
        },
      ),
    )
  })
})
