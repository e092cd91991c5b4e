import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { newKey, Problem } from '../client/endpoint.ts'
import { SavedHere } from '../client/outbox.ts'
import { go } from '../router.tsx'
import { texts } from '../texts/catalogue.ts'
import type { Said } from '../texts/serverWords.ts'
import { Dialog } from './Dialog.tsx'
import { type Draft, followDraft } from './drafts.ts'
import type { Kind, Rules } from './fieldTable.ts'
import { faultsOf, readForm } from './formFaults.ts'
import { type FieldChoice, State, useField } from './formState.ts'
import { formTexts } from './formTexts.ts'
import { SaidText } from './SaidText.tsx'
import { complain } from './Toast.tsx'

export type Values = Readonly<Record<string, string>>

interface FormProps<Input> {
  /** Sends what the fields of the operation say, and where none is drawn, the texts of all; those are `values` as well. */
  readonly onSend: (input: Input, key: string, values: Values) => Promise<unknown>
  readonly submit: string
  readonly class?: string
  /** What is left empty is taken away: it is sent as null. */
  readonly isChange?: boolean | undefined
  /** Beside the button: a way out. */
  readonly aside?: ComponentChildren
  /** The button is drawn for something that can't be taken back. */
  readonly isDangerous?: boolean
  readonly children?: ComponentChildren
}

/** A form whose faults, ours and the server's, stand at their fields. What is sent twice is done once. */
export function Form<Input>(props: FormProps<Input>) {
  const { onSend, submit, aside, isChange, isDangerous = false, children, class: look = 'form' } = props
  const [faults, setFaults] = useState<ReadonlyMap<string, Said>>(new Map())
  const [isBusy, setBusy] = useState(false)
  const key = useRef(newKey())
  const form = useRef<HTMLFormElement>(null)
  const { current: drawn } = useRef(new Map<string, Rules>())
  const draft = useRef<Draft | undefined>(undefined)
  useLayoutEffect(() => {
    // What can't be taken back is asked anew each time.
    if (form.current !== null && !isDangerous) draft.current = followDraft(form.current)
    return () => draft.current?.leave()
  }, [])
  const send = async (event: Event) => {
    event.preventDefault()
    if (isBusy || form.current === null) return
    setBusy(true)
    setFaults(new Map())
    const { input, values, faults: found } = readForm(form.current, drawn, isChange ? null : undefined)
    try {
      if (found.size === 0) {
        await onSend(input as Input, key.current, values)
        draft.current?.forget()
        key.current = newKey()
      }
    } catch (problem) {
      if (problem instanceof SavedHere) {
        draft.current?.forget()
        return goOnLater()
      }
      // Only an answer that never came leaves open whether it was done: then the next try carries the same key.
      if (!(problem instanceof Problem && problem.status === 0)) key.current = newKey()
      for (const [name, said] of faultsOf(problem, form.current)) found.set(name, said)
    }
    setFaults(found)
    setBusy(false)
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
  }
  const general = faults.get('')
  return (
    <State.Provider value={{ faults, drawn }}>
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

interface FormDialogProps<Input> extends FormProps<Input> {
  readonly title: string
  readonly onClose: () => void
}

/** A form in a window of its own: something new, or one more question before what can't be taken back. */
export function FormDialog<Input>({ title, onClose, ...form }: FormDialogProps<Input>) {
  return (
    <Dialog title={title} onClose={onClose}>
      <Form {...form} />
    </Dialog>
  )
}

/** What was said waits on this device: the person need not. */
function goOnLater(): void {
  go('/app/today')
  complain(new SavedHere())
}

const TYPES: Partial<Record<Kind, string>> = { p: 'password', e: 'email', d: 'date', z: 'datetime-local' }
const MODES: Partial<Record<Kind, 'decimal' | 'numeric'>> = { n: 'decimal', i: 'numeric' }
/** A text that may be longer has several lines. */
const LINE = 1000

interface FieldProps extends FieldChoice {
  readonly label: string
  readonly type?: 'text' | 'email' | 'password' | 'date' | 'datetime-local'
  readonly value?: string | null | undefined
  readonly autocomplete?: string
  readonly inputMode?: 'decimal' | 'numeric' | 'text'
  readonly placeholder?: string | undefined
  readonly suffix?: ComponentChildren
  readonly isFirst?: boolean
  readonly rows?: number
  readonly maxLength?: number
  /** The first and the last day that make sense, `2026-03-14`. */
  readonly min?: string
  readonly max?: string
  /** Id of a `datalist` with suggestions. */
  readonly list?: string
  readonly onInput?: (event: { readonly currentTarget: { readonly value: string } }) => void
}

/** A field to type in, with its label, hint and fault, as the contract says it. */
export function Field(props: FieldProps) {
  const { label, type, value, hint, isFirst = false, suffix, rows, autocomplete, ...rest } = props
  const { of: _of, isRequired: _isRequired, ...attributes } = rest
  const { id, name, field, fault, class: look, said } = useField(props)
  const input = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  useEffect(() => {
    const { current } = input
    if (!isFirst || current === null || current === document.activeElement) return
    current.focus()
    // What stands there already is replaced by whoever types.
    current.select()
  }, [isFirst])
  const { kind = 't', most = 0 } = field ?? {}
  const lines = rows ?? (kind === 'l' || (kind === 't' && most >= LINE) ? 3 : undefined)
  const shared = {
    id,
    name,
    defaultValue: value ?? undefined,
    dir: 'auto' as const,
    inputMode: MODES[kind],
    'aria-required': field?.isRequired,
    ...said,
    ...attributes,
  }
  const shown = type ?? TYPES[kind] ?? 'text'
  return (
    <div class={look}>
      <Label of={id} text={label} isOptional={field?.isRequired === false && !value && hint === undefined} />
      <div class="with-suffix">
        {lines === undefined ? (
          <input
            {...shared}
            type={shown as 'text'}
            autocomplete={autocomplete ?? (kind === 'p' ? 'current-password' : 'off')}
            ref={input}
          />
        ) : (
          <textarea {...shared} rows={lines} ref={input} />
        )}
        {suffix}
      </div>
      <FieldNotes id={id} hint={hint} fault={fault} />
    </div>
  )
}

function Label(props: { readonly of: string; readonly text: string; readonly isOptional: boolean }) {
  return (
    <label for={props.of} data-note={props.isOptional ? formTexts().optional : undefined}>
      {props.text}
    </label>
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

type Options = readonly (readonly [value: string, label: string])[]

interface ChoiceProps<Value, Words> extends FieldChoice<Value> {
  readonly label: string
  /** A word for each value that is offered; the compiler refuses one that the operation doesn't take. */
  readonly words?: Words & { readonly [One in Exclude<keyof Words, Value>]: never }
  readonly options?: Options
  readonly value?: string | null | undefined
  readonly isLabelHidden?: boolean
  readonly onPick?: (value: string) => void
}

/** A choice of one among several, as the device shows it. */
export function Choice<Value, Words extends Readonly<Record<string, string>>>(props: ChoiceProps<Value, Words>) {
  const { label, words, options = Object.entries<string>(words ?? {}), value, isLabelHidden, onPick } = props
  const { id, name, fault, class: look, said } = useField(props)
  return (
    <div class={look}>
      <label for={id} class={isLabelHidden ? 'unseen' : undefined}>
        {label}
      </label>
      <select id={id} name={name} {...said} onChange={(event) => onPick?.(event.currentTarget.value)}>
        {options.map(([one, word]) => (
          <option key={one} value={one} selected={one === value}>
            {word}
          </option>
        ))}
      </select>
      <FieldNotes id={id} hint={props.hint} fault={fault} />
    </div>
  )
}

interface TickProps extends FieldChoice {
  readonly label: string
  readonly isOn?: boolean
}

/** A box to tick: yes or no. */
export function Tick({ label, isOn = false, ...choice }: TickProps) {
  const { name, said } = useField(choice)
  return (
    <label class="check">
      <input type="checkbox" name={name} defaultChecked={isOn} {...said} />
      <span>{label}</span>
    </label>
  )
}

interface TicksProps extends FieldChoice<readonly string[]> {
  readonly label: string
  readonly options: Options
  /** Those that are ticked already. */
  readonly value?: readonly string[]
}

/** Boxes to tick, any number of them. */
export function Ticks(props: TicksProps) {
  const { label, options, value = [], hint } = props
  const { id, name, fault, said } = useField(props)
  return (
    <fieldset class="ticks">
      <legend>{label}</legend>
      <FieldNotes id={id} hint={hint} fault={fault} />
      <div class="tick-grid">
        {options.map(([one, word]) => (
          <label key={one}>
            <input type="checkbox" name={name} value={one} defaultChecked={value.includes(one)} {...said} />
            <span>{word}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
