/** A word and where it stands, in fractions of the page from its left top corner. */
export interface Word {
  readonly text: string
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  /** How sure the reader was, 0 to 100; 100 for text that was not guessed. */
  readonly confidence: number
}

/** One page as it was read: once from its own text, twice from a picture. */
export interface ReadPage {
  readonly number: number
  readonly method: 'text' | 'ocr' | 'none'
  /** Height of the page as a multiple of its width: makes fractions of both comparable. */
  readonly aspect: number
  /** Independent readings of the same page, the better one first. */
  readonly readings: readonly (readonly Word[])[]
}

/** Words side by side without a gap that would be a column's. */
export interface Cell {
  readonly text: string
  readonly left: number
  readonly right: number
  readonly confidence: number
}

export interface Line {
  readonly cells: readonly Cell[]
  readonly text: string
  readonly top: number
  readonly bottom: number
}

/** Words of a page as lines from the top, each with its cells from the left. */
export function linesOf(words: readonly Word[], aspect: number): Line[] {
  const rows: { words: Word[]; top: number; bottom: number }[] = []
  for (const word of [...words].sort((a, b) => middle(a) - middle(b))) {
    const row = rows.at(-1)
    if (row !== undefined && isBeside(row, word)) {
      row.words.push(word)
      // The line follows its words, so that a slightly slanted one stays one.
      row.top = (row.top * 3 + word.top) / 4
      row.bottom = (row.bottom * 3 + word.bottom) / 4
    } else rows.push({ words: [word], top: word.top, bottom: word.bottom })
  }
  return rows.map((row) => lineOf(row.words, aspect))
}

const middle = (word: { readonly top: number; readonly bottom: number }) => (word.top + word.bottom) / 2

function isBeside(row: { readonly top: number; readonly bottom: number }, word: Word): boolean {
  const at = middle(word)
  return at > row.top && at < row.bottom
}

/** A gap wider than this many heights of the line is one between columns. */
const COLUMN_GAP = 0.9
/** Pieces of one word: some programs write each letter by itself. */
const WORD_GAP = 0.12

function lineOf(words: readonly Word[], aspect: number): Line {
  const sorted = [...words].sort((a, b) => a.left - b.left)
  const heights = sorted.map((word) => (word.bottom - word.top) * aspect).sort((a, b) => a - b)
  const height = heights[Math.floor(heights.length / 2)] ?? 0
  const cells: Cell[] = []
  for (const word of sorted) {
    const cell = cells.at(-1)
    const gap = cell === undefined ? Number.POSITIVE_INFINITY : word.left - cell.right
    if (cell === undefined || gap > COLUMN_GAP * height) {
      cells.push({ text: word.text, left: word.left, right: word.right, confidence: word.confidence })
      continue
    }
    cells[cells.length - 1] = {
      text: `${cell.text}${gap > WORD_GAP * height ? ' ' : ''}${word.text}`,
      left: cell.left,
      right: Math.max(cell.right, word.right),
      confidence: Math.min(cell.confidence, word.confidence),
    }
  }
  return {
    cells,
    text: cells.map((cell) => cell.text).join('  '),
    top: Math.min(...sorted.map((word) => word.top)),
    bottom: Math.max(...sorted.map((word) => word.bottom)),
  }
}

const LINE_OF_TEXT = 1 / 80
const CHARACTER = 1 / 120

/** A page of plain text as if it were printed in letters of one width: columns made of spaces stay columns. */
export function pageOfText(text: string, number: number): ReadPage {
  const words: Word[] = []
  for (const [row, line] of text.split(/\r\n|\r|\n/).entries()) {
    const expanded = line.replaceAll('\t', '        ')
    for (const match of expanded.matchAll(/\S+/g)) {
      words.push({
        text: match[0],
        left: match.index * CHARACTER,
        right: (match.index + match[0].length) * CHARACTER,
        top: row * LINE_OF_TEXT,
        bottom: (row + 0.8) * LINE_OF_TEXT,
        confidence: 100,
      })
    }
  }
  return { number, method: 'text', aspect: 1, readings: [words] }
}
