/** A table by the statement that made it: names of the columns that its rows hold, in their order. */
export interface TableColumns {
  readonly columns: readonly string[]
  /** Whether the statement was read to its end. */
  readonly isWhole: boolean
}

/** What begins a rule of the table instead of a column. */
const RULES = /^(constraint|primary|unique|check|foreign)\b/i
const QUOTES: Readonly<Record<string, string>> = { "'": "'", '"': '"', '`': '`', '[': ']' }

/**
 * The columns of a CREATE TABLE statement, which may be cut. Undefined for another statement, and for a table whose rows
 * do not lie in a table (WITHOUT ROWID). Columns that are computed when they are read are left out: no row holds them.
 */
export function tableColumns(statement: string): TableColumns | undefined {
  const text = withoutComments(statement)
  const start = text.indexOf('(')
  if (!/^\s*create\s+table\b/i.test(text) || start < 0) return undefined
  const { parts, rest, isWhole } = partsOf(text, start + 1)
  if (/\bwithout\s+rowid\b/i.test(rest)) return undefined
  const columns = parts.flatMap((part) => {
    const quote = QUOTES[part[0] ?? '']
    if (quote === undefined && RULES.test(part)) return []
    const name = quote === undefined ? (/^[^\s(]+/.exec(part)?.[0] ?? '') : part.slice(1, part.indexOf(quote, 1))
    const isComputed = /\bas\s*\(/i.test(bare(part)) && !/\bstored\s*$/i.test(part)
    return isComputed || name === '' ? [] : [name.toLowerCase()]
  })
  return { columns, isWhole }
}

/** What stands between commas up to the closing bracket, without spaces around it. */
function partsOf(text: string, start: number): { parts: string[]; rest: string; isWhole: boolean } {
  const parts: string[] = []
  let depth = 0
  let from = start
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at] as string
    const quote = QUOTES[sign]
    if (quote !== undefined) {
      const end = text.indexOf(quote, at + 1)
      if (end < 0) break
      at = end
    } else if (sign === '(') depth += 1
    else if (sign === ')' && depth > 0) depth -= 1
    else if (sign === ')' || (sign === ',' && depth === 0)) {
      parts.push(text.slice(from, at).trim())
      from = at + 1
      if (sign === ')') return { parts, rest: bare(text.slice(from)), isWhole: true }
    }
  }
  return { parts, rest: '', isWhole: false }
}

/** Without what stands in quotes. */
function bare(text: string): string {
  return text.replaceAll(/'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]/g, ' ')
}

function withoutComments(text: string): string {
  return text.replaceAll(
    /('[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\])|--[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//g,
    (_all, quoted) => quoted ?? ' ',
  )
}
