import { useState } from 'preact/hooks'
import type { InputOf } from '../../kernel/contract.ts'
import type { desk } from '../../kernel/desk/contract.ts'
import { refresh, useQuery } from '../client/cache.ts'
import { fields } from '../fields.ts'
import { clock } from '../format.ts'
import { Choice, Field, Form } from '../parts/Form.tsx'
import type { Read } from '../parts/fieldTable.ts'
import { Empty, Shown } from '../parts/Page.tsx'
import { Desk } from './Desk.tsx'
import { logs } from './endpoints.ts'
import { operationsTexts } from './texts.ts'

type Wanted = InputOf<(typeof desk)['operations']['logs']>

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
  const send = async (input: Read<typeof fields.logs>) => {
    setWanted({ ...input, limit: 100 })
    refresh()
  }
  return (
    <section class="card">
      <p class="soft">{t.text}</p>
      <Form onSend={send} submit={t.show}>
        <Field of={fields.logs.request_id} label={t.request} hint={t.requestHint} />
        <Choice of={fields.logs.level} label={t.level} words={t.levels} />
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
