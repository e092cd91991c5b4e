import { useState } from 'preact/hooks'
import { waiting } from '../client/outbox.ts'
import { endSession } from '../client/session.ts'
import { useStore } from '../client/store.ts'
import { waitingTexts } from '../pages/waitingTexts.ts'
import { texts } from '../texts/catalogue.ts'
import { Dialog } from './Dialog.tsx'
import { Icon } from './Icon.tsx'
import { complain } from './Toast.tsx'

/** Signs out; asks first when entries would be lost by it. */
export function SignOut() {
  const t = waitingTexts().signOut
  const items = useStore(waiting)
  const [isAsking, setAsking] = useState(false)
  const leave = () => {
    // Whoever signs in next begins with their own day, not where this person was.
    history.replaceState(null, '', '/app/today')
    return endSession().catch(complain)
  }
  return (
    <>
      <button type="button" class="link" onClick={() => (items.length > 0 ? setAsking(true) : void leave())}>
        <Icon name="out" size={20} /> {texts().more.signOut}
      </button>
      {isAsking && (
        <Dialog title={t.title} onClose={() => setAsking(false)}>
          <p>{t.text(items.length)}</p>
          <div class="actions">
            <button type="button" class="button danger" onClick={() => void leave()}>
              {t.anyway}
            </button>
            <button type="button" class="link" onClick={() => setAsking(false)}>
              {t.stay}
            </button>
          </div>
        </Dialog>
      )}
    </>
  )
}
