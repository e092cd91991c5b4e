import { useEffect, useState } from 'preact/hooks'

/** A value that components follow. */
export interface Store<Value> {
  get(): Value
  set(value: Value): void
  follow(listener: () => void): () => void
}

export function createStore<Value>(first: Value): Store<Value> {
  let value = first
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return
      value = next
      for (const listener of [...listeners]) listener()
    },
    follow(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** The store's value; the component is drawn again when it changes. */
export function useStore<Value>(store: Store<Value>): Value {
  const [value, setValue] = useState(() => ({ now: store.get() }))
  useEffect(() => {
    const read = () => setValue((known) => (Object.is(known.now, store.get()) ? known : { now: store.get() }))
    read()
    return store.follow(read)
  }, [store])
  return value.now
}
