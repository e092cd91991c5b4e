/** A word of a text: as it is compared, and where it stands in the text as it was given. */
export interface Word {
  readonly folded: string
  readonly from: number
  readonly to: number
}

/** A number with its decimals is one word, a date three; letters keep their marks, and joiners stand inside a word. */
const WORD =
  /(?<!\p{Nd}[.,٫])\p{Nd}+[.,٫]\p{Nd}+(?![.,٫]?\p{Nd})|[\p{L}\p{Nd}\p{Nl}][\p{L}\p{M}\p{Nd}\p{Nl}\u00ad\u200b-\u200d\u2060]*/gu
/** Scripts that put no spaces between words: there the rules of Unicode for the language cut them. */
const UNSPACED =
  /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u
const PLAIN = /^[A-Za-z0-9]+$/
/**
 * Marks that people leave out when they type: accents of Latin, Greek and Cyrillic, vowel points of Hebrew and Arabic, the
 * hamza that stands on a letter, the dot below a Hindi letter. Vowel signs of Hindi are letters to whoever reads them.
 */
const LEFT_OUT =
  /[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u093c\u09bc\u00ad\u200b-\u200f\u2060]/g
const NO_WORD = /[^\p{L}\p{M}\p{N}.]/gu
/** Letters that are written for each other and that Unicode keeps apart. */
const SAME: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ı: 'i',
  þ: 'th',
  ى: 'ي',
  ی: 'ي',
  ک: 'ك',
  ة: 'ه',
}
const SAME_LETTER = new RegExp(`[${Object.keys(SAME).join('')}]`, 'gu')
/** The zero of each row of digits that the languages of the client, and their neighbours, write with. */
const ZEROS = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0e50, 0x0ed0, 0x1040]
const LONGEST_WORD = 64

let segmenter: Intl.Segmenter | undefined

/** The words of a text, in their order; none where it has no letters and no digits. */
export function* wordsIn(text: string): Generator<Word, void> {
  for (const match of text.matchAll(WORD)) {
    const word = match[0]
    if (!PLAIN.test(word) && UNSPACED.test(word)) yield* cut(word, match.index)
    else yield* whole(word, match.index)
  }
}

/** More words than anybody types to find one thing. */
const MOST_ASKED = 6

/** The words of a question as they are compared, each once. */
export function foldedWords(question: string): string[] {
  return [...new Set([...wordsIn(question)].map(({ folded }) => folded))].slice(0, MOST_ASKED)
}

function* cut(run: string, at: number): Generator<Word, void> {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'word' })
  for (const { segment, index, isWordLike } of segmenter.segment(run)) {
    if (isWordLike === true) yield* whole(segment, at + index)
  }
}

function* whole(word: string, from: number): Generator<Word, void> {
  const folded = foldedWord(word)
  if (folded !== '') yield { folded, from, to: from + word.length }
}

/**
 * A word as it is compared: compatibility forms made one (NFKD), small letters, without the marks that people leave out,
 * digits of every script as 0-9, a decimal comma as a point, at most 64 characters; empty where nothing is left.
 */
export function foldedWord(word: string): string {
  if (PLAIN.test(word)) return word.toLowerCase().slice(0, LONGEST_WORD)
  return word
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(LEFT_OUT, '')
    .replaceAll(SAME_LETTER, (letter) => SAME[letter] ?? letter)
    .replaceAll(/(?![0-9])\p{Nd}/gu, digitOf)
    .replaceAll(/[,٫]/g, '.')
    .replaceAll(NO_WORD, '')
    .normalize('NFC')
    .slice(0, LONGEST_WORD)
}

function digitOf(digit: string): string {
  const code = digit.codePointAt(0) ?? 0
  const zero = ZEROS.find((one) => code >= one && code < one + 10)
  return zero === undefined ? digit : String(code - zero)
}

/** From so many letters on, the beginning of a word finds it; what is shorter finds words that are no longer. */
const SHORTEST_BEGINNING = 3

/** Whether a word that is looked for finds a word of a text; both folded. */
export function isFoundBy(word: string, wanted: string): boolean {
  return wanted.length < SHORTEST_BEGINNING ? word === wanted : word.startsWith(wanted)
}

/** The pieces of a text, each of at most `most` characters and ending between words where there is a space to end at. */
export function* piecesOf(text: string, most: number): Generator<string, void> {
  for (let from = 0; from < text.length; ) {
    const end = from + most
    const space = end < text.length ? Math.max(text.lastIndexOf(' ', end), text.lastIndexOf('\n', end)) : -1
    const to = space > from ? space + 1 : end
    yield text.slice(from, to)
    from = to
  }
}
