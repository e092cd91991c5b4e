import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gatherFacts } from './reports/facts.ts'
import { differingPages, writePages } from './reports/folder.ts'
import { pagesOf } from './reports/pages.ts'

// Writes docs/reference from contracts, migrations and settings; --check only compares and ends with 1 on a difference.
const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

async function main(args: readonly string[]): Promise<number> {
  const folder = path.join(ROOT, 'docs/reference')
  const pages = pagesOf(await gatherFacts(ROOT))
  const different = differingPages(folder, pages)
  if (args.includes('--check')) {
    for (const name of different) process.stdout.write(`docs/reference/${name} is not what the code says\n`)
    if (different.length > 0) process.stdout.write('    fix: npm run reports, and commit the difference\n')
    return different.length === 0 ? 0 : 1
  }
  writePages(folder, pages, different)
  process.stdout.write(
    `docs/reference: ${different.length === 0 ? 'nothing changed' : `wrote ${different.join(', ')}`}\n`,
  )
  return 0
}

process.exitCode = await main(process.argv.slice(2))
