import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { newId } from '../../kernel/ids.ts'
import type { FilePort } from '../../kernel/ports.ts'
import type { FileStorage } from './port.ts'

/** An adapter on storage of its own. */
export interface FilesBench {
  readonly files: FilePort
  readonly storage: FileStorage
  /** What an erasure does to the key of a person. */
  eraseKey(personId: string): Promise<void>
  close(): Promise<void>
}

const MEGABYTE = 1_048_576
const LIMITS = { maximumBytes: 8 * MEGABYTE }
const SECRET_WORD = 'kestrel'

async function* pieces(bytes: Uint8Array, size = 70_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function collected(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of source) parts.push(part)
  return Buffer.concat(parts)
}

/** The behaviour that every adapter of the file port must show. */
export function describeFiles(name: string, open: () => Promise<FilesBench>): void {
  describe(`${name}, as every adapter`, () => {
    let bench: FilesBench
    before(async () => {
      bench = await open()
    })
    after(() => bench.close())
    const owner = (area = 'medical-records') => ({ personId: newId(), area })
    const read = async (of: ReturnType<typeof owner>, address: string) => {
      return collected((await bench.files.open(of, address)).content)
    }

    it('gives back what was stored, of any size, with its length', async () => {
      const of = owner()
      for (const size of [0, 1, 65_535, 65_536, 65_537, 3 * MEGABYTE]) {
        const content = Buffer.alloc(size, 'page ')
        const stored = await bench.files.store(of, pieces(content), LIMITS)
        assert.match(stored.address, /^[0-9a-f]{64}$/)
        assert.equal(stored.sizeBytes, size)
        const opened = await bench.files.open(of, stored.address)
        assert.equal(opened.sizeBytes, size)
        assert.ok((await collected(opened.content)).equals(content), `${size}`)
      }
    })

    it('D29: keeps ciphertext: neither content, nor person, nor a plain digest can be found on the disk', async () => {
      const of = owner()
      const content = Buffer.from(`${SECRET_WORD} `.repeat(20_000))
      const { address } = await bench.files.store(of, pieces(content), LIMITS)
      const everything = await bench.storage.everything()
      assert.ok(everything.length > content.length)
      assert.ok(everything.includes(address))
      const digest = createHash('sha256').update(content).digest('hex')
      for (const trace of [SECRET_WORD, digest, of.personId, of.personId.replaceAll('-', '')]) {
        assert.ok(!everything.includes(trace), trace)
      }
    })

    it('names equal content of one owner alike, and keeps it once', async () => {
      const of = owner()
      const content = Buffer.from('the same')
      const before = await bench.storage.count()
      const [first, second] = await Promise.all([
        bench.files.store(of, pieces(content), LIMITS),
        bench.files.store(of, pieces(content, 3), LIMITS),
      ])
      assert.equal(first.address, second.address)
      assert.equal(await bench.storage.count(), before + 1)
      assert.ok((await read(of, first.address)).equals(content))
    })

    it('names equal content of two people, or of two services, so that nobody can tell', async () => {
      const [one, other] = [owner(), owner()]
      const same = { ...one, area: 'speech' }
      const content = Buffer.from('a common form')
      const stored = await Promise.all([one, other, same].map((of) => bench.files.store(of, pieces(content), LIMITS)))
      assert.equal(new Set(stored.map(({ address }) => address)).size, 3)
      await assert.rejects(bench.files.open(other, stored[0]?.address as string), { code: 'not_found' })
      await assert.rejects(bench.files.open(same, stored[0]?.address as string), { code: 'not_found' })
      assert.equal(await bench.files.delete(same, stored[2]?.address as string), true)
      assert.ok((await read(one, stored[0]?.address as string)).equals(content))
    })

    it('refuses what is larger than allowed as soon as it is, and keeps nothing of it', async () => {
      const of = owner()
      const before = await bench.storage.count()
      let given = 0
      async function* endless(): AsyncGenerator<Uint8Array> {
        for (;;) {
          given += 65_536
          yield Buffer.alloc(65_536)
        }
      }
      const storing = bench.files.store(of, endless(), { maximumBytes: MEGABYTE })
      await assert.rejects(storing, { code: 'payload_too_large' })
      assert.ok(given < 2 * MEGABYTE)
      const exact = await bench.files.store(of, pieces(Buffer.alloc(MEGABYTE)), { maximumBytes: MEGABYTE })
      assert.equal(exact.sizeBytes, MEGABYTE)
      assert.equal(await bench.storage.count(), before + 1)
    })

    it('keeps nothing of an upload that breaks off', async () => {
      const before = await bench.storage.count()
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield Buffer.alloc(200_000)
        throw new Error('the connection was lost')
      }
      await assert.rejects(bench.files.store(owner(), broken(), LIMITS), /connection was lost/)
      assert.equal(await bench.storage.count(), before)
    })

    it('deletes once, and then knows the file no more', async () => {
      const of = owner()
      const { address } = await bench.files.store(of, pieces(Buffer.from('gone')), LIMITS)
      assert.equal(await bench.files.delete(of, address), true)
      assert.equal(await bench.files.delete(of, address), false)
      await assert.rejects(bench.files.open(of, address), { code: 'not_found' })
    })

    it('takes no address that is none', async () => {
      const of = owner()
      await bench.files.store(of, pieces(Buffer.from('here')), LIMITS)
      const wrong = [
        '',
        '.',
        '..',
        '../..',
        '/etc/passwd',
        'A'.repeat(64),
        'a'.repeat(63),
        `${'a'.repeat(64)}/..`,
        '\0',
      ]
      for (const address of wrong) {
        await assert.rejects(bench.files.open(of, address), { code: 'not_found' })
        assert.equal(await bench.files.delete(of, address), false)
      }
      await fc.assert(
        fc.asyncProperty(fc.string(), (address) =>
          assert.rejects(bench.files.open(of, address), { code: 'not_found' }),
        ),
      )
      await assert.rejects(
        async () => bench.files.open({ ...of, area: '../x' }, 'a'.repeat(64)),
        /no name of a service/,
      )
    })

    it('is noise once the key of the person is erased', async () => {
      const of = owner()
      const { address } = await bench.files.store(of, pieces(Buffer.from('noise')), LIMITS)
      await bench.eraseKey(of.personId)
      await assert.rejects(bench.files.open(of, address), { code: 'gone' })
    })

    it('erases all files of a person, of all services, and of nobody else', async () => {
      const [leaving, staying] = [owner(), owner()]
      for (const area of ['medical-records', 'speech']) {
        for (const word of ['one', 'two']) {
          await bench.files.store({ ...leaving, area }, pieces(Buffer.from(word)), LIMITS)
        }
      }
      const kept = await bench.files.store(staying, pieces(Buffer.from('one')), LIMITS)
      const before = await bench.storage.count()
      assert.equal(await bench.files.eraseAll(leaving.personId), 4)
      assert.equal(await bench.files.eraseAll(leaving.personId), 0)
      assert.equal(await bench.storage.count(), before - 4)
      assert.ok((await read(staying, kept.address)).equals(Buffer.from('one')))
    })

    it('lets a reader leave at any time', async () => {
      const of = owner()
      const { address } = await bench.files.store(of, pieces(Buffer.alloc(MEGABYTE)), LIMITS)
      const untouched = await bench.files.open(of, address)
      untouched.content.destroy()
      const { content } = await bench.files.open(of, address)
      for await (const part of content) {
        assert.ok(part.length > 0)
        break
      }
      assert.ok(content.destroyed)
      assert.equal((await read(of, address)).length, MEGABYTE)
    })
  })

  describe(`${name}, on a disk that somebody changes`, () => {
    it('gives out no byte that was not stored: altered, cut, lengthened and exchanged files are refused', async () => {
      const bench = await open()
      try {
        const of = { personId: newId(), area: 'medical-records' }
        const content = Buffer.alloc(150_000, 'page ')
        const { address } = await bench.files.store(of, pieces(content), LIMITS)
        const changes: ((bytes: Buffer) => Buffer)[] = [
          (bytes) => bytes.subarray(0, bytes.length - 1),
          (bytes) => bytes.subarray(0, 69 + 49 + 65_552),
          (bytes) => bytes.subarray(0, 69),
          (bytes) => bytes.subarray(0, 20),
          () => Buffer.alloc(0),
          (bytes) => Buffer.concat([bytes, bytes.subarray(0, 1)]),
          ...[5, 40, 68, 75, 100, 70_000, 150_000].map((at) => (bytes: Buffer) => {
            const altered = Buffer.from(bytes)
            altered[at] = (altered[at] as number) ^ 1
            return altered
          }),
        ]
        for (const [index, change] of changes.entries()) {
          const { files, storage } = bench
          await files.store(of, pieces(content), LIMITS)
          await storage.tamper(change)
          const given: Uint8Array[] = []
          const reading = (async () => {
            for await (const part of (await files.open(of, address)).content) given.push(part as Uint8Array)
          })()
          await assert.rejects(
            reading,
            ({ code }: { code?: string }) => ['internal', 'gone'].includes(code ?? ''),
            `${index}`,
          )
          assert.ok(content.subarray(0, Buffer.concat(given).length).equals(Buffer.concat(given)))
        }
      } finally {
        await bench.close()
      }
    })

    it('notices that two files of one person changed places', async () => {
      const bench = await open()
      try {
        const of = { personId: newId(), area: 'medical-records' }
        const one = await bench.files.store(of, pieces(Buffer.from('one')), LIMITS)
        const two = await bench.files.store(of, pieces(Buffer.from('two')), LIMITS)
        let last: Buffer | undefined
        // Every file gets the content of the one before; the first of the round, that of the last.
        await bench.storage.tamper((bytes) => {
          const before = last
          last = bytes
          return before ?? bytes
        })
        const results = await Promise.allSettled([bench.files.open(of, one.address), bench.files.open(of, two.address)])
        const refused = results.filter((result) => result.status === 'rejected')
        for (const result of results) if (result.status === 'fulfilled') result.value.content.destroy()
        assert.equal(refused.length, 1)
        assert.equal((refused[0] as PromiseRejectedResult).reason.code, 'internal')
      } finally {
        await bench.close()
      }
    })
  })
}
