import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { complain } from '../../../web/parts/Toast.tsx'
import { recordsTexts } from './texts.ts'
import type { Words } from './values.ts'

export interface Line {
  readonly id: string
  readonly state: 'unconfirmed' | 'accepted' | 'corrected' | 'rejected'
  readonly kind: string
  readonly words: Words
  /** Why it wants a look, as sentences. */
  readonly doubts: readonly string[]
  /** The line as it stands in the paper. */
  readonly read: string | null
  /** What its sender changed since it was accepted, and both as they are said. */
  readonly changed?: { readonly why: string; readonly had: string; readonly now: string } | undefined
}

interface DecisionsProps {
  readonly lines: readonly Line[]
  readonly current: string | undefined
  readonly onCurrent: (id: string) => void
  readonly onAccept: (id: string) => Promise<unknown>
  readonly onReject: (id: string) => Promise<unknown>
  /** The form that corrects a value; left out where nothing can be corrected. */
  readonly editor?: (id: string, done: () => void) => ComponentChildren
}

type Mode = { readonly kind: 'edit' | 'confirm' | 'again'; readonly id: string } | undefined

/** Values to decide about, one line each, by hand or by keys: arrows or J and K move, Enter accepts, E edits, X rejects. */
export function Decisions(props: DecisionsProps) {
  const { lines, current, onCurrent, onAccept, onReject, editor } = props
  const list = useRef<HTMLUListElement>(null)
  const [mode, setMode] = useState<Mode>()
  const [isBusy, setBusy] = useState(false)
  useFocus(list, `${current}|${mode?.kind ?? ''}|${mode?.id ?? ''}|${lines.length}`)
  const step = (by: number) => {
    const at = lines.findIndex((one) => one.id === current)
    const next = lines[Math.min(lines.length - 1, Math.max(0, at + by))]
    if (next !== undefined) onCurrent(next.id)
  }
  const goOn = (from: string) => {
    const at = lines.findIndex((one) => one.id === from)
    const waiting = [...lines.slice(at + 1), ...lines.slice(0, at)].find((one) => one.state === 'unconfirmed')
    setMode(undefined)
    onCurrent(waiting?.id ?? from)
  }
  const decide = async (id: string, work: (id: string) => Promise<unknown>) => {
    if (isBusy) return
    setBusy(true)
    await work(id).then(() => goOn(id), complain)
    setBusy(false)
  }
  const press = (key: string): boolean => {
    const line = lines.find((one) => one.id === current)
    if (key === 'ArrowDown' || key === 'j') step(1)
    else if (key === 'ArrowUp' || key === 'k') step(-1)
    else if (line === undefined) return false
    else if (key === 'e' && editor !== undefined) setMode({ kind: 'edit', id: line.id })
    else if (key === 'x') void decide(line.id, onReject)
    else return false
    return true
  }
  useKeys(list, press, () => setMode(undefined))
  return (
    <ul class="decisions" ref={list}>
      {lines.map((line) => (
        <li key={line.id} aria-current={line.id === current} onFocusIn={() => onCurrent(line.id)} data-id={line.id}>
          <Head line={line} />
          {mode?.kind === 'edit' && mode.id === line.id ? (
            editor?.(line.id, () => goOn(line.id))
          ) : (
            <Buttons
              line={line}
              mode={mode?.id === line.id ? mode.kind : undefined}
              canEdit={editor !== undefined}
              onMode={(kind) => setMode({ kind, id: line.id })}
              onAccept={() => void decide(line.id, onAccept)}
              onReject={() => void decide(line.id, onReject)}
            />
          )}
        </li>
      ))}
    </ul>
  )
}

/** The line at hand holds the focus, so that the keys are heard there and nowhere else. */
function useFocus(list: { readonly current: HTMLUListElement | null }, when: string): void {
  // Before the next key can come: what it is meant for must hold the focus by then.
  useLayoutEffect(() => {
    const line = list.current?.querySelector<HTMLElement>('[aria-current="true"]')
    if (line === null || line === undefined || line.contains(document.activeElement)) return
    line.querySelector<HTMLElement>('input, [data-first]')?.focus({ preventScroll: true })
    line.scrollIntoView({ block: 'nearest' })
  }, [when])
}

function useKeys(
  list: { readonly current: HTMLUListElement | null },
  press: (key: string) => boolean,
  onEscape: () => void,
): void {
  const latest = useRef({ press, onEscape })
  latest.current = { press, onEscape }
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key === 'Escape') return latest.current.onEscape()
      const isTyping = event.target instanceof HTMLInputElement
      if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return
      if (latest.current.press(event.key.length === 1 ? event.key.toLowerCase() : event.key)) event.preventDefault()
    }
    const box = list.current
    box?.addEventListener('keydown', listen)
    return () => box?.removeEventListener('keydown', listen)
  }, [])
}

function Head({ line }: { readonly line: Line }) {
  const t = recordsTexts().review
  const { words, doubts, read, state, kind, changed } = line
  const isOpen = state === 'unconfirmed'
  return (
    <>
      <div class="row">
        <strong class="grow" dir="auto">
          {words.name}
        </strong>
        {!isOpen && <span class={state === 'rejected' ? 'tag' : 'tag good'}>{t.states[state]}</span>}
      </div>
      <p class={state === 'rejected' ? 'struck' : undefined}>
        <bdi class="amount">{words.text}</bdi>{' '}
        <small class="soft" dir="auto">
          {[kind, words.range && `${t.range} ${words.range}`, words.date].filter(Boolean).join(' · ')}
        </small>
      </p>
      {changed !== undefined && (
        <>
          <small class="soft">{changed.why}</small>
          <dl>
            {[
              [t.had, changed.had],
              [t.now, changed.now],
            ].map(([name, said]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd dir="auto">{said}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
      {isOpen && doubts.length > 0 && (
        <ul class="doubts">
          {doubts.map((doubt) => (
            <li key={doubt}>{doubt}</li>
          ))}
        </ul>
      )}
      {isOpen && read !== null && (
        <small class="soft">
          {t.line}: <bdi>{read}</bdi>
        </small>
      )}
    </>
  )
}

interface ButtonsProps {
  readonly line: Line
  readonly mode: 'edit' | 'confirm' | 'again' | undefined
  readonly canEdit: boolean
  readonly onMode: (kind: 'edit' | 'confirm' | 'again') => void
  readonly onAccept: () => void
  readonly onReject: () => void
}

/** The first button is what Enter does: it accepts; where there are doubts, it asks once more. */
function Buttons({ line, mode, canEdit, onMode, onAccept, onReject }: ButtonsProps) {
  const t = recordsTexts().review
  const { name } = line.words
  if (line.state !== 'unconfirmed' && mode !== 'again' && mode !== 'confirm') {
    if (!canEdit) return null
    return (
      <button type="button" class="link" data-first onClick={() => onMode('again')}>
        {t.change}
      </button>
    )
  }
  const isAsking = mode === 'confirm'
  const mustAsk = line.doubts.length > 0 && !isAsking
  return (
    <div class="actions">
      {isAsking && <span>{t.confirmText}</span>}
      <button
        type="button"
        class="button"
        data-first
        key={String(isAsking)}
        aria-label={isAsking ? t.confirm : line.changed === undefined ? t.acceptOne(name) : `${t.takeNew}: ${name}`}
        onClick={() => (mustAsk ? onMode('confirm') : onAccept())}
      >
        {isAsking ? t.confirm : line.changed === undefined ? t.accept : t.takeNew}
      </button>
      {canEdit && (
        <button type="button" class="button quiet" aria-label={t.editOne(name)} onClick={() => onMode('edit')}>
          {t.edit}
        </button>
      )}
      {line.changed === undefined ? (
        <button type="button" class="link bad" aria-label={t.rejectOne(name)} onClick={onReject}>
          {t.reject}
        </button>
      ) : (
        <button type="button" class="button quiet" aria-label={`${t.keepMine}: ${name}`} onClick={onReject}>
          {t.keepMine}
        </button>
      )}
    </div>
  )
}
