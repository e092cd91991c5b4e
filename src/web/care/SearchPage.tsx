import { useEffect, useRef, useState } from 'preact/hooks'
import { Icon } from '../parts/Icon.tsx'
import { Page } from '../parts/Page.tsx'
import { type Found, useFound } from './found.ts'
import { careTexts } from './texts.ts'

const PAUSE_MS = 200
/** Apart, because the types of the element want a `list` beside the role, which the browser would show as its own. */
const combobox = (isOpen: boolean): object => ({
  role: 'combobox',
  'aria-expanded': isOpen,
  'aria-controls': 'found',
  'aria-autocomplete': 'list',
  'aria-activedescendant': isOpen ? 'found-at' : undefined,
})

/** The search over everything: typed words, a list that the arrow keys walk through, Enter opens. */
export function SearchPage() {
  const t = careTexts()
  const input = useRef<HTMLInputElement>(null)
  const [text, setText] = useState('')
  const [asked, setAsked] = useState('')
  const [at, setAt] = useState(0)
  const { items, isLoading, isPartly } = useFound(asked)
  const current = items[Math.min(at, items.length - 1)]
  useEffect(() => input.current?.focus(), [])
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text])
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0 && items.length > 0) {
      event.preventDefault()
      setAt((Math.min(at, items.length - 1) + step + items.length) % items.length)
    }
    if (event.key === 'Enter') current?.open()
  }
  const isSettled = asked.trim().length > 1 && !isLoading && asked === text
  return (
    <Page title={t.search} lead={t.searchHint}>
      <label class="search">
        <span class="unseen">{t.searchLabel}</span>
        <Icon name="search" size={20} />
        <input
          ref={input}
          type="search"
          {...combobox(items.length > 0)}
          placeholder={t.searchLabel}
          autocomplete="off"
          maxLength={80}
          dir="auto"
          value={text}
          onKeyDown={move}
          onInput={(event) => {
            setText(event.currentTarget.value)
            setAt(0)
          }}
        />
      </label>
      <p class={isSettled && items.length === 0 ? 'soft' : 'unseen'} role="status">
        {isSettled && (items.length === 0 ? t.nothing : t.found(items.length))}
      </p>
      {isPartly && <p class="notice">{t.partly}</p>}
      <List items={items} current={current} />
    </Page>
  )
}

interface ListProps {
  readonly items: readonly Found[]
  readonly current: Found | undefined
}

/** What was found. The focus stays in the field, whose keys walk through it. */
function List({ items, current }: ListProps) {
  const list = useRef<HTMLDivElement>(null)
  useEffect(
    () => list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }),
    [current],
  )
  return (
    <div id="found" class="found" role="listbox" aria-label={careTexts().searchLabel} ref={list}>
      {items.map((one) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: as above.
        <div
          key={one.key}
          id={one === current ? 'found-at' : undefined}
          role="option"
          aria-selected={one === current}
          onClick={one.open}
        >
          <small class="soft">{one.kind}</small>
          <strong dir="auto">{one.title}</strong>
          <small class="soft" dir="auto">
            {one.notes}
          </small>
          {one.snippet && (
            <small dir="auto">{one.snippet.map(({ text, found }) => (found ? <mark>{text}</mark> : text))}</small>
          )}
        </div>
      ))}
    </div>
  )
}
