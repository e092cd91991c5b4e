import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { createStore, useStore } from './client/store.ts'

const here = createStore(location.pathname)
/** Set when the page has just been changed, for its heading to take the focus once. */
let hasMoved = false
/** Where the person was before they were asked to sign in. */
let wanted: string | undefined

addEventListener('popstate', () => {
  hasMoved = true
  here.set(location.pathname)
  returnTo(location.pathname, history.state?.y ?? 0)
})

/** As long as a page may take to be as long as it was, in frames. */
const FRAMES = 90

/** Scrolls to where the page was left, as soon as its content is there again. */
function returnTo(path: string, y: number, frames = FRAMES): void {
  if (location.pathname !== path) return
  scrollTo(0, y)
  if (scrollY < y - 1 && frames > 0) requestAnimationFrame(() => returnTo(path, y, frames - 1))
}

/** A choice made on a page, which stands again when a step back leads there. */
export function useChosen<Value>(name: string, first: Value): readonly [Value, (wanted: Value) => void] {
  const [value, setValue] = useState<Value>(() => history.state?.[name] ?? first)
  const choose = (wanted: Value) => {
    history.replaceState({ ...history.state, [name]: wanted }, '')
    setValue(wanted)
  }
  return [value, choose]
}

/** The path of the page. */
export function usePath(): string {
  return useStore(here)
}

/** Goes to a page; `replace` leaves no step behind. */
export function go(path: string, options: { readonly replace?: boolean } = {}): void {
  if (options.replace === true) history.replaceState(null, '', path)
  else {
    history.replaceState({ ...history.state, y: scrollY }, '')
    history.pushState(null, '', path)
  }
  hasMoved = true
  here.set(location.pathname)
  scrollTo(0, 0)
}

/** Whether this page was come to by a link of ours; said once. */
export function takeMove(): boolean {
  const was = hasMoved
  hasMoved = false
  return was
}

/** Goes to the sign-in page and remembers where to come back to. */
export function askToSignIn(): void {
  if (!/^\/app\/(sign-in|register)$/.test(location.pathname)) wanted = location.pathname
  go('/app/sign-in', { replace: true })
}

/** Goes where the person wanted before they were asked to sign in. */
export function goOn(): void {
  const path = wanted?.startsWith('/app/') ? wanted : '/app/today'
  wanted = undefined
  go(path, { replace: true })
}

/** The parameters when the path fits the pattern (`/app/trends/:metric`), else undefined. */
export function match(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const wantedParts = pattern.split('/')
  const parts = path.replace(/(?<=.)\/$/, '').split('/')
  if (wantedParts.length !== parts.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of wantedParts.entries()) {
    const given = parts[index] as string
    if (part.startsWith(':')) params[part.slice(1)] = given
    else if (part !== given) return undefined
  }
  return params
}

interface LinkProps {
  readonly to: string
  readonly class?: string | undefined
  readonly isCurrent?: boolean
  readonly label?: string
  readonly children: ComponentChildren
}

/** A link that changes the page without loading it; with a modifier key it is a link like any other. */
export function Link({ to, isCurrent, label, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    go(to)
  }
  return (
    <a href={to} onClick={follow} aria-label={label} aria-current={isCurrent === true ? 'page' : undefined} {...rest}>
      {children}
    </a>
  )
}
