import type { CheckPlausible } from './labDoubts.ts'
import type { LabLine } from './labLine.ts'
import { readNumber } from './numbers.ts'
import type { Cell } from './pages.ts'

/**
 * Whether the one number of a line may be no result of its test: it stands in a column where other lines have their second
 * number (an earlier result, and none now), or behind the name of another test (tables side by side).
 * @param all every line of the document, in every reading
 */
export function isOfEarlier(line: LabLine, all: readonly LabLine[], check: CheckPlausible): boolean {
  const [first, ...more] = numbersOf(line)
  if (first === undefined || more.length > 0) return false
  return namesAnother(line, first, check) || isInSecondColumn(first, all)
}

function numbersOf({ line }: LabLine): Cell[] {
  return line.cells.slice(1).filter(({ text }) => readNumber(numberIn(text)) !== undefined && !isSpan(text))
}

/** The result may share its cell with its flag or unit. */
const numberIn = (text: string) => (text.split(' ')[0] ?? '').replace(/[HL*↑↓]+$/i, '')
const isSpan = (text: string) => /\d\s*(?:-|–|—|~|to|bis)\s*\d/.test(text)

function isInSecondColumn(cell: Cell, all: readonly LabLine[]): boolean {
  const several = all.map(numbersOf).filter((numbers) => numbers.length > 1)
  const firsts = several.map(([one]) => away(cell, one as Cell))
  const seconds = several.flatMap(([, ...others]) => others.map((one) => away(cell, one)))
  return seconds.length > 0 && Math.min(...seconds) < Math.min(...firsts)
}

const away = (one: Cell, other: Cell) => Math.min(Math.abs(one.left - other.left), Math.abs(one.right - other.right))

function namesAnother({ line, content }: LabLine, result: Cell, check: CheckPlausible): boolean {
  const between = line.cells.slice(1, line.cells.indexOf(result))
  return between.some(
    ({ text }) =>
      /\p{L}{3}|^\p{L}{2}$/u.test(text) &&
      text !== content.unit &&
      check(text, 1, null).analyte !== undefined &&
      check(text, 1, null).analyte !== check(content.test_name, 1, null).analyte,
  )
}
