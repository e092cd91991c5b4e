import { type Node, nodeOf, type Patterns, type Run, textOf, Unsupported } from './fhirpathNodes.ts'
import { amountOf, quantityNode } from './fhirpathQuantities.ts'

const boolean = (value: boolean): readonly Node[] => [nodeOf(value, 'boolean')]
const whole = (value: number): readonly Node[] => [nodeOf(value, 'integer')]
const string = (value: string): readonly Node[] => [nodeOf(value, 'string')]

/** A function of one text; nothing for nothing. Throws `Unsupported` for several, and for what is no value. */
function onText(decide: (text: string, ...given: string[]) => readonly Node[]): Run {
  return (focus, given) => {
    if (focus.length > 1) throw new Unsupported('a function of several')
    if (focus.length === 0 || focus[0]?.value === undefined) return []
    if (typeof focus[0].value === 'object') throw new Unsupported('a text of what is none')
    const parts = given.map((one) => one(focus))
    if (parts.some((part) => part.length === 0)) return []
    return decide(textOf(focus[0]), ...parts.map((part) => textOf(part[0])))
  }
}

/** A function of one number; nothing for nothing, and where the result is none. */
function onNumber(type: 'integer' | 'decimal' | 'same', reckon: (value: number, given: number) => number): Run {
  return (focus, given) => {
    const [first] = focus
    if (first === undefined) return []
    if (focus.length > 1) throw new Unsupported('a number of several')
    const parts = given.map((one) => one(focus)[0]?.value)
    if (parts.some((part) => part === undefined)) return []
    const other = Number(parts[0] ?? 0)
    const amount = amountOf(first)
    if (amount === undefined || (typeof first.value !== 'number' && type !== 'same')) {
      throw new Unsupported('a number of what is none')
    }
    const result = reckon(amount.value, other)
    if (!Number.isFinite(result)) return []
    if (typeof first.value !== 'number') return [quantityNode(result, amount.unit)]
    return [nodeOf(result, type === 'same' ? first.type : type)]
  }
}

/** HL7's own rules mean the whole text by a pattern, and theirs end. */
const TRUSTED: Patterns = {
  test: (pattern, text) => new RegExp(`^(?:${pattern})$`).test(text),
  replace: (pattern, text, other) => text.replaceAll(new RegExp(pattern, 'g'), other),
}

/** A pattern that somebody sends could take for ever: it runs only where the scope says how. */
function onPattern(decide: (text: string, patterns: Patterns, pattern: string, other: string) => readonly Node[]): Run {
  return (focus, given, scope, definitions) => {
    const patterns = scope.budget === undefined ? TRUSTED : scope.patterns
    if (patterns === undefined) throw new Unsupported('a regular expression')
    const run = onText((text, pattern = '', other = '') => decide(text, patterns, pattern, other))
    return run(focus, given, scope, definitions)
  }
}

const TRUTHS: Readonly<Record<string, boolean>> = { true: true, t: true, yes: true, y: true, '1': true, '1.0': true }
const FALSEHOODS = new Set(['false', 'f', 'no', 'n', '0', '0.0'])
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/
const DATE = /^\d{4}(?:-\d\d(?:-\d\d)?)?$/
const DATE_TIME = /^\d{4}(?:-\d\d(?:-\d\d(?:T\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?)?)?)?$/
const TIME = /^\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?$/

const CONVERSIONS: Readonly<Record<string, Run>> = {
  toBoolean: onText((text) => {
    const lower = text.toLowerCase()
    return TRUTHS[lower] === true ? boolean(true) : FALSEHOODS.has(lower) ? boolean(false) : []
  }),
  toInteger: onText((text) => {
    if (text === 'true' || text === 'false') return whole(text === 'true' ? 1 : 0)
    return /^[+-]?\d+$/.test(text) ? whole(Number(text)) : []
  }),
  toDecimal: onText((text) => {
    if (text === 'true' || text === 'false') return [nodeOf(text === 'true' ? 1 : 0, 'decimal')]
    return NUMBER.test(text) ? [nodeOf(Number(text), 'decimal')] : []
  }),
  toDate: onText((text) => (DATE_TIME.test(text) ? [nodeOf(text.slice(0, 10), 'date')] : [])),
  toDateTime: onText((text) => (DATE_TIME.test(text) ? [nodeOf(text, 'dateTime')] : [])),
  toTime: onText((text) => (TIME.test(text) ? [nodeOf(text, 'time')] : [])),
}

const converts = (name: string): Run => {
  const run = CONVERSIONS[name] as Run
  return (focus, given, scope, definitions) =>
    focus.length === 0 ? [] : boolean(run(focus, given, scope, definitions).length > 0)
}

/** FHIRPath's functions of texts and numbers. */
export const TEXT_FUNCTIONS: Readonly<Record<string, Run>> = {
  ...CONVERSIONS,
  convertsToBoolean: converts('toBoolean'),
  convertsToInteger: converts('toInteger'),
  convertsToDecimal: converts('toDecimal'),
  convertsToDate: converts('toDate'),
  convertsToDateTime: onText((text) => boolean(DATE.test(text) || DATE_TIME.test(text))),
  convertsToTime: converts('toTime'),
  matches: onPattern((text, patterns, pattern) => boolean(patterns.test(pattern, text))),
  matchesFull: onPattern((text, patterns, pattern) => boolean(patterns.test(`^(?:${pattern})$`, text))),
  replaceMatches: onPattern((text, patterns, pattern, other) =>
    string(pattern === '' ? text : patterns.replace(pattern, text, other)),
  ),
  contains: onText((text, part = '') => boolean(text.includes(part))),
  startsWith: onText((text, part = '') => boolean(text.startsWith(part))),
  endsWith: onText((text, part = '') => boolean(text.endsWith(part))),
  indexOf: onText((text, part = '') => whole(text.indexOf(part))),
  lastIndexOf: onText((text, part = '') => whole(text.lastIndexOf(part))),
  upper: onText((text) => string(text.toUpperCase())),
  lower: onText((text) => string(text.toLowerCase())),
  trim: onText((text) => string(text.trim())),
  length: onText((text) => whole(text.length)),
  toChars: (focus, _given, scope) => {
    if (scope.budget !== undefined) scope.budget.left -= textOf(focus[0]).length
    return [...textOf(focus[0])].flatMap(string)
  },
  substring: onText((text, from = '0', length) => {
    const start = Number(from)
    if (start < 0 || start >= text.length) return []
    return string(length === undefined ? text.slice(start) : text.slice(start, start + Math.max(0, Number(length))))
  }),
  replace: onText((text, part = '', other = '') => {
    if (text.length * (other.length + 1) > 1_000_000) throw new Unsupported('a text this long')
    return string(text.replaceAll(part, () => other))
  }),
  split: onText((text, separator = '') => text.split(separator).flatMap(string)),
  join: (focus, given) =>
    focus.length === 0 ? [] : string(focus.map((node) => textOf(node)).join(textOf(given[0]?.(focus)[0]))),
  abs: onNumber('same', Math.abs),
  ceiling: onNumber('integer', Math.ceil),
  floor: onNumber('integer', Math.floor),
  truncate: onNumber('integer', Math.trunc),
  round: onNumber('decimal', (value, digits) => Number(value.toFixed(Math.min(Math.max(digits, 0), 20)))),
  sqrt: onNumber('decimal', Math.sqrt),
  exp: onNumber('decimal', Math.exp),
  ln: onNumber('decimal', Math.log),
  log: onNumber('decimal', (value, base) => Math.log(value) / Math.log(base)),
  power: onNumber('decimal', (value, exponent) => value ** exponent),
}
