import { useEffect, useState } from 'preact/hooks'
import type { InputOf, OutputOf } from '../../kernel/contract.ts'
import { keepAnswer, readAnswer } from './answers.ts'
import { call, type Endpoint, isAway, isAwayProblem, lookedAt, type Problem, signedIn } from './endpoint.ts'
import { createStore, type Store, useStore } from './store.ts'

/** What is known of a question at the moment. While it is asked again, the last answer stays. */
export interface Answer<Value> {
  readonly value?: Value
  readonly problem?: Problem
  readonly isLoading: boolean
  /** The server is away: the value is what it said then, in milliseconds. */
  readonly asOf?: number
}

interface Entry {
  readonly store: Store<Answer<unknown>>
  readonly ask: () => Promise<void>
  readers: number
}

/** How long an answer may take before the last one is shown in its place. */
export const LATE_MS = 700
const READY_MS = 3_600_000

/** The age of the oldest answer on the screen that is not of now, in milliseconds since 1970; undefined when all are. */
export const shownAsOf = createStore<number | undefined>(undefined)

const entries = new Map<string, Entry>()

/** Asks the endpoint about the person looked at, and keeps the answer until something changes. `undefined` asks nothing. */
export function useQuery<Op>(
  endpoint: Endpoint<Op>,
  input: InputOf<Op> | undefined,
  params?: Readonly<Record<string, string>>,
): Answer<OutputOf<Op>> {
  const person = useStore(lookedAt)
  const key = input === undefined ? '' : keyOf(endpoint, input, person, params)
  const [answer, setAnswer] = useState<{ key: string; now: Answer<unknown> }>({ key, now: peek(key) })
  useEffect(() => {
    if (input === undefined) return
    const fetchIt = () => call(endpoint, input, params === undefined ? {} : { params })
    const entry = entryOf(key, endpoint.isKept === true, fetchIt)
    entry.readers += 1
    const read = () => setAnswer({ key, now: entry.store.get() })
    read()
    void entry.ask()
    const leave = entry.store.follow(read)
    return () => {
      entry.readers -= 1
      leave()
      judgeAge()
    }
  }, [key])
  const now = answer.key === key ? answer.now : peek(key)
  return now as Answer<OutputOf<Op>>
}

function peek(key: string): Answer<unknown> {
  return entries.get(key)?.store.get() ?? { isLoading: key !== '' }
}

function entryOf(key: string, isKept: boolean, fetchIt: () => Promise<unknown>): Entry {
  const known = entries.get(key)
  if (known !== undefined) return known
  const store = createStore<Answer<unknown>>({ isLoading: true })
  let turn = 0
  let cameAt = 0
  const ask = async () => {
    turn += 1
    const mine = turn
    const asker = isKept ? signedIn.get()?.account : undefined
    // An answer that a later question has overtaken is dropped.
    const settle = (answer: Answer<unknown>) => {
      if (mine !== turn) return
      store.set(answer)
      judgeAge()
    }
    const showKept = async () => {
      if (asker === undefined || store.get().value !== undefined) return
      const kept = await readAnswer(asker, key)
      if (kept === undefined || store.get().value !== undefined || asker !== signedIn.get()?.account) return
      cameAt = kept.at
      settle({ value: kept.value, isLoading: true, asOf: kept.at })
    }
    const late = setTimeout(() => void showKept(), isAway.get() ? 0 : LATE_MS)
    try {
      const value = await fetchIt()
      cameAt = Date.now()
      settle({ value, isLoading: false })
      if (asker !== undefined) void keepAnswer(asker, key, value)
    } catch (problem) {
      if (isAwayProblem(problem)) await showKept()
      const { value } = store.get()
      if (value !== undefined && isAwayProblem(problem)) settle({ value, isLoading: false, asOf: cameAt })
      else settle({ ...store.get(), problem: problem as Problem, isLoading: false })
    } finally {
      clearTimeout(late)
    }
  }
  const entry = { store, ask, readers: 0 }
  entries.set(key, entry)
  return entry
}

function judgeAge(): void {
  const ages = [...entries.values()].flatMap(({ readers, store }) => (readers > 0 ? (store.get().asOf ?? []) : []))
  shownAsOf.set(ages.length === 0 ? undefined : Math.min(...ages))
}

/** Has the answer on this device before it is needed there, unless it came within the hour. */
export async function keepReady<Op>(endpoint: Endpoint<Op>, input: InputOf<Op>): Promise<void> {
  const asker = signedIn.get()?.account
  if (asker === undefined) return
  const kept = await readAnswer(asker, keyOf(endpoint, input, lookedAt.get()))
  if (Date.now() - (kept?.at ?? 0) > READY_MS) await askOrKept(endpoint, input)
}

/** The endpoint's answer; while the server is away the last one it gave on this device. Throws a `Problem` without one. */
export async function askOrKept<Op>(endpoint: Endpoint<Op>, input: InputOf<Op>): Promise<OutputOf<Op>> {
  const asker = signedIn.get()?.account
  const key = keyOf(endpoint, input, lookedAt.get())
  try {
    const value = await call(endpoint, input)
    if (asker !== undefined) void keepAnswer(asker, key, value)
    return value
  } catch (problem) {
    const kept = isAwayProblem(problem) && asker !== undefined ? await readAnswer(asker, key) : undefined
    if (kept === undefined) throw problem
    return kept.value as OutputOf<Op>
  }
}

function keyOf<Op>(
  { route }: Endpoint<Op>,
  input: InputOf<Op>,
  person: string | undefined,
  params: Readonly<Record<string, string>> = {},
): string {
  return JSON.stringify([route, person ?? '', input, params])
}

/** After a change: what is on the screen is asked again, the rest is forgotten. */
export function refresh(): void {
  for (const [key, entry] of entries) {
    if (entry.readers > 0) void entry.ask()
    else entries.delete(key)
  }
}

/** Forgets every answer: another person is at the screen. */
export function forgetAnswers(): void {
  entries.clear()
}
