import { barrelProblems, budgetProblems, docstringProblems } from './budgets.ts'
import { cycleProblems } from './cycles.ts'
import { entryProblems } from './entries.ts'
import { leftoverProblems, migrationProblems } from './files.ts'
import { importProblems } from './imports.ts'
import { needsProblems } from './needs.ts'
import { servicesOf } from './places.ts'
import { type Problem, RULES } from './problem.ts'
import { purityProblems } from './purity.ts'
import { sqlProblems } from './sql.ts'
import { readTree, type Tree } from './tree.ts'

const CHECKS: readonly ((tree: Tree) => Problem[])[] = [
  entryProblems,
  importProblems,
  purityProblems,
  sqlProblems,
  needsProblems,
  cycleProblems,
  budgetProblems,
  barrelProblems,
  docstringProblems,
  migrationProblems,
  leftoverProblems,
  syntaxProblems,
]

export interface LayoutReport {
  readonly problems: readonly Problem[]
  /** One line: how much was looked at, and how many problems each rule found. */
  readonly summary: string
}

/** Checks the tree under `root` against all rules. */
export function checkLayout(root: string): LayoutReport {
  const tree = readTree(root)
  const problems = CHECKS.flatMap((check) => check(tree)).sort(byPlace)
  return { problems, summary: summaryOf(tree, problems) }
}

function byPlace(left: Problem, right: Problem): number {
  if (left.path !== right.path) return left.path < right.path ? -1 : 1
  return (left.line ?? 0) - (right.line ?? 0)
}

function syntaxProblems(tree: Tree): Problem[] {
  return [...tree.modules.values()].flatMap(({ path, fault }) =>
    fault === undefined ? [] : { rule: 'syntax', path, what: fault, fix: 'mend it: the file cannot be read' },
  )
}

function summaryOf(tree: Tree, problems: readonly Problem[]): string {
  const looked = `${tree.files.length} files, ${tree.modules.size} modules, ${servicesOf(tree.files).length} services`
  if (problems.length === 0) return `${looked}: every rule is kept.`
  const counts = RULES.map((rule) => [rule, problems.filter((one) => one.rule === rule).length] as const)
  const found = counts.filter(([, count]) => count > 0).map(([rule, count]) => `${rule} ${count}`)
  return `${looked}: ${problems.length} problem${problems.length === 1 ? '' : 's'} (${found.join(', ')}).`
}
