import { useState } from 'preact/hooks'
import type { OutputOf } from '../../../kernel/contract.ts'
import { useQuery } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { dayAndClock } from '../../../web/format.ts'
import { Empty, Page, Shown } from '../../../web/parts/Page.tsx'
import { Segments } from '../../../web/parts/Segments.tsx'
import { complain } from '../../../web/parts/Toast.tsx'
import type { consentAudit } from '../contract.ts'
import { myAudit } from './endpoints.ts'
import { privacyTexts } from './texts.ts'

type Entry = OutputOf<(typeof consentAudit)['operations']['myAudit']>['entries'][number]

const PAGE = 50

/** Every look at the record by somebody else, as sentences. */
export function WhoSawPage() {
  const t = privacyTexts()
  const [only, setOnly] = useState<'all' | 'refused'>('all')
  const filter = only === 'all' ? { limit: PAGE } : { limit: PAGE, outcome: 'refused' as const }
  const answer = useQuery(myAudit, filter)
  return (
    <Page
      title={t.seen.title}
      lead={t.seen.lead}
      back={['/app/privacy', t.title]}
      aside={
        <Segments
          label={t.seen.title}
          name="only"
          options={[
            ['all', t.seen.all],
            ['refused', t.seen.refused],
          ]}
          value={only}
          onPick={setOnly}
        />
      }
    >
      <Shown answer={answer} lines={5}>
        {(page) => <Entries key={only} first={page.entries} cursor={page.next_cursor} filter={filter} />}
      </Shown>
    </Page>
  )
}

interface EntriesProps {
  readonly first: readonly Entry[]
  readonly cursor: string | null
  readonly filter: { readonly limit: number; readonly outcome?: 'refused' }
}

function Entries({ first, cursor, filter }: EntriesProps) {
  const t = privacyTexts().seen
  const [later, setLater] = useState<{ entries: readonly Entry[]; cursor: string | null }>({ entries: [], cursor })
  const entries = [...first, ...later.entries]
  if (entries.length === 0) return <Empty text={t.none} />
  const more = async (from: string) => {
    const page = await call(myAudit, { ...filter, cursor: from })
    setLater({ entries: [...later.entries, ...page.entries], cursor: page.next_cursor })
  }
  const { cursor: next } = later
  return (
    <>
      <ul class="rows card">
        {entries.map((one) => (
          <li key={one.id}>
            <span class="grow">
              <span dir="auto">{one.sentence}</span>
              <small class="soft">{dayAndClock(one.at)}</small>
            </span>
            {one.outcome === 'refused' && <span class="tag warn">{t.refused}</span>}
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
