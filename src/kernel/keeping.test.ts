import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { after, before, beforeEach, describe, it } from 'node:test'
import pg from 'pg'
import { type Frame, identityService, openFrame } from '../testing/frame.ts'
import { notesMigrations, notesPersonal, notesService } from '../testing/notes.ts'
import { testFilesFolder } from '../testing/ports.ts'
import { verifyAudit } from './audit/verify.ts'
import { defineContract, event } from './contract.ts'
import { decryptedText, encryptedText } from './encryption.ts'
import { object, uuid } from './fields.ts'
import { newId } from './ids.ts'
import { erasePerson, exportPerson } from './personal.ts'
import { defineService } from './service.ts'

const ASHA = newId()
const RAVI = newId()
const GRANT = newId()

const leaving = defineContract({
  name: 'leaving',
  summary: 'Announces that somebody leaves, for tests of the frame.',
  operations: {},
  events: { left: event(1, object({ user_id: uuid() }), { summary: 'A person left', erasesPerson: true }) },
})

async function* upload(text: string) {
  yield Buffer.from(text)
}

async function verified(frame: Frame) {
  const client = await frame.database.owner.connect()
  try {
    return await verifyAudit(client, { publicKeys: [frame.platform.audit.publicKey] })
  } finally {
    client.release()
  }
}

describe('the audit beside requests', () => {
  let frame: Frame
  before(async () => {
    frame = await openFrame({ services: [identityService(), notesService()], migrations: [notesMigrations] })
    const until = new Date(frame.clock.now().getTime() + 86_400_000)
    const right = [RAVI, ASHA, 'documents', 'read', until, 'grant', GRANT]
    await frame.rows('select kernel.write_access_right($1, $2, $3, $4, $5, $6, $7)', right)
  })
  after(() => frame.close())

  const read = (as: string, of: string) => frame.request('GET', `/notes?profile_id=${of}`, { as: { accountId: as } })

  it('takes no round trip: a request is answered while not one audit row can be written', async () => {
    await frame.platform.audit.settle()
    await read(RAVI, ASHA)
    await frame.platform.audit.settle()
    const before = await count(frame)
    const blocker = await frame.database.owner.connect()
    try {
      await blocker.query('begin')
      await blocker.query('lock table kernel.audit, kernel.audit_leaf in exclusive mode')
      assert.equal((await read(RAVI, ASHA)).status, 200)
      assert.equal((await read(ASHA, RAVI)).status, 404)
      assert.equal((await read(RAVI, ASHA)).status, 200)
    } finally {
      await blocker.query('rollback')
      blocker.release()
    }
    await frame.platform.audit.settle()
    assert.equal(await count(frame), before + 3)
  })

  it('sends nothing on the connections of the request: those queries are the same with and without an audit row', async () => {
    const unaudited = await countQueries(() => read(ASHA, ASHA))
    await frame.platform.audit.settle()
    const audited = await countQueries(() => read(RAVI, ASHA))
    await frame.platform.audit.settle()
    assert.deepEqual(unaudited.audit, [])
    assert.deepEqual(
      audited.request.filter((text) => text.includes('kernel.audit')),
      [],
    )
    // Another's record costs the decision on it, and the audit nothing.
    assert.equal(audited.request.filter((text) => !text.includes('decide_access')).length, unaudited.request.length)
  })

  it('writes a burst in a handful of transactions', async () => {
    const { audit } = await countQueries(async () => {
      await Promise.all(Array.from({ length: 200 }, () => read(RAVI, ASHA)))
      await frame.platform.audit.settle()
    })
    const batches = audit.filter((text) => text.includes('insert into kernel.audit_leaf')).length
    assert.ok(batches >= 1 && batches < 200, `${batches} transactions for 200 rows`)
    assert.deepEqual((await verified(frame)).faults, [])
  })

  it('says who, whose, what, why, with what outcome and from which network', async () => {
    await read(RAVI, ASHA)
    await frame.platform.audit.settle()
    const [row] = await frame.rows('select * from kernel.audit order by id desc limit 1')
    assert.deepEqual(
      [row?.account_id, row?.person_id, row?.service, row?.operation, row?.action, row?.outcome, row?.reason],
      [RAVI, ASHA, 'notes', 'list', 'read', 'allowed', 'grant'],
    )
    assert.equal(row?.grant_id, GRANT)
    assert.equal(row?.address, '127.0.0.0/24')
    const leaves = await frame.rows('select to_jsonb(l)::text as text from kernel.audit_leaf l')
    for (const { text } of leaves) {
      for (const trace of [RAVI, ASHA, 'notes']) assert.ok(!(text as string).includes(trace))
    }
  })

  it('takes any text a caller sends, and goes on', async () => {
    const caller = {
      ...frame.platform.systemContext('notes', ASHA).caller,
      requestId: 'a\u0000b\ud800',
      address: 'nonsense',
    }
    const target = { service: 'notes', name: 'list', kind: 'query' }
    frame.platform.audit.record(target, caller, 'no uuid', 'refused', `x${'\u0000'.repeat(3)}`, {
      action: 'y'.repeat(5000),
    })
    frame.platform.audit.record(target, caller, ASHA.toUpperCase(), 'allowed')
    await frame.platform.audit.settle()
    const rows = await frame.rows(
      'select person_id, length(action) as length from kernel.audit order by id desc limit 2',
    )
    assert.deepEqual(rows, [
      { person_id: ASHA, length: 4 },
      { person_id: null, length: 300 },
    ])
    assert.deepEqual((await verified(frame)).faults, [])
  })
})

describe('a person who leaves', () => {
  let frame: Frame
  beforeEach(async () => {
    const encrypting = notesService({
      personal: {
        ...notesPersonal,
        exportAll: async (db, personId, context) => ({
          ...(await notesPersonal.exportAll(db, personId, context)),
          secrets: [{ text: await decryptedText(context, 'notes.note.secret', secret as Buffer) }],
        }),
      },
    })
    const services = [identityService(), encrypting, defineService({ contract: leaving, needs: [], handlers: {} })]
    frame = await openFrame({ services, migrations: [notesMigrations] })
    for (const person of [ASHA, RAVI]) await keepThings(person)
  })

  let secret: Buffer | null = null

  async function keepThings(person: string): Promise<void> {
    await frame.request('POST', '/notes', { as: { accountId: person }, body: { body: 'x' } })
    await frame.request('GET', `/notes?profile_id=${ASHA}`, { as: { accountId: person } })
    const context = frame.platform.systemContext('notes', person)
    const owner = { personId: person, area: 'notes' }
    await context.ports.files.store(owner, upload(`report of ${person}`), { maximumBytes: 1000 })
    const sealed = await encryptedText(context, 'notes.note.secret', 'kestrel')
    if (person === ASHA) secret = sealed
  }

  async function tracesOf(person: string): Promise<string[]> {
    const tables = await frame.rows(
      "select schemaname || '.' || tablename as name from pg_tables where schemaname in ('kernel', 'notes')",
    )
    const found: string[] = []
    for (const { name } of tables) {
      const [row] = await frame.rows(`select count(*)::int as count from ${name} t where to_jsonb(t)::text ilike $1`, [
        `%${person}%`,
      ])
      if (row?.count !== 0) found.push(name as string)
    }
    return found.sort()
  }

  const files = () => {
    const folder = testFilesFolder(frame.platform.options.ports)
    const entries = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : []
    return entries.filter((entry) => entry.isFile()).length
  }

  it('gets what is encrypted in the export, as it was written', async () => {
    try {
      const contextOf = (service: string, personId: string) => frame.platform.systemContext(service, personId)
      const all = await exportPerson(frame.platform.options.services, contextOf, ASHA)
      assert.deepEqual(all.notes?.secrets, [{ text: 'kestrel' }])
    } finally {
      await frame.close()
    }
  })

  it('takes rows, files, key and audit along by one command, and the audit stays whole', async () => {
    try {
      await frame.platform.settle()
      assert.ok((await tracesOf(ASHA)).includes('kernel.audit'))
      assert.equal(files(), 2)
      const contextOf = (service: string, personId: string) => frame.platform.systemContext(service, personId)
      await erasePerson(frame.platform.options.services, contextOf, frame.platform, ASHA)
      await frame.platform.settle()
      await erasureIsWhole()
    } finally {
      await frame.close()
    }
  })

  it('takes them along by the announcement that the person left, with each service that heard it', async () => {
    try {
      await frame.platform.settle()
      const context = frame.platform.systemContext('leaving', ASHA)
      await context.transact((transaction) => transaction.publish(leaving.events.left, { user_id: ASHA }))
      await frame.platform.settle()
      // The announcement itself stays until it is pruned: a service that is away must still hear it.
      await frame.rows("delete from kernel.outbox where type like 'leaving%'")
      await erasureIsWhole()
    } finally {
      await frame.close()
    }
  })

  async function erasureIsWhole(): Promise<void> {
    assert.deepEqual(await tracesOf(ASHA), [])
    assert.equal(files(), 1)
    const context = frame.platform.systemContext('notes', ASHA)
    await assert.rejects(decryptedText(context, 'notes.note.secret', secret), { code: 'gone' })
    assert.ok((await tracesOf(RAVI)).includes('kernel.data_key'))
    const report = await verified(frame)
    assert.deepEqual(report.faults, [])
    assert.ok(report.erased > 0)
  }
})

async function count(frame: Frame): Promise<number> {
  const [row] = await frame.rows('select count(*)::int as count from kernel.audit')
  return row?.count as number
}

/** The texts that are sent to the database while `work` runs: those of the audit's own transactions apart. */
async function countQueries(work: () => Promise<unknown>): Promise<{ request: string[]; audit: string[] }> {
  const original = pg.Client.prototype.query
  const sent = new Map<unknown, string[]>()
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [first] = args as [string | { text: string }]
    sent.set(this, [...(sent.get(this) ?? []), typeof first === 'string' ? first : first.text])
    return (original as (...given: unknown[]) => unknown).apply(this, args)
  } as never
  try {
    await work()
  } finally {
    pg.Client.prototype.query = original
  }
  const audit: string[] = []
  const request: string[] = []
  for (const texts of sent.values()) {
    let isAudit = false
    for (const [index, text] of texts.entries()) {
      // A transaction of the audit is told by what follows its beginning.
      if (text === 'begin' && texts[index + 1]?.includes('idle_in_transaction') === true) isAudit = true
      ;(isAudit ? audit : request).push(text)
      if (text === 'commit' || text === 'rollback') isAudit = false
    }
  }
  return { request, audit }
}
