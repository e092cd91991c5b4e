import { refresh } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { fieldTime, instantOf, measured } from '../../../web/format.ts'
import { Choice, Field, Form, given, numberOf, type Values } from '../../../web/parts/Form.tsx'
import { say } from '../../../web/parts/Toast.tsx'
import { go } from '../../../web/router.tsx'
import { texts } from '../../../web/texts/catalogue.ts'
import { recordTexts } from '../../../web/texts/record.ts'
import { metricName } from '../../../web/texts/serverWords.ts'
import { deleteMetric, recordMetric } from './endpoints.ts'
import { entryUnit, type MetricTypeInfo } from './words.ts'

/** One number with its unit, which this device remembers. */
export function MetricForm({ info }: { readonly info: MetricTypeInfo }) {
  const t = recordTexts().add
  const memory = `salus.unit.${info.metric_type}`
  const kept = localStorage.getItem(memory)
  const unit = info.units.find((one) => one === kept) ?? entryUnit(info)
  const send = async (values: Values, key: string) => {
    const made = await call(
      recordMetric,
      {
        metric_type: info.metric_type,
        value: numberOf(values, 'value'),
        unit: given(values, 'unit'),
        timestamp: instantOf(values.timestamp),
        notes: given(values, 'notes'),
      },
      { key },
    )
    if (values.unit !== undefined) localStorage.setItem(memory, values.unit)
    refresh()
    go('/app/today')
    const said = made.duplicate_of === undefined ? t.saved(metricName(info), measured(made.value), made.unit) : t.known
    say([said, ...made.warnings].join('. '), async () => {
      await call(deleteMetric, { id: made.id })
      refresh()
    })
  }
  return (
    <Form onSend={send} submit={texts().form.save} class="form card">
      <div class="value-and-unit">
        <Field name="value" label={t.value} inputMode="decimal" isFirst />
        <UnitField info={info} unit={unit} />
      </div>
      <When />
      <Note />
    </Form>
  )
}

function UnitField({ info, unit }: { readonly info: MetricTypeInfo; readonly unit: string }) {
  const t = recordTexts().add
  if (info.units.length === 0) return <Field name="unit" label={t.unit} maxLength={50} />
  return <Choice name="unit" label={t.unit} value={unit} options={info.units.map((one) => [one, one] as const)} />
}

/** When it was; now, unless it is changed. */
export function When({ name = 'timestamp' }: { readonly name?: string }) {
  return <Field name={name} label={recordTexts().add.when} type="datetime-local" value={fieldTime(new Date())} />
}

/** A remark of the person's own, out of the way until it is wanted. */
export function Note({ name = 'notes' }: { readonly name?: string }) {
  const t = recordTexts().add
  return (
    <details>
      <summary>{t.addNote}</summary>
      <Field name={name} label={t.note} rows={3} maxLength={1000} />
    </details>
  )
}
