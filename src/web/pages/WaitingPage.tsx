import { useState } from 'preact/hooks'
import { discard, flush, mend, type Waiting, waiting } from '../client/outbox.ts'
import { tryAgain } from '../client/reach.ts'
import { useStore } from '../client/store.ts'
import { dayAndClock } from '../format.ts'
import { Dialog } from '../parts/Dialog.tsx'
import { Field, Form, type Values } from '../parts/Form.tsx'
import { Empty, Page } from '../parts/Page.tsx'
import { say } from '../parts/Toast.tsx'
import { language } from '../texts/catalogue.ts'
import { asEnglish, saidByServer } from '../texts/serverWords.ts'
import { waitingTexts } from './waitingTexts.ts'

/** What the server has not heard yet, and what it would not have. */
export function WaitingPage() {
  const t = waitingTexts()
  const items = useStore(waiting)
  const [isBusy, setBusy] = useState(false)
  const send = async () => {
    setBusy(true)
    await tryAgain()
    setBusy(false)
    if (waiting.get().some((one) => one.refusal === undefined)) say(t.still)
  }
  const isUnsent = items.some((one) => one.refusal === undefined)
  return (
    <Page title={t.title} lead={t.lead}>
      {items.length === 0 ? (
        <Empty text={t.empty} />
      ) : (
        <ul class="rows card wraps">
          {items.map((item) => (
            <Row key={item.id} item={item} />
          ))}
        </ul>
      )}
      {isUnsent && (
        <div class="actions">
          <button type="button" class="button" aria-busy={isBusy} onClick={() => void send()}>
            {t.sendNow}
          </button>
        </div>
      )}
    </Page>
  )
}

function Row({ item }: { readonly item: Waiting }) {
  const t = waitingTexts()
  const [asked, setAsked] = useState<'mend' | 'discard'>()
  const close = () => setAsked(undefined)
  const path = item.route.split(' ')[1] ?? ''
  const remove = async () => {
    await discard(item.id)
    say(t.discarded)
  }
  return (
    <li>
      <span class="grow">
        <strong>{t.routes[path as keyof typeof t.routes] ?? path}</strong> <span dir="auto">{summaryOf(item)}</span>
        <br />
        <small class="soft">{t.said(dayAndClock(new Date(item.at)))}</small>
        {item.refusal !== undefined && (
          <p class="notice bad" dir="auto">
            {t.refused}: <bdi {...refusalSaid(item.refusal)} />
          </p>
        )}
      </span>
      {item.refusal !== undefined && (
        <button type="button" class="link" onClick={() => setAsked('mend')}>
          {t.mend}
        </button>
      )}
      <button type="button" class="link" onClick={() => setAsked('discard')}>
        {t.discard}
      </button>
      {asked === 'mend' && <Mend item={item} onClose={close} />}
      {asked === 'discard' && (
        <Dialog title={t.discardTitle} onClose={close}>
          <p>{t.discardText}</p>
          <div class="actions">
            <button type="button" class="button danger" onClick={() => void remove()}>
              {t.discard}
            </button>
            <button type="button" class="link" onClick={close}>
              {t.keep}
            </button>
          </div>
        </Dialog>
      )}
    </li>
  )
}

/** What was said, without its ids and times. */
function summaryOf({ input }: Waiting): string {
  const said = Object.entries(input).filter(([name]) => !/userid|time|timestamp|symptom_category/.test(name))
  return said
    .filter(([, value]) => typeof value === 'number' || (typeof value === 'string' && value !== ''))
    .map(([, value]) => String(value).replaceAll('_', ' '))
    .join(' · ')
}

/** Why it was refused, as far as it is known in the person's language. */
function refusalSaid(refusal: string): ReturnType<typeof saidByServer> {
  if (language() === 'en') return { children: refusal }
  const own = refusal.split('; ').map((one) => saidByServer(one.replace(/^[\w ]+: /, '')))
  return own.every(({ lang }) => lang === undefined)
    ? { children: own.map(({ children }) => children).join(' ') }
    : { children: refusal, ...asEnglish() }
}

/** Each value as it was said, to be put right. */
function Mend({ item, onClose }: { readonly item: Waiting; readonly onClose: () => void }) {
  const t = waitingTexts()
  const fields = Object.entries(item.input).filter(
    ([name, value]) =>
      name !== 'userid' && name !== 'metric_type' && (typeof value === 'string' || typeof value === 'number'),
  )
  const send = async (values: Values) => {
    const changed = fields.map(([name, before]) => {
      const text = values[name] ?? ''
      const number = Number(text.replace(',', '.'))
      return [name, typeof before === 'number' && text !== '' && !Number.isNaN(number) ? number : text]
    })
    await mend(item, { ...item.input, ...Object.fromEntries(changed) })
    await flush()
    onClose()
  }
  return (
    <Dialog title={t.mendTitle} onClose={onClose}>
      <p class="notice bad" dir="auto">
        <bdi {...refusalSaid(item.refusal ?? '')} />
      </p>
      <Form onSend={send} submit={t.send}>
        {fields.map(([name, value]) => (
          <Field key={name} name={name} label={name.replaceAll('_', ' ')} value={String(value)} />
        ))}
      </Form>
    </Dialog>
  )
}
