import type { Module } from './module.ts'
import { placeOf } from './places.ts'
import type { Problem } from './problem.ts'
import type { Tree } from './tree.ts'

const FILE_LINES = 300
const TEST_FILE_LINES = 500
const FUNCTION_LINES = 60
const FRONT_DOOR_LINES = 80

/** Files and functions stay small enough to be read at once. */
export function budgetProblems(tree: Tree): Problem[] {
  return [...tree.modules.values()].flatMap((module) => [...fileProblems(module), ...functionProblems(module)])
}

function fileProblems({ path, lineCount }: Module): Problem[] {
  const isTest = placeOf(path)?.isTest === true
  const budget = path === 'src/main.ts' ? FRONT_DOOR_LINES : isTest ? TEST_FILE_LINES : FILE_LINES
  if (lineCount <= budget) return []
  const name = path.replace(/^.*\//, '').replace(/\.\w+$/, '')
  const fix = isTest
    ? `split it by promise: ${name.replace(/\.test$/, '')}.<promise>.test.ts`
    : `make it a folder of the same name, ${name}/, with a file per subject`
  return [{ rule: 'budgets', path, what: `has ${lineCount} lines; ${budget} are allowed`, fix }]
}

function functionProblems({ path, functions }: Module): Problem[] {
  return functions
    .filter(({ lineCount, isTestScope }) => lineCount > FUNCTION_LINES && !isTestScope)
    .map(({ name, line, lineCount }) => ({
      rule: 'budgets',
      path,
      line,
      what: `${name} has ${lineCount} lines; ${FUNCTION_LINES} are allowed`,
      fix: 'give each of its steps a function with a name',
    }))
}

/** Nothing hides where a name comes from: no `index.ts`, no file of re-exports, no default exports. */
export function barrelProblems(tree: Tree): Problem[] {
  return [...tree.modules.values()].flatMap(({ path, isBarrel, hasDefaultExport }) => {
    const problems: Problem[] = []
    const isIndex = /(^|\/)index\.(ts|tsx|mjs)$/.test(path)
    if (isIndex || isBarrel) {
      const what = isIndex ? 'is an index file' : 'only passes on what other files export'
      problems.push({
        rule: 'barrels',
        path,
        what,
        fix: 'import from the file that has it, and name files by what they hold',
      })
    }
    if (hasDefaultExport) {
      problems.push({ rule: 'barrels', path, what: 'has a default export', fix: 'export it by its name' })
    }
    return problems
  })
}

/** What others call says what it does: exported functions of domains, kernel and adapters have a docstring. */
export function docstringProblems(tree: Tree): Problem[] {
  return [...tree.modules.values()].filter(isDocumentedByRule).flatMap(({ path, exportedFunctions }) =>
    exportedFunctions
      .filter(({ hasDocstring }) => !hasDocstring)
      .map(({ name, line }) => ({
        rule: 'docstrings' as const,
        path,
        line,
        what: `${name} is exported without a docstring`,
        fix: 'say above it in /** ... */ what it does, what it returns for nothing, and when it throws',
      })),
  )
}

function isDocumentedByRule({ path }: Module): boolean {
  const place = placeOf(path)
  if (place === undefined || place.isTest) return false
  if (place.zone === 'service') return place.part === 'domain'
  return place.zone === 'kernel' || place.zone === 'adapters' || place.zone === 'shared'
}
