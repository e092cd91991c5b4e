import { useState } from 'preact/hooks'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { fields } from '../../../web/fields.ts'
import { day } from '../../../web/format.ts'
import { Dialog, Once, Secret } from '../../../web/parts/Dialog.tsx'
import { Choice, Field, Form, type Values } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
import { Empty, Shown } from '../../../web/parts/Page.tsx'
import { complain, say } from '../../../web/parts/Toast.tsx'
import { accountTexts } from '../../../web/texts/account.ts'
import { createKey, listKeys, revokeKey } from './endpoints.ts'

const DAYS = ['30', '90', '365', ''] as const

/** Keys for programs: made, shown once, ended. */
export function Keys() {
  const t = accountTexts()
  const answer = useQuery(listKeys, {})
  const [isMaking, setMaking] = useState(false)
  const end = async (id: number) => {
    await call(revokeKey, { id })
    refresh()
    say(t.keyEnded)
  }
  return (
    <section class="card">
      <div class="row">
        <h2>{t.keys}</h2>
        <button type="button" class="button quiet" onClick={() => setMaking(true)}>
          {t.newKey}
        </button>
      </div>
      <p class="soft">{t.keysText}</p>
      <Shown answer={answer}>
        {({ api_keys }) => {
          const active = api_keys.filter((one) => one.is_active)
          if (active.length === 0) return <Empty text={t.noKeys} />
          return (
            <ul class="rows">
              {active.map((one) => (
                <li key={one.id}>
                  <span class="grow">
                    <strong dir="auto">{one.name}</strong>
                    <small class="soft">
                      <code>{one.preview}</code> · {one.scopes.includes('*') ? t.mayAll : t.mayRead} ·{' '}
                      {one.expires_at === null ? t.noEnd : t.until(day(one.expires_at))}
                    </small>
                  </span>
                  <button type="button" class="button quiet" onClick={() => end(one.id).catch(complain)}>
                    {t.endKey}
                  </button>
                </li>
              ))}
            </ul>
          )
        }}
      </Shown>
      {isMaking && <NewKey onClose={() => setMaking(false)} />}
    </section>
  )
}

const READ_SCOPES = ['health-tracking:read', 'wellness:read', 'user-profile:read']

function NewKey({ onClose }: { readonly onClose: () => void }) {
  const t = accountTexts()
  const [made, setMade] = useState<string>()
  const send = async (input: Read<typeof fields.createKey>, _key: string, { may }: Values) => {
    const scopes = may === 'all' ? ['*'] : READ_SCOPES
    setMade((await call(createKey, { name: t.defaultKeyName, ...input, scopes })).key)
    refresh()
  }
  return (
    <Dialog title={t.newKey} onClose={onClose}>
      {made === undefined ? (
        <Form onSend={send} submit={t.makeKey}>
          <Field of={fields.createKey.name} label={t.keyName} placeholder={t.defaultKeyName} />
          <Choice name="may" label={t.keyMay} words={{ read: t.mayRead, all: t.mayAll }} />
          <Choice
            of={fields.createKey.expires_in_days}
            label={t.keyEnds}
            options={DAYS.map((days) => [days, days === '' ? t.never : t.inDays(days)] as const)}
          />
        </Form>
      ) : (
        <Once text={t.keyOnce} done={t.keyKept} onClose={onClose}>
          <Secret>{made}</Secret>
        </Once>
      )}
    </Dialog>
  )
}
