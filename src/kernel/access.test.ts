import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { type Frame, identityService, openFrame } from '../testing/frame.ts'
import { notes, notesMigrations, notesService } from '../testing/notes.ts'
import { systemCaller } from './context.ts'
import type { Access, Operation } from './contract.ts'
import { newId } from './ids.ts'
import type { Caller } from './principal.ts'
import { defineService, type Service } from './service.ts'
import { sql } from './sql.ts'

const ASHA = '0197c000-0000-7000-8000-000000000001'
const RAVI = '0197c000-0000-7000-8000-000000000002'
const GRANT = '0197c000-0000-7000-8000-0000000000aa'

/** The notes service with other grounds for its list: a purpose, another category. */
function notesWith(access: Access): Service {
  const list = { ...notes.operations.list, access } as Operation
  const contract = { ...notes, operations: { ...notes.operations, list } }
  return defineService({ ...notesService(), contract } as never)
}

describe('who may see whose rows', () => {
  let frame: Frame
  before(async () => {
    frame = await openFrame({ services: [identityService(), notesService()], migrations: [notesMigrations] })
  })
  after(() => frame.close())
  beforeEach(async () => {
    await frame.rows('truncate notes.note, kernel.access_right, kernel.consent, kernel.person_hold')
    await add(ASHA, ASHA)
  })

  const add = (as: string, of: string) =>
    frame.request('POST', '/notes', { as: { accountId: as }, body: { body: 'x', profile_id: of } })
  const list = (as: string, of: string) => frame.request('GET', `/notes?profile_id=${of}`, { as: { accountId: as } })
  const until = (days: number) => new Date(frame.clock.now().getTime() + days * 86_400_000)
  const give = (category: string, action: string, days = 1, source = 'grant') =>
    frame.rows('select kernel.write_access_right($1, $2, $3, $4, $5, $6, $7)', [
      RAVI,
      ASHA,
      category,
      action,
      until(days),
      source,
      GRANT,
    ])

  test('without a right the record does not exist; with one it is open, and closed again at the next call', async () => {
    assert.equal((await list(RAVI, ASHA)).status, 404)
    await give('documents', 'read')
    assert.equal((await list(RAVI, ASHA)).body.length, 1)
    assert.equal((await list(ASHA, RAVI)).status, 404)
    await frame.rows('select kernel.end_access_right($1)', [GRANT])
    assert.equal((await list(RAVI, ASHA)).status, 404)
  })

  test('a right to read writes nothing; a right to write reads too', async () => {
    await give('documents', 'read')
    assert.equal((await add(RAVI, ASHA)).status, 404)
    await give('documents', 'write')
    assert.equal((await add(RAVI, ASHA)).status, 201)
    assert.equal((await list(RAVI, ASHA)).body.length, 2)
  })

  test('a right to another category opens nothing; a guardian’s opens all', async () => {
    await give('vitals', 'write')
    assert.equal((await list(RAVI, ASHA)).status, 404)
    await give('*', 'write', 1, 'guardian')
    assert.equal((await list(RAVI, ASHA)).status, 200)
  })

  test('a right ends at its time, by the platform’s clock', async () => {
    await give('documents', 'read', 1)
    frame.clock.advance({ hours: 23 })
    assert.equal((await list(RAVI, ASHA)).status, 200)
    frame.clock.advance({ hours: 2 })
    assert.equal((await list(RAVI, ASHA)).status, 404)
  })

  test('the database refuses a right to what is never shared, and everything to anyone but a guardian', async () => {
    for (const [category, source] of [
      ['conversations', 'grant'],
      ['rights', 'grant'],
      ['conversations', 'break-glass'],
      ['*', 'grant'],
      ['*', 'break-glass'],
    ]) {
      await assert.rejects(give(category as string, 'read', 1, source), { code: '23514' }, `${category} ${source}`)
    }
  })

  const callerOf = (accountId: string, personId: string, category: string): Caller => ({
    ...systemCaller(newId(), personId),
    origin: 'request',
    principal: { accountId } as never,
    grounds: { category, action: 'read', purpose: undefined, recipient: undefined },
  })

  test('a door that lets the wrong one in shows no row, whatever the statement', async () => {
    const { db } = frame.platform.contextFor('notes', callerOf(RAVI, ASHA, 'documents'))
    const statements = [
      sql`select * from notes.note`,
      sql`select * from notes.note where user_id = ${ASHA}`,
      sql`select n.* from notes.note n join notes.note m on m.user_id = n.user_id`,
      sql`with found as (select * from notes.note) select * from found`,
      sql`update notes.note set body = 'mine' returning *`,
      sql`delete from notes.note returning *`,
    ]
    for (const statement of statements) assert.deepEqual(await db.many(statement), [], statement.text)
    const insert = sql`insert into notes.note (id, user_id, body) values (${newId()}, ${ASHA}, 'x')`
    await assert.rejects(db.run(insert), { code: '42501' })
    await give('documents', 'write')
    assert.equal((await db.many(sql`select * from notes.note`)).length, 1)
    const other = frame.platform.contextFor('notes', callerOf(RAVI, ASHA, 'vitals'))
    assert.deepEqual(await other.db.many(sql`select * from notes.note`), [])
  })

  test('a right that ends between two statements of one transaction ends there', async () => {
    await give('documents', 'read')
    const context = frame.platform.contextFor('notes', callerOf(RAVI, ASHA, 'documents'))
    await context.transact(async (transaction) => {
      assert.equal((await transaction.many(sql`select * from notes.note`)).length, 1)
      await frame.rows('select kernel.end_access_right($1)', [GRANT])
      assert.equal((await transaction.many(sql`select * from notes.note`)).length, 0)
    })
  })

  test('a service that is asked on behalf of a grantee shows what the grant opens, and nothing without it', async () => {
    const asService = (personId: string) => ({ ...callerOf(RAVI, personId, 'documents'), origin: 'service' as const })
    const count = () => frame.platform.door.call(notes.operations.count, {}, asService(ASHA))
    assert.deepEqual(await count(), { count: 0 })
    await assert.rejects(frame.platform.door.call(notes.operations.list, {}, asService(ASHA)), { code: 'not_found' })
    await give('documents', 'read')
    assert.deepEqual(await count(), { count: 1 })
  })

  test('a record that waits for erasure is closed to everyone; a restricted one to everyone but its person', async () => {
    await give('documents', 'write')
    await frame.rows("select kernel.write_hold($1, 'restriction', now())", [ASHA])
    assert.equal((await list(RAVI, ASHA)).status, 404)
    assert.equal((await list(ASHA, ASHA)).body.length, 1)
    await frame.rows("select kernel.write_hold($1, 'erasure', now())", [ASHA])
    assert.deepEqual((await list(ASHA, ASHA)).body, [])
    assert.equal((await add(ASHA, ASHA)).status, 403)
    await frame.rows('delete from kernel.person_hold')
    assert.equal((await list(RAVI, ASHA)).body.length, 1)
  })

  test('every access to another’s record and every refusal is in the audit, with what opened it', async () => {
    const meera = '0197c000-0000-7000-8000-000000000003'
    await list(meera, ASHA)
    await list(RAVI, ASHA)
    await give('documents', 'read')
    await list(RAVI, ASHA)
    await frame.platform.audit.settle()
    const rows = await frame.rows(
      `select account_id, outcome, reason, grant_id from kernel.audit where person_id = $1
         and (account_id = $2 or id = (select max(id::text)::uuid from kernel.audit)) order by id`,
      [ASHA, meera],
    )
    assert.deepEqual(rows, [
      { account_id: meera, outcome: 'refused', reason: 'not_found', grant_id: null },
      { account_id: RAVI, outcome: 'allowed', reason: 'grant', grant_id: GRANT },
    ])
  })

  test('what a person could see of others goes with the person', async () => {
    await give('documents', 'read')
    await frame.rows('select kernel.forget_rights($1)', [RAVI])
    assert.equal((await list(RAVI, ASHA)).status, 404)
  })
})

describe('an operation that declares a purpose', () => {
  let frame: Frame
  before(async () => {
    const service = notesWith({
      kind: 'person',
      category: 'documents',
      purpose: 'ai_processing',
      recipient: 'ai_service',
    })
    frame = await openFrame({ services: [identityService(), service], migrations: [notesMigrations] })
    await frame.request('POST', '/notes', { as: { accountId: ASHA }, body: { body: 'x' } })
  })
  after(() => frame.close())

  const list = () => frame.request('GET', '/notes', { as: { accountId: ASHA } })
  const consent = (recipient: string, days: number | null) =>
    frame.rows('select kernel.write_consent($1, $2, $3, $4, $5, $6)', [
      ASHA,
      'documents',
      'ai_processing',
      recipient,
      days === null ? null : new Date(frame.clock.now().getTime() + days * 86_400_000),
      GRANT,
    ])

  test('answers 403 consent_required, also to the person, until the consent is there, and again once it ends', async () => {
    const refused = await list()
    assert.equal(refused.status, 403)
    assert.deepEqual(
      [refused.body.code, refused.body.error_code, refused.body.data_category, refused.body.granted_to],
      ['consent_required', 'DPDP_CONSENT_REQUIRED', 'documents', 'ai_service'],
    )
    await consent('self', null)
    assert.equal((await list()).status, 403)
    await consent('ai_service', null)
    assert.equal((await list()).body.length, 1)
    await consent('ai_service', 1)
    frame.clock.advance({ days: 2 })
    assert.equal((await list()).status, 403)
    await consent('ai_service', 1)
    await frame.rows('select kernel.end_consent($1)', [GRANT])
    assert.equal((await list()).status, 403)
  })

  test('answers 401 with the code of S001 when nobody is named', async () => {
    const { status, body } = await frame.request('GET', '/notes')
    assert.deepEqual([status, body.code, body.error_code], [401, 'unauthenticated', 'DPDP_NO_USER_ID'])
  })

  test('shows no row without the consent even behind the wrong door', async () => {
    const grounds = {
      category: 'documents',
      action: 'read',
      purpose: 'ai_processing',
      recipient: 'ai_service',
    } as const
    const caller = { ...systemCaller(newId(), ASHA), origin: 'request', principal: { accountId: ASHA }, grounds }
    const { db } = frame.platform.contextFor('notes', caller as never)
    assert.deepEqual(await db.many(sql`select * from notes.note`), [])
    await consent('ai_service', null)
    assert.equal((await db.many(sql`select * from notes.note`)).length, 1)
  })
})
