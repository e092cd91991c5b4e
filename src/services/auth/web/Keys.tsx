import { useState } from 'preact/hooks'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { day } from '../../../web/format.ts'
import { Dialog } from '../../../web/parts/Dialog.tsx'
import { Choice, Field, Form, given, type Values } from '../../../web/parts/Form.tsx'
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
  const send = async (values: Values) => {
    const days = given(values, 'expires_in_days')
    const { key } = await call(createKey, {
      name: given(values, 'name') ?? t.defaultKeyName,
      scopes: values.scopes === 'all' ? ['*'] : READ_SCOPES,
      ...(days === undefined ? {} : { expires_in_days: Number(days) }),
    })
    setMade(key)
    refresh()
  }
  return (
    <Dialog title={t.newKey} onClose={onClose}>
      {made === undefined ? (
        <Form onSend={send} submit={t.makeKey}>
          <Field name="name" label={t.keyName} placeholder={t.defaultKeyName} maxLength={100} />
          <Choice
            name="scopes"
            label={t.keyMay}
            options={[
              ['read', t.mayRead],
              ['all', t.mayAll],
            ]}
          />
          <Choice
            name="expires_in_days"
            label={t.keyEnds}
            options={DAYS.map((days) => [days, days === '' ? t.never : t.inDays(days)] as const)}
          />
        </Form>
      ) : (
        <>
          <p>{t.keyOnce}</p>
          <p class="secret">
            <code>{made}</code>
          </p>
          <div class="actions">
            <button type="button" class="button" onClick={onClose}>
              {t.keyKept}
            </button>
          </div>
        </>
      )}
    </Dialog>
  )
}
