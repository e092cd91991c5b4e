import { WebSocket } from 'ws'

/** A WebSocket of a test, as a client sees it. */
export interface TestSocket {
  readonly raw: WebSocket
  send(message: string | Buffer): void
  /** The next message, as text; undefined when the socket closes first. */
  next(): Promise<string | undefined>
  /** How it ended. */
  readonly ended: Promise<{ readonly code: number; readonly reason: string }>
}

/** Opens a WebSocket at an origin (`http://…`). Throws an error with the `status` of a refusal. */
export function openSocket(
  origin: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<TestSocket> {
  const raw = new WebSocket(`${origin.replace(/^http/, 'ws')}${path}`, { headers })
  const messages: string[] = []
  let wake: () => void = () => undefined
  let isOver = false
  const ended = new Promise<{ code: number; reason: string }>((resolve) => {
    raw.once('close', (code, reason) => {
      isOver = true
      wake()
      resolve({ code, reason: reason.toString('utf8') })
    })
  })
  raw.on('message', (data) => {
    messages.push(data.toString())
    wake()
  })
  const next = async () => {
    for (;;) {
      const message = messages.shift()
      if (message !== undefined || isOver) return message
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return new Promise((resolve, reject) => {
    raw.once('open', () => resolve({ raw, send: (message) => raw.send(message), next, ended }))
    raw.once('unexpected-response', (_request, answer) => {
      answer.resume()
      reject(Object.assign(new Error(`the upgrade answered ${answer.statusCode}`), { status: answer.statusCode }))
    })
    raw.on('error', reject)
  })
}

/** The status by which an upgrade is refused; 101 when it is not. */
export async function statusOfUpgrade(
  origin: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  try {
    const opened = await openSocket(origin, path, headers)
    opened.raw.close()
    await opened.ended
    return 101
  } catch (error) {
    return (error as { status?: number }).status ?? 0
  }
}
