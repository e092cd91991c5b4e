import { useState } from 'preact/hooks'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { day } from '../../../web/format.ts'
import { Dialog, Once, Secret } from '../../../web/parts/Dialog.tsx'
import { Form } from '../../../web/parts/Form.tsx'
import { complain, say } from '../../../web/parts/Toast.tsx'
import { cancelErasure, eraseMyData, readStanding } from './endpoints.ts'
import { privacyTexts } from './texts.ts'

/** The end of a record: asked for, waiting, taken back. */
export function Erase() {
  const t = privacyTexts().data
  const { value } = useQuery(readStanding, {})
  const [isAsking, setAsking] = useState(false)
  const pending = value?.erasure ?? null
  const takeBack = async () => {
    await call(cancelErasure, {})
    refresh()
    say(t.takenBack)
  }
  return (
    <section class="card">
      <h2>{t.erase}</h2>
      {pending === null ? (
        <>
          <p class="soft">{t.eraseText}</p>
          <div class="actions">
            <button type="button" class="button danger" onClick={() => setAsking(true)}>
              {t.erase}
            </button>
          </div>
        </>
      ) : (
        <>
          <p class="notice bad">{t.pending(day(pending.executes_at))}</p>
          <div class="actions">
            <button type="button" class="button" onClick={() => takeBack().catch(complain)}>
              {t.takeBack}
            </button>
          </div>
        </>
      )}
      {isAsking && <AskToErase onClose={() => setAsking(false)} />}
    </section>
  )
}

function AskToErase({ onClose }: { readonly onClose: () => void }) {
  const t = privacyTexts().data
  const [receipt, setReceipt] = useState<string>()
  const send = async () => {
    const { receipt_code: code } = await call(eraseMyData, { confirm: true })
    setReceipt(code ?? '')
    refresh()
  }
  return (
    <Dialog title={t.eraseTitle} onClose={onClose}>
      {receipt === undefined ? (
        <Form onSend={send} submit={t.eraseForGood} isDangerous>
          <p>{t.eraseText}</p>
        </Form>
      ) : (
        <Once text={t.receipt} done={privacyTexts().sharing.done} onClose={onClose}>
          <Secret>{receipt}</Secret>
        </Once>
      )}
    </Dialog>
  )
}
