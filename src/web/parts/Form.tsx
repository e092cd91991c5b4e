import { type ComponentChildren, createContext } from 'preact'
import { useContext, useEffect, useId, useRef, useState } from 'preact/hooks'
import { newKey, Problem } from '../client/endpoint.ts'
import { SavedHere } from '../client/outbox.ts'
import { go } from '../router.tsx'
import { texts } from '../texts/catalogue.ts'
import { faultSaid, problemSaid, type Said } from '../texts/serverWords.ts'
import { SaidText } from './SaidText.tsx'
import { complain } from './Toast.tsx'

/** A field that the page itself finds wrong. */
export class FieldError extends Error {
  readonly field: string
  constructor(field: string, message: string) {
    super(message)
    this.field = field
  }
}

export type Values = Readonly<Record<string, string>>

interface FormState {
  readonly faults: ReadonlyMap<string, Said>
  readonly isBusy: boolean
}

const State = createContext<FormState>({ faults: new Map(), isBusy: false })

interface FormProps {
  readonly onSend: (values: Values, key: string) => Promise<unknown>
  readonly submit: string
  readonly class?: string
  /** Beside the button: a way out. */
  readonly aside?: ComponentChildren
  /** The button is drawn for something that can't be taken back. */
  readonly isDangerous?: boolean
  readonly children?: ComponentChildren
}

/** A form whose faults, ours and the server's, stand at their fields. What is sent twice is done once. */
export function Form({ onSend, submit, aside, isDangerous = false, children, class: look = 'form' }: FormProps) {
  const [faults, setFaults] = useState<ReadonlyMap<string, Said>>(new Map())
  const [isBusy, setBusy] = useState(false)
  const key = useRef(newKey())
  const form = useRef<HTMLFormElement>(null)
  const send = async (event: Event) => {
    event.preventDefault()
    if (isBusy || form.current === null) return
    const entries = [...new FormData(form.current)].map(([name, value]) => [name, String(value)])
    setBusy(true)
    setFaults(new Map())
    try {
      await onSend(Object.fromEntries(entries), key.current)
      key.current = newKey()
    } catch (problem) {
      if (problem instanceof SavedHere) return goOnLater()
      // Only an answer that never came leaves open whether it was done: then the next try carries the same key.
      if (!(problem instanceof Problem && problem.status === 0)) key.current = newKey()
      setFaults(faultsOf(problem, form.current))
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
    }
    setBusy(false)
  }
  const general = faults.get('')
  return (
    <State.Provider value={{ faults, isBusy }}>
      <form ref={form} class={look} onSubmit={send} noValidate>
        {general !== undefined && (
          <p class="notice bad" role="alert">
            <SaidText said={general} />
          </p>
        )}
        {children}
        <div class="actions">
          <button type="submit" class={isDangerous ? 'button danger' : 'button'} aria-busy={isBusy}>
            {isBusy ? texts().form.busy : submit}
          </button>
          {aside}
        </div>
      </form>
    </State.Provider>
  )
}

/** What was said waits on this device: the person need not. */
function goOnLater(): void {
  go('/app/today')
  complain(new SavedHere())
}

/** Each fault under the name of its field; what fits no field of the form under ''. */
function faultsOf(problem: unknown, form: HTMLFormElement | null): Map<string, Said> {
  if (problem instanceof FieldError) return new Map([[problem.field, { text: problem.message }]])
  if (!(problem instanceof Problem)) throw problem
  const faults = new Map<string, Said>()
  for (const { field, detail } of problem.faults) {
    const isShown = form?.elements.namedItem(field) != null
    if (isShown) faults.set(field, faultSaid(sentence(detail)))
    else faults.set('', faultSaid(sentence(`${field.replaceAll('_', ' ')} ${detail}`)))
  }
  if (faults.size > 0) return faults
  const { code, status, message } = problem
  const said = status === 0 ? { text: texts().errors.unreachable } : problemSaid({ code, message: sentence(message) })
  return faults.set('', said)
}

function sentence(text: string): string {
  const trimmed = text.trim()
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}`
}

interface FieldProps {
  readonly name: string
  readonly label: string
  readonly type?: 'text' | 'email' | 'password' | 'date' | 'datetime-local'
  readonly value?: string | undefined
  readonly hint?: string | undefined
  readonly autocomplete?: string
  readonly inputMode?: 'decimal' | 'numeric' | 'text'
  readonly placeholder?: string | undefined
  readonly suffix?: ComponentChildren
  readonly isFirst?: boolean
  readonly rows?: number
  readonly maxLength?: number
  /** Id of a `datalist` with suggestions. */
  readonly list?: string
  readonly onInput?: (event: { readonly currentTarget: { readonly value: string } }) => void
}

/** A text field with its label, hint and fault. */
export function Field(props: FieldProps) {
  const { name, label, type = 'text', value, hint, isFirst = false, suffix, rows, autocomplete, ...rest } = props
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (isFirst) input.current?.focus()
  }, [isFirst])
  const fault = useContext(State).faults.get(name)
  const described = [hint === undefined ? '' : `${id}-hint`, fault === undefined ? '' : `${id}-fault`].join(' ').trim()
  const shared = {
    id,
    name,
    defaultValue: value,
    dir: 'auto' as const,
    'aria-invalid': fault !== undefined,
    'aria-describedby': described === '' ? undefined : described,
    ...rest,
  }
  const text = <input {...shared} type={type as 'text'} autocomplete={autocomplete ?? 'off'} ref={input} />
  return (
    <div class={fault === undefined ? 'field' : 'field wrong'}>
      <label for={id}>{label}</label>
      <div class="with-suffix">
        {rows === undefined ? text : <textarea {...shared} rows={rows} />}
        {suffix}
      </div>
      <FieldNotes id={id} hint={hint} fault={fault} />
    </div>
  )
}

function FieldNotes({ id, hint, fault }: { id: string; hint: string | undefined; fault: Said | undefined }) {
  return (
    <>
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {fault !== undefined && (
        <p class="fault" id={`${id}-fault`}>
          <SaidText said={fault} />
        </p>
      )}
    </>
  )
}

interface ChoiceProps {
  readonly name: string
  readonly label: string
  readonly options: readonly (readonly [value: string, label: string])[]
  readonly value?: string | undefined
  readonly hint?: string
  readonly isLabelHidden?: boolean
  readonly onPick?: (value: string) => void
}

/** A choice of one among several, as the device shows it. */
export function Choice({ name, label, options, value, hint, isLabelHidden = false, onPick }: ChoiceProps) {
  const id = useId()
  const fault = useContext(State).faults.get(name)
  const described = fault === undefined ? (hint === undefined ? undefined : `${id}-hint`) : `${id}-fault`
  return (
    <div class={fault === undefined ? 'field' : 'field wrong'}>
      <label for={id} class={isLabelHidden ? 'unseen' : undefined}>
        {label}
      </label>
      <select
        id={id}
        name={name}
        value={value}
        aria-invalid={fault !== undefined}
        aria-describedby={described}
        onChange={(event) => onPick?.(event.currentTarget.value)}
      >
        {options.map(([one, word]) => (
          <option key={one} value={one} selected={one === value}>
            {word}
          </option>
        ))}
      </select>
      <FieldNotes id={id} hint={hint} fault={fault} />
    </div>
  )
}

/** The text of a field as a number; a comma is a point too. Throws at the field when it is none. */
export function numberOf(values: Values, field: string): number {
  const text = (values[field] ?? '').trim().replace(',', '.')
  if (!/^[+-]?\d+(\.\d+)?$/.test(text)) throw new FieldError(field, texts().form.notANumber)
  return Number(text)
}

/** A field that may be left empty. */
export function given(values: Values, field: string): string | undefined {
  const text = (values[field] ?? '').trim()
  return text === '' ? undefined : text
}
