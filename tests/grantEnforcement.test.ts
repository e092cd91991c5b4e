import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { compose } from '../src/compose.ts'
import { type Access, type Contract, NEVER_SHARED } from '../src/kernel/contract.ts'
import { pathsOf } from '../src/kernel/http/paths.ts'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../src/testing.ts'

/** An operation or stream about one person's record, as it answers on HTTP. */
interface Row {
  readonly name: string
  readonly kind: 'query' | 'command'
  readonly method: string
  readonly path: string
  readonly access: Extract<Access, { kind: 'person' }>
}

const { contracts } = await compose(['gateway'])
const rows = contracts.flatMap(rowsOf)
const shared = rows.filter((row) => !isNeverShared(row))
const categories = [...new Set(shared.map((row) => row.access.category))]

function rowsOf(contract: Contract): Row[] {
  return [...Object.values(contract.operations), ...Object.values(contract.streams)].flatMap((one) => {
    const first = one.access.kind === 'person' ? pathsOf(contract, one)[0] : undefined
    if (first === undefined || one.access.kind !== 'person') return []
    // Ids that nothing has: what a path needs more than the right person is not this test's matter.
    const path = first.path.replaceAll(/:(\w+)/g, (_all, name) =>
      isPerson(name) ? '{owner}' : '00000000-0000-7000-8000-000000000000',
    )
    return [{ name: `${one.service}.${one.name}`, kind: one.kind, method: first.method, path, access: one.access }]
  })
}

function isPerson(name: string): boolean {
  return name === 'user_id' || name === 'profile_id'
}

function isNeverShared({ access }: Row): boolean {
  return (NEVER_SHARED as readonly string[]).includes(access.category)
}

describe('a grant opens every operation of its category, and its end closes every one', () => {
  let platform: TestPlatform
  let owner: TestPerson
  let friend: TestPerson

  before(async () => {
    platform = await openTestPlatform()
    owner = await platform.person('owner')
    friend = await platform.person('friend')
    // Operations with a purpose need the owner's consent as well.
    for (const { access } of rows) {
      if (access.purpose === undefined) continue
      const { category: data_category, purpose, recipient: granted_to = 'self' } = access
      await owner.post('/api/v1/consent/grant', { data_category, purpose, granted_to })
    }
  })
  after(() => platform.close())

  async function give(access: 'read' | 'write', days = 30): Promise<string> {
    const ends_at = new Date(platform.clock.now().getTime() + days * 86_400_000).toISOString()
    const body = { account_id: friend.accountId, categories, access, ends_at }
    const made = await owner.post('/api/v1/sharing/grants', body)
    assert.equal(made.status, 201, made.text)
    const accepted = await friend.post(`/api/v1/sharing/grants/${made.body.id}/accept`)
    assert.equal(accepted.status, 200, accepted.text)
    return made.body.id
  }

  /** How the door answered: the row of the audit that the call left. */
  async function doorOf(row: Row, person = friend): Promise<'allowed' | 'refused'> {
    const path = row.path.replaceAll('{owner}', owner.accountId)
    const url = `${path}?profile_id=${owner.accountId}`
    const body = row.method === 'GET' || row.method === 'DELETE' ? {} : { body: {} }
    const answer = await person.request(row.method, url, body)
    // A connector that isn't set up says so only to whom the door let in: the audit below tells whether it did.
    const isUnconfigured = answer.status === 503 && answer.body.code === 'unavailable'
    assert.ok(answer.status < 500 || isUnconfigured, `${row.name} ${answer.text.slice(0, 300)}`)
    // So does an operation that wants the person's yes in its body.
    const wantsYes = answer.status === 403 && answer.body.code === 'consent_required'
    assert.ok((answer.status !== 401 && answer.status !== 403) || wantsYes, `${row.name} ${answer.text.slice(0, 300)}`)
    await platform.settle()
    const [last] = await platform.rows(
      `select outcome, operation from kernel.audit where person_id = $1 and account_id = $2
         and action in ('read', 'write') order by id desc limit 1`,
      [owner.accountId, person.accountId],
    )
    assert.equal(last?.operation, row.name.split('.')[1], row.name)
    if (last?.outcome === 'refused') assert.equal(answer.status, 404, `${row.name} ${answer.text.slice(0, 200)}`)
    return last?.outcome as 'allowed' | 'refused'
  }

  async function doors(): Promise<Record<string, string>> {
    const found: Record<string, string> = {}
    for (const row of shared) found[row.name] = await doorOf(row)
    return found
  }

  const all = (outcome: (row: Row) => string) => Object.fromEntries(shared.map((row) => [row.name, outcome(row)]))

  test('there are such operations in every service that has categories', () => {
    assert.ok(shared.length >= 20, String(shared.length))
    assert.ok(new Set(shared.map((row) => row.name.split('.')[0])).size >= 3)
  })

  test('without a grant, every operation is refused', async () => {
    assert.deepEqual(
      await doors(),
      all(() => 'refused'),
    )
  })

  test('a grant to write opens every one; the next call after its revocation is refused everywhere', async () => {
    const id = await give('write')
    assert.deepEqual(
      await doors(),
      all(() => 'allowed'),
    )
    assert.equal((await owner.delete(`/api/v1/sharing/grants/${id}`)).status, 200)
    assert.deepEqual(
      await doors(),
      all(() => 'refused'),
    )
  })

  test('a grant to read opens the queries and no command', async () => {
    const id = await give('read')
    assert.deepEqual(
      await doors(),
      all((row) => (row.kind === 'query' ? 'allowed' : 'refused')),
    )
    await owner.delete(`/api/v1/sharing/grants/${id}`)
  })

  test('what is never shared stays closed under the widest grant', async () => {
    const id = await give('write')
    for (const row of rows.filter(isNeverShared)) assert.equal(await doorOf(row), 'refused', row.name)
    await owner.delete(`/api/v1/sharing/grants/${id}`)
  })

  test('a grant that runs out closes every one', async () => {
    await give('write', 0.01)
    assert.equal(await doorOf(shared[0] as Row), 'allowed')
    platform.clock.advance({ minutes: 15 })
    assert.deepEqual(
      await doors(),
      all(() => 'refused'),
    )
  })
})

describe('a grant shows rows, in lists, streams and summaries, and its end hides them', () => {
  let platform: TestPlatform
  let owner: TestPerson
  let friend: TestPerson
  let id = ''

  before(async () => {
    platform = await openTestPlatform()
    owner = await platform.person('owner')
    friend = await platform.person('friend')
    const { userid } = (await owner.post('/api/v1/wellness/users')).body
    await owner.post('/api/v1/wellness/wellness-metrics', { userid, wellness_score: 7 })
    await owner.post('/api/v1/metrics', { metric_type: 'weight', value: 75.5, unit: 'kg' })
    const body = { account_id: friend.accountId, categories: ['wellness', 'vitals'], ends_at: '2026-08-01' }
    id = (await owner.post('/api/v1/sharing/grants', body)).body.id
    await friend.post(`/api/v1/sharing/grants/${id}/accept`)
  })
  after(() => platform.close())

  const lists = ['/api/v1/wellness/users', '/api/v1/metrics', '/api/v1/vitals']

  test('lists and streams', async () => {
    const of = (path: string) => friend.get(`${path}${path.includes('?') ? '&' : '?'}profile_id=${owner.accountId}`)
    const streams = contracts
      .flatMap((contract) => Object.values(contract.streams).map((one) => ({ contract, one })))
      .filter(
        ({ one }) =>
          one.access.kind === 'person' && ['wellness', 'vitals'].includes(one.access.category) && one.kind === 'query',
      )
      .flatMap(({ contract, one }) => pathsOf(contract, one)[0]?.path ?? [])
      .filter((path) => !path.includes(':'))
    for (const path of [...lists, ...streams]) {
      const answer = await of(path)
      assert.equal(answer.status, 200, `${path} ${answer.text.slice(0, 200)}`)
    }
    assert.equal((await of(lists[0] as string)).body.length, 1)
    await owner.delete(`/api/v1/sharing/grants/${id}`)
    for (const path of [...lists, ...streams]) assert.equal((await of(path)).status, 404, path)
    // The friend's own record is not the owner's.
    assert.deepEqual((await friend.get('/api/v1/wellness/users')).body, [])
  })
})
