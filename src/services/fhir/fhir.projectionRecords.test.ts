import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../../testing.ts'

const HEADERS = { 'content-type': 'application/fhir+json' }
const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem'
const SNOMED = 'http://snomed.info/sct'
const CLINICAL = '/api/v1/medical-records/clinical'

type Resource = { readonly resourceType: string; readonly [name: string]: unknown }

const idsOf = (answer: TestAnswer): string[] => {
  assert.equal(answer.status, 200, answer.text)
  return (answer.body.entry ?? []).map((one: { resource: { id: string } }) => one.resource.id)
}
const coded = (system: string, code: string) => ({ coding: [{ system, code }] })

describe('fhir: what is written of the medical record', () => {
  let platform: TestPlatform
  let ana: TestPerson

  const fhir = (method: string, path: string, resource?: unknown) =>
    ana.request(method, `/fhir/${path}`, {
      headers: HEADERS,
      ...(resource === undefined ? {} : { raw: JSON.stringify(resource) }),
    })
  const subject = () => ({ reference: `Patient/${ana.accountId}` })

  const condition = (more: object = {}): Resource => ({
    resourceType: 'Condition',
    clinicalStatus: coded(`${TERMINOLOGY}/condition-clinical`, 'active'),
    code: { coding: [{ system: SNOMED, code: '195967001', display: 'Asthma' }], text: 'Asthma' },
    subject: subject(),
    onsetDateTime: '2015-03',
    ...more,
  })

  before(async () => {
    platform = await openTestPlatform()
    ana = await platform.person('ana')
  })
  after(() => platform.close())

  /** Each kind: the resource, where its owner lists it, what it says there, a change through FHIR and what it becomes. */
  const kinds: readonly {
    readonly name: string
    readonly make: () => Resource
    readonly list: string
    readonly says: object
    readonly change: object
    readonly becomes: object
    readonly owners: object
    readonly path: (resource: Record<string, never>) => unknown
    readonly shows: unknown
  }[] = [
    {
      name: 'a condition',
      make: () => condition(),
      list: `${CLINICAL}/conditions`,
      says: { display: 'Asthma', code: '195967001', status: 'active', started_on: '2015-03', source: 'fhir' },
      change: { onsetDateTime: '2014', bodySite: [{ text: 'Lungs' }] },
      becomes: { started_on: '2014', detail: { body_site: 'Lungs' } },
      owners: { notes: 'Worse in spring' },
      path: (one) => (one.note as { text: string }[] | undefined)?.[0]?.text,
      shows: 'Worse in spring',
    },
    {
      name: 'an allergy',
      make: () => ({
        resourceType: 'AllergyIntolerance',
        clinicalStatus: coded(`${TERMINOLOGY}/allergyintolerance-clinical`, 'active'),
        verificationStatus: coded(`${TERMINOLOGY}/allergyintolerance-verification`, 'confirmed'),
        category: ['medication'],
        criticality: 'unable-to-assess',
        code: { text: 'Penicillin' },
        patient: subject(),
        reaction: [{ manifestation: [{ text: 'Hives' }], severity: 'moderate' }],
      }),
      list: `${CLINICAL}/allergies`,
      says: {
        display: 'Penicillin',
        detail: {
          category: 'medication',
          criticality: 'unable_to_assess',
          reaction: 'Hives',
          severity: 'moderate',
          verification: 'confirmed',
        },
      },
      change: { criticality: 'high' },
      becomes: {},
      owners: { status: 'inactive' },
      path: (one) => (one.clinicalStatus as unknown as { coding: { code: string }[] }).coding[0]?.code,
      shows: 'inactive',
    },
    {
      name: 'an immunisation',
      make: () => ({
        resourceType: 'Immunization',
        status: 'completed',
        vaccineCode: { text: 'Tetanus' },
        patient: subject(),
        occurrenceDateTime: '2024-05-06',
        primarySource: false,
        lotNumber: 'L-1',
        protocolApplied: [{ doseNumberPositiveInt: 2 }],
      }),
      list: `${CLINICAL}/immunizations`,
      says: { display: 'Tetanus', started_on: '2024-05-06', detail: { lot_number: 'L-1', dose_number: 2 } },
      change: { lotNumber: 'L-2' },
      becomes: { detail: { lot_number: 'L-2', dose_number: 2 } },
      owners: { manufacturer: 'Acme' },
      path: (one) => (one.manufacturer as { display?: string } | undefined)?.display,
      shows: 'Acme',
    },
    {
      name: 'a procedure',
      make: () => ({
        resourceType: 'Procedure',
        status: 'completed',
        code: { text: 'Appendectomy' },
        subject: subject(),
        performedDateTime: '2009-08-07',
        reasonCode: [{ text: 'Appendicitis' }],
      }),
      list: `${CLINICAL}/procedures`,
      says: { display: 'Appendectomy', started_on: '2009-08-07', detail: { reason: 'Appendicitis' } },
      change: { outcome: { text: 'Healed' } },
      becomes: { detail: { reason: 'Appendicitis', outcome: 'Healed' } },
      owners: { started_on: '2009' },
      path: (one) => one.performedDateTime,
      shows: '2009',
    },
    {
      name: 'an illness in the family',
      make: () => ({
        resourceType: 'FamilyMemberHistory',
        status: 'completed',
        patient: subject(),
        relationship: coded(`${TERMINOLOGY}/v3-RoleCode`, 'MTH'),
        condition: [
          {
            code: { text: 'Breast cancer' },
            onsetAge: { value: 51, unit: 'years', system: 'http://unitsofmeasure.org', code: 'a' },
          },
        ],
      }),
      list: `${CLINICAL}/family-history`,
      says: { display: 'Breast cancer', detail: { relationship: 'mother', onset_age_years: 51 } },
      change: { deceasedBoolean: true },
      becomes: { detail: { relationship: 'mother', onset_age_years: 51, is_deceased: true } },
      owners: { relationship: 'aunt' },
      path: (one) => (one.relationship as unknown as { coding: { code: string }[] }).coding[0]?.code,
      shows: 'AUNT',
    },
    {
      name: 'a medicine',
      make: () => ({
        resourceType: 'MedicationStatement',
        status: 'active',
        medicationCodeableConcept: { text: 'Metformin' },
        subject: subject(),
        effectivePeriod: { start: '2020-01-02' },
        dosage: [{ text: '500 mg twice a day', route: { text: 'oral' } }],
      }),
      list: `${CLINICAL}/medications`,
      says: {
        display: 'Metformin',
        status: 'active',
        started_on: '2020-01-02',
        detail: { dosage: '500 mg twice a day', route: 'oral' },
      },
      change: { status: 'stopped', effectivePeriod: { start: '2020-01-02', end: '2025-01-01' } },
      becomes: { status: 'stopped', ended_on: '2025-01-01' },
      owners: { dosage: '850 mg' },
      path: (one) => (one.dosage as unknown as { text: string }[])[0]?.text,
      shows: '850 mg',
    },
    {
      name: 'a laboratory result',
      make: () => ({
        resourceType: 'Observation',
        status: 'final',
        category: [coded(`${TERMINOLOGY}/observation-category`, 'laboratory')],
        code: { coding: [{ system: 'http://loinc.org', code: '2951-2' }], text: 'Sodium' },
        subject: subject(),
        effectiveDateTime: '2026-01-02T08:00:00.000Z',
        valueQuantity: { value: 141, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
      }),
      list: '/api/v1/lab-results',
      says: { test_name: 'Sodium', loinc: '2951-2', value: 141, unit: 'mmol/L', source: 'fhir', status: 'final' },
      change: {
        valueQuantity: { value: 139, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
        status: 'corrected',
      },
      becomes: { value: 139, status: 'corrected' },
      owners: { notes: 'Fasting' },
      path: (one) => (one.note as { text: string }[] | undefined)?.[0]?.text,
      shows: 'Fasting',
    },
  ]

  for (const kind of kinds) {
    test(`${kind.name} written through FHIR is its owner's, once, and is changed and removed on both sides`, async () => {
      const resource = kind.make()
      const { resourceType: type } = resource
      const made = await fhir('POST', type, resource)
      assert.equal(made.status, 201, made.text)
      const { id } = made.body
      const listed = await ana.get(kind.list)
      assert.equal(listed.status, 200, listed.text)
      const own = listed.body.items.find((one: { id: string }) => one.id === id)
      for (const [name, value] of Object.entries(kind.says))
        assert.deepEqual(own?.[name], value, `${name} ${listed.text}`)
      assert.deepEqual(idsOf(await fhir('GET', type)), [id])
      const [row] = await platform.rows('select content, owner from fhir.resource where id = $1', [id])
      const owner = `medical-records.${type === 'Observation' ? 'labs' : 'records'}`
      assert.deepEqual([row?.content, row?.owner], ['', owner], 'nothing is copied')

      const put = await fhir('PUT', `${type}/${id}`, { ...made.body, ...kind.change })
      assert.equal(put.status, 200, put.text)
      const now = await ana.get(`${kind.list}/${id}`)
      for (const [name, value] of Object.entries(kind.becomes)) assert.deepEqual(now.body[name], value, now.text)
      const changed = await ana.put(`${kind.list}/${id}`, kind.owners)
      assert.equal(changed.status, 200, changed.text)
      await platform.settle()
      const read = await fhir('GET', `${type}/${id}`)
      assert.equal(read.status, 200, read.text)
      assert.deepEqual(kind.path(read.body), kind.shows, read.text)
      const removed = await fhir('DELETE', `${type}/${id}`)
      assert.ok([200, 204].includes(removed.status), removed.text)
      assert.equal((await ana.get(`${kind.list}/${id}`)).status, 404)
      assert.deepEqual(idsOf(await fhir('GET', type)), [])
    })
  }

  test('what a row cannot keep is stored whole and linked: it shows once, and follows its owner', async () => {
    const made = await fhir(
      'POST',
      'Condition',
      condition({ recorder: { display: 'Dr. Ray' }, onsetDateTime: '2015-03-04' }),
    )
    assert.equal(made.status, 201, made.text)
    const { id } = made.body
    assert.equal(made.body.recorder.display, 'Dr. Ray')
    const own = (await ana.get(`${CLINICAL}/conditions`)).body.items[0]
    assert.equal(own.display, 'Asthma')
    assert.deepEqual(idsOf(await fhir('GET', 'Condition')), [id])
    assert.equal(
      (await ana.put(`${CLINICAL}/conditions/${own.id}`, { status: 'resolved', ended_on: '2020' })).status,
      200,
    )
    await platform.settle()
    const read = await fhir('GET', `Condition/${id}`)
    assert.deepEqual(
      [read.body.recorder.display, read.body.clinicalStatus.coding[0].code, read.body.abatementDateTime],
      ['Dr. Ray', 'resolved', '2020'],
    )
    const patch = [{ op: 'replace', path: '/onsetDateTime', value: '2016' }]
    const patched = await ana.request('PATCH', `/fhir/Condition/${id}`, {
      headers: { 'content-type': 'application/json-patch+json' },
      raw: JSON.stringify(patch),
    })
    assert.equal(patched.status, 200, patched.text)
    assert.equal((await ana.get(`${CLINICAL}/conditions/${own.id}`)).body.started_on, '2016')
    assert.ok([200, 204].includes((await fhir('DELETE', `Condition/${id}`)).status))
    assert.equal((await ana.get(`${CLINICAL}/conditions/${own.id}`)).status, 404)
  })

  test('what the owner refuses is refused with 422 and the place, and nothing of a transaction is written', async () => {
    const sodium = (value: number) => ({
      ...(kinds.at(-1)?.make() as Resource),
      valueQuantity: { value, unit: 'mmol/L' },
    })
    for (const [resource, place] of [
      [condition({ onsetDateTime: '2999-01-01' }), 'Condition.onsetDateTime'],
      [
        condition({
          onsetDateTime: '2020',
          abatementDateTime: '2019',
          clinicalStatus: coded(`${TERMINOLOGY}/condition-clinical`, 'resolved'),
        }),
        'Condition.abatementDateTime',
      ],
      [{ ...kinds[2]?.make(), occurrenceDateTime: '2999-01-01' } as Resource, 'Immunization.occurrenceDateTime'],
      [sodium(99_999), 'Observation.valueQuantity.value'],
    ] as const) {
      const refused = await fhir('POST', resource.resourceType, resource)
      assert.equal(refused.status, 422, `${place} ${refused.text}`)
      assert.ok(refused.text.includes(place), refused.text)
      const entry = [condition(), resource].map((one) => ({
        resource: one,
        request: { method: 'POST', url: one.resourceType },
      }))
      const all = await fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
      assert.equal(all.status, 422, all.text)
    }
    assert.deepEqual((await ana.get(`${CLINICAL}/conditions`)).body.items, [])
    assert.deepEqual(idsOf(await fhir('GET', 'Condition')), [])
  })

  test('a transaction reaches the owners of all its entries, and of somebody else nothing', async () => {
    const stranger = { reference: 'Patient/0198f000-0000-7000-8000-00000000dead' }
    const entry = [...kinds.map((one) => one.make()), condition({ subject: stranger })].map((resource) => ({
      resource,
      request: { method: 'POST', url: resource.resourceType },
    }))
    const answer = await fhir('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
    assert.equal(answer.status, 200, answer.text)
    for (const kind of kinds) assert.equal((await ana.get(kind.list)).body.items.length, 1, kind.name)
    assert.equal(idsOf(await fhir('GET', 'Condition')).length, 2)
  })

  test('what no entry says stays stored alone; an entry that is withdrawn leaves its owner', async () => {
    const made = await fhir('POST', 'Condition', condition({ code: { text: 'Eczema' } }))
    const { id } = made.body
    const withdrawn = {
      ...made.body,
      verificationStatus: coded(`${TERMINOLOGY}/condition-ver-status`, 'entered-in-error'),
      clinicalStatus: undefined,
    }
    const put = await fhir('PUT', `Condition/${id}`, withdrawn)
    assert.equal(put.status, 200, put.text)
    assert.equal((await ana.get(`${CLINICAL}/conditions/${id}`)).status, 404)
    await platform.settle()
    assert.equal((await fhir('GET', `Condition/${id}`)).body.verificationStatus.coding[0].code, 'entered-in-error')
    const { clinicalStatus: _status, ...untold } = condition({ code: { text: 'Fever' } })
    assert.equal((await fhir('POST', 'Condition', untold)).status, 201)
    const names = (await ana.get(`${CLINICAL}/conditions`)).body.items.map((one: { display: string }) => one.display)
    assert.ok(!names.includes('Fever') && !names.includes('Eczema'), names.join())
  })
})
