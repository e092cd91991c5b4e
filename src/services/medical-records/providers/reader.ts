import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Ending, faultOfEnding, watchEnding } from './reader/ending.ts'
import type {
  ExchangeOrder,
  ExchangeResult,
  Order,
  PageOrder,
  PageResult,
  ReadingFault,
  ReadingOrder,
  ReadingResult,
} from './reader/protocol.ts'

export interface ReaderLimits {
  readonly seconds: number
  readonly memoryMb: number
}

/** In the source beside this file; in the build beside the chunk or the entry that this file went into. */
const PLACES = ['./reader/child.ts', './reader.js', '../reader.js']
const LARGEST_ANSWER_BYTES = 64 * 1_048_576
const LOOK_MS = 200

/** Takes one after the other. */
class Lane {
  waiting = 0
  private last: Promise<unknown> = Promise.resolve()

  run<Result>(work: () => Promise<Result>): Promise<Result> {
    this.waiting += 1
    const turn = this.last.then(work).finally(() => {
      this.waiting -= 1
    })
    this.last = turn.catch(() => undefined)
    return turn
  }
}

/** A picture costs a second of a processor and a hundred megabytes. */
const readings = new Lane()
/** What a person waits for doesn't stand behind the reading of sixty pages. */
const quick = new Lane()
const MOST_QUICK = 12
/** Of one person: a hostile file asked for again and again keeps its own people waiting. */
const MOST_QUICK_EACH = 4
const quickOf = new Map<string, number>()

/** How many documents are being read or wait for it in this process. */
export function waitingReadings(): number {
  return readings.waiting
}

/** Whether so many wait for a page or an import, in all or of this person, that one more would wait too long. */
export function isQuickFull(personId: string): boolean {
  return quick.waiting >= MOST_QUICK || (quickOf.get(personId) ?? 0) >= MOST_QUICK_EACH
}

async function runQuick<Result>(personId: string, work: () => Promise<Result>): Promise<Result> {
  quickOf.set(personId, (quickOf.get(personId) ?? 0) + 1)
  try {
    return await quick.run(work)
  } finally {
    const left = (quickOf.get(personId) ?? 1) - 1
    if (left === 0) quickOf.delete(personId)
    else quickOf.set(personId, left)
  }
}

/**
 * Reads a file in a process of its own, one at a time, and ends it beyond its time or memory. Never throws for what is in the
 * file; throws what `source` throws.
 */
export function readFileContent(
  source: AsyncIterable<Uint8Array>,
  order: ReadingOrder,
  limits: ReaderLimits,
): Promise<ReadingResult> {
  const timed = { ...order, seconds: limits.seconds }
  const failed = (fault: ReadingFault) => ({ pageCount: undefined, extract: undefined, fault })
  return readings.run(() => ask<ReadingResult>(source, timed, limits, failed))
}

/** The picture of one page of a file, drawn in a process of its own. */
export function drawFilePage(
  personId: string,
  source: AsyncIterable<Uint8Array>,
  order: PageOrder,
  limits: ReaderLimits,
): Promise<PageResult> {
  return runQuick(personId, () => ask<PageResult>(source, order, limits, (fault) => ({ png: undefined, fault })))
}

/** What a file of a laboratory or clinic says, read in a process of its own. */
export function readExchangeFile(
  personId: string,
  bytes: Uint8Array,
  order: ExchangeOrder,
  limits: ReaderLimits,
): Promise<ExchangeResult> {
  const failed = (fault: ReadingFault) => ({ file: undefined, refusal: undefined, fault })
  return runQuick(personId, () => ask<ExchangeResult>(pieces(bytes), order, limits, failed))
}

const PIECE_BYTES = 262_144

async function* pieces(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
}

async function ask<Result>(
  source: AsyncIterable<Uint8Array>,
  order: Order,
  asked: ReaderLimits,
  failed: (fault: ReadingFault) => Result,
): Promise<Result> {
  const limits = { ...asked, memoryMb: memoryOf(asked.memoryMb) }
  const child = startChild(limits)
  const guard = new Guard(child, limits)
  try {
    const ending = watchEnding(child)
    const answer = collected(child)
    await feed(child, order, source)
    return parsed(await answer, guard.fault, ending, failed)
  } finally {
    guard.stop()
  }
}

/** The share of a small machine's memory that a reading may take, whatever the setting says. */
const SHARE_OF_MACHINE = 0.6

/** The memory that a reading may take here, in megabytes. */
function memoryOf(settingMb: number): number {
  const machineMb = process.constrainedMemory() / 1_048_576
  return machineMb > 0 && machineMb < 1e6 ? Math.min(settingMb, Math.round(machineMb * SHARE_OF_MACHINE)) : settingMb
}

function startChild({ memoryMb }: ReaderLimits): ChildProcess {
  const file = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((one) => existsSync(one))
  if (file === undefined) throw new Error('the program that reads documents is missing beside this one')
  const heapMb = Math.max(96, Math.round(memoryMb * 0.7))
  const { PATH = '', TESSDATA_PREFIX } = process.env
  return spawn(
    process.execPath,
    [`--max-old-space-size=${heapMb}`, '--expose-gc', '--disable-warning=ExperimentalWarning', file],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, so that the engine ends with it. None of the platform's secrets are in its environment.
      detached: process.platform !== 'win32',
      env: { PATH, ...(TESSDATA_PREFIX === undefined ? {} : { TESSDATA_PREFIX }) },
    },
  )
}

/** Ends the process when it takes too long or too much. */
class Guard {
  fault: 'too_slow' | 'too_much_memory' | undefined
  private readonly child: ChildProcess
  private readonly timer: NodeJS.Timeout
  private readonly looking: NodeJS.Timeout

  constructor(child: ChildProcess, { seconds, memoryMb }: ReaderLimits) {
    this.child = child
    this.timer = setTimeout(() => this.end('too_slow'), seconds * 1000)
    this.looking = setInterval(() => void this.look(memoryMb * 1024), LOOK_MS)
  }

  stop(): void {
    clearTimeout(this.timer)
    clearInterval(this.looking)
    this.kill()
  }

  /** What Linux tells of a process's memory; elsewhere its own limit of the heap has to do. */
  private async look(limitKb: number): Promise<void> {
    const status = await readFile(`/proc/${this.child.pid}/status`, 'utf8').catch(() => '')
    const residentKb = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0)
    if (residentKb > limitKb) this.end('too_much_memory')
  }

  private end(fault: 'too_slow' | 'too_much_memory'): void {
    this.fault ??= fault
    this.kill()
  }

  private kill(): void {
    const { pid, exitCode, signalCode } = this.child
    if (pid === undefined || exitCode !== null || signalCode !== null) return
    try {
      process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
    } catch {
      this.child.kill('SIGKILL')
    }
  }
}

/** All that the process answers, when it has ended. */
function collected(child: ChildProcess): Promise<Buffer> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    let length = 0
    child.stdout?.on('data', (part: Buffer) => {
      length += part.length
      if (length <= LARGEST_ANSWER_BYTES) parts.push(part)
    })
    child.once('error', () => resolve(Buffer.alloc(0)))
    child.once('close', () => resolve(Buffer.concat(parts)))
  })
}

async function feed(child: ChildProcess, order: Order, source: AsyncIterable<Uint8Array>): Promise<void> {
  const { stdin } = child
  if (stdin === null) return
  // It may be ended before it has read all; its answer says so.
  stdin.on('error', () => undefined)
  stdin.write(`${JSON.stringify(order)}\n`)
  for await (const part of source) {
    if (stdin.destroyed || child.exitCode !== null) break
    if (!stdin.write(part)) await drained(child)
  }
  stdin.end()
}

function drained(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.stdin?.once('drain', resolve)
    child.stdin?.once('close', resolve)
  })
}

/** The answer, or why there is none: `ended` when it was ended from here, otherwise what its end says. */
function parsed<Result>(
  answer: Buffer,
  ended: Guard['fault'],
  ending: () => Ending,
  failed: (fault: ReadingFault) => Result,
): Result {
  if (ended !== undefined) return failed(ended)
  try {
    return JSON.parse(answer.toString()) as Result
  } catch {
    return failed(faultOfEnding(ending()))
  }
}
