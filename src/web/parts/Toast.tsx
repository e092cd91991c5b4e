import { useEffect, useRef } from 'preact/hooks'
import { lookedAt, Problem } from '../client/endpoint.ts'
import { SavedHere } from '../client/outbox.ts'
import { createStore, useStore } from '../client/store.ts'
import { texts } from '../texts/catalogue.ts'
import { problemSaid, type Said } from '../texts/serverWords.ts'
import { Icon } from './Icon.tsx'
import { SaidText } from './SaidText.tsx'

interface Toast extends Said {
  readonly undo?: (() => Promise<unknown>) | undefined
  readonly isBad?: boolean
}

const SHOWN_MS = 9000
const current = createStore<Toast | undefined>(undefined)

// What could be undone belongs to the person who was looked at.
lookedAt.follow(() => current.set(undefined))

/** Says what was done, with a way back where there is one. */
export function say(text: string, undo?: () => Promise<unknown>): void {
  current.set({ text, undo })
}

/** Says what went wrong where no form can; what waits on this device did not go wrong. */
export function complain(problem: unknown): void {
  if (problem instanceof SavedHere) {
    say(texts().offline.savedHere)
    return
  }
  const said = problem instanceof Problem && problem.status !== 0 ? problemSaid(problem) : { text: messageOf(problem) }
  current.set({ ...said, isBad: true })
}

const messageOf = (problem: unknown) =>
  problem instanceof Error && problem.message !== '' ? problem.message : texts().errors.unreachable

/** The place where messages appear; a screen reader hears them as they come. */
export function Toaster() {
  const toast = useStore(current)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (toast === undefined) return
    // It stays while a key is about to press its button.
    const close = () => {
      if (box.current?.matches(':focus-within')) timer = setTimeout(close, 1000)
      else current.set(undefined)
    }
    let timer = setTimeout(close, SHOWN_MS)
    return () => clearTimeout(timer)
  }, [toast])
  const undo = async () => {
    const work = toast?.undo
    current.set(undefined)
    try {
      await work?.()
      current.set({ text: texts().toast.undone })
    } catch (problem) {
      complain(problem)
    }
  }
  return (
    <div ref={box} class="toaster" role="status" aria-live="polite">
      {toast !== undefined && (
        <div class={toast.isBad === true ? 'toast bad' : 'toast'}>
          <span dir="auto">
            <SaidText said={toast} />
          </span>
          {toast.undo !== undefined && (
            <button type="button" class="link" onClick={undo}>
              {texts().toast.undo}
            </button>
          )}
          <button type="button" class="plain" aria-label={texts().toast.close} onClick={() => current.set(undefined)}>
            <Icon name="close" size={18} />
          </button>
        </div>
      )}
    </div>
  )
}
