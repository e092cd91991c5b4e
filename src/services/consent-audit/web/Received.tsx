import { useState } from 'preact/hooks'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { loadSession } from '../../../web/client/session.ts'
import { fields } from '../../../web/fields.ts'
import { day, listed } from '../../../web/format.ts'
import { Field, FormDialog } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
import { Empty, Shown } from '../../../web/parts/Page.tsx'
import { complain, say } from '../../../web/parts/Toast.tsx'
import { acceptGrant, acceptInvitation, declineGrant, listReceived } from './endpoints.ts'
import { categoryName, privacyTexts } from './texts.ts'

/** What others share with this account: accepted, waiting, or with a code that came by hand. */
export function Received() {
  const t = privacyTexts().sharing
  const answer = useQuery(listReceived, { limit: 200 })
  const [isTyping, setTyping] = useState(false)
  const act = async (work: Promise<unknown>, text: string) => {
    await work
    await loadSession()
    refresh()
    say(text)
  }
  return (
    <section class="card">
      <div class="row">
        <h2>{t.received}</h2>
        <button type="button" class="button quiet" onClick={() => setTyping(true)}>
          {t.code}
        </button>
      </div>
      <Shown answer={answer}>
        {({ grants }) => {
          const open = grants.filter((one) => one.status === 'active' || one.status === 'invited')
          if (open.length === 0) return <Empty text={t.receivedNone} />
          return (
            <ul class="rows">
              {open.map((one) => (
                <li key={one.id}>
                  <span class="grow">
                    <strong dir="auto">{one.person_name ?? t.whole}</strong>
                    <small class="soft">
                      {listed(one.categories.map(categoryName))} · {t.untilDay(day(one.ends_at))}
                    </small>
                  </span>
                  {one.status === 'invited' && (
                    <button
                      type="button"
                      class="button"
                      onClick={() => act(call(acceptGrant, { id: one.id }), t.accepted).catch(complain)}
                    >
                      {t.accept}
                    </button>
                  )}
                  <button
                    type="button"
                    class="button quiet"
                    onClick={() => act(call(declineGrant, { id: one.id }), t.states.left).catch(complain)}
                  >
                    {one.status === 'invited' ? t.decline : t.leave}
                  </button>
                </li>
              ))}
            </ul>
          )
        }}
      </Shown>
      {isTyping && <TypeCode onClose={() => setTyping(false)} />}
    </section>
  )
}

function TypeCode({ onClose }: { readonly onClose: () => void }) {
  const t = privacyTexts().sharing
  const send = async (input: Read<typeof fields.acceptInvitation>) => {
    await call(acceptInvitation, input)
    await loadSession()
    refresh()
    onClose()
    say(t.accepted)
  }
  return (
    <FormDialog title={t.code} onClose={onClose} onSend={send} submit={t.accept}>
      <Field of={fields.acceptInvitation.code} label={t.codeField} isFirst />
    </FormDialog>
  )
}
