import { onDevice } from './device.ts'
import { signedIn } from './endpoint.ts'

/** An answer as this device kept it. */
export interface KeptAnswer {
  /** When it came, in milliseconds. */
  readonly at: number
  readonly value: unknown
}

const MOST_ANSWERS = 120
const MOST_CHARACTERS = 300_000
const SESSION = '@session'

/** The last answer to this question of this account; undefined when there is none. */
export function readAnswer(account: string, question: string): Promise<KeptAnswer | undefined> {
  return onDevice<KeptAnswer | undefined>('answers', 'readonly', (store) => store.get(keyOf(account, question)))
}

/** Keeps an answer for the account that asked; one that comes after it has left is dropped. */
export async function keepAnswer(account: string, question: string, value: unknown): Promise<void> {
  // A very large answer would push out everything else.
  if (JSON.stringify(value).length > MOST_CHARACTERS) return
  if (signedIn.get()?.account !== account) return
  await put(keyOf(account, question), value)
  const all = (await onDevice('answers', 'readonly', (store) => store.count())) ?? 0
  if (all <= MOST_ANSWERS) return
  const oldest = await onDevice('answers', 'readonly', (store) =>
    store.index('at').getAllKeys(null, all - MOST_ANSWERS),
  )
  for (const key of oldest ?? []) await onDevice('answers', 'readwrite', (store) => store.delete(key))
}

/** Who was at the screen last, for a start without the server. */
export async function readKeptSession(): Promise<unknown> {
  return (await onDevice<KeptAnswer | undefined>('answers', 'readonly', (store) => store.get(SESSION)))?.value
}

export function keepSession(value: unknown): Promise<unknown> {
  return put(SESSION, value)
}

/** Forgets every answer of everybody on this device. */
export async function forgetDevice(): Promise<void> {
  await onDevice('answers', 'readwrite', (store) => store.clear())
}

function put(key: string, value: unknown): Promise<unknown> {
  // The session is the last to be pushed out.
  const at = key === SESSION ? Number.MAX_SAFE_INTEGER : Date.now()
  return onDevice('answers', 'readwrite', (store) => store.put({ at, value } satisfies KeptAnswer, key))
}

function keyOf(account: string, question: string): string {
  return `${account} ${question}`
}
