import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { texts } from '../texts/catalogue.ts'
import { Icon } from './Icon.tsx'

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** A window over the page: it holds the focus, Escape closes it, and the focus goes back where it was. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  // Before the first field asks for the focus: nothing in a closed window can have it.
  useLayoutEffect(() => {
    const back = document.activeElement
    dialog.current?.showModal()
    return () => {
      if (back instanceof HTMLElement && back.isConnected) back.focus()
    }
  }, [])
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" class="plain" aria-label={texts().form.close} onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  )
}

interface SecretProps {
  readonly children: string
}

/** What has to be copied as it stands. */
export function Secret({ children }: SecretProps) {
  return (
    <p class="secret" dir="ltr">
      <code>{children}</code>
    </p>
  )
}

interface OnceProps {
  readonly text: string
  /** Beside the button. */
  readonly done: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** What is shown this once, and the button of whoever has kept it. */
export function Once({ text, done, onClose, children }: OnceProps) {
  return (
    <>
      <p>{text}</p>
      {children}
      <div class="actions">
        <button type="button" class="button" onClick={onClose}>
          {done}
        </button>
      </div>
    </>
  )
}
