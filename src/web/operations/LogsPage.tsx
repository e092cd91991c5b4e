import { useState } from 'preact/hooks'
import type { InputOf } from '../../kernel/contract.ts'
import type { desk } from '../../kernel/desk/contract.ts'
import { refresh, useQuery } from '../client/cache.ts'
import { clock } from '../format.ts'
import { Choice, Field, Form, given, type Values } from '../parts/Form.tsx'
import { Empty, Shown } from '../parts/Page.tsx'
import { Desk } from './Desk.tsx'
import { logs } from './endpoints.ts'
import { operationsTexts } from './texts.ts'

type Wanted = InputOf<(typeof desk)['operations']['logs']>
const LEVELS = ['info', 'warn', 'error'] as const

/** The newest lines of the log, of one request when its id is known. */
export function LogsPage() {
  return (
    <Desk tab="logs">
      <Lines />
    </Desk>
  )
}

function Lines() {
  const t = operationsTexts().logs
  const [wanted, setWanted] = useState<Wanted>({ level: 'info', limit: 100 })
  const answer = useQuery(logs, wanted)
  const send = async (values: Values) => {
    const request_id = given(values, 'request_id')?.trim()
    const level = LEVELS.find((one) => one === values.level) ?? 'info'
    setWanted({ level, limit: 100, ...(request_id === undefined ? {} : { request_id }) })
    refresh()
  }
  return (
    <section class="card">
      <p class="soft">{t.text}</p>
      <Form onSend={send} submit={t.show} class="form inline">
        <Field name="request_id" label={t.request} hint={t.requestHint} maxLength={64} />
        <Choice name="level" label={t.level} options={LEVELS.map((one) => [one, t.levels[one]] as const)} />
      </Form>
      <Shown answer={answer}>
        {({ lines }) =>
          lines.length === 0 ? (
            <Empty text={t.none} />
          ) : (
            <ul class="rows log">
              {lines.map((one, index) => (
                <li key={`${one.at} ${index}`}>
                  <span class="tabular soft">{clock(one.at)}</span>
                  <span class={LOOKS[one.level] ?? 'tag'}>{one.level}</span>
                  <strong>{one.message}</strong>
                  <code dir="ltr">{one.fields}</code>
                  {one.request_id !== null && <code dir="ltr">{one.request_id}</code>}
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </section>
  )
}

const LOOKS: Readonly<Record<string, string>> = { warn: 'tag warn', error: 'tag bad' }
