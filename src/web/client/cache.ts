import { useEffect, useState } from 'preact/hooks'
import type { InputOf, OutputOf } from '../../kernel/contract.ts'
import { call, type Endpoint, lookedAt, type Problem } from './endpoint.ts'
import { createStore, type Store, useStore } from './store.ts'

/** What is known of a question at the moment. While it is asked again, the last answer stays. */
export interface Answer<Value> {
  readonly value?: Value
  readonly problem?: Problem
  readonly isLoading: boolean
}

interface Entry {
  readonly store: Store<Answer<unknown>>
  readonly ask: () => Promise<void>
  readers: number
}

const entries = new Map<string, Entry>()

/** Asks the endpoint about the person looked at, and keeps the answer until something changes. `undefined` asks nothing. */
export function useQuery<Op>(
  endpoint: Endpoint<Op>,
  input: InputOf<Op> | undefined,
  params?: Readonly<Record<string, string>>,
): Answer<OutputOf<Op>> {
  const person = useStore(lookedAt)
  const key = input === undefined ? '' : JSON.stringify([endpoint.route, person ?? '', input, params ?? {}])
  const [answer, setAnswer] = useState<{ key: string; now: Answer<unknown> }>({ key, now: peek(key) })
  useEffect(() => {
    if (input === undefined) return
    const entry = entryOf(key, () => call(endpoint, input, params === undefined ? {} : { params }))
    entry.readers += 1
    const read = () => setAnswer({ key, now: entry.store.get() })
    read()
    void entry.ask()
    const leave = entry.store.follow(read)
    return () => {
      entry.readers -= 1
      leave()
    }
  }, [key])
  const now = answer.key === key ? answer.now : peek(key)
  return now as Answer<OutputOf<Op>>
}

function peek(key: string): Answer<unknown> {
  return entries.get(key)?.store.get() ?? { isLoading: key !== '' }
}

function entryOf(key: string, fetchIt: () => Promise<unknown>): Entry {
  const known = entries.get(key)
  if (known !== undefined) return known
  const store = createStore<Answer<unknown>>({ isLoading: true })
  let turn = 0
  const ask = async () => {
    turn += 1
    const mine = turn
    // An answer that a later question has overtaken is dropped.
    const settle = (answer: Answer<unknown>) => mine === turn && store.set(answer)
    try {
      settle({ value: await fetchIt(), isLoading: false })
    } catch (problem) {
      settle({ ...store.get(), problem: problem as Problem, isLoading: false })
    }
  }
  const entry = { store, ask, readers: 0 }
  entries.set(key, entry)
  return entry
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
