import type { Doubt, LabFinding } from './findings.ts'
import { isOfEarlier } from './labColumns.ts'
import { type CheckPlausible, doubtsOf } from './labDoubts.ts'
import { type LabLine, readLabLine } from './labLine.ts'
import { type Line, linesOf, type ReadPage } from './pages.ts'
import { placed } from './place.ts'
import { collectedDays, headingOf, isRangeOfOthers, specimenIn } from './surroundings.ts'
import { partsOf, type TableHead, tableHeadOf } from './tableHead.ts'

/** The results of a page, each with its doubts. What two readings of a picture say differently is doubted. */
export function readLabs(
  pages: readonly ReadPage[],
  options: { readonly observedOn: string | undefined; readonly check: CheckPlausible },
): LabFinding[] {
  const read = pages.map((page) => ({
    page,
    readings: page.readings.map((words) => labLines(linesOf(words, page.aspect))),
  }))
  const all = read.flatMap(({ readings }) => readings.flat())
  const hasFlags = read.some(({ readings }) => readings[0]?.some(({ content }) => content.flag !== null) === true)
  const hasDecimalCommas = all.some(({ line }) => /\d,\d{1,2}(?![\d,])/.test(line.text))
  const dayAt = collectedDays(pages, options.observedOn)
  return read.flatMap(({ page, readings }) => {
    const isPicture = page.method === 'ocr'
    return linesOnce(readings).map((same) => {
      const { line, isAgreed } = isPicture ? votedOf(same) : { line: same[0] as LabLine, isAgreed: true }
      const doubts = new Set<Doubt>(doubtsOf(line, { isPicture, hasFlags, check: options.check }))
      if (!isAgreed) doubts.add('readings_differ')
      // Where commas are decimal, 1.234 is a thousand and more.
      if (hasDecimalCommas && /(?:^|[\s<>≤≥])\d{1,3}\.\d{3}(?!\d)/.test(line.line.text)) doubts.add('comma')
      if (isOfEarlier(line, all, options.check)) doubts.add('several_values')
      const observedOn = dayAt(page.number, line.line.top)
      if (observedOn === undefined) doubts.add('date_missing')
      return findingOf(line, page.number, [...doubts], observedOn)
    })
  })
}

/** Each line once, from the top, as the readings have it; the better reading first. */
function linesOnce(readings: readonly (readonly LabLine[])[]): LabLine[][] {
  const once: LabLine[][] = []
  for (const [at, lines] of readings.entries()) {
    for (const line of lines) {
      // A line has one in each reading: what stands at the same height as two is the nearer's.
      const same = at === 0 ? undefined : once.find((some) => some.length <= at && isBeside(line, some[0] as LabLine))
      if (same === undefined) once.push([line])
      else same.push(line)
    }
  }
  return once.sort((one, other) => (one[0] as LabLine).line.top - (other[0] as LabLine).line.top)
}

/** Whether a line of another reading stands at the same place. */
function isBeside({ line }: LabLine, { line: other }: LabLine): boolean {
  const middle = (line.top + line.bottom) / 2
  const [from, until] = [line, other].map(
    (one) => [one.cells[0]?.left ?? 0, one.cells.at(-1)?.right ?? 1] as const,
  ) as [readonly [number, number], readonly [number, number]]
  return middle > other.top && middle < other.bottom && from[0] < until[1] && until[0] < from[1]
}

/**
 * What two readings at least say in every member. A third that reads another name, unit or range is outvoted; one that reads
 * another value is not: digits that were seen in two ways want a person's eyes, unless it only lost the point.
 */
function votedOf(same: readonly LabLine[]): { readonly line: LabLine; readonly isAgreed: boolean } {
  const first = same[0] as LabLine
  const agreeing = same.map((line) => same.filter((other) => agrees(line, other)))
  const best = agreeing.find((some) => some.length > 1)
  const hasRange = ({ content: { reference_low: low, reference_high: high } }: LabLine) => low !== null || high !== null
  // That two did not see a range is no reading of it.
  const isBlind = best?.some((line) => !hasRange(line)) === true && same.some(hasRange)
  if (best === undefined || isBlind || same.some((other) => contradicts(other, best[0] as LabLine)))
    return { line: first, isAgreed: false }
  // How sure the engine was counts where it was surest: the words are the same.
  const confidence = Math.max(...best.map((line) => line.confidence))
  return { line: { ...(best[0] as LabLine), confidence }, isAgreed: true }
}

function labLines(lines: readonly Line[]): LabLine[] {
  let head: TableHead | undefined
  let specimen: string | undefined
  let lastAt = -1
  const labs: LabLine[] = []
  for (const [at, line] of lines.entries()) {
    const found = tableHeadOf(line, lines[at - 1])
    if (found !== undefined) {
      head = found
      continue
    }
    const read = partsOf(line, head).flatMap((part) => readLabLine(part, head) ?? [])
    if (read.length > 0) {
      labs.push(...read.map((lab) => ofSpecimen(lab, specimen)))
      lastAt = at
      continue
    }
    specimen = headingOf(line) ?? specimen
    const last = labs.at(-1)
    if (last?.range !== undefined && lastAt === at - 1 && isRangeOfOthers(line))
      labs[labs.length - 1] = { ...last, doubts: [...last.doubts, 'range_odd'] }
  }
  return labs
}

/** What a heading or a column says that it was measured in belongs to the name: potassium of urine is another test. */
function ofSpecimen(lab: LabLine, heading: string | undefined): LabLine {
  const { content, line } = lab
  const named = specimenIn(line.text) ?? (heading === 'blood' ? undefined : heading)
  if (named === undefined || specimenIn(content.test_name) !== undefined || /^micro-?albumin/i.test(content.test_name))
    return lab
  return { ...lab, content: { ...content, test_name: `${content.test_name}, ${named}` } }
}

/** Whether a reading has another value; one that is the same without its point is none: points get lost, and are not invented. */
function contradicts({ content: other }: LabLine, { content: agreed }: LabLine): boolean {
  if (other.value === null) return false
  if (other.comparator !== agreed.comparator || agreed.value === null) return true
  const times = other.value / agreed.value
  return ![1, 10, 100, 1000].some((power) => Math.abs(times - power) < power * 1e-9)
}

function agrees({ content: one }: LabLine, { content: other }: LabLine): boolean {
  return (
    one.value === other.value &&
    one.comparator === other.comparator &&
    one.value_text?.toLowerCase() === other.value_text?.toLowerCase() &&
    one.reference_low === other.reference_low &&
    one.reference_high === other.reference_high &&
    one.flag === other.flag &&
    plain(one.unit) === plain(other.unit) &&
    plain(one.test_name) === plain(other.test_name)
  )
}

const plain = (text: string | null) => (text ?? '').toLowerCase().replaceAll(/[^a-z0-9%]/g, '')

function findingOf(line: LabLine, page: number, doubts: readonly Doubt[], observedOn: string | undefined): LabFinding {
  const content = { ...line.content, observed_on: observedOn ?? null }
  return { kind: 'lab', content, doubts, ...placed(line.line, page) }
}
