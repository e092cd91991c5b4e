import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { allMetrics } from '../../shared/metrics.ts'
import { bloodPressureOf, type ObservedRow, observationOf, readObservation } from './domain/fhir.ts'

const row = (more: Partial<ObservedRow>): ObservedRow => ({
  id: '0198f000-0000-7000-8000-000000000001',
  user_id: '0198f000-0000-7000-8000-000000000002',
  metric_type: 'heart_rate',
  value: 61,
  unit: 'bpm',
  loinc: '8867-4',
  at: new Date('2026-01-01T08:00:00Z'),
  source: 'manual',
  device_id: null,
  notes: null,
  metadata: null,
  details: null,
  created_at: new Date('2026-01-01T08:01:00Z'),
  ...more,
})

describe('measurements as FHIR', () => {
  test('each metric in each of its units is an Observation that reads back as the same number', () => {
    for (const { type, units, loinc } of allMetrics()) {
      if (type === 'custom') continue
      for (const { text, ucum } of units) {
        const observation = observationOf(row({ metric_type: type, unit: text, loinc: loinc ?? null }))
        const { system, code } = observation.valueQuantity as { system: string; code: string }
        assert.deepEqual([system, code], ['http://unitsofmeasure.org', ucum], `${type} ${text}`)
        const read = readObservation(observation)
        assert.deepEqual(read?.numbers, [{ metricType: type, value: 61, unit: text }], `${type} ${text}`)
      }
    }
  })

  test('a blood pressure is one panel of two components, and reads back as both', () => {
    const systolic = row({ metric_type: 'blood_pressure_systolic', value: 121, unit: 'mmHg', loinc: '8480-6' })
    const diastolic = row({ metric_type: 'blood_pressure_diastolic', value: 79, unit: 'mmHg', loinc: '8462-4' })
    const panel = bloodPressureOf(systolic, diastolic)
    assert.equal(panel.valueQuantity, undefined)
    const read = readObservation(panel)
    assert.equal(read?.isBloodPressure, true)
    assert.deepEqual(
      read.numbers.map((one) => one.value),
      [121, 79],
    )
  })

  test('what no measurement can hold is not read as one', () => {
    const whole = observationOf(row({}))
    const { effectiveDateTime: _time, ...timeless } = whole
    const others: Record<string, object> = {
      preliminary: { ...whole, status: 'preliminary' },
      'entered in error': { ...whole, status: 'entered-in-error' },
      'a day without a time': { ...whole, effectiveDateTime: '2026-01-01' },
      'no time': timeless,
      'another code': { ...whole, code: { coding: [{ system: 'http://loinc.org', code: '0000-0' }] } },
      'no number': { ...whole, valueQuantity: undefined, valueString: 'fast' },
      'less than': { ...whole, valueQuantity: { value: 61, unit: 'bpm', comparator: '<' } },
      'half a blood pressure': { ...whole, code: { coding: [{ system: 'http://loinc.org', code: '85354-9' }] } },
    }
    for (const [name, resource] of Object.entries(others)) {
      assert.equal(readObservation(resource as never), undefined, name)
    }
  })

  test('a code of UCUM goes before words that mean another unit', () => {
    const weight = observationOf(row({ metric_type: 'weight', unit: 'kg', loinc: '29463-7' }))
    const quantity = { value: 154, unit: 'kg', system: 'http://unitsofmeasure.org', code: '[lb_av]' }
    assert.equal(readObservation({ ...weight, valueQuantity: quantity })?.numbers[0]?.unit, '[lb_av]')
  })
})
