/**
 * The load generator: a process of its own. Every connection has one request; it is sent, its answer awaited, and sent again
 * (closed loop). Only answers that arrive inside the window count.
 */
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { ResponseReader } from './responses.ts'

export interface LoadJob {
  readonly port: number
  /** One complete request a connection. */
  readonly requests: readonly string[]
  /** Load before the window opens. */
  readonly rampMs: number
  readonly windowMs: number
}

export interface LoadResult {
  readonly windowMs: number
  readonly statuses: Readonly<Record<string, number>>
  /** Connections the server closed or broke. */
  readonly broken: number
  readonly latenciesMs: Float64Array
  readonly bytes: number
  /** CPU time of the generator in the window. */
  readonly cpuUs: number
}

export type GeneratorMessage = { readonly kind: 'open' } | { readonly kind: 'closed'; readonly result: LoadResult }

class Tally {
  isOpen = false
  isDone = false
  readonly statuses: Record<string, number> = {}
  readonly latenciesMs: number[] = []
  broken = 0
  bytes = 0

  count(status: number, latencyMs: number): void {
    if (!this.isOpen) return
    this.statuses[status] = (this.statuses[status] ?? 0) + 1
    this.latenciesMs.push(latencyMs)
  }
}

function runConnection(port: number, request: Buffer, tally: Tally): net.Socket {
  const reader = new ResponseReader()
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true })
  let sentAt = 0
  const send = () => {
    if (tally.isDone) return socket.destroy()
    sentAt = performance.now()
    return socket.write(request)
  }
  socket.once('connect', send)
  socket.on('data', (chunk: Buffer) => {
    if (tally.isOpen) tally.bytes += chunk.length
    for (const status of reader.read(chunk)) {
      tally.count(status, performance.now() - sentAt)
      send()
    }
  })
  socket.on('error', () => socket.destroy())
  socket.once('close', () => {
    if (tally.isDone) return
    tally.broken++
    setTimeout(() => runConnection(port, request, tally), 20)
  })
  return socket
}

async function runLoad(job: LoadJob, say: (message: GeneratorMessage) => void): Promise<void> {
  const tally = new Tally()
  for (const request of job.requests) runConnection(job.port, Buffer.from(request), tally)
  await sleep(job.rampMs)
  say({ kind: 'open' })
  tally.isOpen = true
  const openedAt = performance.now()
  const cpuBefore = process.cpuUsage()
  await sleep(job.windowMs)
  const windowMs = performance.now() - openedAt
  const cpu = process.cpuUsage(cpuBefore)
  tally.isOpen = false
  tally.isDone = true
  const { statuses, broken, bytes } = tally
  const latenciesMs = Float64Array.from(tally.latenciesMs)
  say({ kind: 'closed', result: { windowMs, statuses, broken, latenciesMs, bytes, cpuUs: cpu.user + cpu.system } })
}

process.on('message', (job: LoadJob) => {
  void runLoad(job, (message) => process.send?.(message))
})
process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches the whole group; the parent ends this process by closing the channel.
process.on('SIGINT', () => {})
