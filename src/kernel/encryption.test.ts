import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { openTestEncryption, type TestEncryption } from '../testing/encryption.ts'
import { SEAL_BYTES } from './encryption/sealed.ts'
import { CHUNK_BYTES } from './encryption/stream.ts'
import { decryptedText, encryptedText } from './encryption.ts'
import { newId } from './ids.ts'

const [ASHA, RAVI] = [newId(), newId()]
const TEXT = Buffer.from('Blutdruck 120/80, अच्छा')
const PLACE = 'notes.note.text'

async function* pieces(bytes: Uint8Array, sizes: readonly number[] = [bytes.length]): AsyncGenerator<Uint8Array> {
  let at = 0
  for (let index = 0; at < bytes.length; index += 1) {
    const size = Math.max(1, sizes[index % sizes.length] ?? bytes.length)
    yield bytes.subarray(at, at + size)
    at += size
  }
}

async function collected(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of source) parts.push(part)
  return Buffer.concat(parts)
}

describe('encryption', () => {
  let kit: TestEncryption

  before(async () => {
    kit = await openTestEncryption()
  })
  after(() => kit.close())

  it('gives back what was put in, and looks different every time', async () => {
    const { encryption } = kit
    const [first, second] = await Promise.all([
      encryption.encryptFor(ASHA, TEXT, PLACE),
      encryption.encryptFor(ASHA, TEXT, PLACE),
    ])
    assert.notDeepEqual(first, second)
    assert.equal(first.length, TEXT.length + SEAL_BYTES)
    assert.ok(!first.includes('120/80'))
    assert.deepEqual(await encryption.decryptFor(ASHA, first, PLACE), TEXT)
    assert.deepEqual(await encryption.decryptFor(ASHA.toUpperCase(), second, PLACE), TEXT)
  })

  it('opens for one person in one place only', async () => {
    const { encryption } = kit
    const sealed = await encryption.encryptFor(ASHA, TEXT, PLACE)
    await encryption.encryptFor(RAVI, TEXT, PLACE)
    await assert.rejects(encryption.decryptFor(ASHA, sealed, 'notes.note.title'), { code: 'internal' })
    await assert.rejects(encryption.decryptFor(RAVI, sealed, PLACE), { code: 'gone' })
  })

  it('refuses every byte that is altered, every cut, every addition and all rubbish', async () => {
    const { encryption } = kit
    const sealed = await encryption.encryptFor(ASHA, TEXT, PLACE)
    const refused = (bytes: Uint8Array) =>
      assert.rejects(encryption.decryptFor(ASHA, bytes, PLACE), ({ code }: { code?: string }) =>
        ['internal', 'gone'].includes(code ?? ''),
      )
    for (let at = 0; at < sealed.length; at += 1) {
      const altered = Buffer.from(sealed)
      altered[at] = (altered[at] as number) ^ 0x10
      await refused(altered)
      await refused(sealed.subarray(0, at))
    }
    await refused(Buffer.concat([sealed, Buffer.from([0])]))
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), refused))
  })

  it('reads streams of any length in any pieces', async () => {
    const { encryption } = kit
    for (const length of [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 200_001]) {
      const plain = Buffer.alloc(length, 'visit ')
      const sealed = await collected(encryption.encryptStream(ASHA, pieces(plain, [7000, 1, 90_000]), 'file/1'))
      assert.ok(!sealed.includes('visit '))
      const read = await collected(encryption.decryptStream(ASHA, pieces(sealed, [1, 48, 65_552, 3]), 'file/1'))
      assert.ok(read.equals(plain), `${length}`)
      await assert.rejects(collected(encryption.decryptStream(ASHA, pieces(sealed), 'file/2')), { code: 'internal' })
    }
  })

  it('notices a stream that is cut, altered, mixed up or continued, wherever', async () => {
    const { encryption } = kit
    const plain = Buffer.alloc(3 * CHUNK_BYTES + 500, 'visit ')
    const sealed = await collected(encryption.encryptStream(ASHA, pieces(plain), 'file/1'))
    const other = await collected(encryption.encryptStream(ASHA, pieces(plain), 'file/1'))
    const [head, sealedChunk] = [49, CHUNK_BYTES + 16]
    const chunk = (stream: Buffer, index: number) =>
      stream.subarray(head + index * sealedChunk, head + (index + 1) * sealedChunk)
    const refused = async (bytes: Buffer, what: string) => {
      const read = collected(encryption.decryptStream(ASHA, pieces(bytes, [50_000]), 'file/1'))
      await assert.rejects(read, ({ code }: { code?: string }) => ['internal', 'gone'].includes(code ?? ''), what)
    }
    for (let count = 0; count < 4; count += 1) await refused(sealed.subarray(0, head + count * sealedChunk), `${count}`)
    const swapped = [
      sealed.subarray(0, head),
      chunk(sealed, 1),
      chunk(sealed, 0),
      sealed.subarray(head + 2 * sealedChunk),
    ]
    await refused(Buffer.concat(swapped), 'swapped')
    const grafted = [sealed.subarray(0, head), chunk(other, 0), sealed.subarray(head + sealedChunk)]
    await refused(Buffer.concat(grafted), 'grafted')
    await refused(Buffer.concat([sealed, chunk(sealed, 3)]), 'continued')
    await refused(Buffer.concat([sealed, Buffer.from([0])]), 'one byte more')
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const altered = Buffer.from(sealed)
        altered[at] = (altered[at] as number) ^ change
        await refused(altered, `altered at ${at}`)
        await refused(sealed.subarray(0, at), `cut at ${at}`)
      }),
      { numRuns: 40 },
    )
  })

  it('holds one chunk of a stream at a time', async () => {
    const { encryption } = kit
    let [made, most] = [0, 0]
    async function* long(): AsyncGenerator<Uint8Array> {
      for (let index = 0; index < 400; index += 1) {
        made += CHUNK_BYTES
        yield Buffer.alloc(CHUNK_BYTES)
      }
    }
    let read = 0
    for await (const part of encryption.decryptStream(
      ASHA,
      encryption.encryptStream(ASHA, long(), 'file/1'),
      'file/1',
    )) {
      read += part.length
      most = Math.max(most, made - read)
    }
    assert.equal(read, 400 * CHUNK_BYTES)
    assert.ok(most <= 4 * CHUNK_BYTES, `${most} bytes were on their way`)
  })

  it('names equal content of one person alike, and of two people differently', async () => {
    const name = async (person: string) => (await kit.encryption.fingerprint(person)).update(TEXT).digest('hex')
    assert.equal(await name(ASHA), await name(ASHA))
    assert.notEqual(await name(ASHA), await name(RAVI))
    const words = (await kit.encryption.fingerprint(ASHA, 'words')).update(TEXT).digest('hex')
    assert.notEqual(words, await name(ASHA))
  })

  it('makes one key a person, however many ask at once, from however many processes', async () => {
    const person = newId()
    const processes = Array.from({ length: 4 }, () => kit.process(kit.masters))
    const sealed = await Promise.all(
      Array.from(
        { length: 20 },
        (_, index) => processes[index % 4]?.encryptFor(person, TEXT, PLACE) as Promise<Buffer>,
      ),
    )
    const { rows } = await kit.database.owner.query(
      'select count(*)::int as count from kernel.data_key where person_id = $1',
      [person],
    )
    assert.equal(rows[0].count, 1)
    for (const one of sealed) assert.deepEqual(await kit.encryption.decryptFor(person, one, PLACE), TEXT)
  })

  it('is noise once the person’s key is erased, also when the person comes back', async () => {
    const person = newId()
    const sealed = await kit.encryption.encryptFor(person, TEXT, PLACE)
    const stream = await collected(kit.encryption.encryptStream(person, pieces(TEXT), PLACE))
    await kit.eraseKey(person)
    await assert.rejects(kit.encryption.decryptFor(person, sealed, PLACE), { code: 'gone' })
    await assert.rejects(collected(kit.encryption.decryptStream(person, pieces(stream), PLACE)), { code: 'gone' })
    await kit.encryption.encryptFor(person, TEXT, PLACE)
    await assert.rejects(kit.encryption.decryptFor(person, sealed, PLACE), { code: 'gone' })
  })

  it('keeps a key in memory for a minute, for five hundred people', async () => {
    const person = newId()
    const other = kit.process(kit.masters)
    const sealed = await other.encryptFor(person, TEXT, PLACE)
    await kit.eraseKey(person)
    assert.deepEqual(await other.decryptFor(person, sealed, PLACE), TEXT)
    kit.clock.advance({ minutes: 1 })
    await assert.rejects(other.decryptFor(person, sealed, PLACE), { code: 'gone' })
    const kept = (other as unknown as { kept: Map<string, unknown> }).kept
    for (let index = 0; index < 520; index += 1) await other.decryptFor(newId(), sealed, PLACE).catch(() => undefined)
    assert.equal(kept.size, 500)
  })

  it('is marked in a migration by the type of its column, which takes no plain text', async () => {
    const { owner } = kit.database
    await owner.query('create table note (id uuid, text kernel.encrypted)')
    const context = { personId: ASHA, ports: { encryption: kit.encryption } as never }
    const [id, otherId] = [newId(), newId()]
    await owner.query('insert into note values ($1, $2), ($3, null)', [
      id,
      await encryptedText(context, PLACE, 'sleeps badly', id),
      otherId,
    ])
    const { rows } = await owner.query('select text from note order by text nulls last')
    assert.ok(!(rows[0].text as Buffer).includes('sleeps'))
    assert.equal(await decryptedText(context, PLACE, rows[0].text, id), 'sleeps badly')
    assert.equal(await decryptedText(context, PLACE, rows[1].text, otherId), null)
    await assert.rejects(decryptedText(context, PLACE, rows[0].text, otherId), { code: 'internal' })
    assert.equal(await encryptedText(context, PLACE, undefined), null)
    await assert.rejects(owner.query('insert into note values ($1, $2)', [id, Buffer.from('sleeps badly')]), {
      code: '23514',
    })
    await owner.query('drop table note')
  })
})

describe('changing the master key', () => {
  it('stops nothing: old and new ciphertexts are readable in every process all the time', async () => {
    const kit = await openTestEncryption()
    try {
      const people = Array.from({ length: 450 }, () => newId())
      const before = kit.process(['old'])
      const sealed = await Promise.all(people.map((person) => before.encryptFor(person, TEXT, PLACE)))
      // First the new key becomes readable everywhere, then one process after the other uses it.
      const prepared = kit.process(['old', 'new'])
      const changed = kit.process(['new', 'old'])
      const fresh = await changed.encryptFor(newId(), TEXT, PLACE)
      assert.ok(fresh.length > 0)
      const [counts] = await Promise.all([
        changed.rewrap(),
        ...people.map(async (person, index) => {
          assert.deepEqual(await prepared.decryptFor(person, sealed[index] as Buffer, PLACE), TEXT)
        }),
      ])
      assert.deepEqual(counts, { rewrapped: 450, unreadable: 0 })
      assert.deepEqual(await changed.rewrap(), { rewrapped: 0, unreadable: 0 })
      const after = kit.process(['new'])
      for (const [index, person] of people.slice(0, 20).entries()) {
        assert.deepEqual(await after.decryptFor(person, sealed[index] as Buffer, PLACE), TEXT)
      }
      await assert.rejects(kit.process(['old']).decryptFor(people[0] as string, sealed[0] as Buffer, PLACE), {
        code: 'unavailable',
      })
    } finally {
      await kit.close()
    }
  })

  it('is noticed by a running process when it meets a key it does not know', async () => {
    const kit = await openTestEncryption()
    try {
      await kit.encryption.encryptFor(ASHA, TEXT, PLACE)
      const sealed = await kit.process(['of tomorrow']).encryptFor(RAVI, TEXT, PLACE)
      await assert.rejects(kit.encryption.decryptFor(RAVI, sealed, PLACE), { code: 'unavailable' })
      kit.masters.push('of tomorrow')
      assert.deepEqual(await kit.encryption.decryptFor(RAVI, sealed, PLACE), TEXT)
    } finally {
      await kit.close()
    }
  })

  it('says how many people wait for a master key that is missing, and loses nothing', async () => {
    const kit = await openTestEncryption()
    try {
      const sealed = await kit.encryption.encryptFor(ASHA, TEXT, PLACE)
      assert.deepEqual(await kit.process(['another']).rewrap(), { rewrapped: 0, unreadable: 1 })
      assert.ok(kit.log.lines.some((line) => line.includes('master key is missing') && !line.includes(ASHA)))
      assert.deepEqual(await kit.encryption.decryptFor(ASHA, sealed, PLACE), TEXT)
    } finally {
      await kit.close()
    }
  })

  it('does not help whoever moves a wrapped key to another person', async () => {
    const kit = await openTestEncryption()
    try {
      await kit.encryption.encryptFor(ASHA, TEXT, PLACE)
      await kit.database.owner.query('update kernel.data_key set person_id = $1', [RAVI])
      kit.encryption.forget(ASHA)
      await assert.rejects(kit.encryption.encryptFor(RAVI, TEXT, PLACE), { code: 'internal' })
    } finally {
      await kit.close()
    }
  })
})
