import { useEffect, useState } from 'preact/hooks'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { ago } from '../../../web/format.ts'
import { Empty, Page, Shown } from '../../../web/parts/Page.tsx'
import { complain } from '../../../web/parts/Toast.tsx'
import { Link } from '../../../web/router.tsx'
import { DropFile } from './DropFile.tsx'
import { listImports } from './endpoints.ts'
import { isRunning } from './progress.ts'
import type { Import } from './shapes.ts'
import { devicesTexts } from './texts.ts'
import { lookOf, named, sizeOf, whole } from './words.ts'

const SHOWN = 20
const POLL_MS = 2000

/** Give a file, see how the earlier ones went. */
export function ImportsPage() {
  const t = devicesTexts()
  return (
    <Page title={t.imports.title} lead={t.imports.lead} back={['/app/devices', t.title]}>
      <DropFile />
      <section class="card">
        <details>
          <summary>
            <h2>{t.imports.sources}</h2>
          </summary>
          <dl>
            {Object.entries(t.imports.guides).map(([key, { name, how }]) => (
              <div key={key}>
                <dt>{name}</dt>
                <dd>{how}</dd>
              </div>
            ))}
          </dl>
        </details>
      </section>
      <Earlier />
    </Page>
  )
}

function Earlier() {
  const t = devicesTexts().imports
  const answer = useQuery(listImports, { limit: SHOWN })
  const isAnyOpen = answer.value?.items.some(isRunning) === true
  useEffect(() => {
    if (!isAnyOpen) return
    const timer = setInterval(() => document.hidden || refresh(), POLL_MS)
    return () => clearInterval(timer)
  }, [isAnyOpen])
  return (
    <section class="card">
      <h2>{t.earlier}</h2>
      <Shown answer={answer}>
        {({ items, next_cursor: cursor }) =>
          items.length === 0 ? <Empty text={t.noneEarlier} /> : <Rows first={items} cursor={cursor} />
        }
      </Shown>
    </section>
  )
}

function Rows({ first, cursor }: { readonly first: readonly Import[]; readonly cursor: string | null }) {
  const t = devicesTexts().imports
  const [later, setLater] = useState<{ items: readonly Import[]; cursor: string | null }>({ items: [], cursor })
  const { cursor: next } = later
  const more = async (from: string) => {
    const page = await call(listImports, { limit: SHOWN, cursor: from })
    setLater({ items: [...later.items, ...page.items], cursor: page.next_cursor })
  }
  return (
    <>
      <ul class="rows courses">
        {[...first, ...later.items].map((one) => (
          <li key={one.id}>
            <Link to={`/app/imports/${one.id}`} class="course">
              <span class="grow">
                <strong dir="auto">{one.file_name ?? t.unnamed}</strong>
                <small class="soft">{aboutOf(one)}</small>
              </span>
              <span class={`tag ${lookOf(one.state)}`}>{t.states[one.state]}</span>
            </Link>
          </li>
        ))}
      </ul>
      {next !== null && (
        <button type="button" class="button quiet" onClick={() => more(next).catch(complain)}>
          {t.more}
        </button>
      )}
    </>
  )
}

function aboutOf({ format, size_bytes, created_at, taken }: Import): string {
  const t = devicesTexts()
  const kind = format === null ? t.imports.archive : named(t.imports.formats, format)
  return [kind, sizeOf(size_bytes), ago(created_at), ...(taken === 0 ? [] : [t.values(whole(taken))])].join(' · ')
}
