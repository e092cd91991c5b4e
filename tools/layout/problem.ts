/** A rule that is not kept, where, and what to do about it. */
export interface Problem {
  readonly rule: Rule
  /** Path from the root of the repository, with slashes. */
  readonly path: string
  readonly line?: number | undefined
  readonly what: string
  readonly fix: string
}

/** The rules, in the order in which the count at the end names them. */
export const RULES = [
  'entries',
  'imports',
  'purity',
  'sql',
  'needs',
  'cycles',
  'budgets',
  'barrels',
  'docstrings',
  'migrations',
  'leftovers',
  'syntax',
] as const
export type Rule = (typeof RULES)[number]

/** The problem as two lines: where and what, then the fix. */
export function problemText({ path, line, what, fix }: Problem): string {
  return `${path}${line === undefined ? '' : `:${line}`}  ${what}\n    fix: ${fix}`
}
