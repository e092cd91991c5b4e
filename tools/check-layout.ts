import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkLayout } from './layout/check.ts'
import { problemText } from './layout/problem.ts'

// Checks the layout of the repository (or of the folder given), prints each problem with its fix, and ends with 1 if any.
const root = process.argv[2] ?? path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const { problems, summary } = checkLayout(root)
for (const problem of problems) process.stdout.write(`${problemText(problem)}\n`)
process.stdout.write(`${summary}\n`)
process.exitCode = problems.length === 0 ? 0 : 1
