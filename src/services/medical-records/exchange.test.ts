import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { readCcda } from './domain/ccda/document.ts'
import { readFhir } from './domain/fhirImport/bundle.ts'
import { readHl7 } from './domain/hl7v2/oru.ts'
import { type ImportedFile, type ImportedLab, ImportFault, isEntry } from './domain/imported.ts'
import { readRange } from './domain/labs/judge.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

/** Drives a reader to its end; how often it let others run is the second part. */
function drive(reader: Generator<void, ImportedFile>): [ImportedFile, number] {
  let pauses = 0
  for (;;) {
    const step = reader.next()
    if (step.done === true) return [step.value, pauses]
    pauses += 1
  }
}
const hl7 = (text: string | Uint8Array) =>
  drive(readHl7(typeof text === 'string' ? bytes(text) : text, '20260615120000'))[0]
const ccda = (text: string) => drive(readCcda(bytes(text)))[0]
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

const section = (code: string, entries: string, text = '') =>
  `<component><section><code code="${code}" codeSystem="2.16.840.1.113883.6.1"/><text>${text}</text>${entries}</section></component>`
const clinical = (
  ...sections: string[]
) => `<?xml version="1.0" encoding="UTF-8"?><ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<recordTarget><patientRole><patient><name><given>Asha</given><family>Rao</family></name><administrativeGenderCode code="F"/><birthTime value="19880412"/></patient></patientRole></recordTarget>
<component><structuredBody>${sections.join('')}</structuredBody></component></ClinicalDocument>`
const result = (value: string, more = '') =>
  section(
    '30954-2',
    `<entry><organizer><component><observation><id root="1.2" extension="7"/><code code="718-7" displayName="Hemoglobin" codeSystem="2.16.840.1.113883.6.1"/><statusCode code="completed"/><effectiveTime value="202606010800+0530"/>${value}${more}</observation></component></organizer></entry>`,
  )
const LOINC = 'codeSystem="2.16.840.1.113883.6.96"'

describe('C-CDA', () => {
  test('a result is read with value, unit, range, flag and time', () => {
    const file = ccda(
      clinical(
        result(
          '<value xsi:type="PQ" value="13.2" unit="g/dL"/><interpretationCode code="N"/><referenceRange><observationRange><value xsi:type="IVL_PQ"><low value="12" unit="g/dL"/><high value="15.5" unit="g/dL"/></value></observationRange></referenceRange>',
        ),
      ),
    )
    const [lab] = labs(file)
    assert.deepEqual(
      [lab?.testName, lab?.testCode, lab?.value, lab?.unit, lab?.rangeText, lab?.flag, lab?.observedAt],
      ['Hemoglobin', '718-7', 13.2, 'g/dL', '12 - 15.5', 'N', '2026-06-01T08:00:00+05:30'],
    )
    assert.deepEqual(file.patient, { name: 'Asha Rao', birthDate: '1988-04-12', sex: 'female' })
  })

  for (const [given, value] of [
    ['<value xsi:type="IVL_PQ"><high value="5" unit="mg/L" inclusive="false"/></value>', '<5'],
    ['<value xsi:type="IVL_PQ"><low value="600" unit="mg/L"/></value>', '>600'],
    ['<value xsi:type="ST">yellow &amp; clear</value>', 'yellow & clear'],
    [`<value xsi:type="CD" code="260385009" displayName="Negative" ${LOINC}/>`, 'Negative'],
    ['<value xsi:type="PQ" nullFlavor="NI"/>', undefined],
    ['', undefined],
  ] as const) {
    test(`the value of ${given || 'nothing'} is ${value}`, () =>
      assert.equal(labs(ccda(clinical(result(given))))[0]?.value, value))
  }

  test('problems, allergies, medicines, immunisations and procedures are read, what is denied is not', () => {
    const concern = (inside: string, more = '') =>
      `<entry><act><statusCode code="active"/><entryRelationship><observation ${more}>${inside}</observation></entryRelationship></act></entry>`
    const file = ccda(
      clinical(
        section(
          '11450-4',
          concern(
            `<id root="1"/><effectiveTime><low value="201505"/></effectiveTime><value code="44054006" displayName="Type 2 diabetes" ${LOINC}/>`,
          ) + concern('<value code="55607006"/>', 'negationInd="true"'),
        ),
        section(
          '48765-2',
          concern(
            '<participant><participantRole><playingEntity><code nullFlavor="UNK"><originalText><reference value="#a1"/></originalText></code></playingEntity></participantRole></participant>',
          ),
          '<content ID="a1">Penicillin</content>',
        ),
        section(
          '10160-0',
          '<entry><substanceAdministration><statusCode code="active"/><effectiveTime><low value="20240101"/></effectiveTime><doseQuantity value="1" unit="{tablet}"/><consumable><manufacturedProduct><manufacturedMaterial><code code="860975" displayName="Metformin 500 mg" codeSystem="2.16.840.1.113883.6.88"/></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration></entry>',
        ),
        section(
          '11369-6',
          '<entry><substanceAdministration negationInd="false"><effectiveTime value="20250110"/><consumable><manufacturedProduct><manufacturedMaterial><code code="140" displayName="Influenza" codeSystem="2.16.840.1.113883.12.292"/><lotNumberText>L7</lotNumberText></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration></entry>',
        ),
        section(
          '47519-4',
          `<entry><procedure><code code="80146002" displayName="Appendectomy" ${LOINC}/><effectiveTime value="1999"/></procedure></entry>`,
        ),
      ),
    )
    assert.deepEqual(
      file.items.map((item) => (isEntry(item) ? [item.kind, item.display, item.status, item.startedOn] : [])),
      [
        ['condition', 'Type 2 diabetes', 'active', '2015-05'],
        ['allergy', 'Penicillin', 'active', null],
        ['medication', 'Metformin 500 mg', 'active', '2024-01-01'],
        ['immunization', 'Influenza', 'completed', '2025-01-10'],
        ['procedure', 'Appendectomy', 'completed', '1999'],
      ],
    )
    assert.equal(file.skipped[0]?.why, 'It says that there is none')
  })

  test('illnesses in the family are read with whom, how old and whether it ended their life; vital signs with number, unit and time', () => {
    const relative = (code: string, inside: string, more = '') =>
      `<entry><organizer><subject><relatedSubject classCode="PRS"><code ${code}/>${more}</relatedSubject></subject><component><observation><id root="1" extension="f"/>${inside}</observation></component></organizer></entry>`
    const age =
      '<entryRelationship typeCode="SUBJ" inversionInd="true"><observation><code code="445518008"/><value xsi:type="PQ" value="57" unit="a"/></observation></entryRelationship>'
    const dead =
      '<entryRelationship typeCode="CAUS"><observation><value xsi:type="CD" code="419099009"/></observation></entryRelationship>'
    const sign = (code: string, name: string, value: string, more = '') =>
      `<component><observation><code code="${code}" displayName="${name}" codeSystem="2.16.840.1.113883.6.1"/><statusCode code="completed"/><effectiveTime value="20260601080000+0530"/>${value}${more}</observation></component>`
    const file = ccda(
      clinical(
        section(
          '10157-6',
          relative(
            'code="NFTH" codeSystem="2.16.840.1.113883.5.111"',
            `<value code="22298006" displayName="Myocardial infarction" ${LOINC}/>${age}${dead}`,
          ) +
            relative(
              'code="1" displayName="Niece"',
              `<value code="44054006" displayName="Type 2 diabetes" ${LOINC}/>`,
            ).replace('"f"', '"g"'),
        ),
        section(
          '8716-3',
          `<entry><organizer>${[
            sign('8480-6', 'Systolic', '<value xsi:type="PQ" value="121" unit="mm[Hg]"/>'),
            sign('8462-4', 'Diastolic', '<value xsi:type="PQ" value="79" unit="mm[Hg]"/>'),
            sign('8867-4', 'Heart rate', '<value xsi:type="PQ" value="72" unit="/min"/>'),
            sign('8310-5', 'Body temperature', '<value xsi:type="PQ" nullFlavor="UNK"/>'),
          ].join('')}</organizer></entry>`,
        ),
      ),
    )
    assert.deepEqual(
      file.items.map((item) =>
        isEntry(item)
          ? [item.display, item.detail, item.notes]
          : item.kind === 'vital' && [item.display, item.text, item.startedOn],
      ),
      [
        ['Myocardial infarction', { relationship: 'father', is_deceased: true, onset_age_years: 57 }, null],
        ['Type 2 diabetes', { relationship: 'other' }, 'Niece'],
        ['Blood pressure', '121/79 mm[Hg]', '2026-06-01T08:00:00+05:30'],
        ['Heart rate', '72 /min', '2026-06-01T08:00:00+05:30'],
      ],
    )
    assert.deepEqual(file.skipped, [{ where: 'Body temperature', why: 'It has no number' }])
  })

  test('what a document nullifies or cancels is no entry, and is named as withdrawn', () => {
    const procedure = (status: string) =>
      `<entry><procedure><id root="9"/><code code="80146002" displayName="Appendectomy" ${LOINC}/><statusCode code="${status}"/></procedure></entry>`
    for (const status of ['nullified', 'cancelled']) {
      const file = ccda(clinical(section('47519-4', procedure(status))))
      assert.deepEqual(
        [file.items.length, file.withdrawn],
        [0, [{ kind: 'procedure', key: '9|80146002|', reference: null }]],
      )
    }
    const [aborted] = ccda(clinical(section('47519-4', procedure('aborted')))).items
    assert.equal(aborted !== undefined && isEntry(aborted) && aborted.status, 'stopped')
  })

  for (const [why, text] of [
    [
      'a document type with entities',
      '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><ClinicalDocument>&b;</ClinicalDocument>',
    ],
    ['an external entity', '<!DOCTYPE x SYSTEM "file:///etc/passwd"><ClinicalDocument/>'],
    ['an entity of its own', '<ClinicalDocument>&bomb;</ClinicalDocument>'],
    ['another root', '<html></html>'],
    ['tags that do not match', '<ClinicalDocument><a></b></ClinicalDocument>'],
    ['a cut off end', '<ClinicalDocument><a>'],
    ['nesting without end', '<a>'.repeat(500)],
    ['nothing', ''],
    ['an unknown encoding', '<?xml version="1.0" encoding="x-moon"?><ClinicalDocument/>'],
  ] as const) {
    test(`a file with ${why} is refused`, () => assert.throws(() => ccda(text), ImportFault))
  }

  test('hostile XML is read or refused, never worse', () => {
    const pieces = fc.constantFrom(
      '<',
      '>',
      '/',
      '"',
      "'",
      '&',
      ';',
      '&#65;',
      '&#x0;',
      '<a',
      '</a>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<entry>',
      '<observation>',
      ' x="1"',
      '<?',
      '?>',
    )
    fc.assert(
      fc.property(
        fc.array(fc.oneof(pieces, fc.string({ maxLength: 6 })), { maxLength: 50 }),
        fc.boolean(),
        (parts, isInside) => {
          try {
            ccda(isInside ? clinical(section('30954-2', parts.join(''))) : parts.join(''))
          } catch (error) {
            assert.ok(error instanceof ImportFault)
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})

const fhir = (value: unknown) => drive(readFhir(bytes(typeof value === 'string' ? value : JSON.stringify(value))))[0]
const bundle = (...resources: object[]) => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({ resource })),
})

describe('FHIR bundles', () => {
  test('laboratory results and clinical entries are read, what is denied or of another kind is named', () => {
    const code = (text: string) => ({ text })
    const file = fhir(
      bundle(
        {
          resourceType: 'Patient',
          name: [{ given: ['Asha'], family: 'Rao' }],
          birthDate: '1988-04-12',
          gender: 'female',
        },
        {
          resourceType: 'Observation',
          id: 'o1',
          status: 'final',
          category: [{ coding: [{ code: 'laboratory' }] }],
          code: { coding: [{ system: 'http://loinc.org', code: '718-7', display: 'Hemoglobin' }] },
          effectiveDateTime: '2026-06-01T08:00:00Z',
          valueQuantity: {
            value: 13.2,
            unit: 'g/dL',
            system: 'http://unitsofmeasure.org',
            code: 'g/dL',
            comparator: '<',
          },
          referenceRange: [{ low: { value: 12 } }],
        },
        {
          resourceType: 'Observation',
          category: [{ coding: [{ code: 'vital-signs' }] }],
          code: code('Pulse'),
          valueInteger: 60,
        },
        {
          resourceType: 'Condition',
          code: code('Asthma'),
          onsetDateTime: '2001-04',
          clinicalStatus: { coding: [{ code: 'active' }] },
        },
        { resourceType: 'Condition', code: code('Gout'), verificationStatus: { coding: [{ code: 'refuted' }] } },
        {
          resourceType: 'MedicationRequest',
          status: 'active',
          medicationCodeableConcept: code('Metformin'),
          authoredOn: '2024-01-05',
        },
        { resourceType: 'Appointment' },
      ),
    )
    const [lab] = labs(file)
    assert.deepEqual(
      [lab?.testName, lab?.value, lab?.unit, lab?.rangeText, lab?.observedAt],
      ['Hemoglobin', '<13.2', 'g/dL', '>= 12', '2026-06-01T08:00:00Z'],
    )
    assert.deepEqual(
      file.items.map((item) => (item.kind === 'lab' ? 'lab' : [item.kind, item.display, item.startedOn])),
      ['lab', ['condition', 'Asthma', '2001-04'], ['medication', 'Metformin', '2024-01-05']],
    )
    assert.deepEqual(
      file.skipped.map((one) => one.where),
      ['Pulse', 'Condition', 'Appointment'],
    )
    assert.equal(file.patient.birthDate, '1988-04-12')
  })

  for (const text of [
    '{',
    '{}',
    '[]',
    '[1]',
    '"x"',
    '{"resourceType":"Bundle"}',
    `{"resourceType":"X","a":"${'x'.repeat(3_000_000)}"}`,
  ]) {
    test(`${text.slice(0, 30)} is refused`, () => assert.throws(() => fhir(text), ImportFault))
  }

  test('hostile JSON is read or refused, never worse', () => {
    const types = fc.constantFrom(
      'Observation',
      'Condition',
      'Patient',
      'AllergyIntolerance',
      'Immunization',
      'Procedure',
      'MedicationStatement',
    )
    fc.assert(
      fc.property(
        types,
        fc.dictionary(
          fc.constantFrom(
            'code',
            'status',
            'category',
            'valueQuantity',
            'name',
            'note',
            'reaction',
            'dosage',
            'effectiveDateTime',
          ),
          fc.jsonValue(),
        ),
        (resourceType, members) => {
          try {
            fhir(bundle({ ...members, resourceType }))
          } catch (error) {
            assert.ok(error instanceof ImportFault)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})
