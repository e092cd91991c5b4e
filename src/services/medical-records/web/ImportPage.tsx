import { useState } from 'preact/hooks'
import { refresh, useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { missingOf, Page, Shown } from '../../../web/parts/Page.tsx'
import { complain } from '../../../web/parts/Toast.tsx'
import { Link } from '../../../web/router.tsx'
import { saidByServer } from '../../../web/texts/serverWords.ts'
import { Decisions } from './Decisions.tsx'
import { Delete } from './Delete.tsx'
import { decideImport, deleteImport, getImport } from './endpoints.ts'
import { recordsTexts } from './texts.ts'
import { partOfDay, sourceWord } from './timeline.ts'
import { bothWords, type Item, itemWords } from './values.ts'

type Import = NonNullable<ReturnType<typeof useQuery<NonNullable<(typeof getImport)['operation']>>>['value']>

/** As many lines as a page shows at once; the rest follow as these are decided. */
const SHOWN = 100

/** What a clinic's file brings, entry by entry, until the person has decided about each. */
export function ImportPage({ params }: { readonly params: Readonly<Record<string, string>> }) {
  const t = recordsTexts()
  const answer = useQuery(getImport, { id: params.id ?? '' })
  return (
    <Page
      title={answer.value?.sender ?? t.one.imports}
      lead={t.review.leadFile}
      back={['/app/records', t.title]}
      missing={missingOf(answer, t.one.imports)}
    >
      <Shown answer={answer}>{(imported) => <Review imported={imported} />}</Shown>
    </Page>
  )
}

function Review({ imported }: { readonly imported: Import }) {
  const t = recordsTexts()
  const r = t.review
  const { id, items, warnings, skipped } = imported
  const [isAboutMe, setAboutMe] = useState(false)
  const open = items.filter(isOpen)
  const [current, setCurrent] = useState(() => (open[0] ?? items[0])?.id)
  // What waits comes first, so that a long file never hides it.
  const lines = (open.length === 0 ? items : [...open, ...items.filter((one) => !isOpen(one))]).slice(0, SHOWN)
  const decide = async (what: object) => {
    await call(decideImport, { id, ...what, ...(isAboutMe ? { is_about_me: true } : {}) })
    refresh()
  }
  const mayAccept = warnings.length === 0 || isAboutMe
  return (
    <>
      <Whom imported={imported} />
      {warnings.length > 0 && open.length > 0 && (
        <Differing warnings={warnings} isAboutMe={isAboutMe} onTick={setAboutMe} />
      )}
      <div class="card row left">
        <strong role="status">{open.length === 0 ? r.allDone : r.left(open.length)}</strong>
        {open.length > 0 && mayAccept && (
          <button type="button" class="button quiet" onClick={() => decide({ accept_all: true }).catch(complain)}>
            {r.acceptAll}
          </button>
        )}
        {open.length === 0 && (
          <Link to="/app/labs" class="button">
            {r.toLabs}
          </Link>
        )}
        <small class="soft keys">{r.keysFile}</small>
      </div>
      <Decisions
        lines={lines.map(lineOf)}
        current={current}
        onCurrent={setCurrent}
        onAccept={(item) => decide({ accept: [item] })}
        onReject={(item) => decide({ reject: [item] })}
      />
      {skipped.length > 0 && <Skipped skipped={skipped} />}
      <p class="footer">
        <Delete
          title={imported.sender ?? t.one.imports}
          text={t.document.removeImport}
          work={() => call(deleteImport, { id })}
        />
      </p>
    </>
  )
}

interface DifferingProps {
  readonly warnings: readonly string[]
  readonly isAboutMe: boolean
  readonly onTick: (isAboutMe: boolean) => void
}

/** The file may be somebody else's: the person says that it is not, before anything is taken. */
function Differing({ warnings, isAboutMe, onTick }: DifferingProps) {
  const r = recordsTexts().review
  return (
    <div class="notice warn">
      <strong>{r.differs}</strong>
      {warnings.map((one) => (
        <p key={one} {...saidByServer(one)} />
      ))}
      <label class="check">
        <input type="checkbox" checked={isAboutMe} onChange={(event) => onTick(event.currentTarget.checked)} />
        <span>{r.isAboutMe}</span>
      </label>
    </div>
  )
}

const isOpen = (item: Item) => item.state === 'unconfirmed'

function lineOf(item: Item) {
  const t = recordsTexts().review
  const both = bothWords(item)
  return {
    id: item.id,
    changed: both === undefined || item.change === null ? undefined : { ...both, why: t.changes[item.change] },
    state: item.state,
    kind: item.kind === 'lab' ? '' : t.kinds[item.kind],
    words: itemWords(item),
    doubts: item.doubts.map((one) => `${one.charAt(0).toUpperCase()}${one.slice(1)}.`),
    read: null,
  }
}

function Whom({ imported }: { readonly imported: Import }) {
  const t = recordsTexts()
  const { patient, format } = imported
  const born = patient.birth_date === null ? [] : [partOfDay(patient.birth_date)]
  return (
    <p dir="auto">
      {[...(patient.name === null ? [] : [t.review.about(patient.name)]), ...born, sourceWord(format)].join(' · ')}
    </p>
  )
}

function Skipped({ skipped }: { readonly skipped: Import['skipped'] }) {
  const t = recordsTexts().review
  return (
    <details class="card">
      <summary>{t.skipped(skipped.length)}</summary>
      <dl>
        {skipped.map(({ where, why }, index) => (
          <div key={index}>
            <dt dir="auto">{where}</dt>
            <dd dir="auto">{why}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
