import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../src/testing.ts'

const BOARDS = ['/api/v1/care-board', '/api/v1/device-data/care-board', '/api/v1/lab-results/care-board']

/** The boards and searches of the services together: what one account sees of several records, and finds in one. */
describe('boards of several people, and searches of one record', () => {
  let platform: TestPlatform
  let carer: TestPerson
  let patient: TestPerson
  let stranger: TestPerson
  let child = ''
  let grant = ''

  before(async () => {
    platform = await openTestPlatform()
    carer = await platform.person('carer')
    patient = await platform.person('patient')
    stranger = await platform.person('stranger')
    child = (await carer.post('/api/v1/profiles', { display_name: 'Child', relationship: 'child' })).body.id
    grant = await give(['vitals'])
    const day = (days: number) => new Date(platform.clock.now().getTime() - days * 86_400_000).toISOString()
    await patient.post('/api/v1/vitals/blood-pressure', { systolic: 195, diastolic: 125, timestamp: day(0.1) })
    await patient.post('/api/v1/symptoms', {
      symptom_name: 'Äußerst dull headache',
      severity_level: 6,
      symptom_category: 'pain',
    })
    await patient.post('/api/v1/goals', {
      title: 'Walk with less headache',
      metric_type: 'steps',
      goal_type: 'target',
      target_value: 8000,
      unit: '{steps}',
    })
    await patient.post('/api/v1/lab-results', {
      test_name: 'Kreatinin',
      value: 1.1,
      unit: 'mg/dL',
      test_date: day(400),
    })
    await patient.post('/api/v1/lab-results', {
      test_name: 'A test nobody knows',
      value: 3,
      unit: 'AU',
      test_date: day(2),
    })
    await patient.post('/api/v1/medical-records/clinical/conditions', {
      display: 'Migraine with headache',
      status: 'active',
    })
    await patient.post('/api/v1/documents', {
      title: 'Letter about headache',
      document_type: 'referral',
      hospital_name: 'St Anne',
    })
    await patient.post('/api/v1/imaging/studies', {
      modality: 'MRI',
      study_date: day(9),
      body_part: 'Head',
      impression: 'No cause of headache.',
    })
    await patient.post('/api/v1/clinical-reports', {
      report_type: 'CLINICAL_NOTE',
      title: 'Visit',
      content: 'Came because of headache.',
    })
    await platform.settle()
  })
  after(() => platform.close())

  async function give(categories: string[]): Promise<string> {
    const ends_at = new Date(platform.clock.now().getTime() + 30 * 86_400_000).toISOString()
    const made = await patient.post('/api/v1/sharing/grants', {
      account_id: carer.accountId,
      categories,
      access: 'read',
      ends_at,
    })
    assert.equal((await carer.post(`/api/v1/sharing/grants/${made.body.id}/accept`)).status, 200, made.text)
    return made.body.id
  }
  const board = async (path = BOARDS[0] as string, of = carer) => {
    const answer = await of.get(path)
    assert.equal(answer.status, 200, answer.text)
    return answer.body.items as { person_id: string; [name: string]: unknown }[]
  }
  const find = async (path: string, question: string, of = patient, more = '') => {
    const answer = await of.get(`/api/v1/${path}/find?q=${encodeURIComponent(question)}${more}`)
    assert.equal(answer.status, 200, answer.text)
    return (answer.body.items as { kind: string; title: string }[]).map(({ kind, title }) => [kind, title])
  }
  const both = (question: string, of = patient, more = '') =>
    Promise.all(['health-tracking', 'medical-records'].map((path) => find(path, question, of, more)))

  test('a board shows whose record is open to the account: alerts, the newest value, and nothing measured as null', async () => {
    const items = await board()
    assert.deepEqual(items.map((one) => one.person_id).sort(), [child, patient.accountId].sort())
    const shown = items.find((one) => one.person_id === patient.accountId)
    assert.deepEqual([shown?.open_alerts, shown?.worst_severity], [2, 4])
    assert.match(JSON.stringify(shown?.last), /blood_pressure/)
    assert.equal(items.find((one) => one.person_id === child)?.last, null)
  })

  test('each board asks for its own part: vital signs open neither devices nor results', async () => {
    const [, devices, retests] = await Promise.all(BOARDS.map((path) => board(path)))
    for (const items of [devices, retests])
      assert.deepEqual(
        items?.map((one) => one.person_id),
        [child],
      )
  })

  test('a board shows nobody to a stranger, and asks who is there', async () => {
    for (const path of BOARDS) {
      assert.deepEqual(await board(path, stranger), [])
      assert.deepEqual(await board(path, patient), [])
      assert.equal((await platform.request('GET', path)).status, 401)
    }
  })

  test('whoever was looked at finds it in their audit, with what opened it', async () => {
    await board()
    await platform.settle()
    const [row] = await platform.rows(
      `select operation, reason, grant_id from kernel.audit where person_id = $1 and account_id = $2 and service = 'health-tracking'
        order by id desc limit 1`,
      [patient.accountId, carer.accountId],
    )
    assert.deepEqual(row, { operation: 'read', reason: 'grant', grant_id: grant })
  })

  test('a search finds names and notes of every kind, whatever the case, and papers by their encrypted title', async () => {
    const [tracked, written] = await both('HEADACHE')
    assert.deepEqual(tracked, [
      ['symptom', 'Äußerst dull headache'],
      ['goal', 'Walk with less headache'],
    ])
    assert.deepEqual(written?.map(([kind]) => kind).sort(), ['conditions', 'imaging', 'paper', 'report'])
    assert.deepEqual((await both('äußerst HEAD'))[0], [['symptom', 'Äußerst dull headache']])
    assert.deepEqual((await both('anne letter'))[1], [['paper', 'Letter about headache']])
  })

  test('a search finds a result by the name of the catalogue, and by the words of its laboratory', async () => {
    assert.deepEqual((await both('creatinine'))[1], [['lab', 'Kreatinin']])
    assert.deepEqual((await both('nobody knows'))[1], [['other-lab', 'A test nobody knows']])
  })

  test('a search takes words as they are: no wildcard, no pattern, nothing for spaces', async () => {
    for (const question of ['%%', '__', "' or true --", '   ', '\\\\', 'no such thing']) {
      assert.deepEqual(await both(question), [[], []], question)
    }
  })

  test('of another’s record a search finds what is open, and answers 404 where nothing is', async () => {
    const of = `&profile_id=${patient.accountId}`
    assert.deepEqual(await find('health-tracking', 'headache', carer, of), [])
    assert.equal((await carer.get(`/api/v1/medical-records/find?q=headache${of}`)).status, 404)
    assert.equal((await stranger.get(`/api/v1/health-tracking/find?q=headache${of}`)).status, 404)
    const goals = await give(['goals'])
    assert.deepEqual(await find('health-tracking', 'headache', carer, of), [['goal', 'Walk with less headache']])
    await patient.delete(`/api/v1/sharing/grants/${goals}`)
    assert.deepEqual(await find('health-tracking', 'headache', carer, of), [])
  })

  test('a search says which question it does not take', async () => {
    for (const question of ['', 'q=', 'q=a', `q=${'a'.repeat(81)}`, 'q=ab&limit=11']) {
      assert.equal((await patient.get(`/api/v1/medical-records/find?${question}`)).status, 422, question)
    }
    assert.equal((await platform.request('GET', '/api/v1/health-tracking/find?q=abc')).status, 401)
  })

  test('a board says how many alerts somebody has seen, and who, by the name they go by; without the account, nobody', async () => {
    const helper = await platform.person('helper')
    await helper.put('/api/v1/profile', { first_name: 'Omar' })
    const ends_at = new Date(platform.clock.now().getTime() + 86_400_000).toISOString()
    const body = { account_id: helper.accountId, categories: ['vitals'], access: 'write', ends_at }
    const { id } = (await patient.post('/api/v1/sharing/grants', body)).body
    await helper.post(`/api/v1/sharing/grants/${id}/accept`)
    const of = `profile_id=${patient.accountId}`
    const [alert] = (await helper.get(`/api/v1/alerts?${of}`)).body.items
    await helper.post(`/api/v1/alerts/${alert.id}/acknowledge?${of}`)
    const by = { account_id: helper.accountId, name: 'Omar' }
    const shown = async () => (await board()).find((one) => one.person_id === patient.accountId)
    const [seen, own] = [await shown(), (await patient.get(`/api/v1/alerts/${alert.id}`)).body]
    assert.deepEqual([seen?.open_alerts, seen?.seen_alerts, seen?.seen_by, own.acknowledged_by], [2, 1, by, by])
    await platform.erase(helper.accountId)
    assert.deepEqual([(await shown())?.seen_alerts, (await shown())?.seen_by], [1, null])
  })

  test('when the grant ends, the person leaves the board at once', async () => {
    await patient.delete(`/api/v1/sharing/grants/${grant}`)
    assert.deepEqual(
      (await board()).map((one) => one.person_id),
      [child],
    )
  })
})
