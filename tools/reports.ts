import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { compose } from '../src/compose.ts'
import { desk } from '../src/kernel/desk/contract.ts'
import { gatherFacts } from './reports/facts.ts'
import { differingPages, type Pages, writePages } from './reports/folder.ts'
import { FIELDS_FILE, formFieldsFile, namedFields } from './reports/formFields.ts'
import { pagesOf } from './reports/pages.ts'

// Writes docs/reference from contracts, migrations and settings, and the field table of the client's forms from contracts;
// --check only compares and ends with 1 on a difference; --forms does the field table alone.
const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

async function main(args: readonly string[]): Promise<number> {
  const files = args.includes('--forms') ? await formFiles() : await allFiles()
  const different = differingPages(ROOT, files)
  if (args.includes('--check')) {
    for (const name of different) process.stdout.write(`${name} is not what the code says\n`)
    if (different.length > 0) process.stdout.write('    fix: npm run reports, and commit the difference\n')
    return different.length === 0 ? 0 : 1
  }
  writePages(ROOT, files, different)
  process.stdout.write(`${different.length === 0 ? 'nothing changed' : `wrote ${different.join(', ')}`}\n`)
  return 0
}

async function allFiles(): Promise<Pages> {
  const facts = await gatherFacts(ROOT)
  const pages = Object.entries(pagesOf(facts)).map(([name, text]) => [`docs/reference/${name}`, text])
  return { ...Object.fromEntries(pages), ...(await formFiles()) }
}

/** Without a database: quick enough to run after each field that is added to a form. */
async function formFiles(): Promise<Pages> {
  const { contracts } = await compose([])
  return { [FIELDS_FILE]: formFieldsFile([...contracts, desk], namedFields(ROOT)) }
}

process.exitCode = await main(process.argv.slice(2))
