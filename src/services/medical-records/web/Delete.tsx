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
  readonly work: () => Promise<unknown>
}

/** Deletes what the page shows, after the person said so twice. */
export function Delete({ title, text, work }: DeleteProps) {
  const t = recordsTexts().document
  const [isAsking, setAsking] = useState(false)
  const close = () => setAsking(false)
  const send = async () => {
    await work()
    // Forgotten, not asked again: what this page shows is gone.
    forgetAnswers()
    go('/app/records', { replace: true })
    say(t.removed)
  }
  return (
    <>
      <button type="button" class="link bad" onClick={() => setAsking(true)}>
        {t.remove}
      </button>
      {isAsking && (
        <FormDialog
          title={t.removeTitle(title)}
          onClose={close}
          onSend={send}
          submit={t.remove}
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
