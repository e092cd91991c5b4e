import { dayAfter, type PrintedDay } from './facts.ts'
import { type Line, linesOf, type ReadPage } from './pages.ts'

/** Words of people or times that a range is for. */
const PEOPLE =
  /(?<!\p{L})(?:(?:fe)?males?|(?:wo)?m[ae]n|boys?|girls?|adults?|child(?:ren)?|infants?|new-?borns?|neonat\w*|pa?ediatric|(?:years?|yrs?|months?)(?! ago)|follicular|luteal|ovulat\w*|mid-?cycle|(?:post|pre)?-?menopaus\w*|trimester|pregnan\w*|[mf]\s*:|\([mf]\)|m[äa]nn\w*|frauen|weibl\w*|kinder|hommes?|femmes?|enfants?|hombres?|mujeres?|lelaki|perempuan)(?!\p{L})/iu
/** Words of a state that a range stands for, other than health; and of times of day. */
const STATES =
  /(?<!\p{L})(?:(?<!non-?\s?)pre-?diabet\w*|(?<!(?:non|pre)-?\s?)diabet\w*|borderline|(?:in)?deficien\w*|insufficien\w*|toxic\w*|stages?|grades?|mild\w*|severe\w*|impaired|abnormal|elevated|obese|overweight|(?:high|moderate|low|intermediate|increased) risk|a\.?m\.?|p\.?m\.?|morning|evening|peak|trough|therapeutic)(?!\p{L})/iu

/** Whether the words beside a range say that it is not everybody's: `Male: 13 - 17`, `Prediabetes: 5.7 - 6.4`. */
export function isRangeOfSome(text: string): boolean {
  return PEOPLE.test(text) || STATES.test(text)
}

/** Whether a line below a result gives a range for other people than the one before. */
export function isRangeOfOthers({ text }: Line): boolean {
  return text.length < 120 && PEOPLE.test(text) && /\d/.test(text)
}

const SPECIMENS: readonly (readonly [specimen: string, words: RegExp])[] = [
  ['urine', /(?<!\p{L})(?:urin(?:e|es|alysis|ary)|urin(?:status|analyse|sediment)?|air kencing|orina)(?!\p{L})/iu],
  ['CSF', /(?<!\p{L})(?:csf|cerebro-?spinal fluid|liquor)(?!\p{L})/iu],
  ['stool', /(?<!\p{L})(?:stool|f(?:a)?eces|f(?:a)?ecal|stuhl|selles|najis)(?!\p{L})/iu],
  [
    'fluid',
    /(?<!\p{L})(?:(?:pleural|ascitic|peritoneal|synovial|body|pericardial|dialysis|amniotic) fluid)(?!\p{L})/iu,
  ],
  ['semen', /(?<!\p{L})(?:semen|seminal)(?!\p{L})/iu],
  ['saliva', /(?<!\p{L})saliva(?!\p{L})/iu],
  ['sweat', /(?<!\p{L})sweat(?!\p{L})/iu],
]
const BLOOD =
  /(?<!\p{L})(?:blood|serum|plasma|ha?emat\w*|ha?emogram|cbc|biochem\w*|lipid|liver|thyroid|electrolytes|coagulation|blut\w*|sang|darah|sangre)(?!\p{L})/iu
const LONGEST_HEADING = 60

/** What a heading says that the results below it were measured in: `blood` ends another; undefined for what is no heading. */
export function headingOf(line: Line): string | undefined {
  if (line.text.length > LONGEST_HEADING || line.cells.length > 3) return undefined
  const told = specimenIn(line.text)
  if (told !== undefined) return told
  return BLOOD.test(line.text) ? 'blood' : undefined
}

/** The specimen other than blood that a text names. */
export function specimenIn(text: string): string | undefined {
  return SPECIMENS.find(([, words]) => words.test(text))?.[0]
}

/** A printed day of collection and where it stands. */
interface Collected extends PrintedDay {
  readonly page: number
  readonly top: number
}

const COLLECTED = /collect|drawn|entnahme|abnahme|pr[ée]l[eè]v|toma de muestra/i

/**
 * Tells the day a result at a place was collected: the document's own where it names no other, else the nearest day above
 * it. Undefined where none stands above, or it could be two.
 */
export function collectedDays(pages: readonly ReadPage[], ofDocument: string | undefined) {
  const days = pages.flatMap((page): Collected[] =>
    linesOf(page.readings[0] ?? [], page.aspect).flatMap((line) => {
      const found = COLLECTED.test(line.text) ? dayAfter(line.text, COLLECTED) : undefined
      return found === undefined ? [] : [{ ...found, page: page.number, top: line.top }]
    }),
  )
  const isOne = new Set(days.map(({ date, isDateAmbiguous }) => (isDateAmbiguous ? 'two' : date))).size < 2
  return (page: number, top: number): string | undefined => {
    if (isOne) return ofDocument
    return days.findLast((one) => one.page < page || (one.page === page && one.top <= top))?.date
  }
}
