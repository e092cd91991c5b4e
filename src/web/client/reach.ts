import { refresh, shownAsOf } from './cache.ts'
import { isAway, lookedAt } from './endpoint.ts'
import { flush, waiting } from './outbox.ts'
import { confirmedAt, isSharedRecord, loadSession, session } from './session.ts'

const FIRST_MS = 4000
const LAST_MS = 60_000
/** When the page has what it needs. */
const PREPARE_AFTER_MS = 1500

let pauseMs = FIRST_MS
let timer: ReturnType<typeof setTimeout> | undefined

/** Somebody is here, as the server says: it hears what still waits for it. */
async function arrive(): Promise<void> {
  if (confirmedAt.get() === 0) return
  prepare()
  if ((await flush()) > 0) refresh()
}

let preparing: ReturnType<typeof setTimeout> | undefined

/** What an emergency and an entry without the server need is on this device before there is one. */
function prepare(): void {
  clearTimeout(preparing)
  preparing = setTimeout(() => {
    // Of a record that is shared only a part may be open: nothing is asked for that nobody wanted to see.
    if (session.get().kind !== 'somebody' || isAway.get() || isSharedRecord(lookedAt.get())) return
    void import('./prepare.ts').then(({ prepareDevice }) => prepareDevice()).catch(() => undefined)
  }, PREPARE_AFTER_MS)
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
  confirmedAt.follow(() => void arrive())
  lookedAt.follow(prepare)
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
