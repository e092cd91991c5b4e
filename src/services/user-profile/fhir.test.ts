import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bloodGroupOf, patientOf, patientVersion, placeOf, profileChangeOf, type Resource } from './domain/fhir.ts'
import type { SectionName, Sections } from './domain/sections.ts'
import type { Data } from './domain/tidy.ts'

const ID = '0198f000-0000-7000-8000-000000000002'

const sectionsOf = (data: Partial<Record<SectionName, Data>>): Sections =>
  Object.fromEntries(
    Object.entries(data).map(([section, members]) => [
      section,
      { section, version: 2, data: members, created_at: new Date(0), updated_at: new Date(86_400_000) },
    ]),
  )

const FULL = sectionsOf({
  account: { email: 'ana@example.test' },
  profile: {
    first_name: 'Ana',
    middle_name: 'Maria',
    last_name: 'Silva',
    preferred_name: 'Ani',
    date_of_birth: '1980-02-03',
    gender: 'prefer_not_to_say',
    marital_status: 'separated',
    phone_number: '+351 900 000 000',
    address_line_1: 'Rua 1',
    city: 'Porto',
    country: 'PT',
    emergency_contact_name: 'Rui',
    emergency_contact_phone: '+351 911 111 111',
    insurance_policy_number: 'P-1',
    insurance_provider: 'Seguro',
    blood_type: 'A+',
  },
  preferences: { language: 'pt-PT' },
})

describe('the profile as FHIR', () => {
  test('a Patient that is read and sent back changes nothing', () => {
    assert.deepEqual(profileChangeOf(patientOf(ID, FULL), ID, FULL), {})
    assert.deepEqual(profileChangeOf(patientOf(ID, {}), ID, {}), {})
  })

  test('each member that says something else changes its own fields', () => {
    const patient = patientOf(ID, FULL)
    const { maritalStatus: _status, ...unmarried } = patient
    const changes: [Resource, Data][] = [
      [{ ...patient, gender: 'female' }, { gender: 'female' }],
      [{ ...patient, birthDate: '1980-02-04' }, { date_of_birth: '1980-02-04' }],
      [unmarried as Resource, { marital_status: null }],
      [
        { ...patient, name: [{ family: 'Costa', given: ['Ana', 'Maria'] }] },
        { last_name: 'Costa', preferred_name: null },
      ],
      [{ ...patient, communication: [{ language: { coding: [{ code: 'en' }] } }] }, { language: 'en' }],
    ]
    for (const [changed, expected] of changes) assert.deepEqual(profileChangeOf(changed, ID, FULL), expected)
  })

  test('what nobody said is left out; the version grows with each of its sections', () => {
    assert.deepEqual(Object.keys(patientOf(ID, {})), ['resourceType', 'id', 'identifier'])
    assert.equal(bloodGroupOf(ID, {}), undefined)
    assert.equal(patientVersion({}).version, 1)
    assert.equal(patientVersion(FULL).version, 7)
  })

  test('whoever only said how they are called is called so, and what is sent back changes nothing', () => {
    const called = sectionsOf({ account: { display_name: 'Cleo' } })
    const patient = patientOf(ID, called)
    assert.deepEqual(patient.name, [{ text: 'Cleo' }])
    assert.deepEqual(profileChangeOf({ ...patient, gender: 'female' }, ID, called), { gender: 'female' })
    const named: Resource = { ...patient, name: [{ text: 'Cleo' }, { family: 'Costa', given: ['Cleo'] }] }
    assert.deepEqual(profileChangeOf(named, ID, called), { first_name: 'Cleo', last_name: 'Costa' })
    const [official] = patientOf(ID, sectionsOf({ account: { display_name: 'C. C.', first_name: 'Cleo' } }))
      .name as Resource[]
    assert.deepEqual(official, { use: 'official', given: ['Cleo'] })
  })

  test('a refused field has its place in the Patient', () => {
    assert.equal(placeOf('city'), 'Patient.address')
    assert.equal(placeOf('date_of_birth'), 'Patient.birthDate')
    assert.equal(placeOf('height_cm'), 'Patient')
  })
})
