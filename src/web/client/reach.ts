import { readProfile } from '../../services/user-profile/web/endpoints.ts'
import { askOrKept, refresh, shownAsOf } from './cache.ts'
import { isAway } from './endpoint.ts'
import { flush, waiting } from './outbox.ts'
import { loadSession, session } from './session.ts'

const FIRST_MS = 4000
const LAST_MS = 60_000
/** When the page has what it needs. */
const CARD_AFTER_MS = 2500

let pauseMs = FIRST_MS
let timer: ReturnType<typeof setTimeout> | undefined

/** Finds out who is here, and sends what still waits from an earlier visit. */
export async function begin(): Promise<void> {
  await loadSession()
  if (session.get().kind !== 'somebody') return
  const before = waiting.get().length
  await flush()
  if (waiting.get().length < before) refresh()
  // The card for an emergency is on this device before there is one.
  setTimeout(() => void askOrKept(readProfile, {}).catch(() => undefined), CARD_AFTER_MS)
}

/** Asks the server for everything again, and sends what waits. */
export async function tryAgain(): Promise<void> {
  await loadSession()
  if (session.get().kind !== 'somebody') return
  await flush()
  refresh()
  plan()
}

/** While the server is away, or something waits for it, it is asked again: when the line, the page or the time comes back. */
export function watchReach(): void {
  const back = () => void tryAgain()
  addEventListener('online', back)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && isWanting()) back()
  })
  for (const store of [isAway, shownAsOf, waiting]) store.follow(plan)
}

function isWanting(): boolean {
  return isAway.get() || shownAsOf.get() !== undefined || waiting.get().some((one) => one.refusal === undefined)
}

/** One question is planned at most, each twice as late as the one before. */
function plan(): void {
  if (!isWanting()) {
    clearTimeout(timer)
    timer = undefined
    pauseMs = FIRST_MS
    return
  }
  if (timer !== undefined || document.visibilityState === 'hidden') return
  timer = setTimeout(() => {
    timer = undefined
    pauseMs = Math.min(pauseMs * 2, LAST_MS)
    void tryAgain()
  }, pauseMs)
}
