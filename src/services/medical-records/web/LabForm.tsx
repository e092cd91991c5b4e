import { useState } from 'preact/hooks'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { fields } from '../../../web/fields.ts'
import { Field, Form, type Values } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
import { numberFrom } from '../../../web/parts/reading.ts'
import { say } from '../../../web/parts/Toast.tsx'
import { go } from '../../../web/router.tsx'
import { dayOf, today } from './days.ts'
import { createLab, listAnalytes } from './endpoints.ts'
import { recordsTexts } from './texts.ts'

/** A result of a laboratory, typed from a report. The catalogue suggests names and units; others are taken as they stand. */
export function LabForm() {
  const t = recordsTexts().entry
  const { value } = useQuery(listAnalytes, {})
  const [test, setTest] = useState('')
  const known = value?.items.find((one) => [one.label, ...one.names].some((name) => plain(name) === plain(test)))
  const send = async (input: Read<typeof fields.createLabResult>, key: string, { test_date }: Values) => {
    // A result may be a number, `<5`, or a word.
    const [, sign = '', rest = ''] = /^([<>]?)(.*)$/.exec(String(input.value)) ?? []
    const value = `${sign}${numberFrom(rest, 'value') ?? rest}`
    const kept = await call(createLab, { ...input, test_date: dayOf(test_date), value }, { key })
    refresh()
    say(t.saved)
    go(kept.analyte === null ? '/app/labs' : `/app/labs/${kept.analyte}`)
  }
  return (
    <Form onSend={send} submit={t.save} class="form card">
      <Field
        of={fields.createLabResult.test_name}
        label={t.test}
        hint={t.testHint}
        list="tests"
        isFirst
        onInput={(event) => setTest(event.currentTarget.value)}
      />
      <Suggestions id="tests" words={value?.items.map((one) => one.label) ?? []} />
      <div class="value-and-unit">
        <Field of={fields.createLabResult.value} label={t.value} isRequired />
        <Field of={fields.createLabResult.unit} label={t.unit} list="units" placeholder={known?.unit} />
      </div>
      <p class="hint">{t.valueHint}</p>
      <Suggestions id="units" words={Object.keys(known?.loinc ?? {})} />
      <Field name="test_date" label={t.day} type="date" value={today()} />
      <div class="pair">
        <Field of={fields.createLabResult.reference_range_low} label={t.low} />
        <Field of={fields.createLabResult.reference_range_high} label={t.high} />
      </div>
      <p class="hint">{t.rangeHint}</p>
      <Field of={fields.createLabResult.lab_name} label={t.lab} />
      <Field of={fields.createLabResult.notes} label={t.notes} />
    </Form>
  )
}

function Suggestions({ id, words }: { readonly id: string; readonly words: readonly string[] }) {
  return (
    <datalist id={id}>
      {words.map((word) => (
        <option key={word} value={word} />
      ))}
    </datalist>
  )
}

const plain = (text: string) => text.toLowerCase().replaceAll(/[^\p{L}\p{N}%]/gu, '')
