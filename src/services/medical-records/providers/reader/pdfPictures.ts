type Matrix = readonly [number, number, number, number, number, number]

const SAME: Matrix = [1, 0, 0, 1, 0, 0]
const DEEPEST = 64

/**
 * How much of a page its pictures cover, 0 to 1: their corners by the transformations in force where each is painted. What
 * overlaps counts twice, so that it is an upper bound.
 * @param area of the page, in the units of its own coordinates
 */
export function pictureShare(
  names: Readonly<Record<string, number>>,
  { fnArray, argsArray }: { readonly fnArray: readonly number[]; readonly argsArray: readonly unknown[][] },
  area: number,
): number {
  const pictures = new Set([
    names.paintImageXObject,
    names.paintInlineImageXObject,
    names.paintImageMaskXObject,
    names.paintImageXObjectRepeat,
  ])
  const grouped = new Set([
    names.paintImageMaskXObjectGroup,
    names.paintImageMaskXObjectRepeat,
    names.paintInlineImageXObjectGroup,
  ])
  const kept: Matrix[] = []
  let now: Matrix = SAME
  let covered = 0
  for (const [at, operator] of fnArray.entries()) {
    const args = argsArray[at] ?? []
    if (operator === names.save || operator === names.paintFormXObjectBegin) {
      if (kept.length < DEEPEST) kept.push(now)
      const form = args[0]
      if (operator === names.paintFormXObjectBegin && isMatrix(form)) now = joined(now, form)
    } else if (operator === names.restore || operator === names.paintFormXObjectEnd) now = kept.pop() ?? SAME
    else if (operator === names.transform && isMatrix(args)) now = joined(now, args)
    else if (pictures.has(operator)) covered += Math.abs(now[0] * now[3] - now[1] * now[2])
    // Many small ones at once: where they are is in them, and a scan is painted so now and then.
    else if (grouped.has(operator)) return 1
  }
  return Math.min(1, covered / Math.max(1, area))
}

function isMatrix(value: unknown): value is Matrix {
  const list = value as { readonly length?: number; readonly [at: number]: unknown } | null | undefined
  return list?.length === 6 && [0, 1, 2, 3, 4, 5].every((at) => Number.isFinite(list[at]))
}

function joined([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f]
}
