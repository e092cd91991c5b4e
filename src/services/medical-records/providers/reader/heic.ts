import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, symlinkSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { decodePicture, type GreyPicture } from './picture.ts'
import { ReadingError } from './protocol.ts'

/** The program of libheif, by the names that its packages give it. */
const NAMES = ['heif-dec', 'heif-convert']
const SECONDS = 60
const MEMORY_KB = 1_500_000
const LARGEST_ANSWER_BYTES = 64 * 1_048_576
/** Pictures within one file that are let go: the first is the photo. */
const MOST_OTHERS = 64
const HEADER_BYTES = 262_144

/** What starts the program: within its bounds, its output in a pipe of the system's own, which can be opened by name. */
const SCRIPT = `command -v "$0" >/dev/null || exit 127; ulimit -v ${MEMORY_KB}; ulimit -t ${SECONDS}; "$0" "$@" | cat`

/**
 * Unpacks a HEIC photo with the program that the operator installed. The photo never stands on a disk under a name: the program
 * reads a file that has none any more, and writes into a pipe.
 * @throws ReadingError `no_heic_reader` where there is no program, else why it could not be unpacked
 */
export async function decodeHeic(
  bytes: Buffer,
  program: string | undefined,
  maximumPixels: number,
): Promise<GreyPicture> {
  const size = sizeOf(bytes)
  if (size === undefined) throw new ReadingError('damaged')
  if (size > maximumPixels) throw new ReadingError('too_many_pixels')
  const names = program === undefined ? [] : [...new Set([program, ...NAMES])]
  for (const name of names) {
    const jpeg = await unpacked(bytes, name)
    if (jpeg === undefined) continue
    if (jpeg.length === 0) throw new ReadingError('damaged')
    return decodePicture(jpeg, maximumPixels)
  }
  throw new ReadingError('no_heic_reader')
}

/** The largest picture that the file claims, in pixels; undefined where it claims none. */
function sizeOf(bytes: Buffer): number | undefined {
  let largest: number | undefined
  const head = bytes.subarray(0, HEADER_BYTES)
  for (let at = head.indexOf('ispe'); at >= 0 && at + 16 <= head.length; at = head.indexOf('ispe', at + 4)) {
    const size = head.readUInt32BE(at + 8) * head.readUInt32BE(at + 12)
    largest = Math.max(largest ?? 0, size)
  }
  return largest
}

/** The photo as JPEG; empty where the program could not, undefined where there is no such program. */
async function unpacked(bytes: Buffer, program: string): Promise<Buffer | undefined> {
  const folder = mkdtempSync(path.join(tmpdir(), 'salus-heic-'))
  const input = openSync(path.join(folder, 'in'), 'wx+', 0o600)
  try {
    unlinkSync(path.join(folder, 'in'))
    for (let at = 0; at < bytes.length; ) at += writeSync(input, bytes, at)
    // Of a file with several pictures each gets a number.
    for (const name of ['out.jpg', 'out-1.jpg']) symlinkSync('/proc/self/fd/1', path.join(folder, name))
    for (let other = 2; other <= MOST_OTHERS; other += 1)
      symlinkSync('/dev/null', path.join(folder, `out-${other}.jpg`))
    return await run(program, input, path.join(folder, 'out.jpg'))
  } finally {
    closeSync(input)
    rmSync(folder, { recursive: true, force: true })
  }
}

function run(program: string, input: number, output: string): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const args = ['-c', SCRIPT, program, '--quiet', '-q', '95', '/proc/self/fd/0', output]
    const child = spawn('/bin/sh', args, { stdio: [input, 'pipe', 'ignore'], env: { PATH: process.env.PATH ?? '' } })
    const parts: Buffer[] = []
    let length = 0
    const timer = setTimeout(() => child.kill('SIGKILL'), SECONDS * 1000)
    child.stdout?.on('data', (part: Buffer) => {
      length += part.length
      if (length > LARGEST_ANSWER_BYTES) child.kill('SIGKILL')
      else parts.push(part)
    })
    const end = (answer: Buffer | undefined) => {
      clearTimeout(timer)
      resolve(answer)
    }
    child.once('error', () => end(undefined))
    // 127 is the shell's word for a program that is not there.
    child.once('close', (code) => end(code === 127 ? undefined : jpegIn(Buffer.concat(parts))))
  })
}

/** The JPEG itself: older versions of the program say what they write, in front of it and behind it. */
function jpegIn(answer: Buffer): Buffer {
  const from = answer.indexOf(Buffer.from([0xff, 0xd8, 0xff]))
  const to = answer.lastIndexOf(Buffer.from([0xff, 0xd9]))
  return from < 0 || to < from ? Buffer.alloc(0) : answer.subarray(from, to + 2)
}
