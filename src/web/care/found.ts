import { listDevices } from '../../services/device-data/web/endpoints.ts'
import { listMetricTypes } from '../../services/health-tracking/web/endpoints.ts'
import { recordsTexts } from '../../services/medical-records/web/texts.ts'
import { ENTRY_KINDS } from '../../services/medical-records/web/timeline.ts'
import { useQuery } from '../client/cache.ts'
import { lookAt, session } from '../client/session.ts'
import { useStore } from '../client/store.ts'
import { day } from '../format.ts'
import { go } from '../router.tsx'
import { texts } from '../texts/catalogue.ts'
import { codeWords, metricName } from '../texts/serverWords.ts'
import { findRecords, findTracked } from './endpoints.ts'
import { useOpenParts } from './open.ts'
import { careTexts } from './texts.ts'

/** One thing that was found, and how to go there. */
export interface Found {
  readonly key: string
  readonly kind: string
  readonly title: string
  readonly notes: string
  /** What stands around the words inside a paper. */
  readonly snippet?: readonly { readonly text: string; readonly found: boolean }[] | null | undefined
  readonly open: () => void
}

const LEAST = 2
const MOST_HERE = 8

interface Search {
  readonly items: readonly Found[]
  readonly isLoading: boolean
  /** Whether a service could not be asked: what it has is not among the found. */
  readonly isPartly: boolean
}

/** Everything with these words: what this device knows at once, and what each service finds of the record looked at. */
export function useFound(question: string): Search {
  const isOpen = useOpenParts()
  const q = question.trim()
  const isAsked = q.length >= LEAST
  const isTracked = isOpen('vitals', 'symptoms', 'goals')
  const tracked = useQuery(findTracked, isAsked && isTracked ? { q } : undefined)
  const written = useQuery(findRecords, isAsked && isOpen('health_records', 'diagnostics') ? { q } : undefined)
  const here = useHere(isOpen)
  if (!isAsked) return { items: [], isLoading: false, isPartly: false }
  const words = q.toLowerCase().split(/\s+/)
  const known = here.filter(({ title }) => words.every((word) => title.toLowerCase().includes(word)))
  const found = [...(written.value?.items ?? []), ...(tracked.value?.items ?? [])].map(foundOf)
  return {
    items: [...known.slice(0, MOST_HERE), ...found],
    isLoading: tracked.isLoading || written.isLoading,
    isPartly: (tracked.problem ?? written.problem) !== undefined,
  }
}

type Answered = {
  readonly kind: string
  readonly id: string
  readonly title: string
  readonly detail: string | null
  readonly at: string | null
  readonly page?: number | null
  readonly snippet?: Found['snippet']
}

function foundOf({ kind, id, title, detail, at, page, snippet }: Answered): Found {
  const own: Readonly<Record<string, string>> = careTexts().kinds
  const entries: Readonly<Record<string, string>> = recordsTexts().one
  const notes = detail !== null && CODED.includes(kind) ? codeWords(detail) : detail
  const when = at === null || at.length < 10 ? at : day(at)
  return {
    key: `${kind}|${id}`,
    kind: own[NAMED[kind] ?? kind] ?? entries[NAMED[kind] ?? kind] ?? '',
    title,
    notes: [notes, when, page && recordsTexts().review.pageOf(page)].filter(Boolean).join(' · '),
    snippet,
    open: () => go(pathOf(kind, id) + (page ? `?page=${page}` : '')),
  }
}

const NAMED: Readonly<Record<string, string>> = { paper: 'documents', report: 'reports', 'other-lab': 'lab' }
/** Kinds whose detail is a code of the contract; of the others it is what somebody wrote. */
const CODED = ['goal', 'alert', ...ENTRY_KINDS] as readonly string[]

const PATHS: Readonly<Record<string, string>> = {
  symptom: '/app/symptoms',
  goal: '/app/goals',
  alert: '/app/alerts',
  paper: '/app/records/:id',
  lab: '/app/labs/:id',
  'other-lab': '/app/labs/other/:id',
}

function pathOf(kind: string, id: string): string {
  return (PATHS[kind] ?? `/app/records/${kind}/:id`).replace(':id', id)
}

/** What needs no search: pages, people, what can be measured, devices. */
function useHere(isOpen: ReturnType<typeof useOpenParts>): Found[] {
  const t = careTexts()
  const state = useStore(session)
  const people = state.kind === 'somebody' ? state.session.people : []
  const metrics = useQuery(listMetricTypes, isOpen('vitals') ? {} : undefined)
  const devices = useQuery(listDevices, isOpen('devices') ? {} : undefined)
  const to = (kind: string, path: string, title: string): Found => ({
    key: `${path}|${title}`,
    kind,
    title,
    notes: '',
    open: () => go(path),
  })
  return [
    ...pages().map(([path, title]) => to(t.kinds.page, path, title)),
    ...people.map((one) => ({
      ...to(t.kinds.person, one.id, one.display_name ?? texts().people.unnamed),
      open: () => {
        lookAt(one.is_own ? undefined : one.id)
        go('/app/today')
      },
    })),
    ...(metrics.value?.items ?? []).map((one) => to(t.kinds.metric, `/app/trends/${one.metric_type}`, metricName(one))),
    ...(devices.value?.items ?? []).map((one) => to(t.kinds.device, '/app/devices', one.name)),
  ]
}

function pages(): (readonly [path: string, title: string])[] {
  const { nav, more } = texts()
  const records = recordsTexts()
  const t = careTexts()
  return [
    ['/app/today', nav.today],
    ['/app/trends', nav.trends],
    ['/app/add', nav.add],
    ['/app/records', nav.records],
    ['/app/records/add', records.upload.title],
    ['/app/labs', records.labs],
    ['/app/wellness', more.wellness],
    ['/app/symptoms', more.symptoms],
    ['/app/goals', more.goals],
    ['/app/alerts', more.alerts],
    ['/app/devices', more.devices],
    ['/app/facts', more.facts],
    ['/app/people', more.people],
    ['/app/board', t.board],
    ['/app/overview', t.page],
    ['/app/privacy', more.privacy],
    ['/app/display', more.display],
    ['/app/account', more.account],
    ['/app/sos', texts().offline.sos],
  ]
}
