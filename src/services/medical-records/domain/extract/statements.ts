import type { Doubt, Finding } from './findings.ts'
import { type Line, linesOf, type ReadPage } from './pages.ts'
import { placed } from './place.ts'

const DIAGNOSIS =
  /^(?:(?:provisional|final|clinical|primary|secondary|discharge|working)\s+)?(?:diagnosis|diagnoses|impression|assessment)\s*[:-]?\s*(.*)$/i
const BLOOD_GROUP =
  /\bblood\s*(?:group|type)\b[^A-Za-z0]{0,8}\b(AB|A|B|O|0)\s*[-,]?\s*(?:rh(?:esus)?\s*(?:\(d\)|factor|type)?\s*[:-]?\s*)?(\+\s*ve|-\s*ve|positive|negative|pos|neg|\+|-)/i
const ALLERGY = /^(?:known\s+|drug\s+)?allerg(?:y|ies|ic)(?:\s+(?:to|history))?\s*[:-]?\s*(.*)$/i
const NO_ALLERGY = /^(no|none|nil|nkda|nka|not known|no known.*|unknown|denie[sd]|absent|negative|-)\b/i
/** Somebody else than the person of the record. */
const ANOTHER =
  /(?<!\p{L})(?:husband|wife|spouse|partner|father|mother|parent|brother|sister|son|daughter|baby|child|infant|new-?born|f(?:o)?etus|donor|recipient|bag|family)(?!\p{L})/iu
/** What is not sure, not so, or not so any more. */
const UNSURE =
  /^\?|\?\s|(?<!\p{L})(?:r\/o|rule[sd]? out|suspect\w*|possib\w*|probabl\w*|likely|query|to exclude|excluded|differential|no|not|without|negative|denie[sd]|tolerated|de-?label+ed|resolved|previous(?:ly)?|no longer)(?!\p{L})/iu
const CONDITION =
  /^(?:known case of|k\/c\/o|h\/o|history of|past medical history|past history|chronic conditions?|comorbidities|co-morbidities)\s*[:-]?\s*(.*)$/i
const END = /^(?:[A-Z][A-Za-z /]{2,40}:|rx\b|advice|plan|treatment|medication|investigation)/i
/** Lines that a heading alone on its line may have below it. */
const FOLLOWING = 6

/** Diagnoses, allergies, conditions and blood groups that a document states. */
export function readStatements(pages: readonly ReadPage[]): Finding[] {
  return pages.flatMap((page) => {
    const lines = linesOf(page.readings[0] ?? [], page.aspect)
    const second = page.readings[1]
    const others =
      second === undefined
        ? undefined
        : linesOf(second, page.aspect)
            .map((line) => plain(line.text))
            .join('\n')
    const doubtsFor = (value: string): Doubt[] => [
      ...(page.method === 'ocr' ? (['sensitive'] as const) : []),
      ...(others === undefined || others.includes(plain(value)) ? [] : (['readings_differ'] as const)),
    ]
    return lines.flatMap((line, at) =>
      statementsOf(line, lines.slice(at + 1, at + 1 + FOLLOWING), page.number, doubtsFor),
    )
  })
}

function statementsOf(
  line: Line,
  following: readonly Line[],
  page: number,
  doubtsFor: (value: string) => Doubt[],
): Finding[] {
  const text = line.text.replaceAll(/\s+/g, ' ').trim()
  if (text.length > 400) return []
  const group = BLOOD_GROUP.exec(text)
  const place = (value: string) => {
    const doubts = new Set(doubtsFor(value))
    if (ANOTHER.test(text)) doubts.add('names_another')
    if (group === null && UNSURE.test(value)) doubts.add('sensitive')
    return { doubts: [...doubts], ...placed(line, page) }
  }
  if (group !== null) {
    const value = `${group[1] === '0' ? 'O' : (group[1] as string).toUpperCase()}${/^(\+|pos)/i.test(group[2] as string) ? '+' : '-'}`
    return [{ kind: 'critical_info', content: { info_type: 'blood_group', value }, ...place(text) }]
  }
  const diagnosis = DIAGNOSIS.exec(text)
  if (diagnosis !== null) {
    return itemsOf(diagnosis[1], following).map((item) => ({
      kind: 'diagnosis',
      content: { text: item },
      ...place(item),
    }))
  }
  const critical = (type: 'allergy' | 'chronic_condition', items: readonly string[]): Finding[] =>
    items.map((value) => ({ kind: 'critical_info', content: { info_type: type, value }, ...place(value) }))
  const allergy = ALLERGY.exec(text)
  if (allergy !== null)
    return critical(
      'allergy',
      itemsOf(allergy[1], following).filter((item) => !NO_ALLERGY.test(item)),
    )
  const condition = CONDITION.exec(text)
  return condition === null
    ? []
    : critical(
        'chronic_condition',
        itemsOf(condition[1], following).filter((item) => !/^(no|nil|none)\b/i.test(item)),
      )
}

/** What stands behind a heading, or below it until something else begins. */
function itemsOf(inline: string | undefined, following: readonly Line[]): string[] {
  const texts: string[] = []
  if ((inline ?? '').trim() !== '') texts.push(inline as string)
  else {
    for (const { text } of following) {
      if (END.test(text.trim())) break
      if (/^(?:\d{1,2}[.)]|[-•*])\s*/.test(text.trim()) || texts.length === 0) texts.push(text)
      else break
    }
  }
  return texts
    .flatMap((text) => text.split(/[;]|,(?!\d)|\s\d[.)]\s/))
    .map((item) =>
      item
        .replace(/^(?:\d{1,2}[.)]|[-•*])\s*/, '')
        .replaceAll(/\s+/g, ' ')
        .replace(/[.\s]+$/, '')
        .trim(),
    )
    .filter((item) => /[A-Za-z]{2}/.test(item) && item.length <= 120)
}

const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
