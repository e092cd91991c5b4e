import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { openTestAudit, type TestAudit } from '../../testing/audit.ts'
import { alterableColumns, alterByte, rewriteHistory } from '../../testing/tampering.ts'
import { newId } from '../ids.ts'
import { verifyInclusion } from './merkle.ts'
import { proveConsistency, proveInclusion } from './proofs.ts'
import { auditOf, poolRows } from './read.ts'
import { isSigned } from './signer.ts'
import type { AuditFault } from './verify.ts'

const ROWS = 10_000
const PEOPLE = Array.from({ length: 20 }, () => newId())
const kinds = (faults: readonly AuditFault[]) => [...new Set(faults.map((fault) => fault.kind))].sort()

describe('an audit of ten thousand rows', () => {
  let log: TestAudit

  before(async () => {
    log = await openTestAudit()
    await log.fill(ROWS, PEOPLE)
  })
  after(() => log.close())

  it('is whole, and signed up to its last row', async () => {
    const report = await log.verify()
    assert.deepEqual(report.faults, [])
    assert.equal(report.rows, ROWS)
    assert.equal(report.head?.size, ROWS)
  })

  it('shows any byte that is altered, in any column of any row of any of its tables', async () => {
    await showsAlteredBytes(log, ROWS, 10)
  })

  it('names a row that was dropped, wherever it stood', async () => {
    for (const position of [0, 4095, ROWS - 1]) {
      const whole = await log.verifyAfter(async (client) => {
        await client.query(
          'delete from kernel.audit where id = (select id from kernel.audit_leaf where position = $1)',
          [position],
        )
        await client.query('delete from kernel.audit_leaf where position = $1', [position])
      })
      assert.ok(
        whole.faults.some((fault) => fault.kind === 'dropped' && fault.position === position),
        `${position}`,
      )
      const half = await log.verifyAfter((client) =>
        client.query('delete from kernel.audit where id = (select id from kernel.audit_leaf where position = $1)', [
          position,
        ]),
      )
      assert.deepEqual(
        half.faults.map(({ kind, position: place }) => [kind, place]),
        [['dropped', position]],
      )
    }
  })

  it('names rows that were swapped, as rows and in the tree', async () => {
    const swaps: Record<string, string> = {
      places: `update kernel.audit_leaf set position = case position when $1 then $2 else $1 end + 100000
        where position in ($1, $2)`,
      contents: `update kernel.audit a set salt = b.salt, request_id = b.request_id, operation = b.operation
        from kernel.audit b where a.id <> b.id and a.id in (select id from kernel.audit_leaf where position in ($1, $2))
        and b.id in (select id from kernel.audit_leaf where position in ($1, $2))`,
    }
    for (const [first, second] of [
      [10, 11],
      [42, 8191],
    ]) {
      for (const [name, text] of Object.entries(swaps)) {
        const report = await log.verifyAfter(async (client) => {
          await client.query(text.replaceAll('$1', String(first)).replaceAll('$2', String(second)))
          await client.query('update kernel.audit_leaf set position = position - 100000 where position >= 100000')
        })
        const named = new Set(report.faults.map(({ position }) => position))
        assert.ok(
          named.has(first as number) && named.has(second as number),
          `${name}: ${JSON.stringify(report.faults)}`,
        )
      }
    }
  })

  it('shows a row that was put in, at the end, beside the tree, or before all', async () => {
    const beside = await log.verifyAfter((client) =>
      client.query(`insert into kernel.audit select gen_random_uuid(), at, account_id, address, actor_salt, person_id,
        service, operation, action, outcome, reason, purpose, grant_id, request_id, erases, salt
        from kernel.audit limit 1`),
    )
    assert.deepEqual(kinds(beside.faults), ['inserted'])
    for (const [position, kind] of [
      [ROWS, 'unsigned'],
      [-1, 'inserted'],
    ] as const) {
      const report = await log.verifyAfter((client) =>
        client.query(`insert into kernel.audit_leaf select ${position}, gen_random_uuid(), at, actor, details, nodes
          from kernel.audit_leaf where position = 0`),
      )
      assert.ok(kinds(report.faults).includes(kind), JSON.stringify(report.faults))
    }
  })

  it('shows a history that was rewritten with all its hashes, by the heads that were signed', async () => {
    const report = await log.verifyAfter((client) => rewriteHistory(client, 5000))
    assert.deepEqual(
      report.faults.map(({ kind, position }) => [kind, position]),
      [['rewritten', 0]],
    )
  })

  it('proves single rows and its own past to whoever has the public key', async () => {
    const source = poolRows(log.pool)
    const { rows } = await log.pool.query<{ id: string }>(
      'select id from kernel.audit_leaf where position = any($1) order by position',
      [[0, 1, 5000, ROWS - 1]],
    )
    for (const { id } of rows) {
      const proof = await proveInclusion(source, id)
      assert.ok(proof !== undefined && isSigned(proof.checkpoint))
      const { leaf, leafHash, path, checkpoint } = proof
      assert.equal(leaf.id, id)
      assert.ok(verifyInclusion(leafHash, leaf.position, checkpoint.size, path, checkpoint.root))
    }
    assert.equal(await proveInclusion(source, newId()), undefined)
    assert.equal(await proveConsistency(source, ROWS + 1), undefined)
  })

  it('pages through a person’s rows newest first, by an index', async () => {
    const person = PEOPLE[3] as string
    const seen: string[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await auditOf(poolRows(log.pool), person, { limit: 77, cursor })
      seen.push(...page.entries.map((entry) => entry.id))
      assert.ok(page.entries.every((entry) => entry.personId === person && entry.address === '203.0.113.0/24'))
      cursor = page.nextCursor
      if (cursor === undefined) break
    }
    const { rows } = await log.pool.query(
      'select id from kernel.audit where person_id = $1 order by at desc, id desc',
      [person],
    )
    assert.deepEqual(
      seen,
      rows.map((row) => row.id),
    )
    const written = await auditOf(poolRows(log.pool), person, { action: 'write', outcome: 'allowed', limit: 500 })
    assert.ok(written.entries.length > 0)
    assert.ok(written.entries.every((entry) => entry.action === 'write' && entry.outcome === 'allowed'))
    const { rows: plan } = await log.pool.query(
      'explain select id from kernel.audit where person_id = $1 order by at desc, id desc limit 50',
      [person],
    )
    assert.match(JSON.stringify(plan), /audit_person/)
  })
})

describe('an audit of some hundred rows', () => {
  let log: TestAudit

  before(async () => {
    log = await openTestAudit()
    await log.fill(300, PEOPLE)
    await log.audit.forget(PEOPLE[5] as string)
    log.clock.advance({ hours: 2 })
    await log.fill(99, PEOPLE.slice(6))
  })
  after(() => log.close())

  it('shows any byte that is altered, in any column of any row of any of its tables', async () => {
    await showsAlteredBytes(log, 400, 200)
  })

  it('shows every column', async () => {
    const columns = await alterableColumns(log)
    assert.equal(columns.length, 27)
    for (const column of columns) {
      for (const row of [0, 17, 300, 399]) {
        let altered: string[] | undefined
        const report = await log.verifyAfter(async (client) => {
          altered = await alterByte(client, column, row, 3, 1)
        })
        assert.equal(report.faultCount > 0, altered !== undefined, `${column.table}.${column.name}`)
      }
    }
  })
})

async function showsAlteredBytes(log: TestAudit, rowCount: number, numRuns: number): Promise<void> {
  const columns = await alterableColumns(log)
  const bytes = fc.tuple(fc.nat(1_000_000), fc.integer({ min: 1, max: 255 }))
  const property = fc.asyncProperty(
    fc.constantFrom(...columns),
    fc.nat(rowCount - 1),
    bytes,
    async (column, row, [place, change]) => {
      let altered: string[] | undefined
      const report = await log.verifyAfter(async (client) => {
        altered = await alterByte(client, column, row, place, change)
      })
      assert.equal(report.faultCount > 0, altered !== undefined, `${column.table}.${column.name} of ${altered}`)
      if (altered === undefined || column.table === 'audit_checkpoint') return
      const isNamed = report.faults.some(
        ({ id = '', position }) => altered?.includes(id) || altered?.includes(String(position)),
      )
      assert.ok(isNamed, `${altered}: ${JSON.stringify(report.faults)}`)
    },
  )
  await fc.assert(property, { numRuns })
}
