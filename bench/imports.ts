/**
 * `node bench/imports.ts [--mb 1000] [--kind apple|table|table-gz|database] [--rows 10000000]`: uploads a generated file of the
 * given size to a whole platform of this process and imports it: an export.xml of Apple Health, a table of glucose (as it is
 * or packed; of as many rows as said), or a database of Health Connect in its zip. Prints MB/s of the upload and of the
 * import, samples/s, the CPU time that both threads and the event loop took, the longest time that it stood still, and the
 * peak of the resident memory.
 */
import { execFile } from 'node:child_process'
import { createReadStream, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Readable } from 'node:stream'
import { parseArgs, promisify } from 'node:util'
import { crc32, createDeflateRaw, createGzip } from 'node:zlib'
import { largeAppleExport } from '../src/services/device-data/fixtures/appleExport.ts'
import { largeTable } from '../src/services/device-data/fixtures/largeTable.ts'
import { writeGrownDatabase } from '../src/services/device-data/fixtures/testing/healthConnectFile.ts'
import { openTestPlatform, type TestPlatform } from '../src/testing.ts'

const { values: options } = parseArgs({
  options: {
    mb: { type: 'string', default: '1000' },
    kind: { type: 'string', default: 'apple' },
    rows: { type: 'string' },
    send: { type: 'string' },
  },
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

/** Bytes of a row of the table, and of the database with all that belongs to it. */
const ROW_BYTES = 27
const DATABASE_ROW_BYTES = 21

type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

const KINDS: Readonly<Record<string, { readonly name: string; pieces(): Pieces | Promise<Pieces> }>> = {
  apple: { name: 'export.xml', pieces: () => largeAppleExport(recordsFor(wantedBytes)) },
  table: { name: 'clarity.csv', pieces: () => largeTable(rowsWanted()) },
  'table-gz': {
    name: 'clarity.csv.gz',
    pieces: () => Readable.from(largeTable(rowsWanted())).pipe(createGzip({ level: 1 })),
  },
  database: { name: 'health-connect.zip', pieces: databaseInZip },
}

function wantedKind() {
  const kind = KINDS[options.kind]
  if (kind === undefined) throw new Error(`--kind is one of ${Object.keys(KINDS).join(', ')}`)
  return kind
}

function rowsWanted(): number {
  return options.rows === undefined ? Math.ceil(wantedBytes / ROW_BYTES) : Number(options.rows)
}

/** The database is made in a folder of its own, before anything is sent: it need not fit into memory. */
async function databaseInZip(): Promise<Pieces> {
  const folder = await mkdtemp(path.join(tmpdir(), 'salus-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  process.once('SIGINT', () => process.exit(1))
  const file = path.join(folder, 'a.db')
  writeGrownDatabase(file, (options.rows === undefined ? wantedBytes / DATABASE_ROW_BYTES : Number(options.rows)) / 60)
  return zippedDatabase(file)
}

async function* zippedDatabase(file: string): AsyncGenerator<Uint8Array> {
  const name = Buffer.from('health_connect_export.db')
  const head = Buffer.alloc(30)
  head.writeUInt32LE(0x04034b50, 0)
  // Packed, with the sizes behind it.
  head.writeUInt16LE(8, 6)
  head.writeUInt16LE(8, 8)
  head.writeUInt16LE(name.length, 26)
  yield Buffer.concat([head, name])
  const [checksum, packedBytes, bytes] = [{ value: 0 }, { value: 0 }, { value: 0 }]
  const deflate = createReadStream(file)
    .on('data', (piece) => {
      checksum.value = crc32(piece, checksum.value)
      bytes.value += piece.length
    })
    .pipe(createDeflateRaw({ level: 1 }))
  for await (const piece of deflate) {
    packedBytes.value += (piece as Buffer).length
    yield piece as Buffer
  }
  const behind = Buffer.alloc(16)
  behind.writeUInt32LE(0x08074b50, 0)
  behind.writeUInt32LE(checksum.value, 4)
  behind.writeUInt32LE(packedBytes.value, 8)
  behind.writeUInt32LE(bytes.value % 2 ** 32, 12)
  yield Buffer.concat([behind, Buffer.from('504b0506', 'hex'), Buffer.alloc(18)])
  process.stderr.write(`database: ${(bytes.value / MEGABYTE).toFixed(0)} MB unpacked\n`)
}

/** Sends the file from a process of its own: what the client holds is not the platform’s memory. */
async function sendFrom(origin: string, token: string): Promise<{ id: string; bytes: number; seconds: number }> {
  const { name, pieces } = wantedKind()
  const content = await pieces()
  const started = performance.now()
  const answer = await fetch(`${origin}${IMPORTS}?file_name=${name}&time_zone=UTC`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
    body: Readable.toWeb(Readable.from(content, { objectMode: false })) as ReadableStream,
    duplex: 'half',
  } as RequestInit)
  const body = (await answer.json()) as { id: string; size_bytes: number }
  if (answer.status !== 202) throw new Error(`the upload answered ${answer.status}: ${JSON.stringify(body)}`)
  return { id: body.id, bytes: body.size_bytes, seconds: (performance.now() - started) / 1000 }
}

async function upload(origin: string, token: string): ReturnType<typeof sendFrom> {
  const rows = options.rows === undefined ? [] : ['--rows', options.rows]
  const argv = [
    import.meta.filename,
    '--mb',
    options.mb,
    '--kind',
    options.kind,
    ...rows,
    '--send',
    `${origin} ${token}`,
  ]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, argv)
  process.stdout.write(
    stderr
      .split('\n')
      .filter((line) => line.startsWith('database'))
      .join('\n'),
  )
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
