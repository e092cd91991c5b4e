import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type ChosenManner, chosenTimeWords, inChosenUnit, NOTHING_CHOSEN } from './chosenManner.ts'
import { LANGUAGES } from './languages.ts'
import { allMetrics } from './metrics.ts'
import { amountWords, detailWords, recordWord, saidWords } from './recordWords.ts'

const CHOSEN: ChosenManner = {
  ...{ units: 'imperial', glucose_unit: 'mmol/L', hba1c_unit: 'mmol/mol', laboratory_units: 'si' },
  ...{ date_format: 'DD/MM/YYYY', time_format: '12-hour' },
}
const plain = (text: string) => text.replaceAll(/[\u2066-\u2069]/g, '')

describe('a record in the words, units and dates of a person', () => {
  test('a value stands in the unit that was chosen, with the stored one beside it; without a choice as it is kept', () => {
    const amount = (metric_type: string, number: number, unit: string, manner = CHOSEN) =>
      plain(amountWords('en', { number, unit, metric_type }, manner))
    assert.equal(amount('glucose', 100, 'mg/dL'), '5.6 mmol/L (reported as 100 mg/dL)')
    assert.equal(amount('hemoglobin_a1c', 6.5, '%'), '48 mmol/mol (reported as 6.5 %)')
    assert.equal(amount('hba1c', 6.5, '%'), '48 mmol/mol (reported as 6.5 %)')
    assert.equal(amount('weight', 70, 'kg'), '154.3 lb (reported as 70 kg)')
    assert.equal(amount('temperature', 38, '°C'), '100.4 °F (reported as 38 °C)')
    assert.equal(amount('cholesterol_ldl', 100, 'mg/dL'), '2.59 mmol/L (reported as 100 mg/dL)')
    assert.equal(amount('glucose', 5.6, 'mmol/L'), '5.6 mmol/L')
    assert.equal(amount('glucose', 100, 'mg/dL', NOTHING_CHOSEN), '100 mg/dL')
    assert.equal(amount('creatinine', 1, 'mg/dL'), '1 mg/dL')
    assert.equal(inChosenUnit('weight', 70, 'bpm', CHOSEN), undefined)
    assert.deepEqual(inChosenUnit('weight', 154.3, 'lbs', { ...CHOSEN, units: 'metric' }), { value: 70, unit: 'kg' })
  })

  test('a day and a time stand in the format that was chosen, else as the language writes them', () => {
    assert.equal(plain(chosenTimeWords('ar', '2026-03-04', CHOSEN, 'cell')), '04/03/2026')
    assert.equal(plain(chosenTimeWords('en', '2026-03-04T15:05:00Z', CHOSEN, 'cell')), '04/03/2026, 03:05 pm')
    assert.equal(chosenTimeWords('en', '2026-03-04', NOTHING_CHOSEN, 'text'), '4 March 2026')
    assert.equal(chosenTimeWords('en', '2026-03', CHOSEN, 'text'), 'March 2026')
    assert.equal(chosenTimeWords('en', 'soon', CHOSEN, 'text'), 'soon')
  })

  test('every metric has a name in every language; codes of ours are words, what others wrote stays', () => {
    for (const language of LANGUAGES) {
      for (const { type, label } of allMetrics()) {
        const name = recordWord(language, type)
        assert.ok(
          name !== undefined && (['en', 'ms'].includes(language) || name !== label || label === 'HbA1c'),
          `${language} ${type}`,
        )
      }
    }
    const said = [{ code: 'severity', number: 3 }, { text: 'high risk' }]
    assert.equal(saidWords('en', said, CHOSEN), 'severity 3 of 5, high risk')
    assert.equal(saidWords('ms', said, CHOSEN), 'keterukan 3 daripada 5, high risk')
    assert.equal(detailWords('ms', 'Hives, high risk'), 'Hives, risiko tinggi')
    assert.equal(detailWords('en', 'Hives, high risk'), 'Hives, high risk')
  })
})
