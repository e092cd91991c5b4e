/** A statement with its values apart from its text. */
export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}

const PARTS = Symbol('parts')

interface ComposedStatement extends Statement {
  readonly [PARTS]: { readonly strings: readonly string[]; readonly inputs: readonly unknown[] }
}

/**
 * Writes a statement: every `${value}` becomes a parameter, every `${sql`...`}` is put in place.
 * The text of one call site is constant for a given composition, so that the database prepares it once.
 */
export function sql(strings: TemplateStringsArray, ...inputs: unknown[]): Statement {
  return compose(strings, inputs)
}

/** Statements side by side, with a separator; an empty list gives an empty text. */
export function join(statements: readonly Statement[], separator: string): Statement {
  const strings = ['', ...statements.slice(1).map(() => separator), '']
  return statements.length === 0 ? compose([''], []) : compose(strings, statements)
}

/** Text put in place as it is: for names that come from code, never from input. */
export function raw(text: string): Statement {
  return compose([text], [])
}

/** Nothing; for the part of a statement that a filter leaves out. */
export const nothing: Statement = compose([''], [])

function compose(strings: readonly string[], inputs: readonly unknown[]): ComposedStatement {
  const values: unknown[] = []
  const write = (parts: readonly string[], members: readonly unknown[]): string => {
    let text = parts[0] ?? ''
    members.forEach((member, index) => {
      if (isComposed(member)) {
        text += write(member[PARTS].strings, member[PARTS].inputs)
      } else {
        values.push(member)
        text += `$${values.length}`
      }
      text += parts[index + 1] ?? ''
    })
    return text
  }
  return { text: write(strings, inputs), values, [PARTS]: { strings, inputs } }
}

function isComposed(value: unknown): value is ComposedStatement {
  return typeof value === 'object' && value !== null && PARTS in value
}
