import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once as happens } from 'node:events'
import { describe, test } from 'node:test'
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { checkPlausible } from './domain/analytes/plausible.ts'
import { extractFrom } from './domain/extract/extract.ts'
import { pageOfText } from './domain/extract/pages.ts'
import { reportPdf, tiffOf } from './fixtures/documents.ts'
import { faultOfEnding, watchEnding } from './providers/reader/ending.ts'
import type { ReadingOrder } from './providers/reader/protocol.ts'
import { drawFilePage, readExchangeFile, readFileContent } from './providers/reader.ts'

const ORDER = { maximumPages: 5, maximumPixels: 4_000_000, tesseract: undefined, languages: 'eng' }

async function* once(bytes: Buffer) {
  yield bytes
}

function read(reading: ReadingOrder['reading'], bytes: Buffer, limits = { seconds: 30, memoryMb: 500 }) {
  return readFileContent(once(bytes), { ...ORDER, reading }, limits)
}

/** A PNG that claims a size, with as much of its pixels as is given. */
function png(width: number, height: number, pixels: Buffer): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const head = Buffer.alloc(8)
    head.writeUInt32BE(data.length)
    head.write(type, 4, 'latin1')
    return Buffer.concat([head, data, Buffer.alloc(4)])
  }
  const size = Buffer.alloc(13)
  size.writeUInt32BE(width)
  size.writeUInt32BE(height, 4)
  size.set([8, 6], 8)
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([
    signature,
    chunk('IHDR', size),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

const ENCRYPTED = reportPdf(['secret'])
  .toString('latin1')
  .replace(
    '/Root 1 0 R',
    `/Root 1 0 R /ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <${'00'.repeat(32)}> /U <${'11'.repeat(32)}> >>`,
  )

describe('hostile files end as a code, and the process that read them ends too', () => {
  for (const [what, reading, bytes, fault] of [
    ['an encrypted PDF', 'pdf', Buffer.from(ENCRYPTED, 'latin1'), 'encrypted'],
    ['a PDF of nothing but its first line', 'pdf', Buffer.from('%PDF-1.7\n'), 'damaged'],
    ['a PDF with more pages than are read', 'pdf', reportPdf(['1', '2', '3', '4', '5', '6']), 'too_many_pages'],
    ['a picture that claims to be enormous', 'picture', png(60_000, 60_000, Buffer.alloc(10)), 'too_many_pixels'],
    ['a picture with half of its pixels', 'picture', png(500, 500, Buffer.alloc(100)), 'damaged'],
    ['a JPEG of nothing but its first bytes', 'picture', Buffer.from([0xff, 0xd8, 0xff, 0xe0]), 'damaged'],
    ['a picture where nothing reads pictures', 'picture', png(2, 1, Buffer.alloc(9)), 'no_ocr_engine'],
    ['a TIFF that claims to be enormous', 'tiff', tiffOf(60_000, 60_000, Buffer.alloc(10)), 'too_many_pixels'],
    ['a TIFF of nothing but its first bytes', 'tiff', Buffer.from('II*\0\xff\xff\xff\x7f', 'latin1'), 'damaged'],
    ['a text of a million lines', 'text', Buffer.from('a\n'.repeat(1_000_000)), 'too_many_pages'],
  ] as const) {
    test(`${what}: ${fault}`, async () => {
      const result = await read(reading, bytes)
      assert.equal(result.fault, fault)
    })
  }

  test('a PDF that is cut anywhere is read as far as it goes or refused; nothing fails', async () => {
    const whole = reportPdf(['Sodium 140 mmol/L 135 - 145'])
    for (const share of [0.3, 0.7, 0.95]) {
      const { fault } = await read('pdf', whole.subarray(0, Math.floor(whole.length * share)))
      assert.ok(fault === undefined || fault === 'damaged', fault)
    }
  })

  test('a page of a broken file is none, and one that takes too long is ended', async () => {
    const draw = (reading: 'pdf-page' | 'tiff-page', bytes: Buffer, seconds = 30) =>
      drawFilePage('nobody', once(bytes), { reading, page: 1, maximumPixels: 1_000_000 }, { seconds, memoryMb: 500 })
    const whole = reportPdf(['Sodium 140 mmol/L 135 - 145'])
    assert.equal((await draw('pdf-page', Buffer.from('%PDF-1.7\n'))).png, undefined)
    assert.equal((await draw('tiff-page', tiffOf(60_000, 60_000, Buffer.alloc(10)))).fault, 'too_many_pixels')
    assert.equal((await draw('pdf-page', whole, 0.01)).fault, 'too_slow')
    assert.ok((await draw('pdf-page', whole)).png !== undefined)
  })

  test('a file of a clinic that is none is refused in words, and one that takes too long is ended', async () => {
    const read = (text: string, seconds = 30) =>
      readExchangeFile(
        'nobody',
        Buffer.from(text),
        { reading: 'ccda', now: '20260312080000' },
        { seconds, memoryMb: 500 },
      )
    assert.match((await read('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')).refusal ?? '', /./)
    assert.equal((await read('<a/>', 0.01)).fault, 'too_slow')
  })

  test('a file that unpacks to far more than it is ends its own process, and no other', async () => {
    const bomb = reportPdf(['x']).toString('latin1')
    const content = deflateSync(Buffer.alloc(300_000_000, '(a) Tj '))
    const at = bomb.indexOf('stream\n')
    const packed = Buffer.concat([
      Buffer.from(
        bomb.slice(0, at).replace(/<<\s+\/Length \d+ >>\s*$/, `<< /Filter /FlateDecode /Length ${content.length} >>\n`),
        'latin1',
      ),
      Buffer.from('stream\n'),
      content,
      Buffer.from('\nendstream\nendobj\ntrailer << /Size 6 /Root 1 0 R >>\n%%EOF'),
    ])
    const { fault } = await read('pdf', packed, { seconds: 30, memoryMb: 200 })
    assert.ok(['too_much_memory', 'too_slow', 'damaged'].includes(fault as string), fault)
  })

  test('a reading that takes too long is ended, and the next one has its turn', async () => {
    const slow = read('text', Buffer.from('Sodium 140 mmol/L 135 - 145'), { seconds: 0.01, memoryMb: 500 })
    assert.equal((await slow).fault, 'too_slow')
    const next = await read('text', Buffer.from('Sodium 140 mmol/L 135 - 145'))
    assert.equal(next.extract?.findings.length, 1)
  })

  test('a program that stops by a fault of its own is told as that, and not as too much memory', async () => {
    // Nothing is left of an order like this: what reads it throws where nobody expects it.
    const { fault } = await drawFilePage('nobody', once(Buffer.from('x')), null as never, {
      seconds: 30,
      memoryMb: 500,
    })
    assert.equal(fault, 'reader_stopped')
  })

  const ENDS = [
    ['at the limit of its heap', 'const all = []; for (;;) all.push(Array(1e5).fill(all.length))', 'too_much_memory'],
    ['by the system, which kills what is too large', "process.kill(process.pid, 'SIGKILL')", 'too_much_memory'],
    ['by a fault in a library', "throw new Error('out of range')", 'reader_stopped'],
    ['by native code that gives up', 'process.abort()', 'reader_stopped'],
    ['with an answer cut in two', "process.stdout.write('{')", 'damaged'],
  ] as const
  for (const [how, program, fault] of ENDS) {
    test(`a process that ends ${how} is told as ${fault}`, async () => {
      const child = spawn(process.execPath, ['--max-old-space-size=16', '-e', program], {
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      const ending = watchEnding(child)
      await happens(child, 'close')
      assert.equal(faultOfEnding(ending()), fault)
    })
  }

  test('any text at all gives values or none, and never an error', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'Glucose',
        '5.4',
        'mmol/L',
        '3.9 - 5.6',
        'H',
        ':',
        '<',
        '10^3/uL',
        'Tab',
        '1-0-1',
        '\t',
        '  ',
        'Diagnosis:',
      ),
      fc.string({ maxLength: 8 }),
    )
    const lines = fc.array(
      fc.array(piece, { maxLength: 8 }).map((parts) => parts.join(' ')),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(lines, (some) => {
        const { findings } = extractFrom([pageOfText(some.join('\n'), 1)], checkPlausible)
        for (const one of findings)
          if (one.kind === 'lab' && one.content.value !== null) assert.ok(Number.isFinite(one.content.value))
      }),
      { numRuns: 200 },
    )
  })
})
