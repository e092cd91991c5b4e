import { useState } from 'preact/hooks'
import type { OutputOf } from '../../../kernel/contract.ts'
import { type Answer, refresh } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { shortDay } from '../../../web/format.ts'
import { FormDialog } from '../../../web/parts/Form.tsx'
import { Empty, Shown } from '../../../web/parts/Page.tsx'
import { say } from '../../../web/parts/Toast.tsx'
import type { deviceData } from '../contract.ts'
import { deleteSource } from './endpoints.ts'
import { SourceOrder } from './SourceOrder.tsx'
import { devicesTexts } from './texts.ts'
import { sourceLabel, whole } from './words.ts'

type Listed = OutputOf<(typeof deviceData)['operations']['listSources']>
type Source = Listed['items'][number]

/** What gave values; each can be taken out again, and which of several counts can be chosen. */
export function Sources({ answer }: { readonly answer: Answer<Listed> }) {
  const t = devicesTexts().sources
  return (
    <section class="card">
      <h2>{t.title}</h2>
      <Shown answer={answer}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty text={t.none} />
          ) : (
            <>
              <ul class="rows">
                {items.map((one) => (
                  <SourceRow key={one.source_name} source={one} />
                ))}
              </ul>
              <SourceOrder items={items} />
            </>
          )
        }
      </Shown>
    </section>
  )
}

function SourceRow({ source }: { readonly source: Source }) {
  const t = devicesTexts()
  const [isRemoving, setRemoving] = useState(false)
  const name = sourceLabel(source.source_name)
  const { first_day: from, last_day: to } = source
  const remove = async () => {
    await call(deleteSource, { source: source.source_name })
    refresh()
    setRemoving(false)
    say(t.sources.removed(name))
  }
  return (
    <li>
      <span class="grow">
        <strong dir="auto">{name}</strong> {source.is_simulated && <span class="tag warn">{t.simulated}</span>}
        <small class="soft">
          {from === null || to === null
            ? t.values(whole(source.count))
            : t.sources.span(whole(source.count), shortDay(from), shortDay(to))}
          {' · '}
          {t.sources.kinds(source.metrics.length)}
        </small>
      </span>
      <button type="button" class="link" aria-label={t.sources.removeOne(name)} onClick={() => setRemoving(true)}>
        {t.remove}
      </button>
      {isRemoving && (
        <FormDialog
          title={t.sources.removeTitle(name)}
          onClose={() => setRemoving(false)}
          onSend={remove}
          submit={t.sources.removeNow}
          isDangerous
        >
          <p>{t.sources.removeText(whole(source.count))}</p>
        </FormDialog>
      )}
    </li>
  )
}
