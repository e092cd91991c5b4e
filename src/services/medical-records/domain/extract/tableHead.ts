import { readDay } from './facts.ts'
import { readNumber } from './numbers.ts'
import type { Cell, Line } from './pages.ts'

/** Where columns of earlier results stand, by the head of the table. */
export interface TableHead {
  readonly columns: readonly Column[]
  /** Columns are named by days: which of them is the result is for a person to say. */
  readonly isOfDays: boolean
  /** Where a second table begins beside the first: its titles are the same. */
  readonly secondAt: number | undefined
}

interface Column {
  readonly kind: 'now' | 'before' | 'other'
  readonly left: number
  readonly right: number
}

const RESULT =
  /^(?:(?:current |test |patient |observed )?(?:results?|values?)(?: and flags?)?|current|ergebnis|messwert|r[ée]sultats?|resultados?|keputusan)$/i
const BEFORE =
  /^(?:previous|prev\b|prior|last|earlier|old|past|vorwert|vorbefund|ant[ée]rieur|ant[ée]c[ée]dent|anterior)/i
const HEAD_WORD =
  /^(test|tests|test name|investigation|parameter|analyte|component|units?|reference.*|ref\.?.*|normal.*|biological.*|flag|status|method|range|untersuchung|analyse|einheit|unit[ée]s?|unidades?|ujian|analisis)$/i
/** A title is no longer than this: a sentence that begins with such a word is none. */
const LONGEST_TITLE = 40

/**
 * The head of a table of results; undefined for another line.
 * @param above the line above, whose words may be the first half of the titles
 */
export function tableHeadOf(line: Line, above?: Line): TableHead | undefined {
  const columns = line.cells.map((cell) => ({ kind: kindOf(cell, above), left: cell.left, right: cell.right }))
  const known = line.cells.filter(
    (cell, at) => columns[at]?.kind !== 'other' || HEAD_WORD.test(cell.text) || isDay(cell),
  )
  const isOfDays = line.cells.filter(isDay).length > 1 && !line.cells.some(({ text }) => readNumber(text) !== undefined)
  if (known.length < 2 || !(isOfDays || columns.some((one) => one.kind === 'now'))) return undefined
  const [first, ...others] = line.cells
  return { columns, isOfDays, secondAt: others.find(({ text }) => text === first?.text)?.left }
}

function kindOf(cell: Cell, above: Line | undefined): Column['kind'] {
  if (isTitleOf(BEFORE, cell)) return 'before'
  if (!RESULT.test(cell.text)) return 'other'
  const isBefore = above?.cells.some((one) => isTitleOf(BEFORE, one) && one.left < cell.right && one.right > cell.left)
  return isBefore === true ? 'before' : 'now'
}

const isTitleOf = (words: RegExp, { text }: Cell) => text.length <= LONGEST_TITLE && words.test(text)
const isDay = ({ text }: Cell) => text.length <= 20 && readDay(text) !== undefined

/** A line below the head, in two where two tables stand side by side. */
export function partsOf(line: Line, head: TableHead | undefined): Line[] {
  const at = head?.secondAt
  if (at === undefined) return [line]
  // A cell of the second table may begin a little before its title.
  const isSecond = ({ left }: Cell) => left > at - 0.02
  return [line.cells.filter((cell) => !isSecond(cell)), line.cells.filter(isSecond)]
    .filter((cells) => cells.length > 0)
    .map((cells) => ({ ...line, cells, text: cells.map((cell) => cell.text).join('  ') }))
}

/** Whether a cell stands in a column of earlier results. */
export function isBefore(cell: Cell, head: TableHead | undefined): boolean {
  if (head === undefined) return false
  const [nearest] = [...head.columns].sort((a, b) => away(cell, a) - away(cell, b))
  return nearest?.kind === 'before'
}

/** How far a cell is from a title: columns are set by their left edges, their right ones or their middles. */
function away(cell: Cell, column: Column): number {
  const middle = Math.abs(cell.left + cell.right - column.left - column.right) / 2
  return Math.min(Math.abs(cell.left - column.left), Math.abs(cell.right - column.right), middle)
}
