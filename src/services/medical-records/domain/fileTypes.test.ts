import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { fileTypeOf, tidyFileName } from './fileTypes.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

describe('the type of a file', () => {
  for (const [what, head, mime] of [
    ['a PDF', bytes('%PDF-1.7'), 'application/pdf'],
    ['a JPEG', bytes('\xff\xd8\xff\xe0'), 'image/jpeg'],
    ['a PNG', bytes('\x89PNG\r\n\x1a\n'), 'image/png'],
    ['a TIFF', bytes('II*\0'), 'image/tiff'],
    ['a HEIC', bytes('\0\0\0\x18ftypheic\0\0\0\0'), 'image/heic'],
    ['a DICOM file', Buffer.concat([Buffer.alloc(128), bytes('DICM')]), 'application/dicom'],
    ['HL7 v2', bytes('MSH|^~\\&|LAB\rPID|1'), 'application/hl7-v2'],
    ['XML', bytes('<?xml version="1.0"?><a/>'), 'application/xml'],
    ['JSON', bytes(' {"a":1}'), 'application/json'],
    ['text', Buffer.from('Hämoglobin 13,5'), 'text/plain'],
    ['a page of the web', bytes('<!doctype html><p>'), undefined],
    ['a program', bytes('\x7fELF\x02\x01\0'), undefined],
    ['nothing but spaces', bytes('  \n'), undefined],
    ['text that is no UTF-8', bytes('H\xe4moglobin'), undefined],
  ] as const) {
    test(`${what} is ${mime ?? 'not taken'}`, () => {
      assert.equal(fileTypeOf(head)?.mime, mime)
    })
  }

  test('a character that the end of the looked-at bytes cuts is no reason to refuse a text', () => {
    assert.equal(
      (fileTypeOf(Buffer.from(`${'a'.repeat(4095)}ä`).subarray(0, 4096)) as { mime: string }).mime,
      'text/plain',
    )
  })

  test('any bytes at all are told or refused, never thrown at', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (head) => void fileTypeOf(head)))
  })
})

describe('the name of a file', () => {
  for (const [given, tidy] of [
    ['report.pdf', 'report.pdf'],
    ['scans\\march\\report.pdf', 'report.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['a\r\nSet-Cookie: b.pdf', 'aSet-Cookie b.pdf'],
    ['', undefined],
    [undefined, undefined],
  ] as const) {
    test(`${JSON.stringify(given)} becomes ${JSON.stringify(tidy)}`, () => assert.equal(tidyFileName(given), tidy))
  }
})
