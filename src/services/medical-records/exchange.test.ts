import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { readCcda } from './domain/ccda/document.ts'
import { type KnownItem, planChanges } from './domain/changes.ts'
import { readFhir } from './domain/fhirImport/bundle.ts'
import { type ImportedFile, type ImportedLab, ImportFault, isEntry } from './domain/imported.ts'
import { bytes, drive } from './fixtures/driving.ts'

const ccda = (text: string) => drive(readCcda(bytes(text)))[0]
const labs = (file: ImportedFile) => file.items as ImportedLab[]

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

  test('words that every object of a program has are words like others', () => {
    for (const word of ['constructor', '__proto__', 'toString']) {
      const file = fhir(bundle({ resourceType: word, kind: 'document', key: 'x', status: word, display: 'x' }))
      assert.deepEqual([file.items, file.skipped.length], [[], 1])
      const [procedure] = ccda(
        clinical(
          section(
            '47519-4',
            `<entry><procedure><code code="1" displayName="X" codeSystem="${word}"/><statusCode code="${word}"/></procedure></entry>`,
          ),
          section(word, '<entry/>'),
        ),
      ).items
      assert.ok(procedure !== undefined && isEntry(procedure))
      assert.deepEqual([procedure.status, procedure.codeSystem], ['completed', null])
    }
  })
})

describe('changes of what was taken', () => {
  const item = (value: number, status: ImportedLab['status']) =>
    ({
      ...labs(ccda(clinical(result('<value xsi:type="PQ" value="1" unit="g/dL"/>'))))[0],
      value,
      status,
    }) as ImportedLab
  const row = (
    id: string,
    state: KnownItem['state'],
    content: ImportedLab,
    replaces: string | null = null,
  ): KnownItem => {
    const change = replaces === null ? null : ('amended' as const)
    const key = replaces === null ? 'k' : `k|after|${id}`
    return {
      id,
      kind: 'lab',
      key,
      base_key: 'k',
      state,
      content,
      origin: null,
      part: 'lab',
      digest: null,
      replaces,
      change,
    }
  }
  const plan = (known: readonly KnownItem[], content: ImportedLab) => {
    const arrived = { id: 'n', kind: 'lab', key: 'k', part: 'lab', origin: null, digest: null, content, doubts: [] }
    const { inserted, updated, removed } = planChanges(known, [arrived], [], () => 'other')
    return [inserted.map((one) => one.was?.kind === 'lab' && one.was.value), updated.length, removed]
  }
  const [first, second] = [item(1, 'final'), item(2, 'corrected')]

  for (const [why, known, content, expected] of [
    ['what was taken and is the same', [row('a', 'accepted', first)], first, [[], 0, []]],
    ['what was taken and is otherwise', [row('a', 'accepted', first)], second, [[1], 0, []]],
    ['a change that waits', [row('a', 'accepted', first), row('b', 'unconfirmed', second, 'a')], second, [[], 0, []]],
    [
      'a change that was taken back',
      [row('a', 'accepted', first), row('b', 'unconfirmed', item(3, 'final'), 'a')],
      first,
      [[], 0, ['b']],
    ],
    [
      'a change that was kept out',
      [row('a', 'accepted', first), row('b', 'rejected', second, 'a')],
      second,
      [[], 0, []],
    ],
    [
      'another after it',
      [row('a', 'accepted', first), row('b', 'rejected', second, 'a')],
      item(3, 'corrected'),
      [[1], 0, []],
    ],
    [
      'a change of a taken change',
      [row('a', 'accepted', first), row('b', 'accepted', second, 'a')],
      item(3, 'corrected'),
      [[2], 0, []],
    ],
    ['a file that is older than what was taken', [row('a', 'accepted', second)], first, [[], 0, []]],
    ['what was rejected', [row('a', 'rejected', first)], item(1, 'amended'), [[], 0, []]],
    ['a correction of what was rejected', [row('a', 'rejected', first)], second, [[false], 0, []]],
  ] as const) {
    test(`of ${why} the right thing waits`, () => assert.deepEqual(plan(known, content), expected))
  }
})
