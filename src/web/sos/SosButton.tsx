import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Dialog } from '../parts/Dialog.tsx'
import { dialled } from './card.ts'
import { sosTexts } from './texts.ts'

const HOLD_MS = 2000
const COUNTDOWN_SECONDS = 5

type State = 'idle' | 'holding' | 'released' | 'asking' | 'counting' | 'started' | 'cancelled'

/**
 * Held for two seconds it counts down, then opens the dialler. A key, or a screen reader's press, asks instead of being
 * held: nobody can hold those. It tells nobody, and says so.
 */
export function SosButton({ number }: { readonly number: string }) {
  const t = sosTexts()
  const [state, setState] = useState<State>('idle')
  const hold = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(hold.current), [])
  const press = (event: PointerEvent) => {
    if (event.button !== 0) return
    setState('holding')
    hold.current = setTimeout(() => setState('counting'), HOLD_MS)
  }
  const release = () => {
    clearTimeout(hold.current)
    setState((now) => (now === 'holding' ? 'released' : now))
  }
  // A click that no pointer made: a key, a switch, a screen reader.
  const ask = (event: MouseEvent) => event.detail === 0 && setState('asking')
  if (state === 'counting') {
    return <Countdown number={number} onCancel={() => setState('cancelled')} onEnd={() => setState('started')} />
  }
  if (state === 'started') return <Started number={number} onAgain={() => setState('idle')} />
  return (
    <section class="sos-start">
      <button
        type="button"
        class={state === 'holding' ? 'sos-hold held' : 'sos-hold'}
        onPointerDown={press}
        onPointerUp={release}
        onPointerLeave={release}
        onPointerCancel={release}
        onContextMenu={(event) => event.preventDefault()}
        onClick={ask}
      >
        <strong>SOS</strong>
        <span>{state === 'holding' ? t.holding : t.hold}</span>
      </button>
      <p role="status">{state === 'released' ? t.released : state === 'cancelled' ? t.cancelled : t.holdText}</p>
      {state === 'asking' && (
        <Dialog title={t.confirmTitle} onClose={() => setState((now) => (now === 'asking' ? 'idle' : now))}>
          <p>{t.confirmText(number)}</p>
          <div class="actions">
            <button type="button" class="button danger" onClick={() => setState('counting')}>
              {t.confirm}
            </button>
            <button type="button" class="link" onClick={() => setState('idle')}>
              {t.notNow}
            </button>
          </div>
        </Dialog>
      )}
    </section>
  )
}

interface CountdownProps {
  readonly number: string
  readonly onCancel: () => void
  readonly onEnd: () => void
}

function Countdown({ number, onCancel, onEnd }: CountdownProps) {
  const t = sosTexts()
  const [left, setLeft] = useState(COUNTDOWN_SECONDS)
  const cancel = useRef<HTMLButtonElement>(null)
  const link = useRef<HTMLAnchorElement>(null)
  // At once: the next key has to reach it.
  useLayoutEffect(() => cancel.current?.focus(), [])
  useEffect(() => {
    const timer = setTimeout(() => {
      if (left > 1) return setLeft(left - 1)
      link.current?.click()
      onEnd()
    }, 1000)
    return () => clearTimeout(timer)
  }, [left])
  return (
    <section class="sos-start" role="alert">
      <p class="sos-count" aria-hidden="true">
        {left}
      </p>
      <p>{t.countdown(left)}</p>
      <div class="actions">
        <button type="button" class="button" ref={cancel} onClick={onCancel}>
          {t.cancel}
        </button>
        <a class="link" ref={link} href={`tel:${dialled(number)}`}>
          {t.call(number)}
        </a>
      </div>
    </section>
  )
}

function Started({ number, onAgain }: { readonly number: string; readonly onAgain: () => void }) {
  const t = sosTexts()
  const link = useRef<HTMLAnchorElement>(null)
  useEffect(() => link.current?.focus(), [])
  return (
    <section class="sos-start">
      <a class="sos-hold" ref={link} href={`tel:${dialled(number)}`}>
        <strong>{t.started(number)}</strong>
      </a>
      <p role="status">{t.startedText}</p>
      <button type="button" class="link" onClick={onAgain}>
        {t.again}
      </button>
    </section>
  )
}
