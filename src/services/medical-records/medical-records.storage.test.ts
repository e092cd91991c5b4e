import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { testFilesFolder } from '../../testing/ports.ts'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'
import { medicalRecords } from './contract.ts'
import { foldedWords } from './domain/words/words.ts'
import { multipartOf, REPORT_TEXT, reportPdf, tiffOf } from './fixtures/documents.ts'

const UPLOAD = '/api/v1/documents/upload'
const ANALYZE = '/health-records/api/v1/health-records/analyze'
const UNKNOWN = '01890000-0000-7000-8000-000000000000'

describe('medical-records: what is kept, and what is not', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson

  before(async () => {
    platform = await openTestPlatform({
      environment: { TESSERACT_PATH: 'off', HEIF_PATH: 'off', RECORDS_MAX_UPLOAD_MB: '1' },
    })
    ana = await platform.person('ana')
    ben = await platform.person('ben')
  })
  after(() => platform.close())

  const upload = (person: TestPerson, raw: Buffer | string, query = '') =>
    person.request('POST', `${UPLOAD}${query}`, { raw, headers: { 'content-type': 'application/octet-stream' } })

  /** Every byte under the folder of the files. */
  function onDisk(): Buffer {
    const folder = testFilesFolder(platform.platformOf('medical-records').options.ports)
    if (!existsSync(folder)) return Buffer.alloc(0)
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
    return Buffer.concat(entries.map((one) => readFileSync(path.join(one.parentPath, one.name))))
  }

  const rowsAbout = async (id: string) =>
    (await platform.rows('select id from medical_records.document where id = $1', [id])).length +
    (await platform.rows('select id from medical_records.finding where document_id = $1', [id])).length

  test('D29: a document is ciphertext on disk and in its columns; 20 pages are read; deleting leaves nothing', async () => {
    const pages = Array.from({ length: 20 }, (_one, at) => `Kestrel page ${at + 1}\n${REPORT_TEXT}`)
    const before = onDisk().length
    const added = await upload(ana, reportPdf(pages), '?file_name=kestrel.pdf')
    assert.equal(added.status, 201, added.text)
    assert.ok(onDisk().length > before)
    assert.ok(!onDisk().includes('Kestrel') && !onDisk().includes('Hemoglobin'))
    await platform.settle()
    const { id } = added.body
    const read = (await ana.get(`/api/v1/documents/${id}`)).body
    assert.deepEqual([read.page_count, read.status, read.fault], [20, 'metadata_extracted', null])
    const text = (await ana.get(`/api/v1/documents/${id}/text`)).body
    assert.equal(text.pages.length, 20)
    assert.match(text.pages[19], /^Kestrel page 20\n/)
    const stored = JSON.stringify(
      await platform.rows('select details::text, content::text from medical_records.document where id = $1', [id]),
    )
    for (const word of ['Kestrel', 'kestrel', Buffer.from('Kestrel').toString('hex')]) assert.ok(!stored.includes(word))
    assert.equal((await ana.delete(`/api/v1/documents/${id}`)).status, 204)
    assert.equal(onDisk().length, before)
    assert.equal(await rowsAbout(id), 0)
    assert.equal((await ana.get(`/api/v1/documents/${id}`)).status, 404)
    const deleted = await platform.eventsOf(medicalRecords.events.documentDeleted)
    assert.deepEqual(deleted.at(-1)?.data, {
      document_id: id,
      document_type: 'lab_report',
      status: 'metadata_extracted',
      values: 0,
    })
  })

  test('D29: deleting all of a person’s data removes each document with its file, and nobody else’s', async () => {
    const cleo = await platform.person('cleo')
    await upload(ben, 'a note that stays')
    const kept = onDisk().length
    await upload(cleo, 'one')
    await upload(cleo, 'two')
    const mine = `/health-records/api/v1/health-records/my-data/${cleo.accountId}`
    assert.equal((await cleo.get(mine)).body.total_records, 2)
    assert.equal((await ben.delete(mine)).status, 404)
    assert.deepEqual((await cleo.delete(mine)).body, { success: true, deleted_count: 2 })
    assert.equal(onDisk().length, kept)
    assert.equal((await cleo.get(mine)).body.total_records, 0)
    const trail = await cleo.get(`${mine}/audit-trail`)
    assert.equal(trail.status, 200, trail.text)
  })

  test('the same file of one person is one document; of two people it is two', async () => {
    const first = await upload(ana, 'the same words')
    const again = await upload(ana, 'the same words', '?title=Other')
    assert.equal(again.status, 200)
    assert.deepEqual([again.body.id, again.body.is_duplicate], [first.body.id, true])
    const other = await upload(ben, 'the same words')
    assert.equal(other.status, 201)
    assert.notEqual(other.body.id, first.body.id)
    await ana.delete(`/api/v1/documents/${first.body.id}`)
    assert.equal((await ben.get(`/api/v1/documents/${other.body.id}/download`)).text, 'the same words')
    assert.equal((await upload(ana, 'the same words')).status, 201)
  })

  test('a file that was only a draft, or kept for a time, is kept as long as it is wanted when it is added again', async () => {
    const draft = await ana.request(
      'POST',
      ANALYZE,
      multipartOf({ storage_type: 'permanent' }, Buffer.from('seen before')),
    )
    assert.equal(draft.status, 200, draft.text)
    const added = await upload(ana, 'seen before', '?storage_policy=temporary')
    assert.deepEqual([added.body.id, added.body.storage_policy], [draft.body.record_id, 'temporary'])
    const permanent = await upload(ana, 'seen before')
    assert.deepEqual([permanent.body.storage_policy, permanent.body.expires_at], ['permanent', null])
    const shorter = await upload(ana, 'seen before', '?storage_policy=temporary')
    assert.equal(shorter.body.storage_policy, 'permanent')
    assert.equal(
      (await ana.get('/api/v1/documents')).body.items.some((one: { id: string }) => one.id === added.body.id),
      true,
    )
  })

  test('a draft that nobody saves is gone after a day', async () => {
    const draft = await ana.request('POST', ANALYZE, multipartOf({}, Buffer.from('never saved')))
    platform.clock.advance({ days: 1, minutes: 61 })
    await platform.settle()
    assert.equal(await rowsAbout(draft.body.record_id), 0)
    ana = await again(ana)
    ben = await again(ben)
  })

  test('a temporary document is gone after 30 days, a permanent one is not', async () => {
    const temporary = await upload(ana, 'for a time', '?storage_policy=temporary')
    const permanent = await upload(ana, 'for good')
    assert.equal(temporary.body.expires_at, new Date(platform.clock.now().getTime() + 30 * 86_400_000).toISOString())
    platform.clock.advance({ days: 29 })
    await platform.settle()
    assert.equal(await rowsAbout(temporary.body.id), 1)
    const size = onDisk().length
    platform.clock.advance({ days: 1, minutes: 61 })
    await platform.settle()
    assert.equal(await rowsAbout(temporary.body.id), 0)
    assert.ok(onDisk().length < size)
    assert.equal(await rowsAbout(permanent.body.id), 1)
    ana = await again(ana)
    ben = await again(ben)
  })

  const everyDocument = () => platform.rows('select id from medical_records.document order by id')

  /** Signs in again: tokens end while the clock moves. */
  async function again(person: TestPerson): Promise<TestPerson> {
    const { email, password } = person
    const { body } = await platform.request('POST', '/api/v1/auth/login', { body: { email, password } })
    const token = body.access_token as string
    const request: TestPerson['request'] = (method, url, given = {}) =>
      platform.request(method, url, { token, ...given })
    return {
      ...person,
      token,
      request,
      get: (url) => request('GET', url),
      post: (url, given) => request('POST', url, { body: given ?? {} }),
      delete: (url) => request('DELETE', url),
    }
  }

  for (const fieldsLast of [false, true]) {
    test(`do_not_store reads and leaves nothing, said ${fieldsLast ? 'after' : 'before'} the file`, async () => {
      const [before, documents] = [onDisk(), await everyDocument()]
      const given = multipartOf({ storage_type: 'do_not_store' }, reportPdf([REPORT_TEXT]), 'x.pdf', fieldsLast)
      const answer = await ana.request('POST', ANALYZE, given)
      assert.equal(answer.status, 200, answer.text)
      assert.equal(answer.body.record_id, null)
      assert.equal(answer.body.document_type, 'lab_report')
      assert.equal(answer.body.test_results.length, 6)
      assert.ok(onDisk().equals(before))
      assert.deepEqual(await everyDocument(), documents)
      const refused = multipartOf({ storage_policy: 'do_not_store' }, Buffer.from('words'), 'x.txt', fieldsLast)
      assert.equal((await ana.request('POST', UPLOAD, refused)).status, 422)
      assert.ok(onDisk().equals(before))
    })
  }

  test('what is no document is refused by its content, and nothing of it is kept', async () => {
    const before = onDisk().length
    for (const [raw, status] of [
      ['<!doctype html><script>x</script>', 415],
      [Buffer.from('\x7fELF\x01\x02', 'latin1'), 415],
      ['', 422],
      [Buffer.alloc(1_048_577, 'a'), 413],
    ] as const) {
      const answer = await upload(ana, Buffer.from(raw), '?file_name=report.pdf')
      assert.equal(answer.status, status, answer.text)
    }
    for (const query of [
      '?storage_policy=forever',
      '?document_type=poem',
      `?title=${'a'.repeat(201)}`,
      `?tags=${'a'.repeat(61)}`,
    ]) {
      assert.equal((await upload(ana, `words ${query}`, query)).status, 422, query)
    }
    for (const given of [
      multipartOf({ title: 'no file' }, undefined),
      { raw: Buffer.from('--x'), headers: { 'content-type': 'multipart/form-data' } },
      { raw: Buffer.from('nothing'), headers: { 'content-type': 'multipart/form-data; boundary=y' } },
    ]) {
      assert.equal((await ana.request('POST', UPLOAD, given)).status, 400)
    }
    assert.equal(onDisk().length, before)
  })

  test('who is not signed in gets 401, and another person’s document is not there', async () => {
    const { id, record_id } = (await upload(ana, 'mine alone')).body
    for (const [method, url] of [
      ['GET', `/api/v1/documents/${id}`],
      ['GET', `/api/v1/documents/${id}/download`],
      ['GET', `/api/v1/documents/${id}/text`],
      ['GET', `/api/v1/documents/${id}/pages/1`],
      ['GET', `/api/v1/documents/${id}/status`],
      ['GET', `/api/v1/documents/${id}/review`],
      ['GET', `/health-records/${record_id}`],
      ['DELETE', `/api/v1/documents/${id}`],
    ] as const) {
      assert.equal((await platform.request(method, url)).status, 401, url)
      assert.equal((await ben.request(method, url)).status, 404, url)
    }
    assert.equal((await platform.request('POST', UPLOAD, { raw: 'x' })).status, 401)
    for (const url of [
      `/api/v1/documents/${UNKNOWN}`,
      '/api/v1/documents/987654',
      `/api/v1/documents/${UNKNOWN}/download`,
    ]) {
      assert.equal((await ana.get(url)).status, 404)
    }
    assert.equal((await ana.get('/api/v1/documents/not-an-id/download')).status, 404)
    assert.equal(
      (await ben.get('/api/v1/records')).body.items.some((one: { id: string }) => one.id === id),
      false,
    )
    assert.equal((await ben.get(`/api/v1/records?profile_id=${ana.accountId}`)).status, 404)
    const named = multipartOf({ user_id: ana.accountId, storage_type: 'do_not_store' }, Buffer.from('words'))
    assert.equal((await ben.request('POST', ANALYZE, named)).status, 403)
  })

  test('a type that is kept but not read says so by standing at uploaded', async () => {
    const added = await upload(ana, 'MSH|^~\\&|LAB|X\rPID|1', '?tags=hl7,hl7, lab ')
    assert.deepEqual([added.body.mime_type, added.body.tags], ['application/hl7-v2', ['hl7', 'lab']])
    await platform.settle()
    const status1 = (await ana.get(`/api/v1/documents/${added.body.id}/status`)).body
    assert.deepEqual([status1.status, status1.fault], ['uploaded', 'type_not_read'])
    const size = Buffer.from('\0\0\0\x14ispe\0\0\0\0\0\0\0\x08\0\0\0\x08', 'latin1')
    const heic = await upload(ana, Buffer.concat([Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1'), size]))
    assert.deepEqual([heic.status, heic.body.mime_type], [201, 'image/heic'])
    await platform.settle()
    const photo = (await ana.get(`/api/v1/documents/${heic.body.id}/status`)).body
    assert.deepEqual(
      [photo.status, photo.fault],
      ['error', 'no_heic_reader'],
      'without a program it is kept and says so',
    )
    const picture = await upload(ana, Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]))
    await platform.settle()
    const status = (await ana.get(`/api/v1/documents/${picture.body.id}/status`)).body
    assert.deepEqual([status.status, status.fault], ['error', 'damaged'])
  })

  test('a page of a PDF or TIFF comes as a picture that no browser keeps or runs; what has none answers 404', async () => {
    const pdf = await upload(ana, reportPdf([REPORT_TEXT, 'Sodium 140 mmol/L 135 - 145']))
    const page = await ana.get(`/api/v1/documents/${pdf.body.id}/pages/2`)
    assert.equal(page.status, 200)
    assert.deepEqual(
      ['content-type', 'cache-control', 'content-security-policy'].map((name) => page.headers[name]),
      ['image/png', 'private, no-store', "default-src 'none'; sandbox"],
    )
    const tiff = await upload(ana, tiffOf(20, 10, Buffer.alloc(200, 255)))
    assert.equal((await ana.get(`/api/v1/documents/${tiff.body.id}/pages/1`)).status, 200)
    const text = await upload(ana, 'no pages here')
    for (const [id, number] of [
      [pdf.body.id, '3'],
      [pdf.body.id, '0'],
      [pdf.body.id, 'x'],
      [tiff.body.id, '2'],
      [text.body.id, '1'],
      [UNKNOWN, '1'],
    ]) {
      assert.equal((await ana.get(`/api/v1/documents/${id}/pages/${number}`)).status, 404, number)
    }
    await platform.settle()
  })

  type Found = { kind: string; id: string; title: string; page: number | null; snippet: { text: string }[] | null }
  const find = async (person: TestPerson, question: string, more = '') => {
    const answer = await person.get(`/api/v1/medical-records/find?q=${encodeURIComponent(question)}${more}`)
    assert.equal(answer.status, 200, answer.text)
    return answer.body.items as Found[]
  }
  const titles = async (person: TestPerson, question: string, more = '') =>
    (await find(person, question, more)).map(({ title }) => title)
  /** A paper that was never a file: nothing has to be read. */
  const write = async (person: TestPerson, title: string, notes: string) => {
    const answer = await person.post('/api/v1/documents', { title, notes, document_type: 'referral' })
    assert.equal(answer.status, 201, answer.text)
    return answer.body.id as string
  }
  const nextRun = async () => {
    platform.clock.advance({ seconds: 61 })
    await platform.settle()
  }
  const wordsOf = async (id: string) =>
    (
      await platform.rows(
        'select words, words_of = text_version as is_fresh from medical_records.document where id = $1',
        [id],
      )
    )[0] as { words: Buffer | null; is_fresh: boolean | null }

  test('a paper is found by all the words in it, from their beginning on, with its page and the words around', async () => {
    const eve = await platform.person('eve')
    const pages = [
      'First page: nothing to see.',
      'Total CHOLESTEROL 5.4 mmol/L\n<b>Height</b> 170 cm',
      'Cholesterol again.',
    ]
    const { id } = (await upload(eve, reportPdf(pages), '?title=Letter')).body
    await write(eve, 'Other', 'Cholestyramine, a powder')
    await platform.settle()
    const [found, ...others] = await find(eve, 'HÉIGHT chol 5,4')
    assert.deepEqual([found?.kind, found?.id, found?.title, found?.page], ['paper', id, 'Letter', 2])
    assert.deepEqual(others, [])
    assert.deepEqual(found?.snippet, [
      { text: 'Total ', found: false },
      { text: 'CHOLESTEROL', found: true },
      { text: ' ', found: false },
      { text: '5.4', found: true },
      { text: ' mmol/L <b>', found: false },
      { text: 'Height', found: true },
      { text: '</b> 170 cm', found: false },
    ])
    assert.deepEqual(await titles(eve, 'chol'), ['Other', 'Letter'], 'the newest first')
    assert.deepEqual(await titles(eve, 'chol', '&limit=1'), ['Other'])
    assert.deepEqual(await titles(eve, 'other chol'), ['Other'], 'in its title and its text together')
    for (const nothing of ['olesterol', 'mm', 'cholesterolx', 'chol 5.5', 'chol powders', '<b', 'mmol/mol']) {
      assert.deepEqual(await titles(eve, nothing), nothing === '<b' ? ['Letter'] : [], nothing)
    }
  })

  test('whatever is written in a paper is found, and what is not is not', async () => {
    const fay = await platform.person('fay')
    const word = fc.stringMatching(/^[a-zäéñω\u0623\u0628\u0915\u0924]{3,14}$/)
    const sample = [...new Set(fc.sample(word, { numRuns: 60, seed: 7 }))]
    const [written, unwritten] = [sample.slice(0, 40), sample.slice(40)]
    await upload(fay, written.join(' '), '?title=Sample')
    await platform.settle()
    const folded = written.map((one) => foldedWords(one)[0] ?? '')
    for (const one of [...written.slice(0, 12), ...unwritten.slice(0, 12)]) {
      const isWritten = folded.some((other) => other.startsWith(foldedWords(one)[0] ?? ''))
      assert.deepEqual(await titles(fay, one), isWritten ? ['Sample'] : [], one)
    }
  })

  test('what is kept of the words is of one person alone, and nothing of them is left in the clear', async () => {
    const same = 'Bilirubin haemolysis of the same words'
    const [mine, other] = [await write(ana, 'A note', same), await write(ben, 'A note', same)]
    await nextRun()
    const [one, two] = [await wordsOf(mine), await wordsOf(other)]
    assert.deepEqual([one.is_fresh, two.is_fresh, one.words?.length], [true, true, 64])
    assert.notDeepEqual(one.words, two.words)
    assert.ok(!one.words?.includes('ilirubin'))
    assert.deepEqual(
      (await find(ana, 'bilirubin haemolysis')).map(({ id }) => id),
      [mine],
    )
    await ana.delete(`/api/v1/documents/${mine}`)
    assert.deepEqual(await find(ana, 'bilirubin haemolysis'), [])
    assert.deepEqual(await platform.rows('select id from medical_records.document where id = $1', [mine]), [])
  })

  test('a new title and a corrected value are found at once, what they were before is not', async () => {
    const gus = await platform.person('gus')
    const { id } = (await upload(gus, REPORT_TEXT.replace('Sodium  ', 'Sodjum  '), '?title=Zebra%20finch')).body
    await platform.settle()
    assert.equal((await wordsOf(id)).is_fresh, true)
    const changed = await gus.request('PUT', `/api/v1/documents/${id}`, { body: { title: 'Heron', tags: ['wader'] } })
    assert.equal(changed.status, 200, changed.text)
    const { values } = (await gus.get(`/api/v1/documents/${id}/review`)).body
    const wrong = values.find((one: { read: { test_name?: string } }) => /Sodjum/.test(one.read.test_name ?? ''))
    const corrected = await gus.post(`/api/v1/documents/${id}/review/${wrong.id}/correct`, { test_name: 'Sodium' })
    assert.equal(corrected.status, 200, corrected.text)
    const ask = async () => [
      await titles(gus, 'heron wad'),
      (await find(gus, 'sodium')).filter(({ kind }) => kind === 'paper').map(({ title }) => title),
      await titles(gus, 'zebra'),
    ]
    assert.deepEqual([(await wordsOf(id)).is_fresh, await ask()], [false, [['Heron'], ['Heron'], []]])
    await nextRun()
    assert.deepEqual([(await wordsOf(id)).is_fresh, await ask()], [true, [['Heron'], ['Heron'], []]])
  })

  test('papers of before get their words by job, some a run; one that nothing opens is left out and not tried again', async () => {
    const hal = await platform.person('hal')
    const ids: string[] = []
    for (const text of ['Kestrel one', 'Kestrel two', 'Kestrel three']) ids.push(await write(hal, 'A note', text))
    const [first, second, third] = ids as [string, string, string]
    await platform.rows('update medical_records.document set details = $2 where id = $1', [third, Buffer.alloc(80, 1)])
    await nextRun()
    assert.deepEqual(
      (await Promise.all(ids.map(wordsOf))).map(({ words, is_fresh }) => [words?.length, is_fresh]),
      [
        [64, true],
        [64, true],
        [undefined, true],
      ],
    )
    await platform.rows('delete from medical_records.document where id = $1', [third])
    assert.deepEqual(
      (await find(hal, 'kestrel')).map(({ id }) => id),
      [second, first],
    )
  })

  test('a draft is not found and has no words; a paper kept for a time is, until it is gone', async () => {
    const ida = await platform.person('ida')
    const draft = await ida.request('POST', ANALYZE, multipartOf({}, Buffer.from('Curlew of a draft')))
    const passing = { consent_given: true, storage_type: 'temporary', title: 'Passing', notes: 'Curlew for a time' }
    const saved = await ida.post('/health-records/api/v1/health-records/save', passing)
    assert.equal(saved.status, 201, saved.text)
    await nextRun()
    assert.equal((await wordsOf(draft.body.record_id)).words, null)
    assert.deepEqual(await titles(ida, 'curlew'), ['Passing'])
  })

  test('who may open the record finds its papers by their words; a right to results, a past one or none finds no paper', async () => {
    const jan = await platform.person('jan')
    const kim = await platform.person('kim')
    await write(jan, 'Wader', 'Godwit inside')
    const of = `&profile_id=${jan.accountId}`
    const give = async (categories: string[]) => {
      const ends_at = new Date(platform.clock.now().getTime() + 86_400_000).toISOString()
      const body = { account_id: kim.accountId, categories, access: 'read', ends_at }
      const { id } = (await jan.post('/api/v1/sharing/grants', body)).body
      assert.equal((await kim.post(`/api/v1/sharing/grants/${id}/accept`)).status, 200)
      return id as string
    }
    const closed = () => kim.get(`/api/v1/medical-records/find?q=godwit${of}`)
    assert.deepEqual([(await closed()).status, await titles(kim, 'godwit')], [404, []])
    const results = await give(['diagnostics'])
    assert.deepEqual(await titles(kim, 'godwit', of), [])
    const whole = await give(['health_records'])
    const [found] = await find(kim, 'godwit', of)
    assert.deepEqual([found?.title, found?.page, found?.snippet], ['Wader', null, null])
    for (const id of [results, whole]) await jan.delete(`/api/v1/sharing/grants/${id}`)
    assert.equal((await closed()).status, 404)
  })

  test('export has every document with its text, values and file; erasure leaves nothing', async () => {
    const dora = await platform.person('dora')
    const added = await upload(dora, REPORT_TEXT, '?title=Blood')
    await platform.settle()
    const held = (await platform.exportAll(dora.accountId))['medical-records']
    const [document] = (held?.documents ?? []) as { title: string; text: string }[]
    assert.equal(document?.title, 'Blood')
    assert.match(document?.text ?? '', /Hemoglobin/)
    assert.equal(held?.values?.length, 6)
    await platform.erase(dora.accountId)
    assert.equal(await rowsAbout(added.body.id), 0)
  })
})
