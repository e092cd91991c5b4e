import { refresh } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { fields } from '../../../web/fields.ts'
import { Field, Form, type Values } from '../../../web/parts/Form.tsx'
import type { FieldOf, Read } from '../../../web/parts/fieldTable.ts'
import { numberFrom } from '../../../web/parts/reading.ts'
import { correctValue } from './endpoints.ts'
import { recordsTexts } from './texts.ts'
import type { Value } from './values.ts'

interface CorrectionProps {
  readonly paperId: string
  readonly value: Value
  readonly onDone: () => void
}

const FIELDS = {
  medication: [
    fields.correctValue.name,
    fields.correctValue.dosage,
    fields.correctValue.frequency,
    fields.correctValue.duration,
    fields.correctValue.instructions,
  ],
  diagnosis: [fields.correctValue.text],
  critical_info: [fields.correctValue.info_value],
  imaging_study: [fields.correctValue.name, fields.correctValue.observed_on],
} as const

/** A value as it should have been read. */
export function Correction({ paperId, value, onDone }: CorrectionProps) {
  const t = recordsTexts().review
  const content = value.confirmed ?? value.read
  const told = (name: string) => {
    const known = content[name === 'info_value' ? 'value' : name]
    return known === null || known === undefined ? '' : String(known)
  }
  const send = async (input: Read<typeof fields.correctValue>, _key: string, values: Values) => {
    const members = value.kind === 'lab' ? resultOf(values.value) : {}
    await call(correctValue, { id: paperId, value_id: value.id, ...input, ...members })
    refresh()
    onDone()
  }
  const names: Readonly<Record<string, string>> = t.fields
  const one = (of: FieldOf, isFirst?: boolean) => {
    const [name] = of
    return (
      <Field
        key={name}
        of={of}
        label={names[name] ?? name}
        value={told(name)}
        isFirst={isFirst === true}
        isRequired={isFirst}
      />
    )
  }
  return (
    <Form onSend={send} submit={t.save} isChange>
      {value.kind === 'lab' ? (
        <>
          <Field of={fields.correctValue.test_name} label={t.fields.test_name} value={told('test_name')} isRequired />
          <div class="pair">
            <Field
              name="value"
              label={t.fields.value}
              value={`${told('comparator')}${told('value') || told('value_text')}`}
              isFirst
            />
            {one(fields.correctValue.unit)}
          </div>
          <div class="pair">
            {one(fields.correctValue.reference_low)}
            {one(fields.correctValue.reference_high)}
          </div>
          {one(fields.correctValue.observed_on)}
        </>
      ) : (
        FIELDS[value.kind].map((of, index) => one(of, index === 0))
      )}
    </Form>
  )
}

/** A result; one that is no number is kept as words. */
function resultOf(text = '') {
  const [, comparator, digits] = /^([<>]?)(.*)$/.exec(text.trim()) ?? []
  const value = numberFrom(digits ?? '', 'value') ?? null
  return {
    value,
    comparator: value === null ? null : ((comparator || null) as '<' | '>' | null),
    value_text: value === null ? text.trim() || null : null,
  }
}
