import type { ImportedItem } from './imported.ts'

/** An item that the person has already: waiting, taken or rejected. */
export interface KnownItem {
  readonly id: string
  readonly kind: string
  readonly key: string
  readonly base_key: string
  readonly state: 'unconfirmed' | 'accepted' | 'rejected'
  readonly content: ImportedItem
  readonly origin: string | null
  readonly part: string
  readonly digest: string | null
  readonly replaces: string | null
  readonly change: 'amended' | 'withdrawn' | null
}

/** Where something lies at its sender; both null for what a file brings. */
export interface Lying {
  /** Server, type and id. */
  readonly origin: string | null
  /** A digest of the resource as it is there now. */
  readonly digest: string | null
}

export interface ArrivedItem extends Lying {
  readonly id: string
  readonly kind: string
  readonly key: string
  readonly part: string
  readonly content: ImportedItem
  readonly doubts: readonly string[]
}

/** What its sender took back: a resource, or a thing by its key. */
export interface Withdrawal {
  readonly origin: string | null
  readonly kind: string | null
  readonly key: string | null
}

/** A row that is to wait for the person. */
export interface WaitingItem extends ArrivedItem {
  readonly base_key: string
  readonly replaces: string | null
  readonly change: 'amended' | 'withdrawn' | null
  readonly was: ImportedItem | null
}

export interface ChangePlan {
  /** New rows; the key of each is its own. */
  readonly inserted: readonly WaitingItem[]
  /** Rows that wait and say something else now; `id` is theirs. */
  readonly updated: readonly WaitingItem[]
  /** Rows that stay as they are: where they lie is written down. */
  readonly seen: readonly (Lying & { readonly id: string; readonly part: string })[]
  /** Rows that wait for nothing any more. */
  readonly removed: readonly string[]
}

interface Draft {
  readonly inserted: WaitingItem[]
  readonly updated: WaitingItem[]
  readonly seen: (Lying & { readonly id: string; readonly part: string })[]
  readonly removed: string[]
  /** What was taken and is withdrawn by this plan already. */
  readonly withdrawn: Set<string>
}

/**
 * What becomes of what arrives, beside what the person has. What is new waits; what waits is brought up to date; what was taken
 * and is otherwise now, or withdrawn, waits beside it as a change; what was rejected is not asked again unless it changed. Nothing
 * that was decided is touched.
 * @param known in the order in which they were decided, those that wait anywhere
 * @param newId makes the id of a row
 */
export function planChanges(
  known: readonly KnownItem[],
  arrived: readonly ArrivedItem[],
  withdrawn: readonly Withdrawal[],
  newId: () => string,
): ChangePlan {
  const draft: Draft = { inserted: [], updated: [], seen: [], removed: [], withdrawn: new Set() }
  const finder = new Finder(known)
  for (const item of arrived) arrive(finder.lineOf(item), finder.ownKey(item), draft)
  // A part of a resource that is not in it any more, such as an illness of a relative.
  const parts = Map.groupBy(arrived, (one) => one.origin ?? '')
  for (const [origin, items] of parts) {
    if (origin === '') continue
    const left = finder.ofOrigin(origin).filter((row) => !items.some((one) => one.part === row.part))
    for (const line of Map.groupBy(left, (row) => row.part).values()) withdraw(line, newId(), draft)
  }
  for (const one of withdrawn) {
    for (const line of finder.linesOf(one)) withdraw(line, newId(), draft)
  }
  return draft
}

class Finder {
  private readonly byOrigin: ReadonlyMap<string, readonly KnownItem[]>
  private readonly byKey: ReadonlyMap<string, readonly KnownItem[]>

  constructor(known: readonly KnownItem[]) {
    this.byOrigin = Map.groupBy(known, (row) => row.origin ?? '')
    this.byKey = Map.groupBy(known, (row) => `${row.kind}|${row.base_key}`)
  }

  ofOrigin(origin: string): readonly KnownItem[] {
    return this.byOrigin.get(origin) ?? []
  }

  /** All that is known of the same thing: it lies at the same place, or has the same key where nobody knows the place. */
  lineOf({ origin, part, kind, key }: ArrivedItem): readonly KnownItem[] {
    const there = origin === null ? [] : this.ofOrigin(origin).filter((row) => row.part === part)
    const same = (this.byKey.get(`${kind}|${key}`) ?? []).filter((row) => row.origin === null || origin === null)
    return [...there, ...same]
  }

  linesOf({ origin, kind, key }: Withdrawal): readonly (readonly KnownItem[])[] {
    if (origin !== null) return [...Map.groupBy(this.ofOrigin(origin), (row) => row.part).values()]
    // What lies at a hospital is withdrawn there: a key may be another's.
    return key === null ? [] : [(this.byKey.get(`${kind}|${key}`) ?? []).filter((row) => row.origin === null)]
  }

  /** Another server may have numbered another thing alike. */
  ownKey(item: ArrivedItem): ArrivedItem {
    const { origin, kind, key } = item
    const others = this.byKey.get(`${kind}|${key}`) ?? []
    const isTaken = origin !== null && others.some((row) => row.origin !== null && row.origin !== origin)
    return isTaken ? { ...item, key: `${origin}|${key}` } : item
  }
}

function arrive(line: readonly KnownItem[], item: ArrivedItem, draft: Draft): void {
  const pending = line.findLast((row) => row.state === 'unconfirmed')
  const current = currentOf(line)
  if ([current, pending].some((row) => row !== undefined && isOlder(item, row.content))) return
  const fresh = { ...item, base_key: line[0]?.base_key ?? item.key, replaces: null, change: null, was: null }
  if (current === undefined || current.change === 'withdrawn') {
    arriveUntaken(line, pending, fresh, draft)
    return
  }
  const isSame = (item.digest !== null && item.digest === current.digest) || saysTheSame(current.content, item.content)
  const wasRefused = line.some(
    (row) =>
      row.state === 'rejected' &&
      row.replaces === current.id &&
      isAmended(row) &&
      saysTheSame(row.content, item.content),
  )
  if (isSame || wasRefused) {
    if (isSame) draft.seen.push({ ...lying(item), id: current.id })
    if (pending !== undefined) draft.removed.push(pending.id)
    return
  }
  wait(pending, { ...fresh, replaces: current.id, change: 'amended', was: current.content }, draft)
}

function arriveUntaken(
  line: readonly KnownItem[],
  pending: KnownItem | undefined,
  fresh: WaitingItem,
  draft: Draft,
): void {
  if (pending !== undefined) {
    const isSame = pending.change === null && saysTheSame(pending.content, fresh.content)
    if (isSame) draft.seen.push({ ...lying(fresh), id: pending.id })
    else draft.updated.push({ ...fresh, id: pending.id })
    return
  }
  const last = line.findLast((row) => row.state === 'rejected')
  if (line.length === 0) return void draft.inserted.push(fresh)
  const isRefused = last !== undefined && currentOf(line) === undefined
  if (isRefused && (saysTheSame(last.content, fresh.content) || !isCorrected(fresh))) {
    draft.seen.push({ ...lying(fresh), id: last.id })
    return
  }
  wait(undefined, fresh, draft)
}

function withdraw(line: readonly KnownItem[], id: string, draft: Draft): void {
  const pending = line.findLast((row) => row.state === 'unconfirmed')
  const current = currentOf(line)
  if (current === undefined || current.change === 'withdrawn') {
    if (pending !== undefined) draft.removed.push(pending.id)
    return
  }
  const wasRefused = line.some(
    (row) => row.state === 'rejected' && row.replaces === current.id && row.change === 'withdrawn',
  )
  if (wasRefused || draft.withdrawn.has(current.id)) return
  draft.withdrawn.add(current.id)
  const { kind, key, base_key, origin, part, content } = current
  const gone = { id, kind, key, base_key, origin, part, digest: null, content, doubts: [] }
  if (pending?.change === 'withdrawn') return
  wait(pending, { ...gone, replaces: current.id, change: 'withdrawn', was: content }, draft)
}

function wait(pending: KnownItem | undefined, item: WaitingItem, draft: Draft): void {
  const isSame =
    pending?.replaces === item.replaces && pending.change === item.change && saysTheSame(pending.content, item.content)
  if (isSame) draft.seen.push({ ...lying(item), id: pending.id })
  else if (pending !== undefined) draft.updated.push({ ...item, id: pending.id })
  else draft.inserted.push({ ...item, key: `${item.base_key}|after|${item.id}` })
}

/** The row that stands for the thing in the record: the one taken last. */
function currentOf(line: readonly KnownItem[]): KnownItem | undefined {
  const taken = line.filter((row) => row.state === 'accepted')
  const replaced = new Set(taken.map((row) => row.replaces))
  return taken.findLast((row) => !replaced.has(row.id))
}

/** How far a laboratory has come with a result. */
const STEPS: Readonly<Record<string, number>> = { registered: 0, preliminary: 1, final: 2, corrected: 3, amended: 3 }

/** Whether a file says less of a result than was taken: it was written before. */
function isOlder({ origin, content }: ArrivedItem, taken: ImportedItem): boolean {
  if (origin !== null || content.kind !== 'lab' || taken.kind !== 'lab') return false
  return (STEPS[content.status] ?? 2) < (STEPS[taken.status] ?? 2)
}

const isAmended = (row: KnownItem) => row.change === 'amended'
const lying = ({ origin, part, digest }: ArrivedItem) => ({ origin, part, digest })

/** What was rejected is asked again where its laboratory corrected it, or its hospital changed it. */
function isCorrected({ content, origin }: ArrivedItem): boolean {
  return origin !== null || (content.kind === 'lab' && content.status === 'corrected')
}

/** What is not said to the person, or is of one reading only. */
const APART: ReadonlySet<string> = new Set(['key', 'hospital', 'externalId', 'data'])

/** Whether two readings say the same of a thing; the order of members, and what is of one reading only, say nothing. */
export function saysTheSame(one: ImportedItem, other: ImportedItem): boolean {
  return wordsOf(one) === wordsOf(other)
}

function wordsOf(item: ImportedItem): string {
  const said = Object.entries(item).filter(([name]) => !APART.has(name))
  // What opens a file for a while is another with every answer.
  return canonical(Object.fromEntries(said.map(([name, value]) => [name, name === 'url' ? plainUrl(value) : value])))
}

const plainUrl = (url: unknown) => (typeof url === 'string' ? url.split('?')[0] : url)

/** JSON with the members of every object in one order: equal for what is equal. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value).filter(([, one]) => one !== undefined)
  return `{${members
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`)
    .join(',')}}`
}
