import { shownAsOf } from '../client/cache.ts'
import { isAway, isWaking } from '../client/endpoint.ts'
import { waiting } from '../client/outbox.ts'
import { useStore } from '../client/store.ts'
import { ago } from '../format.ts'
import { Link } from '../router.tsx'
import { texts } from '../texts/catalogue.ts'

/** What is not as it seems: an old answer on the screen, or entries that the server has not heard yet. */
export function AwayStrip() {
  const t = texts().offline
  const asOf = useStore(shownAsOf)
  // An answer that is late, or comes from the door alone: the server is there, and not awake yet.
  const [away, wakes] = [useStore(isAway), useStore(isWaking)]
  const isGone = away && !wakes
  const items = useStore(waiting)
  const refused = items.filter((one) => one.refusal !== undefined).length
  const unsent = items.length - refused
  return (
    <div role="status">
      {(asOf !== undefined || items.length > 0) && (
        <p class={asOf === undefined ? 'strip' : 'strip stale'}>
          {asOf !== undefined && <span>{(isGone ? t.away : t.waking)(ago(new Date(asOf).toISOString()))}</span>}
          {unsent > 0 && <span>{t.waiting(unsent)}</span>}
          {refused > 0 && <strong>{t.refused(refused)}</strong>}
          {items.length > 0 && <Link to="/app/waiting">{t.look}</Link>}
        </p>
      )}
    </div>
  )
}
