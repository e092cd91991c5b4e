import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { entriesOf, entryFor, fingerprintOf, numbersOf, signatureOf } from './signature.ts'
import { hitsIn, snippetOf } from './snippet.ts'
import { foldedWord, foldedWords, isFoundBy, piecesOf, wordsIn } from './words.ts'

const SIGNS = [
  ...[
    'a',
    'Z',
    '7',
    '.',
    ',',
    '-',
    ' ',
    '\n',
    '<',
    '&',
    'é',
    'Ä',
    'ß',
    'ø',
    'İ',
    'ﬁ',
    'ё',
    'Ω',
    '\u0301',
    '\u00ad',
    '\u200d',
  ],
  ...['أ', 'ة', 'ّ', '٣', '٫', 'ی', 'क', 'ि', 'ड़', '्', 'ँ', '५', '\u202e', '\u0000', '\ud800', '😀', '½', '²', '_'],
]
const unit = fc.constantFrom(...SIGNS)
const folded = (text: string) => [...wordsIn(text)].map((word) => word.folded)

describe('words of a text, as they are compared', () => {
  test('letters of every case, accent and width are one; digits stay, with their decimals', () => {
    for (const [text, words] of [
      ['Cholesterol, LDL-C', ['cholesterol', 'ldl', 'c']],
      ['ÄRZTLICHE Größe', ['arztliche', 'grosse']],
      ['ﬁbrin Ｈｂ Ελληνικά Ёлка İzmir', ['fibrin', 'hb', 'ελληνικα', 'елка', 'izmir']],
      ['5,4 mmol/L on 12.03.2026, B12', ['5.4', 'mmol', 'l', 'on', '12', '03', '2026', 'b12']],
      ['السُّكَّر أحمد مستشفى ٥٫٤', ['السكر', 'احمد', 'مستشفي', '5.4']],
      ['कोलेस्ट्रॉल की जाँच १२०', ['कोलेस्ट्रॉल', 'की', 'जाँच', '120']],
      ['पढ़ा', ['पढा']],
      ['soft\u00adhyphen <b>x</b> \u0000 --', ['softhyphen', 'b', 'x', 'b']],
    ] as const) {
      assert.deepEqual(folded(text), words, text)
    }
  })

  test('scripts without spaces are cut into words', () => {
    assert.ok(folded('ความดันโลหิตสูง').includes('โลหิต'))
    assert.ok(folded('血圧と胆固醇').includes('胆固醇'))
  })

  test('a composed and a decomposed text have the same words, and what is folded stays as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), (text) => {
        assert.deepEqual(folded(text.normalize('NFD')), folded(text.normalize('NFC')))
        for (const word of folded(text)) assert.equal(foldedWord(word), word)
      }),
      { numRuns: 300 },
    )
  })

  test('three letters find a word they begin, fewer only themselves', () => {
    assert.ok(isFoundBy('cholesterol', 'cho') && isFoundBy('t4', 't4'))
    assert.ok(!isFoundBy('cholesterol', 'ch') && !isFoundBy('cholesterol', 'oles'))
    assert.deepEqual(foldedWords('Vitamin  D, vitamin'), ['vitamin', 'd'])
  })

  test('pieces make the whole text again and end between words', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 1, max: 50 }), (text, most) => {
        assert.equal([...piecesOf(text, most)].join(''), text)
      }),
      { numRuns: 200 },
    )
    assert.deepEqual([...piecesOf('one two three', 6)], ['one ', 'two ', 'three'])
  })
})

describe('the signature of a document', () => {
  /** Stands in for the keyed digest: FNV-1a, twice. */
  const digestOf = (text: string): Uint8Array => {
    const bytes = new Uint8Array(8)
    for (const half of [0, 4]) {
      let hash = 0x811c9dc5 + half
      for (const letter of `${text}${half}${text}`)
        hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0
      new DataView(bytes.buffer).setUint32(half, hash)
    }
    return bytes
  }
  const fingerprint = (entry: string) => fingerprintOf(digestOf(entry))
  const mayHave = (signature: Uint8Array, wanted: string) =>
    numbersOf(fingerprint(entryFor(wanted))).every((number) => {
      const bit = number % (signature.length * 8)
      return (((signature[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1
    })
  const words = fc.array(fc.stringMatching(/^[a-z0-9]{1,20}$/), { minLength: 1, maxLength: 300 })

  test('has every word of the document, and every beginning of one from three letters on', () => {
    fc.assert(
      fc.property(words, fc.nat(), fc.nat(), (list, which, cut) => {
        const signature = signatureOf([...new Set(list.flatMap(entriesOf))].map(fingerprint))
        const word = list[which % list.length] as string
        const beginning = word.slice(0, Math.max(3, 1 + (cut % word.length)))
        assert.ok(mayHave(signature, word) && mayHave(signature, beginning))
        assert.equal(signature.length % 64, 0)
      }),
      { numRuns: 200 },
    )
  })

  test('says yes to fewer than one in two hundred that it has not', () => {
    const signature = signatureOf(Array.from({ length: 800 }, (_one, at) => fingerprint(`word${at}`)))
    const wrong = Array.from({ length: 10_000 }, (_one, at) => `x${at}`).filter((entry) =>
      numbersOf(fingerprint(entry)).every((number) => {
        const bit = number % (signature.length * 8)
        return (((signature[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1
      }),
    )
    assert.ok(wrong.length < 50, `${wrong.length} of 10000`)
    assert.equal(signatureOf([]).length, 64)
  })
})

describe('a snippet of a page', () => {
  const shown = (text: string, question: string) => snippetOf(text, hitsIn(text, foldedWords(question)))

  test('is one line around the most of the words, with what was found apart', () => {
    const page = `${'filler '.repeat(40)}cholesterol first.\n\nLater the total\tCholesterol was 5.4 mmol/L. ${'end '.repeat(80)}`
    const parts = shown(page, 'chol 5.4')
    assert.deepEqual(
      parts.filter(({ found }) => found).map(({ text }) => text),
      ['cholesterol', 'Cholesterol', '5.4'],
    )
    const line = parts.map(({ text }) => text).join('')
    assert.match(line, /^… .*the total Cholesterol was 5\.4 mmol\/L\..* …$/)
    assert.ok(line.length < 220, line)
  })

  test('shows signs as they are, nothing that nobody sees, and nothing where no word is', () => {
    assert.deepEqual(shown('<b>Iron</b> & \u0000\u202ezinc', 'iron'), [
      { text: '<b>', found: false },
      { text: 'Iron', found: true },
      { text: '</b> & zinc', found: false },
    ])
    assert.deepEqual(shown('nothing of it', 'iron'), [])
  })

  test('is bounded and has only words that were asked for as found, whatever the page', () => {
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 400 }), fc.stringMatching(/^[a-z]{1,3}$/), (text, word) => {
        const parts = shown(`${text} ${word}x ${text}`, word)
        assert.ok(parts.map((part) => part.text).join('').length < 500)
        for (const part of parts) {
          if (part.found)
            assert.ok(
              folded(part.text).some((one) => isFoundBy(one, word)),
              part.text,
            )
        }
      }),
      { numRuns: 100 },
    )
  })
})
