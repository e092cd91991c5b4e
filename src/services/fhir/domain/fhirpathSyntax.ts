import { Unsupported } from './fhirpathNodes.ts'

export type Syntax =
  | { readonly kind: 'literal'; readonly value: Literal; readonly type: string; readonly text?: string }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'this' | 'place' | 'total' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'path'; readonly from: Syntax; readonly step: Syntax }
  | { readonly kind: 'index'; readonly from: Syntax; readonly index: Syntax }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Syntax[] }
  | { readonly kind: 'is' | 'as'; readonly from: Syntax; readonly type: string }
  | { readonly kind: 'negative'; readonly from: Syntax }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Syntax; readonly right: Syntax }

type Literal = string | number | boolean | { readonly value: number; readonly unit: string }

/** Spaces and comments, then: a text, a date, a number, a quoted or plain name, an operator. */
const TOKEN =
  /(?:\s|\/\/[^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\/)*(?:('(?:[^'\\]|\\.)*')|(@T\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?|@\d{4}(?:-\d\d(?:-\d\d)?)?(?:T(?:\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?)?)?)|(\d+(?:\.\d+)?)|(`(?:[^`\\]|\\.)*`|%`[^`]*`|%'[^']*'|\$[a-z]+|%?[A-Za-z_][A-Za-z0-9_]*)|(!=|!~|<=|>=|[-+*/|&=~<>().,[\]{}])|$)/y

/** From loosest to tightest. */
const LEVELS: readonly ReadonlySet<string>[] = [
  ['implies'],
  ['or', 'xor'],
  ['and'],
  ['in', 'contains'],
  ['=', '!=', '~', '!~'],
  ['<', '<=', '>', '>='],
  ['|'],
  ['is', 'as'],
  ['+', '-', '&'],
  ['*', '/', 'div', 'mod'],
].map((operators) => new Set(operators))

const CALENDAR = /^(?:year|month|week|day|hour|minute|second|millisecond)s?$/
/** Nobody writes deeper; a machine that does must not use up the stack. */
const DEEPEST = 60
const LONGEST = 20_000

/** Parses FHIRPath. Throws SyntaxError, or `Unsupported` for what is too deep or too long. */
export function parsePath(expression: string): Syntax {
  if (expression.length > LONGEST) throw new Unsupported('an expression this long')
  return new Parser(expression).parse()
}

class Parser {
  private readonly expression: string
  private readonly tokens: readonly string[]
  private at = 0
  private depth = 0

  constructor(expression: string) {
    this.expression = expression
    this.tokens = tokensOf(expression)
  }

  parse(): Syntax {
    const syntax = this.whole()
    if (this.at < this.tokens.length) throw new SyntaxError(`"${this.peek()}" is left over in ${this.expression}`)
    return syntax
  }

  private peek(): string | undefined {
    return this.tokens[this.at]
  }

  private take(): string {
    this.at += 1
    return this.tokens[this.at - 1] ?? ''
  }

  private expect(wanted: string): void {
    if (this.take() !== wanted) throw new SyntaxError(`expected ${wanted} in ${this.expression}`)
  }

  private whole(): Syntax {
    this.depth += 1
    if (this.depth > DEEPEST) throw new Unsupported('an expression this deep')
    const syntax = this.binary(0)
    this.depth -= 1
    return syntax
  }

  private binary(level: number): Syntax {
    const operators = LEVELS[level]
    if (operators === undefined) return this.signed()
    let left = this.binary(level + 1)
    for (let next = this.peek(); next !== undefined && operators.has(next); next = this.peek()) {
      const operator = this.take()
      if (operator === 'is' || operator === 'as') left = { kind: operator, from: left, type: this.typeName() }
      else left = { kind: 'binary', operator, left, right: this.binary(level + 1) }
    }
    return left
  }

  private signed(): Syntax {
    let isNegative = false
    for (let next = this.peek(); next === '-' || next === '+'; next = this.peek()) {
      if (this.take() === '-') isNegative = !isNegative
    }
    const from = this.path()
    return isNegative ? { kind: 'negative', from } : from
  }

  /** `Patient`, `FHIR.Patient` or `System.Boolean`. */
  private typeName(): string {
    const isBracketed = this.peek() === '('
    if (isBracketed) this.take()
    let type = plainName(this.take())
    while (this.peek() === '.') {
      this.take()
      type = `${type}.${plainName(this.take())}`
    }
    if (isBracketed) this.expect(')')
    return type
  }

  private path(): Syntax {
    let from = this.term()
    for (let next = this.peek(); next === '.' || next === '['; next = this.peek()) {
      this.take()
      if (next === '.') from = { kind: 'path', from, step: this.member(this.take()) }
      else {
        from = { kind: 'index', from, index: this.whole() }
        this.expect(']')
      }
    }
    return from
  }

  private member(token: string): Syntax {
    if (token === '$this') return { kind: 'this' }
    if (!/^[A-Za-z_`]/.test(token)) throw new SyntaxError(`"${token}" is no name in ${this.expression}`)
    const name = plainName(token)
    if (this.peek() !== '(') return { kind: 'name', name }
    this.take()
    const given: Syntax[] = []
    while (this.peek() !== ')' && this.peek() !== undefined) {
      given.push(this.whole())
      if (this.peek() === ',') this.take()
      else if (this.peek() !== ')') throw new SyntaxError(`expected ) in ${this.expression}`)
    }
    this.expect(')')
    return { kind: 'call', name, arguments: given }
  }

  private term(): Syntax {
    const token = this.take()
    if (token === '(') {
      const inner = this.whole()
      this.expect(')')
      return inner
    }
    if (token === '{') {
      this.expect('}')
      return { kind: 'nothing' }
    }
    if (token.startsWith("'")) return { kind: 'literal', value: unescaped(token.slice(1, -1)), type: 'string' }
    if (token.startsWith('@')) return dated(token.slice(1))
    if (/^\d/.test(token)) return this.number(token)
    if (token === 'true' || token === 'false') return { kind: 'literal', value: token === 'true', type: 'boolean' }
    if (token === '$this') return { kind: 'this' }
    if (token === '$index') return { kind: 'place' }
    if (token === '$total') return { kind: 'total' }
    if (token.startsWith('%')) return { kind: 'variable', name: plainName(token.slice(1)) }
    if (token === '') throw new SyntaxError(`something is missing in ${this.expression}`)
    if (!/^[A-Za-z_`]/.test(token)) throw new Unsupported(`"${token}" in ${this.expression}`)
    return this.member(token)
  }

  private number(token: string): Syntax {
    const next = this.peek() ?? ''
    if (next.startsWith("'") || CALENDAR.test(next)) {
      const unit = this.take()
      const name = unit.startsWith("'") ? unescaped(unit.slice(1, -1)) : unit
      return { kind: 'literal', value: { value: Number(token), unit: name }, type: 'Quantity', text: token }
    }
    return { kind: 'literal', value: Number(token), type: token.includes('.') ? 'decimal' : 'integer', text: token }
  }
}

function dated(text: string): Syntax {
  if (text.startsWith('T')) return { kind: 'literal', value: text.slice(1), type: 'time' }
  if (!text.includes('T')) return { kind: 'literal', value: text, type: 'date' }
  return { kind: 'literal', value: text.endsWith('T') ? text.slice(0, -1) : text, type: 'dateTime' }
}

const plainName = (token: string) => (/^[`']/.test(token) ? unescaped(token.slice(1, -1)) : token)

function tokensOf(expression: string): string[] {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < expression.length) {
    const start = TOKEN.lastIndex
    const match = TOKEN.exec(expression)
    if (match === null) throw new SyntaxError(`unreadable at ${start}: ${expression}`)
    const token = match[1] ?? match[2] ?? match[3] ?? match[4] ?? match[5]
    if (token === undefined) break
    tokens.push(token)
  }
  return tokens
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f' }

function unescaped(text: string): string {
  return text.replaceAll(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_match, hex: string | undefined, letter: string) =>
    hex === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
