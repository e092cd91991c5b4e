import { refresh } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { Form, type Values } from '../../../web/parts/Form.tsx'
import { FieldError } from '../../../web/parts/reading.ts'
import { answerImport } from './endpoints.ts'
import type { Column } from './shapes.ts'
import { devicesTexts } from './texts.ts'

const ORDERS = ['day-first', 'month-first'] as const

interface DateOrderProps {
  readonly id: string
  readonly columns: readonly Column[]
}

/** Asks what only the person can know of dates that can be read both ways. */
export function DateOrder({ id, columns }: DateOrderProps) {
  const t = devicesTexts().imports
  const example = columns
    .find((one) => one.looks_like === 'time')
    ?.examples.slice(0, 3)
    .join(' · ')
  const send = async ({ order }: Values, key: string) => {
    // None is chosen beforehand: a wrong guess would be taken without a look.
    if (order === undefined) throw new FieldError('', t.orderTitle)
    await call(answerImport, { id, date_order: order as (typeof ORDERS)[number] }, { key })
    refresh()
  }
  return (
    <section class="card">
      <h2>{t.orderTitle}</h2>
      <p>{t.orderText}</p>
      {example !== undefined && <p class="notice">{t.orderExample(example)}</p>}
      <Form onSend={send} submit={t.start}>
        <fieldset class="ticks">
          <legend class="unseen">{t.orderTitle}</legend>
          {ORDERS.map((order) => (
            <label key={order} class="check">
              <input type="radio" name="order" value={order} />
              <span>{t.orders[order]}</span>
            </label>
          ))}
        </fieldset>
      </Form>
    </section>
  )
}
