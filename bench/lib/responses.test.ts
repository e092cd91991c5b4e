import { deepEqual, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { ResponseReader } from './responses.ts'

const created = 'HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\n{"a"'
const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'
const empty = 'HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'

test('every answer is counted once, however the bytes are cut', () => {
  const bytes = Buffer.from(created + chunked + empty)
  for (let cut = 1; cut < bytes.length; cut++) {
    const reader = new ResponseReader()
    const statuses = [...reader.read(bytes.subarray(0, cut)), ...reader.read(bytes.subarray(cut))]
    deepEqual(statuses, [201, 200, 404])
  }
})

test('half an answer counts nothing', () => {
  deepEqual(new ResponseReader().read(Buffer.from(created.slice(0, -1))), [])
})

test('what is not HTTP/1.1 is refused', () => {
  throws(() => new ResponseReader().read(Buffer.from('SSH-2.0-x\r\n\r\n')), /not HTTP/)
})
