import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { openTestPlatform, type TestAnswer, type TestPerson, type TestPlatform } from '../../testing.ts'

const SHL = '/api/v1/shl'
const CARD = '/api/v1/emergency-card'
const CLINICAL = '/api/v1/medical-records/clinical'
const CONSENT = { data_category: 'emergency', purpose: 'emergency', granted_to: 'emergency_responder' }
const pathOf = (url: string) => new URL(url).pathname

describe('health links: pages without scripts, and the emergency card', () => {
  let platform: TestPlatform
  let ana: TestPerson
  let ben: TestPerson

  before(async () => {
    platform = await openTestPlatform({ environment: { PUBLIC_URL: 'https://salus.example.test' } })
    ana = await platform.person('ana')
    ben = await platform.person('ben')
    await ana.put('/api/v1/profile', {
      first_name: 'Ana',
      last_name: 'Silva',
      date_of_birth: '1980-04-02',
      blood_type: 'O+',
      occupation: 'Welder',
      emergency_contact_name: 'Rui',
      emergency_contact_phone: '+351 911 111 111',
      conditions: [],
    })
    await ana.post(`${CLINICAL}/allergies`, { display: 'Penicillin <b>', criticality: 'high', reaction: 'Hives' })
    await ana.post(`${CLINICAL}/conditions`, { display: 'Gout', status: 'resolved' })
    await ana.post(`${CLINICAL}/medications`, { display: 'Warfarin', dosage: '3 mg daily' })
    const lab = {
      test_name: 'Potassium',
      value: 5.9,
      unit: 'mmol/L',
      reference_range_low: 3.5,
      reference_range_high: 5.1,
    }
    await ana.post('/api/v1/lab-results', { ...lab, test_date: '2026-01-05' })
  })
  after(() => platform.close())

  async function link(more: object = {}) {
    const made = await ana.post(SHL, { categories: ['personal_info', 'health_records'], expires_days: 7, ...more })
    assert.equal(made.status, 201, made.text)
    return made.body as { id: string; shlink: string; viewer_url: string }
  }
  const paste = (form: Record<string, string>) => platform.request('POST', '/shl/view', { form })

  function assertPlain(page: TestAnswer) {
    assert.match(String(page.headers['content-type']), /text\/html/)
    const policy = String(page.headers['content-security-policy'])
    assert.match(policy, /default-src 'none'; img-src 'self'; style-src 'self' 'sha256-[^']+'; form-action 'self'/)
    assert.deepEqual(
      [page.headers['cache-control'], page.headers['referrer-policy'], page.headers['x-robots-tag']],
      ['no-store', 'no-referrer', 'noindex, nofollow'],
    )
    assert.doesNotMatch(page.text, /<script|javascript:|\son\w+=| style="/i)
  }

  test('the viewer shows the summary readable, results beside their range, and nobody’s markup', async () => {
    const { viewer_url } = await link({ label: 'For <i>Dr. Rao' })
    const page = await platform.request('GET', pathOf(viewer_url))
    assert.equal(page.status, 200)
    assertPlain(page)
    for (const part of [
      /For &lt;i&gt;Dr\. Rao/,
      /Ana Silva/,
      /Born 2 April 1980/,
      /<td>5 Jan 2026<\/td>/,
      /Penicillin &lt;b&gt;/,
      /Warfarin/,
    ]) {
      assert.match(page.text, part)
    }
    assert.match(page.text, /Potassium[\s\S]*5\.9 mmol\/L[\s\S]*3\.5[\s\S]*5\.1[\s\S]*above/)
    assert.match(page.text, /@media print/)
  })

  test('a passcode is asked for in a form; a wrong one says how many tries are left', async () => {
    const { viewer_url } = await link({ passcode: 'blue-door' })
    const path = pathOf(viewer_url)
    const asked = await platform.request('GET', path)
    assertPlain(asked)
    assert.match(asked.text, /<form method="post">/)
    assert.doesNotMatch(asked.text, /Penicillin/)
    const wrong = await platform.request('POST', path, { form: { passcode: 'red-door' } })
    assert.equal(wrong.status, 403)
    assert.match(wrong.text, /9 tries are left/)
    assert.match((await platform.request('POST', path, { form: { passcode: 'blue-door' } })).text, /Penicillin/)
    assert.equal((await platform.request('GET', `/shl/v/${'A'.repeat(43)}`)).status, 404)
  })

  test('a pasted link opens with its own key and no other, with its passcode and no other', async () => {
    const form = await platform.request('GET', '/shl/view')
    assertPlain(form)
    assert.match(form.text, /<textarea/)
    const { shlink } = await link()
    const shown = await paste({ shlink })
    assertPlain(shown)
    assert.match(shown.text, /Penicillin/)
    assert.match((await paste({ shlink: `https://viewer.example.test/#${shlink}` })).text, /Penicillin/)
    const payload = JSON.parse(Buffer.from(shlink.slice(8), 'base64url').toString())
    const as = (more: object) => `shlink:/${Buffer.from(JSON.stringify({ ...payload, ...more })).toString('base64url')}`
    assert.equal((await paste({ shlink: as({ key: 'A'.repeat(43) }) })).status, 404)
    const elsewhere = await paste({ shlink: as({ url: 'http://169.254.169.254/latest' }) })
    assert.equal(elsewhere.status, 422)
    assert.match(elsewhere.text, /made elsewhere/)
    const secret = await link({ passcode: 'blue-door' })
    const asked = await paste({ shlink: secret.shlink })
    assert.match(asked.text, /type="hidden" name="shlink"/)
    assert.doesNotMatch(asked.text, /Penicillin/)
    assert.equal((await paste({ shlink: secret.shlink, passcode: 'wrong' })).status, 403)
    assert.match((await paste({ shlink: secret.shlink, passcode: 'blue-door' })).text, /Penicillin/)
  })

  test('whatever is pasted is answered with a plain page and never echoed', async () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.json({ maxDepth: 2 }).map((json) => `shlink:/${Buffer.from(json).toString('base64url')}`),
      fc.constant('shlink:/"><script>alert(1)</script>'),
    )
    await fc.assert(
      fc.asyncProperty(hostile, async (shlink) => {
        const page = await paste({ shlink })
        assert.equal(page.status, 422)
        assertPlain(page)
      }),
      { numRuns: 40 },
    )
    assert.equal((await paste({ shlink: 'x'.repeat(20_000) })).status, 422)
  })

  test('the card holds what the record holds, each with its source, and says what is missing', async () => {
    const { status, body, text } = await ana.get(CARD)
    assert.equal(status, 200, text)
    assert.deepEqual(
      [body.name, body.birth_date, body.blood_group],
      ['Ana Silva', '1980-04-02', { value: 'O+', source: 'profile' }],
    )
    const [allergy] = body.allergies.lines
    assert.deepEqual([allergy.text, allergy.detail, allergy.source], ['Penicillin <b>', 'Hives, high risk', 'entered'])
    assert.deepEqual([body.conditions.state, body.medications.lines[0].text], ['none', 'Warfarin'])
    assert.deepEqual(body.contacts, [{ name: 'Rui', phone: '+351 911 111 111', relationship: null }])
    assert.deepEqual([body.unread, text.includes('Welder'), text.includes('Gout')], [[], false, false])
    assert.match(
      body.qr.text,
      /^EMERGENCY CARD\nAna Silva, born 1980-04-02\nALLERGIES: Penicillin <b> \(Hives, high risk\)/,
    )
    assert.match(body.qr.svg, /^<svg /)
    assert.ok(body.qr.rows.every((row: string) => row.length === body.qr.rows.length && /^[01]+$/.test(row)))
    const empty = (await ben.get(CARD)).body
    assert.ok(empty.missing.some((one: { field: string }) => one.field === 'allergies'))
    assert.deepEqual([empty.blood_group, empty.allergies, empty.contacts], [null, { state: 'unknown', lines: [] }, []])
  })

  test('the card prints without scripts, in both sizes; nobody prints another’s', async () => {
    const page = await ana.get('/card')
    assertPlain(page)
    assert.match(page.text, /class="small"/)
    assert.match(page.text, /85\.6mm/)
    assert.match(page.text, /Penicillin &lt;b&gt;/)
    assert.match(page.text, /<svg xmlns/)
    assert.equal((await platform.request('GET', '/card')).status, 401)
    assert.equal((await ben.get(`/card?profile_id=${ana.accountId}`)).status, 404)
    assert.equal((await ben.get(`${CARD}?profile_id=${ana.accountId}`)).status, 404)
    assert.equal((await platform.request('GET', CARD)).status, 401)
  })

  test('notes of the card are the person’s own words, encrypted, and can be removed', async () => {
    const put = (notes: unknown) => ana.put(`${CARD}/notes`, { notes })
    assert.equal((await put('Pacemaker, left side')).status, 200)
    assert.equal((await ana.get(CARD)).body.notes, 'Pacemaker, left side')
    const [row] = await platform.rows('select notes from health_links.card_note where user_id = $1', [ana.accountId])
    const sealed = row?.notes as Buffer
    assert.equal(sealed.includes(Buffer.from('Pacemaker')), false)
    assert.equal((await put('x'.repeat(501))).status, 422)
    assert.equal((await put(null)).status, 200)
    assert.equal((await ana.get(CARD)).body.notes, null)
  })

  async function withConsent(person: TestPerson) {
    const given = await person.post('/api/v1/consent/grant', CONSENT)
    assert.ok(given.status < 300, given.text)
    const on = await person.post(`${CARD}/link`, {})
    assert.equal(on.status, 201, on.text)
    return on.body as { url: string; qr: { text: string } }
  }
  const open = (url: string) => platform.request('GET', pathOf(url))

  test('without the consent to emergency helpers the card has no address, and it is off by itself', async () => {
    const dev = await platform.person('dev')
    const before = (await dev.get(`${CARD}/link`)).body
    assert.deepEqual([before.is_on, before.has_consent, before.url], [false, false, null])
    const refused = await dev.post(`${CARD}/link`, {})
    assert.deepEqual([refused.status, refused.body.code], [403, 'consent_required'])
    assert.equal((await platform.request('POST', `${CARD}/link`, { body: {} })).status, 401)
  })

  test('whoever holds the address sees the card and nothing else; it is counted, noted and told, once an hour', async () => {
    const { url, qr } = await withConsent(ana)
    assert.ok(qr.text.endsWith(url))
    const already = platform.notices.length
    const page = await open(url)
    assertPlain(page)
    for (const part of [/Ana Silva/, /Penicillin/, /Warfarin/, /O\+/, /tel:\+351911111111/])
      assert.match(page.text, part)
    assert.doesNotMatch(page.text, /Welder|Potassium|Gout/)
    await open(url)
    const told = platform.notices.slice(already).filter((one) => /emergency card was opened/.test(one.subject))
    assert.equal(told.length, 1)
    const { body } = await ana.get(`${CARD}/link`)
    assert.deepEqual([body.is_on, body.access_count, body.url], [true, 2, url])
    await platform.settle()
    const { entries } = (await ana.get('/api/v1/audit/my?action=emergency_card_opened&limit=5')).body
    assert.equal(entries.length, 2)
    assert.match(entries[0].sentence, /Somebody with your emergency card opened the emergency card/)
    const [row] = await platform.rows('select * from health_links.card_link where user_id = $1', [ana.accountId])
    const secret = url.split('/').at(-1) as string
    const sealed = row?.token as Buffer
    assert.equal(sealed.includes(Buffer.from(secret)), false)
  })

  test('the address ends at once: turned off, made anew, consent withdrawn, record restricted; all told alike', async () => {
    const eva = await platform.person('eva')
    const first = await withConsent(eva)
    assert.equal((await open(first.url)).status, 200)
    const second = (await eva.post(`${CARD}/link`, {})).body
    const gone = [await open(first.url), await open(`https://x.test/e/${'A'.repeat(43)}`)]
    assert.equal((await open(second.url)).status, 200)
    assert.equal((await eva.post('/api/v1/my-data/restriction', {})).status < 300, true)
    gone.push(await open(second.url))
    await eva.delete('/api/v1/my-data/restriction')
    assert.equal((await open(second.url)).status, 200)
    assert.equal((await eva.delete(`${CARD}/link`)).body.is_on, false)
    gone.push(await open(second.url))
    const third = (await eva.post(`${CARD}/link`, {})).body
    await eva.post('/api/v1/consent/revoke', CONSENT)
    gone.push(await open(third.url))
    assert.deepEqual(
      gone.map((one) => one.status),
      [404, 404, 404, 404, 404],
    )
    assert.equal(new Set(gone.map((one) => one.text)).size, 1)
    const rights = await platform.rows('select 1 from kernel.access_right where person_id = $1', [eva.accountId])
    assert.equal(rights.length, 1)
  })

  test('an export has card and notes without the address, and erasure leaves nothing', async () => {
    const finn = await platform.person('finn')
    const { url } = await withConsent(finn)
    await finn.put(`${CARD}/notes`, { notes: 'Deaf' })
    const exported = (await platform.exportAll(finn.accountId))['health-links']
    assert.deepEqual([exported?.card_notes, exported?.emergency_card?.length], [[{ notes: 'Deaf' }], 1])
    assert.equal(JSON.stringify(exported).includes(url.split('/').at(-1) as string), false)
    await platform.erase(finn.accountId)
    assert.equal((await open(url)).status, 404)
    for (const table of ['card_link', 'card_note']) {
      const rows = await platform.rows(`select 1 from health_links.${table} where user_id = $1`, [finn.accountId])
      assert.equal(rows.length, 0)
    }
  })

  describe('values over time', () => {
    const ago = (days: number) => new Date(platform.clock.now().getTime() - days * 86_400_000).toISOString()
    let rosa: TestPerson

    before(async () => {
      rosa = await platform.person('rosa')
      const metrics = [
        ['weight', 80, 'kg', 100],
        ['weight', 72, 'kg', 60],
        ['weight', 70, 'kg', 2],
        ['blood_glucose', 90, 'mg/dL', 3],
        ['temperature', 37, 'Cel', 1],
      ] as const
      for (const [metric_type, value, unit, days] of metrics) {
        const made = await rosa.post('/api/v1/metrics', { metric_type, value, unit, timestamp: ago(days) })
        assert.equal(made.status, 201, made.text)
      }
      const pressure = { systolic: 128, diastolic: 82, timestamp: ago(4) }
      assert.equal((await rosa.post('/api/v1/vitals/blood-pressure', pressure)).status, 201)
      const point = { data_type: 'heart_rate', value: 61, timestamp: ago(5), source_name: 'watch' }
      assert.ok((await rosa.post('/api/v1/data/points/batch', { data_points: [point] })).status < 300)
      await platform.settle()
    })

    async function shown(categories: readonly string[], more: object = {}, query = '') {
      const made = await rosa.post(SHL, { categories, expires_days: 7, ...more })
      assert.equal(made.status, 201, made.text)
      const page = await platform.request('GET', `${pathOf(made.body.viewer_url)}${query}`)
      assert.equal(page.status, 200)
      assertPlain(page)
      return /<section class="card"><h3>Values over time[\s\S]*?<\/section>/.exec(page.text)?.[0] ?? page.text
    }

    test('vital signs of 90 days are pictures with the same in words, newest, lowest, highest and on how many days', async () => {
      const part = await shown(['vitals'])
      assert.match(part, /One figure a day, 18 March.–.15 June 2026\./)
      assert.match(part, /<h4>Weight<\/h4><p><strong><bdi>70\.0<\/bdi><\/strong> <bdi>kg<\/bdi>[\s\S]*newest, 13 Jun</)
      assert.match(part, /lowest 70\.0, highest 72\.0; 2 days/)
      assert.match(part, /<bdi>128\/82<\/bdi>[\s\S]*mmHg[\s\S]*systolic: lowest 128, highest 128; diastolic: lowest 82/)
      assert.match(part, /aria-hidden="true"><svg viewBox/)
      assert.doesNotMatch(part, /80\.0|Heart rate|NaN/)
    })

    test('what devices measured is drawn where devices are shared, and without vital signs alone', async () => {
      const both = await shown(['vitals', 'devices'])
      for (const name of ['Heart rate', 'Weight']) assert.ok(both.includes(`<h4>${name}</h4>`), name)
      const devices = await shown(['devices'])
      assert.match(devices, /Heart rate[\s\S]*61/)
      assert.doesNotMatch(devices, /Weight|Blood pressure/)
    })

    test('a link without either draws nothing, and one of some days only what lies in them', async () => {
      assert.doesNotMatch(await shown(['personal_info', 'health_records']), /Values over time|<svg|70\.0/)
      const days = { from: ago(70).slice(0, 10), until: ago(50).slice(0, 10) }
      const part = await shown(['vitals'], days)
      assert.match(part, /72\.0[\s\S]*lowest 72\.0, highest 72\.0; one day/)
      assert.doesNotMatch(part, /70\.0|Blood pressure|Body temperature/)
      const early = { from: ago(400).slice(0, 10), until: ago(300).slice(0, 10) }
      assert.doesNotMatch(await shown(['vitals'], early), /Values over time/)
    })

    test('values are written in the units that the person chose, days in the language of the page', async () => {
      await rosa.put('/api/v1/preferences', { units: 'imperial', glucose_unit: 'mmol/L' })
      const part = await shown(['vitals'])
      for (const one of [/154\.3[\s\S]*lb/, /98\.6[\s\S]*°F/, /<bdi>5\.0<\/bdi><\/strong> <bdi>mmol\/L/])
        assert.match(part, one)
      const arabic = await shown(['vitals'], {}, '?lang=ar')
      for (const one of [/القيم عبر الزمن/, /<bdi>15 يونيو<\/bdi>/]) assert.match(arabic, one)
    })
  })

  const visitOf = (html: string) => /\/shl\/d\/([\w-]{43})/.exec(html)?.[1] as string
  const take = (visit: string) => platform.request('GET', `/shl/d/${visit}`)
  const write = (visit: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
    platform.request('POST', `/shl/n/${visit}`, { form, headers })
  const note = { author: 'Dr. Rao\u202e', note: 'Ignore all rules. <script>alert(1)</script>\r\nCome again in May.' }
  async function visited(more: object) {
    const made = await link({ categories: ['health_records'], ...more })
    const page = await platform.request('GET', pathOf(made.viewer_url))
    assertPlain(page)
    return { made, page, visit: visitOf(page.text) }
  }

  test('a note back is its author’s word as plain text, waits for the person, and becomes a report or nothing', async () => {
    const { page, visit } = await visited({ label: 'Visit', allows_notes: true, max_uses: 1 })
    assert.match(page.text, /<form method="post" action="\/shl\/n\//)
    const sent = await write(visit, note)
    assert.deepEqual([sent.status, sent.headers.location], [303, `/shl/n/${visit}`])
    const done = await platform.request('GET', `/shl/n/${visit}`)
    assertPlain(done)
    assert.match(done.text, /Handed over/)
    await write(visit, { author: 'X', note: 'Second' })
    assert.equal(platform.notices.filter((one) => /wrote you a note/.test(one.subject)).length, 1)
    const listed = async () => (await ana.get(`${SHL}/notes`)).body.notes
    const found: { id: string; author: string; text: string; link_label: string }[] = await listed()
    const [first, second] = ['Dr. Rao', 'X'].map((author) => found.find((one) => one.author === author))
    assert.ok(first !== undefined && second !== undefined && found.length === 2)
    assert.equal(first.text, 'Ignore all rules. <script>alert(1)</script>\nCome again in May.')
    assert.equal(first.link_label, 'Visit')
    const reports = async () => (await ana.get('/api/v1/clinical-reports')).body.items
    assert.deepEqual(await reports(), [])
    assert.deepEqual((await ben.get(`${SHL}/notes`)).body.notes, [])
    assert.equal((await ben.post(`${SHL}/notes/${first.id}/accept`)).status, 404)
    assert.equal((await ben.delete(`${SHL}/notes/${first.id}`)).status, 404)
    assert.equal((await platform.request('POST', `${SHL}/notes/${first.id}/accept`)).status, 401)
    const accepted = await ana.post(`${SHL}/notes/${first.id}/accept`)
    assert.equal(accepted.status, 200, accepted.text)
    assert.equal((await ana.post(`${SHL}/notes/${first.id}/accept`)).status, 404)
    assert.equal((await ana.delete(`${SHL}/notes/${second.id}`)).status, 204)
    assert.deepEqual(await listed(), [])
    const [report, ...more] = await reports()
    assert.deepEqual(more, [])
    assert.equal(report.author, 'Dr. Rao (by a person who had the link, name not verified)')
    assert.deepEqual([report.id, report.status, report.content], [first.id, 'REVIEWED', first.text])
  })

  test('a note is refused that is too long, empty, from another site, one too many, or through a link that takes none', async () => {
    const { made, visit } = await visited({ allows_notes: true })
    const long = await write(visit, { author: 'Dr. <i>', note: 'x'.repeat(4001) })
    assert.equal(long.status, 422)
    assertPlain(long)
    assert.match(long.text, /4000 characters/)
    assert.match(long.text, /value="Dr\. &lt;i&gt;"/)
    assert.equal((await write(visit, { author: 'x'.repeat(121), note: 'x' })).status, 422)
    assert.equal((await write(visit, { author: 'Dr.', note: ' \u202e ' })).status, 422)
    assert.equal((await write(visit, { author: 'Dr.', note: 'x'.repeat(200_000) })).status, 422)
    assert.equal((await write(visit, note, { 'sec-fetch-site': 'cross-site' })).status, 403)
    const answers = await Promise.all(Array.from({ length: 8 }, () => write(visit, note)))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 303, 303, 303, 303, 429, 429, 429])
    const kept = await platform.rows('select content from health_links.link_note where link_id = $1', [made.id])
    assert.ok(kept.every(({ content }) => !(content as Buffer).includes(Buffer.from('Ignore'))))
    await ana.delete(`${SHL}/${made.id}`)
    assert.equal((await write(visit, note)).status, 404)
    const mute = await visited({})
    assert.doesNotMatch(mute.page.text, /<textarea/)
    assert.equal((await write(mute.visit, note)).status, 404)
    assert.equal((await write('A'.repeat(43), note)).status, 404)
  })

  test('whoever opened a page takes its document along: just what the link opens, counted once, for half an hour', async () => {
    const once = await link({ categories: ['health_records'], passcode: 'blue-door', max_uses: 1, allows_notes: true })
    const end = new Date(platform.clock.now().getTime() + 60_000).toISOString()
    const short = await visited({ expires_days: undefined, expires_at: end, allows_notes: true })
    const page = await platform.request('POST', pathOf(once.viewer_url), { form: { passcode: 'blue-door' } })
    const visit = visitOf(page.text)
    const file = await take(visit)
    assert.equal(file.status, 200, file.text)
    assert.match(String(file.headers['content-type']), /^application\/fhir\+json/)
    assert.match(String(file.headers['content-disposition']), /^attachment; filename="patient-summary-/)
    assert.equal(JSON.parse(file.text).type, 'document')
    assert.match(file.text, /Penicillin/)
    assert.doesNotMatch(file.text, /Silva/)
    assert.equal((await take('A'.repeat(43))).status, 404)
    assert.equal((await platform.request('GET', pathOf(once.viewer_url))).status, 404)
    platform.clock.advance({ minutes: 2 })
    assert.equal((await take(short.visit)).status, 404)
    assert.equal((await write(short.visit, note)).status, 404)
    platform.clock.advance({ minutes: 29 })
    assert.equal((await take(visit)).status, 404)
    assert.equal((await write(visit, note)).status, 404)
  })
})
