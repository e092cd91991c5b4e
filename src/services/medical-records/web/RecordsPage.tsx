import { useState } from 'preact/hooks'
import { useQuery } from '../../../web/client/cache.ts'
import { Icon } from '../../../web/parts/Icon.tsx'
import { Empty, Failure, Page, Skeleton } from '../../../web/parts/Page.tsx'
import { Link, useChosen } from '../../../web/router.tsx'
import { listDocuments, listEntries, listImports, listLabs, listReports, listStudies } from './endpoints.ts'
import { recordsTexts } from './texts.ts'
import { ENTRY_KINDS, type EntryKind, type Event, eventsOf, found, KINDS, type Kind, partOfDay } from './timeline.ts'

/** How many of each kind are shown beside the others. */
const AMONG_OTHERS = 20
const LABS_AMONG_OTHERS = 100
const STEP = 50
const LARGEST = 100

/** The record as a line of what happened, newest first. */
export function RecordsPage() {
  const t = recordsTexts()
  const [kind, setKind] = useChosen<Kind>('kind', 'all')
  const [size, setSize] = useChosen('size', STEP)
  const [search, setSearch] = useState('')
  const { known, isLoading, problem, total } = useKnown(kind, size)
  const events = eventsOf(known)
  const shown = found(events, search)
  return (
    <Page
      title={t.title}
      lead={t.lead}
      aside={
        <Link to="/app/records/add" class="button">
          <Icon name="plus" size={20} /> {t.add}
        </Link>
      }
    >
      <Doors />
      <Chips
        kind={kind}
        onPick={(one) => {
          setKind(one)
          setSize(STEP)
        }}
      />
      {events.length > 5 && <Search onSearch={setSearch} />}
      {problem !== undefined && <Failure problem={problem} />}
      {events.length === 0 && isLoading && <Skeleton />}
      {events.length === 0 && !isLoading && problem === undefined && <Nothing kind={kind} />}
      {events.length > 0 && shown.length === 0 && <p class="soft">{t.nothingFound}</p>}
      {shown.length > 0 && <Timeline events={shown} />}
      {kind === 'all' && total > events.length && events.length >= AMONG_OTHERS && (
        <p class="soft">{t.newest(AMONG_OTHERS)}</p>
      )}
      {kind !== 'all' && total > size && size < LARGEST && (
        <button type="button" class="button quiet" onClick={() => setSize(size + STEP)}>
          {t.more}
        </button>
      )}
    </Page>
  )
}

function Doors() {
  const t = recordsTexts()
  return (
    <ul class="doors">
      <li>
        <Link to="/app/labs">
          <Icon name="pulse" />
          <span>
            <strong>{t.labs}</strong>
            <small>{t.labsText}</small>
          </span>
        </Link>
      </li>
      <li>
        <Link to="/app/records/hospitals">
          <Icon name="records" />
          <span>
            <strong>{t.hospitals}</strong>
            <small>{t.hospitalsText}</small>
          </span>
        </Link>
      </li>
    </ul>
  )
}

function useKnown(kind: Kind, size: number) {
  const wants = (one: Kind) => kind === 'all' || kind === one
  const limit = kind === 'all' ? AMONG_OTHERS : size
  const papers = useQuery(listDocuments, wants('documents') ? { size: Math.min(limit, 100) } : undefined)
  const labs = useQuery(listLabs, wants('labs') ? { size: kind === 'all' ? LABS_AMONG_OTHERS : size * 4 } : undefined)
  const imports = useQuery(listImports, wants('imports') ? { size: limit } : undefined)
  const studies = useQuery(listStudies, wants('imaging') ? { size: limit } : undefined)
  const reports = useQuery(listReports, wants('reports') ? { size: limit } : undefined)
  const ofKind = (one: EntryKind) => useQuery(listEntries, wants(one) ? { kind: one, size: limit } : undefined)
  const entries = ENTRY_KINDS.map(ofKind)
  const answers = [papers, labs, imports, studies, reports, ...entries]
  return {
    known: {
      papers: papers.value?.items ?? [],
      // In the whole line a paper stands for the results that were read in it.
      labs: (labs.value?.items ?? []).filter((lab) => kind === 'labs' || lab.document_id === null),
      imports: imports.value?.items ?? [],
      studies: studies.value?.items ?? [],
      reports: reports.value?.items ?? [],
      entries: entries.flatMap((answer) => answer.value?.items ?? []),
    },
    isLoading: answers.some((answer) => answer.isLoading),
    problem: answers.find((answer) => answer.problem !== undefined)?.problem,
    total: answers.reduce((sum, answer) => sum + (answer.value?.total ?? 0), 0),
  }
}

function Chips({ kind, onPick }: { readonly kind: Kind; readonly onPick: (kind: Kind) => void }) {
  const t = recordsTexts()
  return (
    <fieldset class="chips">
      <legend class="unseen">{t.show}</legend>
      {KINDS.map((one) => (
        <label key={one}>
          <input type="radio" name="kind" value={one} checked={one === kind} onChange={() => onPick(one)} />
          <span>{t.kinds[one]}</span>
        </label>
      ))}
    </fieldset>
  )
}

function Search({ onSearch }: { readonly onSearch: (text: string) => void }) {
  const t = recordsTexts()
  return (
    <label class="search">
      <span class="unseen">{t.search}</span>
      <Icon name="search" size={20} />
      <input type="search" placeholder={t.search} dir="auto" onInput={(event) => onSearch(event.currentTarget.value)} />
    </label>
  )
}

function Nothing({ kind }: { readonly kind: Kind }) {
  const t = recordsTexts()
  return (
    <Empty
      text={kind === 'all' ? t.empty : t.emptyKind}
      action={
        <Link to="/app/records/add" class="button quiet">
          {kind === 'all' ? t.addFirst : t.add}
        </Link>
      }
    />
  )
}

function Timeline({ events }: { readonly events: readonly Event[] }) {
  const t = recordsTexts()
  const years = new Map<string, Event[]>()
  for (const event of events) {
    const year = event.at?.slice(0, 4) ?? t.undated
    years.set(year, [...(years.get(year) ?? []), event])
  }
  return (
    <>
      {[...years].map(([year, some]) => (
        <section key={year}>
          <h2>{year}</h2>
          <ul class="rows card timeline">
            {some.map((event) => (
              <Row key={event.key} event={event} />
            ))}
          </ul>
        </section>
      ))}
    </>
  )
}

function Row({ event }: { readonly event: Event }) {
  const t = recordsTexts()
  const { kind, at, title, notes, tag, to } = event
  return (
    <li>
      <Link to={to} class="course">
        <span class="grow">
          <small class="soft">
            {t.one[kind]}
            {at !== undefined && ` · ${partOfDay(at)}`}
          </small>
          <strong dir="auto">{title}</strong>
          <small class="soft" dir="auto">
            {notes.join(' · ')}
          </small>
        </span>
        {tag !== undefined && <span class={`tag ${tag.look}`}>{tag.word}</span>}
      </Link>
    </li>
  )
}
