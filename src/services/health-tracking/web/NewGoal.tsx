import { useState } from 'preact/hooks'
import type { InputOf } from '../../../kernel/contract.ts'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { Dialog } from '../../../web/parts/Dialog.tsx'
import { Choice, Field, Form, given, numberOf, type Values } from '../../../web/parts/Form.tsx'
import { Shown } from '../../../web/parts/Page.tsx'
import { say } from '../../../web/parts/Toast.tsx'
import { recordTexts } from '../../../web/texts/record.ts'
import { metricName } from '../../../web/texts/serverWords.ts'
import type { healthTracking } from '../contract.ts'
import { createGoal, listMetricTypes } from './endpoints.ts'
import { entryUnit, unitWord } from './words.ts'

type GoalInput = InputOf<typeof healthTracking.operations.createGoal>

const KINDS = ['target', 'reduction', 'improvement', 'maintenance'] as const

/** A goal: what is measured, which way, how much, until when. */
export function NewGoal({ onClose }: { readonly onClose: () => void }) {
  const t = recordTexts().goals
  const types = useQuery(listMetricTypes, {})
  const [metric, setMetric] = useState('weight')
  const info = types.value?.items.find((one) => one.metric_type === metric)
  const send = async (values: Values, key: string) => {
    const title = given(values, 'title') ?? t.defaultTitle(info === undefined ? '' : metricName(info))
    const input = {
      title,
      metric_type: values.metric_type,
      goal_type: values.goal_type,
      target_value: numberOf(values, 'target_value'),
      unit: info && entryUnit(info),
      target_date: given(values, 'target_date'),
    } as GoalInput
    await call(createGoal, input, { key })
    refresh()
    onClose()
    say(t.saved(title))
  }
  return (
    <Dialog title={t.add} onClose={onClose}>
      <Shown answer={types}>
        {({ items }) => (
          <Form onSend={send} submit={t.add}>
            <Choice
              name="metric_type"
              label={t.metric}
              value={metric}
              options={items
                .filter((one) => one.metric_type !== 'custom')
                .map((one) => [one.metric_type, metricName(one)] as const)}
              onPick={setMetric}
            />
            <Choice name="goal_type" label={t.kind} options={KINDS.map((one) => [one, t.kinds[one]] as const)} />
            <Field
              name="target_value"
              label={t.targetValue}
              inputMode="decimal"
              suffix={<span class="suffix">{info && unitWord(entryUnit(info))}</span>}
            />
            <Field name="target_date" label={t.targetDate} type="date" hint={recordTexts().add.optional} />
            <Field name="title" label={t.name} hint={recordTexts().add.optional} maxLength={200} />
          </Form>
        )}
      </Shown>
    </Dialog>
  )
}
