import { useState } from 'preact/hooks'
import { forgetAnswers } from '../../../web/client/cache.ts'
import { FormDialog } from '../../../web/parts/Form.tsx'
import { say } from '../../../web/parts/Toast.tsx'
import { go } from '../../../web/router.tsx'
import { recordsTexts } from './texts.ts'

interface DeleteProps {
  readonly title: string
  /** What goes with it. */
  readonly text: string
  /** What it answers as text is said at the end. */
  readonly work: () => Promise<unknown>
  /** The word for it where it is no deletion. */
  readonly word?: string
}

/** Deletes what the page shows, after the person said so twice. */
export function Delete({ title, text, work, word }: DeleteProps) {
  const t = recordsTexts().document
  const verb = word ?? t.remove
  const [isAsking, setAsking] = useState(false)
  const close = () => setAsking(false)
  const send = async () => {
    const said = await work()
    // Forgotten, not asked again: what this page shows is gone.
    forgetAnswers()
    go('/app/records', { replace: true })
    say(typeof said === 'string' ? said : t.removed)
  }
  return (
    <>
      <button type="button" class="link bad" onClick={() => setAsking(true)}>
        {verb}
      </button>
      {isAsking && (
        <FormDialog
          title={word === undefined ? t.removeTitle(title) : `${word}: ${title}`}
          onClose={close}
          onSend={send}
          submit={verb}
          isDangerous
          aside={
            <button type="button" class="button quiet" onClick={close}>
              {t.keep}
            </button>
          }
        >
          <p>{text}</p>
        </FormDialog>
      )}
    </>
  )
}
