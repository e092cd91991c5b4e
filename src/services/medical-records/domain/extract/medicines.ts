import type { Doubt, Finding } from './findings.ts'
import { linesOf, type ReadPage } from './pages.ts'
import { placed } from './place.ts'

const FORM =
  /^(?:\d{1,2}[.)]\s*)?(tab(?:let|lets|s)?|cap(?:sule|sules|s)?|syr(?:up)?|syp|inj(?:ection)?|drops?|oint(?:ment)?|cream|gel|inh(?:aler)?|susp(?:ension)?|sachet|spray|patch|t|c)\b\.?\s+/i
const DOSE =
  /(\d+(?:[.,]\d+)?(?:\/\d+(?:[.,]\d+)?)?)\s*(mg|mcg|µg|ug|g|gm|ml|iu|units?|%|puffs?|drops?|tablets?|tabs?|capsules?)(?![a-z])/i
const FREQUENCY =
  /(\d(?:\/\d)?\s*-\s*\d(?:\/\d)?\s*-\s*\d(?:\/\d)?(?:\s*-\s*\d)?|\b(?:once|twice|thrice|one time|two times|three times|four times)(?:\s+(?:a|per|in a))?\s*(?:daily|day|weekly|week)\b|\b(?:od|bd|bid|tds|tid|qid|qds|hs|sos|prn|stat|o\.d\.|b\.d\.|q\d{1,2}h)\b|\bevery\s+\d{1,2}\s*(?:hours?|hrs?|h)\b|\b(?:daily|weekly|at bedtime|at night|in the morning|as needed)\b)/i
const DURATION =
  /(?:\bfor\s+|\bx\s*|×\s*)(\d{1,3}\s*(?:days?|weeks?|months?|d|w|m)\b)|\b(\d{1,3}\s*(?:days|weeks|months))\b/i
const HOW = /\b((?:before|after|with)\s+(?:food|meals?|breakfast|lunch|dinner)|empty stomach|at bedtime)\b/i
/** What is stopped, changed or not for every day is no medicine as it stands in the line. */
const CHANGED =
  /(?<!\p{L})(?:stop(?:ped)?|discontinue[sd]?|d\/c|ceased?|withh[eo]ld|on hold|hold|avoid|allerg\w*|intoleran\w*|not to|never|taper\w*|increased?|decreased?|reduced?|changed|previous(?:ly)?|past|except|alternate|mon|tue|wed|thu|fri|sat|sun\w*)(?!\p{L})/iu

/**
 * Lines that prescribe: a form or a strength, with how often or how long. A strength is never guessed: what a picture shows
 * differently in its two readings is doubted, and all medicines of pictures want a look.
 */
export function readMedicines(pages: readonly ReadPage[]): Finding[] {
  return pages.flatMap((page) => {
    const [first = [], second] = page.readings
    const others = second === undefined ? undefined : linesOf(second, page.aspect).map((line) => line.text)
    return linesOf(first, page.aspect).flatMap((line) => {
      const content = readMedicine(line.text)
      if (content === undefined) return []
      const doubts: Doubt[] = []
      if (page.method === 'ocr' || CHANGED.test(line.text)) doubts.push('sensitive')
      if ((line.text.match(new RegExp(DOSE, 'gi'))?.length ?? 0) > 1) doubts.push('several_values')
      if (others !== undefined && !others.some((text) => isSame(text, content))) doubts.push('readings_differ')
      if (content.dosage === null || content.frequency === null) doubts.push('incomplete')
      return [{ kind: 'medication' as const, content, doubts, ...placed(line, page.number) }]
    })
  })
}

function isSame(text: string, content: NonNullable<ReturnType<typeof readMedicine>>): boolean {
  const other = readMedicine(text)
  return other !== undefined && JSON.stringify(other).toLowerCase() === JSON.stringify(content).toLowerCase()
}

/** Reads one line as a medicine; undefined when it is none. */
export function readMedicine(text: string) {
  if (text.length > 200) return undefined
  const line = text.replaceAll(/\s+/g, ' ').trim()
  const form = FORM.exec(line)
  const dose = DOSE.exec(line)
  const frequency = FREQUENCY.exec(line)
  const duration = DURATION.exec(line)
  const starts = [dose?.index, frequency?.index, duration?.index].filter((at) => at !== undefined)
  if (form === null && (dose === null || (frequency === null && duration === null))) return undefined
  if (form !== null && starts.length === 0) return undefined
  const name = line
    .slice(form?.[0].length ?? 0, Math.min(...starts))
    .replace(/^\d{1,2}[.)]\s*/, '')
    .replace(/[\s,;:()-]+$/, '')
    .trim()
  if (!/^[A-Za-z][A-Za-z0-9 .+/&-]{2,60}$/.test(name)) return undefined
  return {
    name,
    dosage: dose === null ? null : `${dose[1]} ${dose[2]}`,
    frequency: frequency?.[1]?.replaceAll(/\s*-\s*/g, '-') ?? null,
    duration: duration?.[1] ?? duration?.[2] ?? null,
    instructions: HOW.exec(line)?.[1] ?? null,
  }
}
