import { numberOf } from './csvRows.ts'

/** Which sign the numbers of a table have before their decimals, as far as its cells tell. */
export type DecimalMark = 'comma' | 'point' | 'unknown'

const GROUPED_BY_COMMA = /^[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$/
const GROUPED_BY_POINT = /^[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?$/
/** One group of three: `1,234` is a thousand and more in one table, and one and a quarter in another. */
const OPEN = /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/

/** Looks at the cells of a whole table. */
export class DecimalEvidence {
  private comma = false
  private point = false

  add(text: string): void {
    const cell = plain(text)
    if (OPEN.test(cell) || !/[.,]/.test(cell)) return
    if (GROUPED_BY_COMMA.test(cell) || /^[+-]?\d+\.\d+$/.test(cell)) this.point = true
    else if (GROUPED_BY_POINT.test(cell) || /^[+-]?\d+,\d+$/.test(cell)) this.comma = true
  }

  /** Tables that have both tell nothing. */
  verdict(): DecimalMark {
    if (this.comma === this.point) return 'unknown'
    return this.comma ? 'comma' : 'point'
  }
}

/**
 * The number of a cell: `10,532` and `1.234` by what the table tells of its decimals, and as thousands where only whole numbers
 * can be. Undefined for what is no number, and for a comma that can mean two.
 */
export function tableNumber(text: string, mark: DecimalMark, isWhole: boolean): number | undefined {
  const cell = plain(text)
  if (OPEN.test(cell)) {
    const isGrouped = isWhole || mark === (cell.includes(',') ? 'point' : 'comma')
    if (isGrouped) return Number(cell.replace(/[.,]/, ''))
    return mark === 'unknown' && cell.includes(',') ? undefined : Number(cell.replace(',', '.'))
  }
  if (GROUPED_BY_COMMA.test(cell)) return mark === 'comma' ? undefined : Number(cell.replaceAll(',', ''))
  if (GROUPED_BY_POINT.test(cell))
    return mark === 'point' ? undefined : Number(cell.replaceAll('.', '').replace(',', '.'))
  return numberOf(cell)
}

const plain = (text: string) => text.trim().replaceAll(/[\s\u00a0\u202f'’]/g, '')
