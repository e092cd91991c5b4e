import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { compactDecrypt } from 'jose'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../../testing.ts'

const SHL = '/api/v1/shl'
const CLINICAL = '/api/v1/medical-records/clinical'

interface Made {
  readonly id: string
  readonly shlink: string
  readonly viewer_url: string
  readonly manifest_url: string
}
interface Payload {
  readonly url: string
  readonly key: string
  readonly exp: number
  readonly flag?: string
  readonly label?: string
  readonly v: number
}

const pathOf = (url: string) => new URL(url).pathname
const payloadOf = ({ shlink }: Made): Payload =>
  JSON.parse(Buffer.from(shlink.slice('shlink:/'.length), 'base64url').toString())

describe('health links', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson

  before(async () => {
    platform = await openTestPlatform({ environment: { PUBLIC_URL: 'https://salus.example.test' } })
    ana = await platform.person('ana')
    ben = await platform.person('ben')
    await fill(ana)
  })
  after(() => platform.close())

  async function fill(person: TestPerson) {
    await person.put('/api/v1/profile', { first_name: 'Ana', last_name: 'Silva', date_of_birth: '1980-04-02' })
    await person.post(`${CLINICAL}/conditions`, { display: 'Asthma <b>mild</b>' })
    await person.post(`${CLINICAL}/allergies`, { display: 'Penicillin', criticality: 'high', reaction: 'Hives' })
    await person.post(`${CLINICAL}/medications`, { display: 'Salbutamol', dosage: 'as needed' })
    const lab = await person.post('/api/v1/lab-results', {
      test_name: 'Potassium',
      value: 5.9,
      unit: 'mmol/L',
      reference_range_low: 3.5,
      reference_range_high: 5.1,
      test_date: '2026-01-05',
    })
    assert.equal(lab.status, 201, lab.text)
    await person.post('/api/v1/metrics', { metric_type: 'weight', value: 71.5, unit: 'kg' })
  }

  async function link(more: object = {}, person = ana): Promise<Made> {
    const made = await person.post(SHL, { categories: ['personal_info', 'health_records'], expires_days: 7, ...more })
    assert.equal(made.status, 201, made.text)
    return made.body
  }
  const ask = (made: Made, body: object = { recipient: 'Dr. Rao' }) =>
    platform.request('POST', pathOf(made.manifest_url), { body })
  const view = (made: Made) => platform.request('GET', pathOf(made.viewer_url))

  async function opened(made: Made, jwe: string) {
    const { plaintext, protectedHeader } = await compactDecrypt(jwe, Buffer.from(payloadOf(made).key, 'base64url'))
    return { text: new TextDecoder().decode(plaintext), header: protectedHeader }
  }
  const bundleOf = async (made: Made) => (await opened(made, (await ask(made)).body.files[0].embedded)).text

  test('a link holds address, key of 256 bits, end, flags and label; the server keeps neither address nor key in clear', async () => {
    const made = await link({ label: 'For Dr. Rao', passcode: 'blue-door', is_long_term: true })
    const payload = payloadOf(made)
    assert.deepEqual(Object.keys(payload), ['url', 'key', 'exp', 'flag', 'label', 'v'])
    assert.equal(payload.url, made.manifest_url)
    assert.ok(payload.url.length <= 128)
    assert.equal(Buffer.from(payload.key, 'base64url').length, 32)
    assert.deepEqual([payload.flag, payload.label, payload.v], ['LP', 'For Dr. Rao', 1])
    assert.equal(payload.exp, Math.floor(platform.clock.now().getTime() / 1000) + 7 * 86_400)
    const [row] = await platform.rows('select * from health_links.health_link where id = $1', [made.id])
    const sealed = row?.key as Buffer
    assert.equal(sealed.includes(Buffer.from(payload.key)), false)
    const stored = JSON.stringify({ ...row, key: sealed.toString('base64url') })
    const secrets = [payload.key, 'blue-door']
    const addresses = [made.manifest_url, made.viewer_url].map((url) => url.split('/').at(-1) as string)
    for (const secret of [...secrets, ...addresses]) assert.equal(stored.includes(secret), false)
    const { links } = (await ana.get(SHL)).body
    assert.equal(JSON.stringify(links).includes(payload.key), false)
  })

  test('the manifest gives the summary, encrypted with the key of the link and made when asked', async () => {
    const made = await link()
    const answer = await ask(made)
    assert.equal(answer.status, 200, answer.text)
    const [file] = answer.body.files
    assert.equal(file.contentType, 'application/fhir+json')
    const { text, header } = await opened(made, file.embedded)
    assert.deepEqual(header, {
      alg: 'dir',
      enc: 'A256GCM',
      zip: 'DEF',
      cty: 'application/fhir+json;fhirVersion=4.0.1',
    })
    const bundle = JSON.parse(text)
    assert.deepEqual([bundle.resourceType, bundle.type], ['Bundle', 'document'])
    for (const part of ['Silva', 'Asthma', 'Penicillin', 'Salbutamol', 'Potassium'])
      assert.ok(text.includes(part), part)
    const added = await ana.post(`${CLINICAL}/conditions`, { display: 'Migraine' })
    await platform.settle()
    assert.ok((await bundleOf(made)).includes('Migraine'))
    await ana.delete(`${CLINICAL}/conditions/${added.body.id}`)
    await platform.settle()
    assert.equal((await bundleOf(made)).includes('Migraine'), false)
    await assert.rejects(compactDecrypt(file.embedded, Buffer.alloc(32)))
  })

  test('what is not shared is never in the files, nor on the page', async () => {
    const vitals = await link({ categories: ['vitals'] })
    const text = await bundleOf(vitals)
    assert.ok(text.includes('71.5'))
    for (const part of ['Silva', '1980', 'Asthma', 'Penicillin', 'Salbutamol', 'Potassium']) {
      assert.equal(text.includes(part), false, part)
    }
    assert.match(text, /masked/)
    const page = (await view(vitals)).text
    assert.match(page, /71\.5/)
    assert.doesNotMatch(page, /Silva|Asthma|Penicillin|Potassium/)
    assert.match(page, /Name not shared/)
    const records = await bundleOf(await link({ categories: ['health_records'] }))
    assert.ok(records.includes('Asthma'))
    for (const part of ['Silva', '71.5']) assert.equal(records.includes(part), false, part)
  })

  test('whoever only said how they are called is named where they share who they are, and not elsewhere', async () => {
    const cleo = await platform.person('cleopatra')
    const named = await link({ categories: ['personal_info', 'vitals'] }, cleo)
    assert.match((await view(named)).text, /<h2 dir="auto">cleopatra<\/h2>/)
    assert.ok((await bundleOf(named)).includes('cleopatra'))
    const masked = await link({ categories: ['vitals'] }, cleo)
    assert.match((await view(masked)).text, /Name not shared/)
    assert.equal((await bundleOf(masked)).includes('cleopatra'), false)
  })

  test('a file longer than the client takes gets an address of its own, good for five minutes', async () => {
    const made = await link({ is_long_term: true })
    const { body } = await ask(made, { recipient: 'An app', embeddedLengthMax: 100 })
    assert.equal(body.status, 'can-change')
    const [file] = body.files
    assert.equal(file.embedded, undefined)
    const read = () => platform.request('GET', pathOf(file.location))
    const got = await read()
    assert.equal(got.headers['content-type'], 'application/jose')
    assert.ok((await opened(made, got.text)).text.includes('Penicillin'))
    platform.clock.advance({ minutes: 5, seconds: 1 })
    assert.equal((await read()).status, 404)
    const again = await ask(made, { recipient: 'An app', embeddedLengthMax: 100 })
    await ana.delete(`${SHL}/${made.id}`)
    assert.equal((await platform.request('GET', pathOf(again.body.files[0].location))).status, 404)
  })

  test('a link with the flag U gives its file by GET, and has no manifest; without a recipient it gives nothing', async () => {
    const made = await link({ is_direct: true })
    const path = pathOf(made.manifest_url)
    const got = await platform.request('GET', `${path}?recipient=An%20app`)
    assert.ok((await opened(made, got.text)).text.includes('Penicillin'))
    assert.equal((await platform.request('GET', path)).status, 400)
    assert.equal((await ask(made)).status, 404)
    assert.equal((await platform.request('GET', `${pathOf((await link()).manifest_url)}?recipient=x`)).status, 404)
  })

  test('D32: without an end, or without a choice, there is no link', async () => {
    const good = { categories: ['vitals'], expires_days: 7 }
    for (const body of [
      { categories: ['vitals'] },
      { expires_days: 7 },
      { ...good, categories: [] },
      { ...good, categories: ['conversations'] },
      { ...good, categories: ['rights'] },
      { ...good, categories: ['mental_health'] },
      { ...good, expires_days: 367 },
      { ...good, expires_days: undefined, expires_at: '2020-01-01' },
      { ...good, expires_days: undefined, expires_at: '2199-01-01' },
      { ...good, expires_days: undefined, expires_at: '2027-02-31' },
      { ...good, label: 'x'.repeat(81) },
      { ...good, passcode: '123' },
      { ...good, passcode: 'blue-door', is_direct: true },
      { ...good, max_uses: 0 },
    ]) {
      assert.equal((await ana.post(SHL, body)).status, 422, JSON.stringify(body))
    }
    assert.equal((await platform.request('POST', SHL, { body: good })).status, 401)
  })

  test('a malformed manifest request is refused with 400 and counts nothing', async () => {
    const made = await link()
    const send = (raw: string) =>
      platform.request('POST', pathOf(made.manifest_url), { raw, headers: { 'content-type': 'application/json' } })
    for (const raw of ['', '[]', '{', '{}', '{"recipient":""}', '{"recipient":7}', '{"recipient":"a","passcode":1}']) {
      assert.equal((await send(raw)).status, 400, raw)
    }
    assert.equal((await send('{"recipient":"a","embeddedLengthMax":-1}')).status, 400)
    assert.equal((await send(`{"recipient":"${'a'.repeat(201)}"}`)).status, 400)
    assert.equal((await send(`{"recipient":"a","x":"${'a'.repeat(20_000)}"}`)).status, 413)
    const [row] = await platform.rows('select uses from health_links.health_link where id = $1', [made.id])
    assert.equal(row?.uses, 0)
  })

  test('a wrong passcode is 401 with the tries that are left; ten in a lifetime lock the link, also for the right one', async () => {
    const made = await link({ passcode: 'blue-door' })
    const send = (passcode?: string) => ask(made, { recipient: 'x', ...(passcode === undefined ? {} : { passcode }) })
    const none = await send()
    assert.deepEqual([none.status, none.body], [401, { remainingAttempts: 10 }])
    const first = await send('wrong')
    assert.deepEqual([first.status, first.body], [401, { remainingAttempts: 9 }])
    assert.equal((await send('blue-door')).status, 200)
    assert.deepEqual((await send('wrong')).body, { remainingAttempts: 8 })
    const answers = await Promise.all(Array.from({ length: 12 }, () => send('wrong')))
    assert.ok(answers.every(({ status }) => status === 401 || status === 404))
    assert.equal((await send('blue-door')).status, 404)
    const [row] = await platform.rows('select tries_left, uses from health_links.health_link where id = $1', [made.id])
    assert.deepEqual(row, { tries_left: 0, uses: 1 })
    assert.equal((await view(made)).status, 404)
  })

  test('another’s link cannot be ended, and is in nobody else’s list', async () => {
    const made = await link()
    assert.equal((await ben.delete(`${SHL}/${made.id}`)).status, 404)
    assert.deepEqual((await ben.get(SHL)).body.links, [])
    assert.equal((await ben.get(`${SHL}?profile_id=${ana.accountId}`)).status, 404)
    assert.equal((await ask(made)).status, 200)
  })

  test('the right behind a link is what opens it: ended in the database, there is nothing', async () => {
    const made = await link()
    await platform.rows('select kernel.end_access_right($1)', [made.id])
    assert.equal((await ask(made)).status, 404)
    assert.equal((await view(made)).status, 404)
    const [row] = await platform.rows('select uses from health_links.health_link where id = $1', [made.id])
    assert.equal(row?.uses, 0)
  })

  test('pages of any origin may ask for manifest and files', async () => {
    const made = await link()
    const origin = 'https://viewer.example.test'
    const asked = await platform.request('OPTIONS', pathOf(made.manifest_url), {
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    })
    assert.equal(asked.headers['access-control-allow-origin'], '*')
    const answer = await platform.request('POST', pathOf(made.manifest_url), {
      body: { recipient: 'x' },
      headers: { origin },
    })
    assert.deepEqual([answer.status, answer.headers['access-control-allow-origin']], [200, '*'])
    assert.equal(answer.headers['cache-control'], 'no-store')
  })

  test('the person reads in the audit who opened a link, by the name they gave, and who had the wrong passcode', async () => {
    const made = await link({ passcode: 'blue-door' })
    await ask(made, { recipient: 'City   Clinic\n<b>', passcode: 'wrong' })
    await ask(made, { recipient: 'City   Clinic\n<b>', passcode: 'blue-door' })
    await platform.settle()
    const { entries } = (await ana.get('/api/v1/audit/my?action=link_opened&limit=2')).body
    const sentences = entries.map((one: { sentence: string }) => one.sentence)
    assert.match(sentences[0], /Somebody with your link opened a link .* “City Clinic <b>”/)
    assert.match(sentences[1], /tried and was refused.*passcode was wrong/)
  })

  test('a link shows only the days it names: what is dated otherwise is in no file and on no page, what is undated stays', async () => {
    const eve = await platform.person('eve')
    await fill(eve)
    await eve.post(`${CLINICAL}/conditions`, {
      display: 'Broken arm',
      started_on: '2024-03',
      ended_on: '2024-05',
      status: 'resolved',
    })
    await eve.post(`${CLINICAL}/conditions`, { display: 'Diabetes', started_on: '2019' })
    const categories = ['health_records', 'vitals']
    const half = await link({ categories, from: '2026-01-01', until: '2026-01-31' }, eve)
    for (const text of [await bundleOf(half), (await view(half)).text]) {
      for (const part of ['Potassium', 'Penicillin', 'Salbutamol', 'Diabetes']) assert.ok(text.includes(part), part)
      for (const part of ['71.5', 'Broken arm']) assert.equal(text.includes(part), false, part)
    }
    assert.match((await view(half)).text, /Shown is what is dated January 2026, and what has no date\./)
    const before = await link({ categories, until: '2026-01-04' }, eve)
    assert.doesNotMatch(await bundleOf(before), /Potassium|71\.5/)
    assert.match(await bundleOf(before), /Broken arm/)
    const shown = (await eve.get(SHL)).body.links.map((one: { from: string | null; until: string }) => [
      one.from,
      one.until,
    ])
    assert.deepEqual(shown.sort(), [
      [null, '2026-01-04'],
      ['2026-01-01', '2026-01-31'],
    ])
    for (const days of [{ from: '2026-02-01', until: '2026-01-01' }, { from: '2199-01-01' }, { from: 'June' }]) {
      assert.equal((await eve.post(SHL, { categories, expires_days: 7, ...days })).status, 422, JSON.stringify(days))
    }
  })

  test('up to three questions for the visit stand on the page of a link that shares the health record, and on no other', async () => {
    const [questions, path] = [['May I <b>swim</b>?', 'How long still?'], '/api/v1/visit-questions']
    assert.deepEqual((await ana.put(path, { questions })).body.questions, questions)
    assert.deepEqual((await ana.get(path)).body.questions, questions)
    assert.match((await view(await link())).text, /<li><bdi>May I &lt;b&gt;swim&lt;\/b&gt;\?<\/bdi><\/li>/)
    assert.doesNotMatch((await view(await link({ categories: ['vitals'] }))).text, /swim/)
    assert.equal((await ana.put(path, { questions: [...questions, 'a', 'b'] })).status, 422)
    assert.equal((await ana.put(path, { questions: ['x'.repeat(301)] })).status, 422)
    assert.deepEqual((await ben.get(path)).body.questions, [])
    assert.equal((await ben.get(`${path}?profile_id=${ana.accountId}`)).status, 404)
    assert.equal((await platform.request('GET', path)).status, 401)
    assert.deepEqual((await ana.put(path, { questions: [] })).body, { questions: [], updated_at: null })
  })

  test('a restricted record is closed to every link, until the restriction ends', async () => {
    const cleo = await platform.person('cleo')
    await fill(cleo)
    const made = await link({}, cleo)
    assert.equal((await ask(made)).status, 200)
    assert.equal((await cleo.post('/api/v1/my-data/restriction', {})).status < 300, true)
    assert.equal((await ask(made)).status, 404)
    assert.equal((await view(made)).status, 404)
  })

  test('an export has every link without its secrets, and erasure leaves nothing', async () => {
    const dora = await platform.person('dora')
    await fill(dora)
    const made = await link({ label: 'Mine', passcode: 'blue-door' }, dora)
    await ask(made, { recipient: 'x', passcode: 'blue-door', embeddedLengthMax: 0 })
    await dora.put('/api/v1/visit-questions', { questions: ['Why?'] })
    const [visit] = /\/shl\/n\/[\w-]{43}/.exec((await view(await link({ allows_notes: true }, dora))).text) ?? []
    await platform.request('POST', visit as string, { form: { author: 'Dr. Rao', note: 'Come again in May' } })
    const exported = (await platform.exportAll(dora.accountId))['health-links']
    const labels = (exported?.health_links ?? []).map((one) => (one as { label: string | null }).label)
    assert.deepEqual(labels, ['Mine', null])
    assert.match(JSON.stringify([exported?.visit_questions, exported?.link_notes]), /Why\?.*Come again in May/)
    assert.equal(JSON.stringify(exported).includes(payloadOf(made).key), false)
    await platform.erase(dora.accountId)
    assert.equal((await ask(made, { recipient: 'x', passcode: 'blue-door' })).status, 404)
    for (const table of ['health_link', 'file_ticket', 'visit', 'link_note', 'visit_question']) {
      const rows = await platform.rows(`select 1 from health_links.${table} where user_id = $1`, [dora.accountId])
      assert.equal(rows.length, 0)
    }
  })

  test('while a large record is still being read, a link says so, counts nothing, and shows it whole afterwards', async () => {
    const gil = await platform.person('gil')
    for (let start = 0; start < 2100; start += 700) {
      const items = Array.from({ length: 700 }, (_one, index) => ({
        metric_type: 'heart_rate',
        value: 60 + (index % 40),
        unit: 'bpm',
        timestamp: new Date(Date.UTC(2026, 0, 1, 0, start + index)).toISOString(),
      }))
      assert.equal((await gil.post('/api/v1/metrics/batch', { items })).status, 201)
    }
    const made = await link({ categories: ['vitals'] }, gil)
    const page = await view(made)
    assert.equal(page.status, 503)
    assert.match(page.text, /still being read/)
    await platform.settle()
    assert.match(await bundleOf(made), /8867-4/)
    const [row] = await platform.rows('select uses from health_links.health_link where id = $1', [made.id])
    assert.equal(row?.uses, 1)
  })

  test('a child’s record is shared by a proven guardian only; whoever keeps it and is proven shares it', async () => {
    const child = { display_name: 'Mia', relationship: 'child', date_of_birth: '2020-05-01' }
    const kept = await ben.post('/api/v1/profiles', child)
    assert.equal(kept.status, 201, kept.text)
    await platform.settle()
    const { id } = kept.body
    const body = { categories: ['health_records'], expires_days: 7 }
    const share = () => ben.post(`${SHL}?profile_id=${id}`, body)
    const refused = await share()
    assert.deepEqual([refused.status, refused.body.code], [403, 'forbidden'], refused.text)
    const proof = { user_id: id, account_id: ben.accountId }
    await platform.rows(
      `insert into consent_audit.guardian_proof (user_id, account_id, relationship, method, state, declared_at)
        values ($1, $2, 'parent', 'checked-by-operator', 'verified', now())`,
      [proof.user_id, proof.account_id],
    )
    const made = await share()
    assert.equal(made.status, 201, made.text)
    assert.equal((await ask(made.body)).status, 200)
  })

  test('unknown, expired, revoked and used-up links answer the same 404, at once', async () => {
    const revoked = await link()
    assert.equal((await ask(revoked)).status, 200)
    assert.equal((await ana.delete(`${SHL}/${revoked.id}`)).body.status, 'revoked')
    const twice = await link({ max_uses: 2 })
    const answers = await Promise.all(Array.from({ length: 5 }, () => ask(twice)))
    assert.deepEqual(answers.map((one) => one.status).sort(), [200, 200, 404, 404, 404])
    const short = await link({ expires_days: 1 })
    platform.clock.advance({ days: 1 })
    const unknown = { ...short, manifest_url: `${short.manifest_url.slice(0, -43)}${'A'.repeat(43)}` }
    const bodies = new Set<string>()
    for (const made of [revoked, twice, short, unknown]) {
      const { status, body } = await ask(made)
      assert.equal(status, 404)
      bodies.add(JSON.stringify([body.code, body.detail, body.title]))
      if (made !== unknown) assert.equal((await view(made)).status, 404)
    }
    assert.equal(bodies.size, 1)
    const [row] = await platform.rows('select key from health_links.health_link where id = $1', [revoked.id])
    assert.equal(row?.key, null)
  })
})
