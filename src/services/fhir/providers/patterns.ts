import { createContext, Script } from 'node:vm'
import { type Patterns, Unsupported } from '../domain/fhirpathNodes.ts'

/** What the patterns of one expression may take altogether: nobody else waits longer for them. */
const LONGEST_MS = 40
const LONGEST_TEXT = 100_000

const given = createContext({ pattern: '', text: '', other: '', isTest: true })
const script = new Script(
  'isTest ? new RegExp(pattern, "s").test(text) : text.replace(new RegExp(pattern, "gs"), other)',
)

/** Runs patterns that somebody sent, and ends those that would not: only the engine itself can be stopped within one. */
export function boundedPatterns(): Patterns {
  let left = LONGEST_MS
  const run = (pattern: string, text: string, other: string, isTest: boolean): unknown => {
    if (left <= 0 || text.length > LONGEST_TEXT) throw new Unsupported('patterns that take this long')
    Object.assign(given, { pattern, text, other, isTest })
    const start = performance.now()
    try {
      return script.runInContext(given, { timeout: Math.max(1, Math.ceil(left)) })
    } catch (error) {
      const isSlow = (error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
      throw new Unsupported(isSlow ? 'patterns that take this long' : 'a pattern that is none')
    } finally {
      left -= performance.now() - start
    }
  }
  return {
    test: (pattern, text) => run(pattern, text, '', true) === true,
    replace: (pattern, text, other) => {
      const result = String(run(pattern, text, other, false))
      if (result.length > LONGEST_TEXT) throw new Unsupported('a text this long')
      return result
    },
  }
}
