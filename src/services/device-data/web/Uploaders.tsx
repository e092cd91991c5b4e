import { useState } from 'preact/hooks'
import type { OutputOf } from '../../../kernel/contract.ts'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { ago } from '../../../web/format.ts'
import { Dialog } from '../../../web/parts/Dialog.tsx'
import { Field, Form, type Values } from '../../../web/parts/Form.tsx'
import { Shown } from '../../../web/parts/Page.tsx'
import { complain, say } from '../../../web/parts/Toast.tsx'
import type { deviceData } from '../contract.ts'
import { createUploader, deleteUploader, listUploaders } from './endpoints.ts'
import { devicesTexts } from './texts.ts'

type Operations = (typeof deviceData)['operations']
type Uploader = OutputOf<Operations['listUploaders']>['items'][number]
type Made = OutputOf<Operations['createUploader']>

/** Apps that send glucose readings as they would to Nightscout, each with a secret of its own. */
export function Uploaders() {
  const t = devicesTexts().uploaders
  const answer = useQuery(listUploaders, {})
  const [isMaking, setMaking] = useState(false)
  return (
    <section class="card">
      <div class="row">
        <h2>{t.title}</h2>
        <button type="button" class="button quiet" onClick={() => setMaking(true)}>
          {t.make}
        </button>
      </div>
      <p class="soft">{t.text}</p>
      <Shown answer={answer} lines={1}>
        {({ items }) => (
          <>
            {items.length === 0 && <p class="soft">{t.none}</p>}
            <ul class="rows">
              {items.map((one) => (
                <UploaderRow key={one.id} uploader={one} />
              ))}
            </ul>
          </>
        )}
      </Shown>
      <details>
        <summary>{t.how}</summary>
        <ol class="steps">
          {Object.entries(t.steps).map(([name, step]) => (
            <li key={name}>{step}</li>
          ))}
        </ol>
        <p>
          {t.address}: <code dir="ltr">{`${location.origin}/nightscout`}</code>
        </p>
      </details>
      {isMaking && <NewUploader onClose={() => setMaking(false)} />}
    </section>
  )
}

function UploaderRow({ uploader }: { readonly uploader: Uploader }) {
  const t = devicesTexts().uploaders
  const end = async () => {
    await call(deleteUploader, { id: uploader.id })
    refresh()
    say(t.ended)
  }
  const { last_used_at: used } = uploader
  return (
    <li>
      <span class="grow">
        <strong dir="auto">{uploader.label}</strong>
        <small class="soft">
          {used === null ? t.unused : t.used(ago(used))}
          {uploader.may_read && ` · ${t.reads}`}
        </small>
      </span>
      <button
        type="button"
        class="link"
        aria-label={`${t.end}: ${uploader.label}`}
        onClick={() => end().catch(complain)}
      >
        {t.end}
      </button>
    </li>
  )
}

function NewUploader({ onClose }: { readonly onClose: () => void }) {
  const t = devicesTexts().uploaders
  const [made, setMade] = useState<Made>()
  const make = async ({ label = '', may_read }: Values, key: string) => {
    setMade(await call(createUploader, { label: label.trim(), may_read: may_read === 'on' }, { key }))
    refresh()
  }
  return (
    <Dialog title={t.make} onClose={onClose}>
      {made === undefined ? (
        <Form onSend={make} submit={t.make}>
          <Field name="label" label={t.label} placeholder={t.labelHint} maxLength={100} isFirst />
          <label class="check">
            <input type="checkbox" name="may_read" />
            <span>{t.mayRead}</span>
          </label>
        </Form>
      ) : (
        <>
          <p>{t.once}</p>
          <h3>{t.address}</h3>
          <p class="secret" dir="ltr">
            <code>{made.base_url}</code>
          </p>
          <h3>{t.secret}</h3>
          <p class="secret" dir="ltr">
            <code>{made.api_secret}</code>
          </p>
          <div class="actions">
            <button type="button" class="button" onClick={onClose}>
              {t.done}
            </button>
          </div>
        </>
      )}
    </Dialog>
  )
}
