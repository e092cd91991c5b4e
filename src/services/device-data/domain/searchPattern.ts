/** Longer patterns than this ask for nothing that an app looks for. */
const LONGEST = 100
const MOST_REPEATS = 8
const LARGEST_COUNT = 20
const ESCAPED = /^\\[dDwWsS.^$*+?()[\]{}|/\\-]/
const CLASS = /^\[\^?(?:\\[dws\\\].-]|[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9 _.,:;+/=@#%&!])+\]/
const RANGE = /([A-Za-z0-9])-([A-Za-z0-9])/g
const REPEAT = /^(?:[*+?]|\{(\d{1,2})(?:,(\d{1,2})?)?\})\??/
const LITERAL = /^[^\\[\](){}|*+?\p{Cc}]/u

/** A pattern that may be handed to the database, or why it may not. */
export type ReadPattern = { readonly pattern: string } | { readonly fault: string }

/**
 * Reads a regular expression in a syntax that takes time in proportion to the text: letters, `.`, classes, `^`, `$`, `|`, and
 * repeats of one sign. Nothing repeated is repeated again, nothing looks around or back: whoever sends a pattern can make nobody
 * wait. It means the same in PostgreSQL.
 */
export function readPattern(text: string): ReadPattern {
  if (text === '' || text.length > LONGEST) return { fault: `must have 1 to ${LONGEST} signs` }
  let depth = 0
  let repeats = 0
  // What stands before decides whether a repeat may follow.
  let before: 'sign' | 'group' | 'nothing' = 'nothing'
  for (let rest = text; rest !== ''; ) {
    const [first = ''] = rest
    const repeat = REPEAT.exec(rest)
    const sign = ESCAPED.exec(rest) ?? CLASS.exec(rest)
    if (first === '[' && [...(sign?.[0] ?? '').matchAll(RANGE)].some(([, from = '', to = '']) => from > to)) {
      return { fault: 'holds a range that runs backwards' }
    }
    if (repeat !== null) {
      if (before === 'group') return { fault: 'repeats a group, which can take for ever' }
      if (before === 'nothing') return { fault: 'repeats nothing' }
      if (++repeats > MOST_REPEATS) return { fault: `repeats more than ${MOST_REPEATS} times` }
      const [from, to = from] = [Number(repeat[1] ?? 0), Number(repeat[2] ?? repeat[1] ?? 0)]
      if (from > to || to > LARGEST_COUNT) return { fault: `counts beyond ${LARGEST_COUNT}` }
      before = 'nothing'
      rest = rest.slice(repeat[0].length)
      continue
    }
    if (first === '(') {
      if (rest.startsWith('(?')) return { fault: 'looks around or sets options, which is not taken' }
      depth++
      before = 'nothing'
    } else if (first === ')') {
      if (--depth < 0) return { fault: 'closes a bracket that is not open' }
      before = 'group'
    } else if (first === '|' || first === '^' || first === '$') before = 'nothing'
    else if (sign !== null || LITERAL.test(rest)) before = 'sign'
    else return { fault: `holds “${first}” where it means nothing that is taken` }
    const length = sign?.[0].length ?? String.fromCodePoint(rest.codePointAt(0) as number).length
    rest = rest.slice(length)
  }
  return depth === 0 ? { pattern: text } : { fault: 'opens a bracket and does not close it' }
}
