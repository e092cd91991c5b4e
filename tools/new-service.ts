import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { CATEGORIES } from '../src/kernel/contract.ts'
import { generateService } from './new-service/generate.ts'

// Makes a complete small service: npm run new:service -- sleep-diary [--category wellness]
const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

function main(): number {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { category: { type: 'string', default: 'wellness' } },
  })
  const [name, ...more] = positionals
  if (name === undefined || more.length > 0) {
    process.stderr.write(
      `Usage: npm run new:service -- <name> [--category <category>]\n  <name> is its URL: sleep-diary\n  <category> is the kind of personal data, for consent: ${CATEGORIES.join(', ')}\n`,
    )
    return 2
  }
  const files = generateService(ROOT, { name, category: values.category })
  process.stdout.write(`${files.map((file) => `  ${file}`).join('\n')}

It works as it is:
  npm test src/services/${name}
  npm run reports && npm run check
Then make it yours, beginning with contract.ts (docs/guides/add-a-service.md).
`)
  return 0
}

try {
  process.exitCode = main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
