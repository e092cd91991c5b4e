import { lookedAt, signedIn } from '../client/endpoint.ts'
import { DRAFTS_KEY } from '../client/session.ts'

/** What was typed into a form and is not sent. */
export interface Draft {
  /** It was sent: nothing of it is kept. */
  forget(): void
  /** The form is taken from the page. */
  leave(): void
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement
/** What stands in the controls, by their place. */
type Said = Readonly<Record<string, string>>

/** Whoever comes back later begins anew: a number of this morning is not that of tonight. */
const KEPT_MS = 1_800_000
/** Secrets are typed again; a language is chosen for the whole device, not for a form. */
const NEVER = /password|code|language/

/**
 * Keeps what is typed in this tab until it is sent, and puts it back into the same form about the same person: a session
 * that ends, another language, a step back or a reload loses nothing. A form that is closed on its page was meant to be.
 */
export function followDraft(form: HTMLFormElement): Draft {
  const account = signedIn.get()?.account
  if (account === undefined) return { forget: () => undefined, leave: () => undefined }
  const first = said(form)
  const [person, path] = [lookedAt.get(), location.pathname]
  const title = form.closest('dialog')?.querySelector('h2')?.textContent
  // What is filled in is of a row, but for what the clock says.
  const began = controlsOf(form).map(([place, { type }]) => (type.startsWith('date') ? place : [place, first[place]]))
  const id = JSON.stringify([account, person, path, title, began])
  const kept = read()[id]?.changed
  const restore = () => kept !== undefined && fill(form, kept)
  const forget = () => write(id, {})
  form.addEventListener('input', () => {
    const changed = Object.entries(said(form)).filter(([place, text]) => text !== first[place])
    write(id, Object.fromEntries(changed))
  })
  restore()
  // What was chosen may have brought more fields.
  requestAnimationFrame(restore)
  return {
    forget,
    leave: () => {
      const isClosed = signedIn.get() !== undefined && location.pathname === path && lookedAt.get() === person
      if (isClosed) forget()
    },
  }
}

function controlsOf(form: HTMLFormElement): (readonly [place: string, control: Control])[] {
  const counts = new Map<string, number>()
  return ([...form.elements] as Control[]).flatMap((control) => {
    const { name, type } = control
    if (!name || /^(submit|button|hidden|file)$/.test(type) || NEVER.test(`${name} ${type}`)) return []
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return [[`${name} ${count}`, control]]
  })
}

const isBox = (control: Control): control is HTMLInputElement => /^(checkbox|radio)$/.test(control.type)

const textOf = (control: Control) => (isBox(control) ? String(control.checked) : control.value)

function said(form: HTMLFormElement): Said {
  return Object.fromEntries(controlsOf(form).map(([place, control]) => [place, textOf(control)]))
}

function fill(form: HTMLFormElement, wanted: Said): void {
  for (const [place, control] of controlsOf(form)) {
    const text = wanted[place]
    if (text === undefined || text === textOf(control)) continue
    control.closest('details')?.setAttribute('open', '')
    if (isBox(control)) {
      // One of several is let go by choosing another.
      if (control.type === 'checkbox' || text === 'true') control.click()
      continue
    }
    control.value = text
    for (const kind of ['input', 'change']) control.dispatchEvent(new Event(kind, { bubbles: true }))
  }
}

type Kept = Readonly<Record<string, { readonly at: number; readonly changed: Said }>>

function read(): Kept {
  const all = JSON.parse(sessionStorage.getItem(DRAFTS_KEY) ?? '{}') as Kept
  return Object.fromEntries(Object.entries(all).filter(([, { at }]) => Date.now() - at < KEPT_MS))
}

function write(id: string, changed: Said): void {
  const { [id]: _before, ...others } = read()
  const isAny = Object.keys(changed).length > 0
  try {
    sessionStorage.setItem(
      DRAFTS_KEY,
      JSON.stringify(isAny ? { ...others, [id]: { at: Date.now(), changed } } : others),
    )
  } catch {
    // The tab has no room for it.
  }
}
