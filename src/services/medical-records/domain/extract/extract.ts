import { type DocumentFacts, readFacts } from './facts.ts'
import type { Finding, StudyFinding } from './findings.ts'
import type { CheckPlausible } from './labDoubts.ts'
import { readLabs } from './labs.ts'
import { readMedicines } from './medicines.ts'
import { linesOf, type ReadPage } from './pages.ts'
import { readStatements } from './statements.ts'

/** All that was read in a document. Nothing of it counts until a person says so. */
export interface Extract {
  readonly facts: DocumentFacts
  readonly findings: readonly (Finding | StudyFinding)[]
  /** Text of each page. */
  readonly texts: readonly string[]
  readonly method: 'text' | 'ocr' | 'none'
  /** How sure the engine was of its words, 0 to 1; undefined where nothing was guessed. */
  readonly confidence: number | undefined
}

/** A person reviews no more values of one document than this. */
const MOST_FINDINGS = 400

/** Reads facts and values in the pages of a document. */
export function extractFrom(pages: readonly ReadPage[], check: CheckPlausible): Extract {
  const facts = readFacts(pages)
  const labs = readLabs(pages, { observedOn: facts.date, check })
  const taken = new Set(labs.map((lab) => `${lab.page}/${lab.line}`))
  const medicines = readMedicines(pages).filter((one) => !taken.has(`${one.page}/${one.line}`))
  const findings = [...labs, ...medicines, ...readStatements(pages)]
  findings.sort((a, b) => a.page - b.page || a.box[1] - b.box[1])
  const isOcr = pages.some((page) => page.method === 'ocr')
  const words = pages.filter((page) => page.method === 'ocr').flatMap((page) => page.readings[0] ?? [])
  const total = words.reduce((sum, word) => sum + word.confidence, 0)
  return {
    facts,
    findings: findings.slice(0, MOST_FINDINGS),
    texts: textsOf(pages),
    method: isOcr ? 'ocr' : pages.some((page) => page.readings.some((one) => one.length > 0)) ? 'text' : 'none',
    confidence: words.length === 0 ? undefined : Math.round(total / words.length) / 100,
  }
}

/** The text of each page; what was read in a page's pictures stands below the text that it has. */
function textsOf(pages: readonly ReadPage[]): string[] {
  const texts = new Map<number, string>()
  for (const { number, readings, aspect } of pages) {
    const text = linesOf(readings[0] ?? [], aspect)
      .map((line) => line.text)
      .join('\n')
    const before = texts.get(number)
    texts.set(number, before === undefined ? text : `${before}\n${text}`)
  }
  return [...texts.values()]
}
