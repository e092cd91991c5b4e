import { type ChildProcess, fork } from 'node:child_process'
import path from 'node:path'
import { atEnd } from './cleanup.ts'
import type { GeneratorMessage, LoadJob, LoadResult } from './generator.ts'
import { familyCpuUsOf, machineCpuUs } from './processes.ts'

/** What one window of load measured. */
export interface Round extends LoadResult {
  /** CPU time of the server and its children. */
  readonly serverCpuUs: number
  readonly databaseCpuUs: number
  /** CPU time of everything else on this machine: neighbours, whose work makes the numbers worse. */
  readonly foreignCpuUs: number
}

export interface Watched {
  readonly serverPid: number
  readonly databasePid: number
}

interface Snapshot {
  readonly server: number
  readonly database: number
  readonly own: number
  readonly machine: number
}

async function snapshot({ serverPid, databasePid }: Watched): Promise<Snapshot> {
  const [server, database, machine] = await Promise.all([
    familyCpuUsOf(serverPid),
    familyCpuUsOf(databasePid),
    machineCpuUs(),
  ])
  const { user, system } = process.cpuUsage()
  return { server, database, own: user + system, machine }
}

/** A generator process that runs one job after the other. */
export class LoadGenerator {
  readonly #child: ChildProcess

  constructor() {
    this.#child = fork(path.join(import.meta.dirname, 'generator.ts'), { serialization: 'advanced' })
    atEnd(() => {
      if (this.#child.connected) this.#child.disconnect()
    })
  }

  /** Runs one window of load and measures the CPU time spent in it. */
  async run(job: LoadJob, watched: Watched): Promise<Round> {
    const opened = this.#heard('open')
    const closed = this.#heard('closed')
    this.#child.send(job)
    await opened
    const before = await snapshot(watched)
    const message = await closed
    const after = await snapshot(watched)
    if (message.kind !== 'closed') throw new Error('The generator lost its way')
    const { result } = message
    const serverCpuUs = after.server - before.server
    const databaseCpuUs = after.database - before.database
    const known = serverCpuUs + databaseCpuUs + result.cpuUs + after.own - before.own
    const foreignCpuUs = Math.max(0, after.machine - before.machine - known)
    return { ...result, serverCpuUs, databaseCpuUs, foreignCpuUs }
  }

  #heard(kind: GeneratorMessage['kind']): Promise<GeneratorMessage> {
    const child = this.#child
    return new Promise((resolve, reject) => {
      const hear = (message: GeneratorMessage) => {
        if (message.kind !== kind) return
        child.off('message', hear)
        child.off('exit', fail)
        resolve(message)
      }
      const fail = () => reject(new Error('The load generator ended before its time'))
      child.on('message', hear)
      child.once('exit', fail)
    })
  }
}
