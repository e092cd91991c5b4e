/**
 * `node bench/imports.ts [--mb 1000]`: uploads a generated export.xml of Apple Health of the given size to a whole platform
 * of this process and imports it. Prints MB/s of the upload and of the import, samples/s, the CPU time that both threads and
 * the event loop took, the longest time that it stood still, and the peak of the resident memory.
 */
import { execFile } from 'node:child_process'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Readable } from 'node:stream'
import { parseArgs, promisify } from 'node:util'
import { largeAppleExport } from '../src/services/device-data/fixtures/appleExport.ts'
import { openTestPlatform, type TestPlatform } from '../src/testing.ts'

const { values: options } = parseArgs({
  options: { mb: { type: 'string', default: '1000' }, send: { type: 'string' } },
})
const MEGABYTE = 1_000_000
const wantedBytes = Number(options.mb) * MEGABYTE
const IMPORTS = '/api/v1/device-data/imports'

/** Records that make a file of about so many bytes. */
function recordsFor(bytes: number): number {
  const sample = [...largeAppleExport(500)].reduce((sum, piece) => sum + piece.length, 0)
  return Math.ceil((bytes / sample) * 500)
}

/** The highest resident memory since it was made, in bytes. */
function watchMemory() {
  let peak = 0
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  const timer = setInterval(look, 50)
  return {
    peak: () => peak,
    stop: () => clearInterval(timer),
  }
}

/** Sends the file from a process of its own: what the client holds is not the platform’s memory. */
async function sendFrom(origin: string, token: string): Promise<{ id: string; bytes: number; seconds: number }> {
  const started = performance.now()
  const answer = await fetch(`${origin}${IMPORTS}?file_name=export.xml`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/xml' },
    body: Readable.toWeb(
      Readable.from(largeAppleExport(recordsFor(wantedBytes)), { objectMode: false }),
    ) as ReadableStream,
    duplex: 'half',
  } as RequestInit)
  const body = (await answer.json()) as { id: string; size_bytes: number }
  if (answer.status !== 202) throw new Error(`the upload answered ${answer.status}: ${JSON.stringify(body)}`)
  return { id: body.id, bytes: body.size_bytes, seconds: (performance.now() - started) / 1000 }
}

async function upload(origin: string, token: string): ReturnType<typeof sendFrom> {
  const argv = [import.meta.filename, '--mb', options.mb, '--send', `${origin} ${token}`]
  const { stdout } = await promisify(execFile)(process.execPath, argv)
  // The test kit says goodbye on lines of its own.
  return JSON.parse(stdout.split('\n', 1)[0] ?? '') as { id: string; bytes: number; seconds: number }
}

async function bench(platform: TestPlatform): Promise<void> {
  const ana = await platform.person('ana')
  const origin = await platform.listen()
  const idle = process.memoryUsage.rss()
  const memory = watchMemory()
  const file = await upload(origin, ana.token)
  console.log(
    `upload: ${(file.bytes / MEGABYTE).toFixed(0)} MB, ${(file.bytes / MEGABYTE / file.seconds).toFixed(1)} MB/s`,
  )
  console.log(`        ${(memory.peak() / MEGABYTE).toFixed(0)} MB of memory at most`)
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const started = performance.now()
  const [before, mainBefore] = [process.cpuUsage(), process.threadCpuUsage()]
  await platform.settle()
  const seconds = (performance.now() - started) / 1000
  const [spent, main] = [process.cpuUsage(before), process.threadCpuUsage(mainBefore)]
  delay.disable()
  memory.stop()
  const { import: done } = (await ana.get(`${IMPORTS}/${file.id}`)).body
  console.log(`import: ${done.state}, ${done.taken} taken, ${done.duplicates} duplicates, ${done.skipped} skipped`)
  console.log(
    `        ${seconds.toFixed(1)} s, ${(file.bytes / MEGABYTE / seconds).toFixed(1)} MB/s, ${Math.round(done.taken / seconds)} samples/s`,
  )
  const cpuSeconds = (spent.user + spent.system) / 1e6
  console.log(
    `        CPU time of the process ${cpuSeconds.toFixed(1)} s = ${(file.bytes / MEGABYTE / cpuSeconds).toFixed(1)} MB/s a core, of its event loop ${((main.user + main.system) / 1e6).toFixed(1)} s`,
  )
  console.log(
    `event loop: at most ${(delay.max / 1e6).toFixed(0)} ms late, ${(delay.percentile(99) / 1e6).toFixed(0)} ms at 99 %`,
  )
  console.log(`memory: ${(idle / MEGABYTE).toFixed(0)} MB idle, ${(memory.peak() / MEGABYTE).toFixed(0)} MB at most`)
}

async function main(): Promise<void> {
  if (options.send !== undefined) {
    const [origin = '', token = ''] = options.send.split(' ')
    process.stdout.write(`${JSON.stringify(await sendFrom(origin, token))}\n`)
    return
  }
  const platform = await openTestPlatform({ environment: { DEVICE_IMPORT_MAX_MB: '10000' }, shape: 'one' })
  try {
    await bench(platform)
  } finally {
    await platform.close()
  }
}

await main()
