import { Unsupported } from './fhirpathNodes.ts'

export type Syntax =
  | { readonly kind: 'literal'; readonly value: string | number | boolean; readonly type: string }
  | { readonly kind: 'this' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'path'; readonly from: Syntax; readonly step: Syntax }
  | { readonly kind: 'index'; readonly from: Syntax; readonly index: number }
  | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Syntax[] }
  | { readonly kind: 'is' | 'as'; readonly from: Syntax; readonly type: string }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Syntax; readonly right: Syntax }

const TOKEN =
  /\s*(?:('(?:[^'\\]|\\.)*')|(\d+(?:\.\d+)?)|(\$this|%?[A-Za-z_][A-Za-z0-9_]*)|(!=|<=|>=|[-+|&=<>().,[\]{}]))/y

/** From loosest to tightest. */
const LEVELS: readonly (readonly string[])[] = [
  ['implies'],
  ['or', 'xor'],
  ['and'],
  ['in', 'contains'],
  ['=', '!='],
  ['<', '<=', '>', '>='],
  ['|'],
  ['is', 'as'],
  ['+', '&'],
]

/** Parses FHIRPath, as far as the invariants of R4 go. Throws SyntaxError. */
export function parsePath(expression: string): Syntax {
  return new Parser(expression).parse()
}

class Parser {
  private readonly expression: string
  private readonly tokens: readonly string[]
  private at = 0

  constructor(expression: string) {
    this.expression = expression
    this.tokens = tokensOf(expression)
  }

  parse(): Syntax {
    const syntax = this.binary(0)
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

  private binary(level: number): Syntax {
    const operators = LEVELS[level]
    if (operators === undefined) return this.path()
    let left = this.binary(level + 1)
    for (let next = this.peek(); next !== undefined && operators.includes(next); next = this.peek()) {
      const operator = this.take()
      if (operator === 'is' || operator === 'as') left = { kind: operator, from: left, type: this.typeName() }
      else left = { kind: 'binary', operator, left, right: this.binary(level + 1) }
    }
    return left
  }

  /** `FHIR.Patient` and `Patient` are one. */
  private typeName(): string {
    let type = this.take()
    while (this.peek() === '.') {
      this.take()
      type = this.take()
    }
    return type
  }

  private path(): Syntax {
    let from = this.term()
    for (let next = this.peek(); next === '.' || next === '['; next = this.peek()) {
      this.take()
      if (next === '.') from = { kind: 'path', from, step: this.member(this.take()) }
      else {
        from = { kind: 'index', from, index: Number(this.take()) }
        this.expect(']')
      }
    }
    return from
  }

  private member(name: string): Syntax {
    if (this.peek() !== '(') return { kind: 'name', name }
    this.take()
    const given: Syntax[] = []
    while (this.peek() !== ')' && this.peek() !== undefined) {
      given.push(this.binary(0))
      if (this.peek() === ',') this.take()
    }
    this.expect(')')
    return { kind: 'call', name, arguments: given }
  }

  private term(): Syntax {
    const token = this.take()
    if (token === '(') {
      const inner = this.binary(0)
      this.expect(')')
      return inner
    }
    if (token.startsWith("'")) return { kind: 'literal', value: unescaped(token.slice(1, -1)), type: 'string' }
    if (/^\d/.test(token)) return { kind: 'literal', value: Number(token), type: 'decimal' }
    if (token === 'true' || token === 'false') return { kind: 'literal', value: token === 'true', type: 'boolean' }
    if (token === '$this') return { kind: 'this' }
    if (token.startsWith('%')) return { kind: 'variable', name: token.slice(1) }
    if (!/^[A-Za-z_]/.test(token)) throw new Unsupported(`"${token}" in ${this.expression}`)
    return this.member(token)
  }
}

function tokensOf(expression: string): string[] {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < expression.trimEnd().length) {
    const start = TOKEN.lastIndex
    const match = TOKEN.exec(expression)
    if (match === null) throw new SyntaxError(`unreadable at ${start}: ${expression}`)
    tokens.push(match[1] ?? match[2] ?? match[3] ?? match[4] ?? '')
  }
  return tokens
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (_match, letter: string) => ({ n: '\n', t: '\t', r: '\r' })[letter] ?? letter)
}
