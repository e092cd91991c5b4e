import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { readHl7 } from './domain/hl7v2/oru.ts'
import { type ImportedFile, type ImportedLab, ImportFault } from './domain/imported.ts'
import { readRange } from './domain/labs/judge.ts'
import { bytes, drive } from './fixtures/driving.ts'

const hl7 = (text: string | Uint8Array) =>
  drive(readHl7(typeof text === 'string' ? bytes(text) : text, '20260615120000'))[0]
const labs = (file: ImportedFile) => file.items as ImportedLab[]

const HEADER = 'MSH|^~\\&|LAB|CITY|SALUS|ME|20260601080000||ORU^R01^ORU_R01|42|P|2.5.1'
const message = (...segments: string[]) => [HEADER, 'PID|1||9||Rao^Asha||19880412|F', ...segments].join('\r')
const ORDER = 'OBR|1||A77|CBC^Blood count^L|||20260601073000+0530|||||||||99^Iyer^Meena'

describe('HL7 v2', () => {
  test('a result is read with code, value, unit, range, flag, time with offset, order and notes', () => {
    const file = hl7(
      message(
        ORDER,
        'OBX|1|NM|718-7^Hemoglobin^LN||13.2|g/dL|12.0-15.5|N|||F',
        'NTE|1||fasting',
        'NTE|2||\\T\\ rested',
      ),
    )
    assert.deepEqual(file.patient, { name: 'Asha Rao', birthDate: '1988-04-12', sex: 'female' })
    const [lab] = labs(file)
    assert.deepEqual(
      [lab?.testName, lab?.testCode, lab?.value, lab?.unit, lab?.rangeText, lab?.flag, lab?.status],
      ['Hemoglobin', '718-7', 13.2, 'g/dL', '12.0-15.5', 'N', 'final'],
    )
    assert.deepEqual(
      [lab?.observedAt, lab?.orderedBy, lab?.externalId, lab?.notes],
      ['2026-06-01T07:30:00+05:30', 'Meena Iyer', 'A77', 'fasting & rested'],
    )
    assert.match(
      file.acknowledgement ?? '',
      /^MSH\|\^~\\&\|SALUS\|SALUS\|LAB\|CITY\|20260615120000\|\|ACK\^R01\^ACK\|ACK42\|P\|2\.5\.1\rMSA\|AA\|42\|/,
    )
  })

  for (const [type, given, value] of [
    ['SN', '>^5', '>5'],
    ['SN', '^10', 10],
    ['SN', '^1^:^128', '1:128'],
    ['SN', '^10^-^20', '10-20'],
    ['ST', 'Negative', 'Negative'],
    ['CWE', '260415000^Not detected^SCT', 'Not detected'],
    ['NM', '5.10', 5.1],
    ['TX', 'first~second', 'first second'],
    ['ST', '\\X4142\\ \\F\\ \\S\\ \\E\\', 'AB | ^ \\'],
  ] as const) {
    test(`a value ${given} of type ${type} is ${JSON.stringify(value)}`, () => {
      assert.equal(labs(hl7(message(ORDER, `OBX|1|${type}|X^Test^L||${given}|u||||F`)))[0]?.value, value)
    })
  }

  test('separators are those that the message names, and segments end at CR, LF or both, framed or not', () => {
    const odd = [
      'MSH#*!%@#LAB#CITY###20260601##ORU*R01#7#P#2.4',
      'OBR#1##B1',
      'OBX#1#NM#K*Potassium*L##4.1#mmol/L#####F',
    ].join('\r\n')
    assert.equal(labs(hl7(`\u000b${odd}\u001c\r`))[0]?.value, 4.1)
    assert.equal(labs(hl7(odd.replaceAll('\r\n', '\n')))[0]?.testName, 'Potassium')
  })

  test('withdrawn and missing values, pictures and other messages are named as skipped', () => {
    const file = hl7(
      message(
        ORDER,
        'OBX|1|NM|A^a^L||1|u|||||D',
        'OBX|2|NM|B^b^L||||||||P',
        'OBX|3|ED|C^c^L||^IM^PNG^Base64^xx||||||F',
        'OBX|4|NM|D^d^L||""||||||F',
      ),
    )
    assert.deepEqual([file.items.length, file.skipped.length], [0, 4])
    const other = hl7(HEADER.replace('ORU^R01^ORU_R01', 'ADT^A01'))
    assert.equal(other.skipped[0]?.where, 'message ADT^A01')
    assert.match(other.acknowledgement ?? '', /MSA\|AR\|42\|Only ORU/)
  })

  test('text is read in the character set that the message names, or that it is in', () => {
    const named = message(ORDER, 'OBX|1|ST|X^Grün^L||größer||||||F').replace('|2.5.1', '|2.5.1||||||8859/1')
    assert.equal(labs(hl7(Uint8Array.from(named, (letter) => letter.charCodeAt(0))))[0]?.value, 'größer')
    assert.equal(labs(hl7(message(ORDER, 'OBX|1|ST|X^Grün^L||größer||||||F')))[0]?.testName, 'Grün')
  })

  test('a text in several segments is one; long ones are reports, short ones words; two values of a test stay two', () => {
    const file = hl7(
      message(
        'OBR|1||A77|MIC^Culture^L|||20260601073000|||||||||99^Iyer^Meena||||||||MB|P',
        'OBX|1|TX|600-7^Blood culture^LN||First line||||||F',
        'OBX|2|TX|600-7^Blood culture^LN||Second line\\.br\\Third line||||||F',
        'NTE|1||seen by two',
        'OBX|3|ST|X^Colour^L||pale||||||F',
        'OBX|4|ST|X^Colour^L||clear||||||F',
        'OBX|5|NM|2345-7^Glucose^LN||5.1|mmol/L|||||F|||202606010730',
        'OBX|6|NM|2345-7^Glucose^LN||7.9|mmol/L|||||F|||202606010930',
      ),
    )
    const [report, colour, ...glucose] = file.items
    assert.deepEqual(report?.kind === 'report' && [report.display, report.content, report.reportType], [
      'Blood culture',
      'First line\nSecond line\nThird line\nseen by two',
      'LABORATORY_REPORT',
    ])
    assert.equal((colour as ImportedLab).value, 'pale clear')
    assert.deepEqual(
      glucose.map((one) => (one as ImportedLab).value),
      [5.1, 7.9],
    )
    assert.equal(new Set(file.items.map(({ key }) => key)).size, 4)
  })

  test('a comment belongs to the result or order that it follows, and to no other', () => {
    const file = hl7(
      message(
        ORDER,
        'OBX|1|NM|A^a^L||1|u|||||F',
        'OBX|2|NM|B^b^L||2|u|||||X',
        'NTE|1||of what was cancelled',
        'OBR|2||A78|LIP^Lipids^L|||20260601',
        'NTE|1||haemolysed',
        'NTE|2||twice',
        'OBX|1|NM|C^c^L||3|u|||||F',
      ),
    )
    assert.deepEqual(
      labs(file).map(({ testName, notes }) => [testName, notes]),
      [
        ['a', null],
        ['c', 'haemolysed twice'],
      ],
    )
    assert.deepEqual(
      file.withdrawn.find(({ kind }) => kind === 'lab'),
      { kind: 'lab', key: 'A77|B||', reference: null },
    )
    assert.equal(file.skipped.at(-1)?.why, 'The comment belongs to nothing that is taken')
  })

  test('a PDF within a result is a paper; one that is cut off, of another kind or that can not be unpacked is said', () => {
    const pdf = Buffer.from(`%PDF-1.4\n${'x'.repeat(5000)}\n%%EOF`)
    const bring = (data: string, encoding = 'Base64') =>
      hl7(message(ORDER, `OBX|1|ED|R^Report^L||LAB^application^pdf^${encoding}^${data}||||||F`))
    for (const file of [bring(pdf.toString('base64')), bring(pdf.toString('hex'), 'Hex')]) {
      const [paper] = file.items
      assert.ok(paper?.kind === 'document' && paper.data !== null)
      assert.deepEqual(
        [paper.display, paper.contentType, paper.documentType, paper.startedOn],
        ['Report', 'application/pdf', 'lab_report', '2026-06-01T07:30:00+05:30'],
      )
      assert.ok(Buffer.from(paper.data, 'base64').equals(pdf))
    }
    const whys = [
      bring(pdf.subarray(0, 3000).toString('base64')),
      bring(Buffer.from('<script>').toString('base64')),
      bring('%%%'),
      bring(pdf.toString('base64'), 'A'),
    ].map(({ items, skipped }) => [items.length, skipped[0]?.why])
    assert.deepEqual(whys, [
      [0, 'The file within is cut off'],
      [0, 'The file within is of a kind that is not kept here'],
      [0, 'The file within can not be unpacked'],
      [0, 'The file within can not be unpacked'],
    ])
  })

  test('ranges of several lines stay words, the flag that warns goes first, times without a zone have that of the message', () => {
    const file = hl7(
      message(
        'OBR|1||A77|CBC^Blood count^L|||2026060107',
        'OBX|1|NM|718-7^Hemoglobin^LN||13.2|g/dL|Male: 13-17~Female: 12-15|N~L|||F',
      ).replace('20260601080000', '20260601080000+0530'),
    )
    assert.deepEqual(
      labs(file).map(({ rangeText, flag, observedAt }) => [rangeText, flag, observedAt]),
      [['Male: 13-17; Female: 12-15', 'L', '2026-06-01T07:00:00+05:30']],
    )
    assert.deepEqual(readRange('Male: 13-17; Female: 12-15'), {})
    assert.deepEqual(readRange('13-17'), { low: 13, high: 17 })
  })

  test('lines within a text, escapes of the message’s own letters, and what is no escape are kept', () => {
    const value = (text: string) => labs(hl7(message(ORDER, `OBX|1|ST|X^Test^L||${text}||||||F`)))[0]?.value
    assert.equal(value('one\ntwo'), 'one two')
    assert.equal(value('gr\\XF6\\sser \\H\\x\\N\\'), 'grösser x')
    assert.equal(value('C:\\lab\\x'), 'C:\\lab\\x')
  })

  test('a correction has the key of what it corrects; two people in one file are refused', () => {
    const key = (status: string, value: string) =>
      labs(hl7(message(ORDER, `OBX|1|NM|718-7^Hb^LN||${value}|g/dL||||||${status}`)))[0]?.key
    assert.equal(key('F', '13'), key('C', '14'))
    assert.throws(() => hl7(`${message(ORDER)}\r${message(ORDER).replace('Rao^Asha', 'Rao^Ravi')}`), ImportFault)
  })

  for (const text of ['', 'hello', 'MSH', 'MSHAAAA', 'PID|1', '\u0000\u0001']) {
    test(`${JSON.stringify(text)} is refused as no HL7`, () => assert.throws(() => hl7(text), ImportFault))
  }

  test('hostile bytes are read or refused, never worse', () => {
    const pieces = fc.constantFrom(
      '|',
      '^',
      '~',
      '\\',
      '&',
      '\r',
      '\n',
      'OBX|',
      'OBR|',
      'MSH|^~\\&|',
      'NM',
      '\\X41',
      '\\F\\',
      '\u000b',
      'é',
      '9'.repeat(50),
    )
    fc.assert(
      fc.property(
        fc.array(fc.oneof(pieces, fc.string({ maxLength: 8 })), { maxLength: 60 }),
        fc.boolean(),
        (parts, hasHeader) => {
          try {
            hl7((hasHeader ? `${message(ORDER)}\r` : '') + parts.join(''))
          } catch (error) {
            assert.ok(error instanceof ImportFault)
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  test('a large file lets others run', () => {
    const many = Array.from({ length: 4000 }, (_, index) => `OBX|${index}|NM|X${index}^Test^L||1|u||||||F`)
    const [file, pauses] = drive(readHl7(bytes(message(ORDER, ...many)), '20260615'))
    assert.ok(file.items.length === 4000 && pauses >= 20)
    assert.throws(() => hl7(message(ORDER, ...many, ...many.slice(0, 2000))), ImportFault)
  })
})
