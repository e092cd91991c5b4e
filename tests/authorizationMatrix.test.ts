import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { compose } from '../src/compose.ts'
import type { Access, Contract } from '../src/kernel/contract.ts'
import { pathsOf } from '../src/kernel/http/paths.ts'
import { openTestPlatform, type TestPerson, type TestPlatform } from '../src/testing.ts'
import { isProblem } from './shared.ts'

/** Everything that answers on HTTP, with what the contract says of who may call it. */
interface Row {
  readonly name: string
  readonly service: string
  readonly kind: 'query' | 'command'
  readonly method: string
  readonly path: string
  readonly access: Access
}

/** Stands in a path for the id of the person whose record is meant. */
const OWNER = '{owner}'

const { contracts } = await compose(['gateway'])
const rows = contracts.flatMap(rowsOf)

function rowsOf(contract: Contract): Row[] {
  return [...Object.values(contract.operations), ...Object.values(contract.streams)].flatMap((one) => {
    const first = one.access.kind === 'service' ? undefined : pathsOf(contract, one)[0]
    if (first === undefined) return []
    const path = first.path.replaceAll(/:(\w+)/g, (_all, name) => placeholder(contract, one.name, name))
    return [
      {
        name: `${one.service}.${one.name}`,
        service: one.service,
        kind: one.kind,
        method: first.method,
        path,
        access: one.access,
      },
    ]
  })
}

/** A value that the path parameter's schema accepts and that names nothing that exists. */
function placeholder(contract: Contract, operation: string, parameter: string): string {
  if (parameter === 'user_id') return OWNER
  const schema = contract.operations[operation]?.input.properties[parameter] as
    | { type?: string; format?: string; enum?: readonly string[]; pattern?: string }
    | undefined
  if (schema?.type === 'integer') return '987654321'
  if (schema?.enum !== undefined) return String(schema.enum[0])
  return schema?.format === 'uuid' || schema === undefined ? '01890000-0000-7000-8000-000000000000' : 'nothing'
}

/** The answer each caller without the right must get; `undefined` where the contract lets the caller in. */
const EXPECTED = {
  nobody: (row: Row) => (row.access.kind === 'public' ? undefined : 401),
  'an expired token': (row: Row) => (ignoresCredential(row) ? undefined : 401),
  'a revoked session': (row: Row) => (ignoresCredential(row) ? undefined : 401),
  'a key without the scope': (row: Row) => (row.access.kind === 'public' ? undefined : 403),
  'another person': (row: Row) => (row.access.kind === 'person' ? 404 : undefined),
  'an account without the role': (row: Row) => (row.access.kind === 'role' ? 403 : undefined),
} as const

function ignoresCredential(row: Row): boolean {
  return row.access.kind === 'public' && row.access.ignoresCredential === true
}

type CallerKind = keyof typeof EXPECTED

describe('authorization matrix, generated from the contracts', () => {
  let platform: TestPlatform
  let owner: TestPerson
  let stranger: TestPerson
  let expired = ''
  let revoked = ''
  const keys = new Map<string, string>()

  before(async () => {
    platform = await openTestPlatform()
    const late = await platform.person('late')
    expired = late.token
    platform.clock.advance({ days: 1 })
    owner = await platform.person('owner')
    stranger = await platform.person('stranger')
    const left = await platform.person('left')
    revoked = left.token
    assert.equal((await left.post('/api/v1/auth/logout')).status < 300, true)
    // What is asked here is the scope, not the quota of a plan.
    await platform.rows("update auth.account set plan = 'enterprise' where user_id = $1", [stranger.accountId])
    // One key for each service, which may do everything except in that service.
    for (const contract of contracts) {
      const scopes = contracts
        .filter((one) => one !== contract)
        .flatMap((one) => [`${one.name}:read`, `${one.name}:write`])
      const made = await stranger.post('/api/v1/auth/api-keys', { name: `all but ${contract.name}`, scopes })
      assert.equal(made.status, 201, made.text)
      keys.set(contract.name, made.body.key ?? made.body.api_key)
    }
  })
  after(() => platform.close())

  function send(kind: CallerKind, { path: template, ...given }: Row) {
    const row = { ...given, path: template.replace(OWNER, owner.accountId) }
    const body = row.method === 'GET' || row.method === 'DELETE' ? {} : { body: {} }
    const other = `${row.path}${row.path.includes('?') ? '&' : '?'}profile_id=${owner.accountId}`
    switch (kind) {
      case 'nobody':
        return platform.request(row.method, row.path, body)
      case 'an expired token':
        return platform.request(row.method, row.path, { ...body, token: expired })
      case 'a revoked session':
        return platform.request(row.method, row.path, { ...body, token: revoked })
      case 'a key without the scope':
        return platform.request(row.method, row.path, {
          ...body,
          headers: { 'x-api-key': keys.get(row.service) as string },
        })
      case 'another person':
        return platform.request(row.method, other, { ...body, token: stranger.token })
      case 'an account without the role':
        return platform.request(row.method, row.path, { ...body, token: stranger.token })
    }
  }

  test('there are operations of every service on the board', () => {
    assert.deepEqual(new Set(rows.map((row) => row.service)), new Set(contracts.map((contract) => contract.name)))
  })

  for (const kind of Object.keys(EXPECTED) as CallerKind[]) {
    test(`${kind} is refused at every operation that does not say otherwise`, async () => {
      let checked = 0
      for (const row of rows) {
        const status = EXPECTED[kind](row)
        if (status === undefined) continue
        const answer = await send(kind, row)
        assert.equal(
          answer.status,
          status,
          `${kind}: ${row.name} ${row.method} ${row.path} answered ${answer.text.slice(0, 200)}`,
        )
        assert.ok(isProblem(answer.body), `${row.name} answers a problem`)
        checked += 1
      }
      const hasAny = rows.some((row) => EXPECTED[kind](row) !== undefined)
      assert.equal(checked > 0, hasAny)
    })
  }

  test('every operation that needs a role names one', () => {
    const nameless = rows.filter(({ access }) => access.kind === 'role' && access.roles.length === 0)
    assert.deepEqual(nameless, [])
  })

  test('D14: an X-User-Id that is not the credential’s own is refused at every operation', async () => {
    for (const row of rows) {
      if (row.access.kind === 'public') continue
      const headers = { 'x-user-id': owner.accountId }
      const path = row.path.replace(OWNER, owner.accountId)
      const answer = await platform.request(row.method, path, { token: stranger.token, headers })
      assert.equal(answer.status, 403, `${row.name}: ${answer.text.slice(0, 200)}`)
    }
  })
})
