import { useState } from 'preact/hooks'
import type { OutputOf } from '../../../kernel/contract.ts'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { fields } from '../../../web/fields.ts'
import { ago } from '../../../web/format.ts'
import { Dialog, Once, Secret } from '../../../web/parts/Dialog.tsx'
import { Field, Form, Tick } from '../../../web/parts/Form.tsx'
import type { Read } from '../../../web/parts/fieldTable.ts'
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
  const make = async (input: Read<typeof fields.createUploader>, key: string) => {
    setMade(await call(createUploader, input, { key }))
    refresh()
  }
  return (
    <Dialog title={t.make} onClose={onClose}>
      {made === undefined ? (
        <Form onSend={make} submit={t.make}>
          <Field of={fields.createUploader.label} label={t.label} placeholder={t.labelHint} isFirst />
          <Tick of={fields.createUploader.may_read} label={t.mayRead} />
        </Form>
      ) : (
        <Once text={t.once} done={t.done} onClose={onClose}>
          <h3>{t.address}</h3>
          <Secret>{made.base_url}</Secret>
          <h3>{t.secret}</h3>
          <Secret>{made.api_secret}</Secret>
        </Once>
      )}
    </Dialog>
  )
}
