import { useState } from 'preact/hooks'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { Field, Form, given, numberOf, type Values } from '../../../web/parts/Form.tsx'
import { FieldError } from '../../../web/parts/reading.ts'
import { say } from '../../../web/parts/Toast.tsx'
import { go } from '../../../web/router.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import { dayOf, today } from './days.ts'
import { createLab, listAnalytes } from './endpoints.ts'
import { recordsTexts } from './texts.ts'

/** A result of a laboratory, typed from a report. The catalogue suggests names and units; others are taken as they stand. */
export function LabForm() {
  const t = recordsTexts().entry
  const { value } = useQuery(listAnalytes, {})
  const [test, setTest] = useState('')
  const known = value?.items.find((one) => [one.label, ...one.names].some((name) => plain(name) === plain(test)))
  const send = async (values: Values, key: string) => {
    const number = (name: string) => (given(values, name) === undefined ? undefined : numberOf(values, name))
    const stated = given(values, 'value')
    const [low, high] = [number('reference_range_low'), number('reference_range_high')]
    const [unit, lab, notes] = [given(values, 'unit'), given(values, 'lab_name'), given(values, 'notes')]
    if (stated === undefined) throw new FieldError('value', texts().form.notANumber)
    const kept = await call(
      createLab,
      {
        test_name: values.test_name ?? '',
        test_date: dayOf(values.test_date),
        value: stated.replace(/^([<>]?\s*\d+),(\d+)$/, '$1.$2'),
        ...(unit === undefined ? {} : { unit }),
        ...(low === undefined ? {} : { reference_range_low: low }),
        ...(high === undefined ? {} : { reference_range_high: high }),
        ...(lab === undefined ? {} : { lab_name: lab }),
        ...(notes === undefined ? {} : { notes }),
      },
      { key },
    )
    refresh()
    say(t.saved)
    go(kept.analyte === null ? '/app/labs' : `/app/labs/${kept.analyte}`)
  }
  return (
    <Form onSend={send} submit={t.save} class="form card">
      <Field
        name="test_name"
        label={t.test}
        hint={t.testHint}
        maxLength={200}
        list="tests"
        isFirst
        onInput={(event) => setTest(event.currentTarget.value)}
      />
      <Suggestions id="tests" words={value?.items.map((one) => one.label) ?? []} />
      <div class="value-and-unit">
        <Field name="value" label={t.value} maxLength={100} />
        <Field name="unit" label={t.unit} list="units" maxLength={50} placeholder={known?.unit} />
      </div>
      <p class="hint">{t.valueHint}</p>
      <Suggestions id="units" words={Object.keys(known?.loinc ?? {})} />
      <Field name="test_date" label={t.day} type="date" value={today()} />
      <div class="pair">
        <Field name="reference_range_low" label={t.low} inputMode="decimal" maxLength={20} />
        <Field name="reference_range_high" label={t.high} inputMode="decimal" maxLength={20} />
      </div>
      <p class="hint">{t.rangeHint}</p>
      <Field name="lab_name" label={t.lab} maxLength={200} />
      <Field name="notes" label={t.notes} rows={2} maxLength={2000} />
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
