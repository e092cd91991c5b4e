import type { Line } from './pages.ts'

/** Where a line stands, for a value read in it. */
export function placed({ cells, top, bottom, text }: Line, page: number) {
  const left = Math.min(...cells.map((cell) => cell.left))
  const right = Math.max(...cells.map((cell) => cell.right))
  const box: [number, number, number, number] = [bounded(left), bounded(top), bounded(right), bounded(bottom)]
  const confidence = Math.round(Math.min(...cells.map((cell) => cell.confidence)))
  return { page, box, line: text.slice(0, 500), confidence }
}

const bounded = (one: number) => Math.min(1, Math.max(0, Math.round(one * 10_000) / 10_000))
