import type { Problem } from './problem.ts'
import type { Tree } from './tree.ts'

/** No file of `src` leads back to itself through imports; types and lazy imports count. */
export function cycleProblems(tree: Tree): Problem[] {
  const targets = new Map<string, string[]>()
  for (const module of tree.modules.values()) {
    if (!module.path.startsWith('src/')) continue
    targets.set(module.path, [...new Set(module.imports.flatMap((one) => one.target ?? []))])
  }
  return knots(targets).map((knot) => {
    const circle = shortestCircle(knot, targets)
    return {
      rule: 'cycles',
      path: circle[0] as string,
      what: `imports go in a circle: ${circle.join(' -> ')}`,
      fix: 'move what both sides need into a file of its own that imports neither',
    }
  })
}

/** Groups of files that all lead to each other (Tarjan's strongly connected components, larger than one). */
function knots(targets: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const found: string[][] = []
  const connect = (file: string) => {
    index.set(file, index.size)
    low.set(file, index.get(file) as number)
    stack.push(file)
    for (const target of targets.get(file) ?? []) {
      if (!index.has(target)) connect(target)
      if (stack.includes(target)) low.set(file, Math.min(low.get(file) as number, low.get(target) as number))
    }
    if (low.get(file) !== index.get(file)) return
    const knot = stack.splice(stack.indexOf(file))
    if (knot.length > 1 || (targets.get(file) ?? []).includes(file)) found.push(knot.sort())
  }
  for (const file of targets.keys()) if (!index.has(file)) connect(file)
  return found
}

function shortestCircle(knot: readonly string[], targets: ReadonlyMap<string, readonly string[]>): string[] {
  const start = knot[0] as string
  const trails: string[][] = [[start]]
  const seen = new Set<string>()
  for (const trail of trails) {
    for (const target of targets.get(trail.at(-1) as string) ?? []) {
      if (target === start) return [...trail, start]
      if (seen.has(target) || !knot.includes(target)) continue
      seen.add(target)
      trails.push([...trail, target])
    }
  }
  return [start]
}
