import { onDevice } from './device.ts'
import { carryBy, type Errand, isAwayProblem, newKey, Problem, send, signedIn } from './endpoint.ts'
import { createStore } from './store.ts'

/** A command that waits on this device. */
export interface Waiting extends Errand {
  readonly id: number
  /** When the person said it, in milliseconds. */
  readonly at: number
  /** Until then its first request may still be answered, in milliseconds. */
  readonly heldUntil: number
  readonly tries: number
  /** Why the server would not have it; it waits for the person then. */
  readonly refusal?: string
}

/** Thrown instead of an answer: the server is away, and what was said is kept here until it is back. */
export class SavedHere extends Error {}

const TIMEOUT_MS = 15_000
/** A key whose first request is still being worked on, or whose answer was lost on the server's side. */
const MOST_CONFLICTS = 5

/** What waits here for the account at the screen, in the order it was said. */
export const waiting = createStore<readonly Waiting[]>([])

/** Every command that may wait goes through the outbox from now on. */
export function openOutbox(): void {
  carryBy(carry)
  signedIn.follow(() => void readOutbox())
}

/** Written down before it is sent: whatever happens to the page, the line or the server, it is not lost. */
async function carry(errand: Errand): Promise<unknown> {
  const { route, input, key, person } = errand
  const now = Date.now()
  const item = { ...errand, at: now, heldUntil: now + 2 * TIMEOUT_MS, tries: 0 }
  const id = await onDevice('outbox', 'readwrite', (store) => store.add(item))
  try {
    const answer = await send(route, input, { key, person, timeoutMs: TIMEOUT_MS })
    await drop(id)
    return answer
  } catch (problem) {
    if (id === undefined || !isAwayProblem(problem)) {
      await drop(id)
      throw problem
    }
    await write({ ...item, heldUntil: 0, id: Number(id) })
    throw new SavedHere()
  }
}

let running: Promise<number> | undefined

/**
 * Sends what waits, one after the other; stops where the server is away. One page at a time does it. How many the server
 * has heard.
 */
export function flush(): Promise<number> {
  running ??= (navigator.locks === undefined ? sendAll() : navigator.locks.request('salus-outbox', sendAll)).finally(
    () => {
      running = undefined
    },
  )
  return running
}

async function sendAll(): Promise<number> {
  let heard = 0
  for (const item of await readOutbox()) {
    if (item.refusal !== undefined || item.heldUntil > Date.now()) continue
    // Another account may have come to the screen meanwhile.
    if (item.account !== signedIn.get()?.account) break
    if (!(await sendOne(item))) break
    heard += 1
  }
  await readOutbox()
  return heard
}

/** Whether the next one may go. */
async function sendOne(item: Waiting): Promise<boolean> {
  try {
    await send(item.route, item.input, { key: item.key, person: item.person, timeoutMs: TIMEOUT_MS })
    await drop(item.id)
    return true
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem
    const { status } = problem
    const isLater = [408, 425, 429].includes(status) || (status === 409 && item.tries < MOST_CONFLICTS)
    if (isAwayProblem(problem) || status === 401) return false
    if (!isLater) await write({ ...item, refusal: reasonOf(problem) })
    else await write({ ...item, tries: item.tries + 1 })
    return !isLater
  }
}

function reasonOf({ message, faults }: Problem): string {
  return faults.map((one) => `${one.field.replaceAll('_', ' ')}: ${one.detail}`).join('; ') || message
}

/** Says it again, with what the person mended; what was refused was not done, so that it is another command now. */
export async function mend(item: Waiting, input: Errand['input']): Promise<void> {
  const { refusal: _refusal, ...rest } = item
  await write({ ...rest, input, key: newKey(), tries: 0, heldUntil: 0 })
  await flush()
}

/** Takes it back before it was sent. */
export async function discard(id: number): Promise<void> {
  await drop(id)
}

/** Takes back everything that waits for the account at the screen. */
export async function discardAll(): Promise<void> {
  for (const { id } of await readOutbox()) await drop(id)
}

/** Reads what waits for the account at the screen. */
async function readOutbox(): Promise<readonly Waiting[]> {
  const account = signedIn.get()?.account
  const all = (await onDevice<Waiting[]>('outbox', 'readonly', (store) => store.getAll())) ?? []
  const own = all.filter((one) => one.account === account)
  // One whose first request is on its way is not shown as waiting.
  waiting.set(own.filter((one) => one.heldUntil <= Date.now()))
  return own
}

async function write(item: Waiting): Promise<void> {
  await onDevice('outbox', 'readwrite', (store) => store.put(item))
  await readOutbox()
}

async function drop(id: IDBValidKey | undefined): Promise<void> {
  if (id === undefined) return
  await onDevice('outbox', 'readwrite', (store) => store.delete(id))
  await readOutbox()
}
