import type { Doubt, LabFinding } from './findings.ts'
import { type CheckPlausible, doubtsOf } from './labDoubts.ts'
import { type LabLine, readLabLine, type TableHead, tableHeadOf } from './labLine.ts'
import { type Line, linesOf, type ReadPage } from './pages.ts'
import { placed } from './place.ts'

/** The results of a page, each with its doubts. What two readings of a picture say differently is doubted. */
export function readLabs(
  pages: readonly ReadPage[],
  options: { readonly observedOn: string | undefined; readonly check: CheckPlausible },
): LabFinding[] {
  const read = pages.map((page) => ({
    page,
    readings: page.readings.map((words) => labLines(linesOf(words, page.aspect))),
  }))
  const hasFlags = read.some(({ readings }) => readings[0]?.some(({ content }) => content.flag !== null) === true)
  return read.flatMap(({ page, readings }) => {
    const [first = [], second] = readings
    const isPicture = page.method === 'ocr'
    const others = second === undefined ? [] : second.filter((one) => partnerOf(one, first) === undefined)
    return [...first, ...others]
      .sort((a, b) => a.line.top - b.line.top)
      .map((line) => {
        const doubts = new Set<Doubt>(doubtsOf(line, { isPicture, hasFlags, check: options.check }))
        const partner = second === undefined ? undefined : partnerOf(line, others.includes(line) ? first : second)
        if (isPicture && (partner === undefined || !agrees(line, partner))) doubts.add('readings_differ')
        if (options.observedOn === undefined) doubts.add('date_missing')
        return findingOf(line, page.number, [...doubts], options.observedOn)
      })
  })
}

function labLines(lines: readonly Line[]): LabLine[] {
  let head: TableHead | undefined
  return lines.flatMap((line) => {
    const found = tableHeadOf(line)
    if (found !== undefined) {
      head = found
      return []
    }
    const lab = readLabLine(line, head)
    return lab === undefined ? [] : [lab]
  })
}

/** The same line of the other reading: at the same height. */
function partnerOf({ line }: LabLine, others: readonly LabLine[]): LabLine | undefined {
  const middle = (line.top + line.bottom) / 2
  return others.find((other) => middle > other.line.top && middle < other.line.bottom)
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
