import { refresh } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { Field, Form, given, numberOf, type Values } from '../../../web/parts/Form.tsx'
import { correctValue } from './endpoints.ts'
import { recordsTexts } from './texts.ts'
import type { Value } from './values.ts'

interface CorrectionProps {
  readonly paperId: string
  readonly value: Value
  readonly onDone: () => void
}

const FIELDS = {
  medication: ['name', 'dosage', 'frequency', 'duration', 'instructions'],
  diagnosis: ['text'],
  critical_info: ['info_value'],
} as const

/** A value as it should have been read. */
export function Correction({ paperId, value, onDone }: CorrectionProps) {
  const t = recordsTexts().review
  const content = value.confirmed ?? value.read
  const told = (name: string) => {
    const known = content[name === 'info_value' ? 'value' : name]
    return known === null || known === undefined ? '' : String(known)
  }
  const send = async (values: Values) => {
    const members = value.kind === 'lab' ? labMembers(values) : otherMembers(values)
    await call(correctValue, { id: paperId, value_id: value.id, ...members })
    refresh()
    onDone()
  }
  const { fields } = t
  return (
    <Form onSend={send} submit={t.save}>
      {value.kind === 'lab' ? (
        <>
          <Field name="test_name" label={fields.test_name} value={told('test_name')} maxLength={120} />
          <div class="pair">
            <Field
              name="value"
              label={fields.value}
              value={`${told('comparator')}${told('value') || told('value_text')}`}
              maxLength={120}
              isFirst
            />
            <Field name="unit" label={fields.unit} value={told('unit')} maxLength={40} />
          </div>
          <div class="pair">
            <Field
              name="reference_low"
              label={fields.reference_low}
              value={told('reference_low')}
              inputMode="decimal"
            />
            <Field
              name="reference_high"
              label={fields.reference_high}
              value={told('reference_high')}
              inputMode="decimal"
            />
          </div>
          <Field name="observed_on" label={fields.observed_on} value={told('observed_on')} type="date" />
        </>
      ) : (
        FIELDS[value.kind].map((name, index) => (
          <Field key={name} name={name} label={fields[name]} value={told(name)} isFirst={index === 0} />
        ))
      )}
    </Form>
  )
}

/** A field that was emptied is said to be empty; a result that is no number is kept as words. */
function labMembers(values: Values) {
  const text = given(values, 'value') ?? ''
  const [, comparator, digits] = /^([<>]?)\s*([+-]?\d+(?:[.,]\d+)?)$/.exec(text) ?? []
  const limit = (name: string) => (given(values, name) === undefined ? null : numberOf(values, name))
  const isNumber = digits !== undefined
  return {
    test_name: values.test_name ?? '',
    value: isNumber ? Number(digits.replace(',', '.')) : null,
    comparator: comparator === '<' || comparator === '>' ? (comparator as '<' | '>') : null,
    value_text: isNumber || text === '' ? null : text,
    unit: given(values, 'unit') ?? null,
    reference_low: limit('reference_low'),
    reference_high: limit('reference_high'),
    observed_on: given(values, 'observed_on') ?? null,
  }
}

function otherMembers(values: Values): Record<string, string | null> {
  return Object.fromEntries(Object.keys(values).map((name) => [name, given(values, name) ?? null]))
}
